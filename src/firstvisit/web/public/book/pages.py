"""The pages behind a family's link as they are drawn: the question, the times, the visit, and what ends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering
from firstvisit.journey.booking.adrift import followers
from firstvisit.journey.booking.offering import Offer
from firstvisit.journey.own_visit import Own
from firstvisit.kernel import clock
from firstvisit.kernel.errors import Problem
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking.closures import closed_days
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import unfit
from firstvisit.steps.coverage.estimate_links import estimate_mark
from firstvisit.web.public.book import stood
from firstvisit.web.public.book import when as telling
from firstvisit.web.public.book import words as said
from firstvisit.web.public.parts import opening, shown
from firstvisit.web.public.parts.frame import Frame, choices, draw, frame_of
from firstvisit.web.public.request import fields as request_fields
from firstvisit.web.public.texts import Language
from firstvisit.web.public.texts.register import estimate_texts
from firstvisit.web.ui.words import clock_time

FIRST: Final = 3
MORE: Final = 12
REASONS: Final = ("ill", "cannot_then", "no_ride", "cost", "in_hospital", "better", "elsewhere", "family_other")
"""Codes of `steps.booking.endings` that a family may give, in the order in which they stand."""
SAID: Final = (
    "thanks", "moved", "confirmed", "has_one", "cancelled", "cancelled_later", "looked_again", "changed", "let_go",
)  # fmt: skip
"""What a page says of what was just done, by the word in its address."""


def end(
    request: HttpRequest, why: str, status: int = 200, *, said: str = "", take_out: str = ""
) -> HttpResponse:
    """A page that shows nothing of anybody, and how to reach us. `said` of what was just done, `take_out` the address
    of the file that takes a visit out of a calendar."""
    frame = frame_of(request)
    values = {
        "t": (words := frame.words("book")),
        "title": words[why],
        "about": words[f"{why}_about"],
        "said": said,
        "take_out": take_out,
    }
    return draw(request, "public/book/end.html", values, status, frame=frame, private=True)


def begun(request: HttpRequest, one: Appointment, status: int = 200, *, said: str = "") -> HttpResponse:
    """The first visit was, or runs: what comes next is said by whoever sees them, or by a call."""
    frame, shape = frame_of(request), practice()
    site = shape.sites.get(one.site) or _home(shape)
    words, at = frame.words("book"), opening.dated_words(one.starts_at, site, frame.language)
    said = words[said] if said in SAID else ""
    values = {"t": words, "title": words["begun"].format(at=at), "about": words["begun_about"], "said": said}
    return draw(request, "public/book/end.html", values, status, frame=frame, private=True)


def ask(request: HttpRequest, problems: Sequence[Problem] = (), *, shut: bool = False) -> HttpResponse:
    """Ask for the birth date."""
    frame = frame_of(request)
    page = shown.typed_on(request, ("birth",), language=frame.language).shown(problems)
    values = {"t": frame.words("book"), "shown": page, "fields": page.fields, "shut": shut}
    status = 422 if problems else 200
    return draw(request, "public/book/ask.html", values, status, frame=frame, private=True, form=True)


def times(
    request: HttpRequest, mark: str, found: Own, *, note: str = "", moves: Appointment | None = None
) -> HttpResponse:
    """Three times, or a dozen; what may not be chosen, and what has gone, is said kindly."""
    later = moves is not None and moves.service != "evaluation"
    frame, now, shape = frame_of(request), clock.now(), practice()
    words, more = frame.words("book"), "more" in request.GET
    came = note or request.GET.get("said", "")
    take_out = reverse("book_calendar", args=[mark]) if came == "cancelled" else ""
    if not (later or (found.may_choose if moves is None else found.may_move)):
        why = "call_first" if found.lead.closed_at is None else "closed"
        return end(request, why, said="" if note else _said(words, came, offered=False), take_out=take_out)
    shown_now, are_more = _times(found, now, moves, more=more)
    site = shown_now[0].site if shown_now else shape.sites.get(found.lead.site) or _home(shape)
    values: dict[str, Any] = {
        "t": words,
        "title": _title(words, "move" if moves else "choose", found),
        "about": _about(words, shown_now, moves, shape, frame.language),
        "said": _said(words, came, offered=bool(shown_now)) if note or came in SAID else "",
        "offers": offers(offering.with_one_more(shown_now, now=now, moving=moves), frame),
        "more": _again(request) if are_more else "",
        "when": "" if later or found.lead.closed_at is not None else reverse("book_when", args=[mark]),
        "keep": address(mark, moves) if moves else "",
        "stood": stood.mark(moves) if moves else "",
        "take_out": take_out,
        "closed_on": _closed(shown_now, site, now, words, frame.language),
        **_beside(request, mark, found, frame, site, shown_now[0].slot.setting if shown_now else "clinic"),
        "change": words["change_how"] if moves else "",
        **({"after": []} if later else {}),
    }
    return draw(request, "public/book/times.html", values, 409 if note else 200, frame=frame, private=True)


def _times(found: Own, now: datetime, moves: Appointment | None, *, more: bool) -> tuple[list[Offer], bool]:
    """What stands on the page, and whether there is more than that."""
    if moves is None and not more:
        return own_visit.first_times(found.lead, now=now, count=FIRST, most=MORE)
    offered = own_visit.times_of(found.lead, now=now, count=MORE, moving=moves).offers
    best = own_visit.elsewhere_first(offered, moves) if moves else offered
    chosen = own_visit.by_day(best) if more else own_visit.spread(best, FIRST)
    return chosen, len(offered) > len(chosen)


def _said(words: dict[str, str], came: str, *, offered: bool) -> str:
    """What was just done, or has gone; where no time stands below it, without words that lead to one."""
    return words[came] if offered else words.get(f"{came}_none", words.get(came, ""))


def visit(request: HttpRequest, mark: str, found: Own, one: Appointment, *, said: str = "") -> HttpResponse:
    """The visit: when, with whom, where, what to bring, and what can be done about it; of the first one also the visits
    after it."""
    frame, shape = frame_of(request), practice()
    words, language = frame.words("book"), frame.language
    site = shape.sites.get(one.site) or _home(shape)
    who = shape.resources.get(one.clinician.slug) if one.clinician is not None else None
    minutes = int((one.ends_at - one.starts_at).total_seconds()) // 60
    held, begun = one.status == "held", one.starts_at <= clock.now()
    values: dict[str, Any] = {
        "t": words,
        "title": _title(words, "visit" if (first := one.service == "evaluation") else "later", found),
        "at": opening.dated_words(one.starts_at, site, language),
        "with_whom": _with(words, minutes, who, one.discipline),
        "held": words["held"].format(at=_clock(one.held_until, site, language)) if held and one.held_until else "",
        "stood": stood.mark(one),
        "said": words[said] if said in SAID else "",
        "begun": begun,
        "confirmed": words["confirmed"] if one.confirmed_at is not None and said != "confirmed" else "",
        "cannot": (cannot := _cannot_be(one)),
        "may_confirm": said not in ("thanks", "moved") and _may_confirm(one) and not cannot,
        "calendar": reverse("book_calendar", args=[mark]),
        "there": (there := address(mark, one)),
        "move": f"{there}/move",
        "cancel": f"{there}/cancel",
        "early": first and _treated_before(one),
        "all": "" if first else reverse("book", args=[mark]),
        "change": words["change_how"] if first and not (held or begun) else "",
        **_beside(request, mark, found, frame, site, one.setting),
        **({} if first else {"after": [], "only_after": True}),
    }
    return draw(request, "public/book/visit.html", values, frame=frame, private=True)


def _cannot_be(one: Appointment) -> bool:
    """Whether nobody would see them then as supply is now, though nobody has called the visit off yet."""
    gone = unfit(practice(), policy().section(Booking), now=clock.now(), leads=[one.lead_id])
    return any(each.appointment.id == one.id for each in gone)


def _treated_before(one: Appointment) -> bool:
    """Whether a visit that was to come after this one is before it now."""
    rows = own_visit.course_of(one.lead, now=clock.now())
    return any(row.starts_at < one.starts_at for row in rows)


def address(mark: str, one: Appointment) -> str:
    """The page of one visit behind a link."""
    return reverse("book", args=[mark]) if one.service == "evaluation" else reverse("book_later", args=[mark, one.id])


def course(
    request: HttpRequest, mark: str, found: Own, rows: Sequence[Appointment], *, said: str = ""
) -> HttpResponse:
    """The visits after the first one, which is over: when, with whom and where, each with a page of its own."""
    frame, shape = frame_of(request), practice()
    words, site = frame.words("book"), shape.sites.get(rows[0].site) or _home(shape)
    values: dict[str, Any] = {
        "t": words,
        "title": words["visits"],
        "only_after": True,
        "said": words[said] if said in SAID else "",
        "calendar": reverse("book_calendar", args=[mark]),
        **_beside(request, mark, found, frame, site, rows[0].setting),
    }
    return draw(request, "public/book/course.html", values, frame=frame, private=True)


def cancelling(
    request: HttpRequest, mark: str, found: Own, one: Appointment, problems: Sequence[Problem] = ()
) -> HttpResponse:
    """Why they cancel."""
    frame, shape = frame_of(request), practice()
    words, site = frame.words("book"), shape.sites.get(one.site) or _home(shape)
    typed = shown.typed_on(request, ("why",), language=frame.language, groups={"why": f"why-{REASONS[0]}"})
    page = typed.shown(problems)
    first, count = one.service == "evaluation", followers(found.lead, now=clock.now()).get(one.id, 0)
    at = opening.dated_words(one.starts_at, site, frame.language)
    then = "cancel_later_about" if not first else "cancel_about" if found.may_choose else "cancel_only_about"
    values = {
        "t": words,
        "stood": stood.mark(one),
        "said": words["changed"] if request.GET.get("said") == "changed" and not problems else "",
        "with_it": words["cancel_with_one" if count == 1 else "cancel_with_more"].format(count=count) if count else "",
        "about": words[then].format(at=at),
        "shown": page,
        "fields": page.fields,
        "reasons": choices(((code, words[f"reason_{code}"]) for code in REASONS), page.fields["why"].value),
        "keep": (there := address(mark, one)),
        "move": f"{there}/move" if one.starts_at > clock.now() else "",
    }
    status = 422 if problems else 200
    return draw(request, "public/book/cancel.html", values, status, frame=frame, private=True, form=True)


def when(request: HttpRequest, mark: str, found: Own, problems: Sequence[Problem] = ()) -> HttpResponse:
    """When they can come."""
    frame = frame_of(request)
    words, asked = frame.words("book"), frame.words("request")
    page = shown.typed_on(request, telling.FIELDS, telling.LISTS, language=frame.language).shown(problems)
    chosen, times = telling.standing(found) if request.method == "GET" else ({}, page.fields["times"].value or ())
    values = {
        "t": words,
        "r": asked,
        "shown": page,
        "fields": page.fields,
        "week": asked["days"].split(),
        "halves": request_fields.half_days(
            asked, opening.long_days(frame.language), set(times)
        ),
        "from_hours": said.hours(words, chosen.get("from", page.fields["from"].value)),
        "until_hours": said.hours(words, chosen.get("until", page.fields["until"].value)),
        "back": reverse("book", args=[mark]),
    }
    status = 422 if problems else 200
    return draw(request, "public/book/when.html", values, status, frame=frame, private=True, form=True)


def offers(found: Sequence[offering.Offer], frame: Frame) -> list[said.Offer]:
    """Times as a page lists them."""
    shape, words, several = practice(), frame.words("book"), len({each.site.slug for each in found}) > 1
    first = min((each.starts_at for each in found), default=None)
    return [
        said.offer(
            each,
            words,
            shape.resources.get(each.clinician),
            frame.language,
            several=several,
            soonest=each.starts_at == first,
        )
        for each in found
    ]


def _beside(
    request: HttpRequest, mark: str, found: Own, frame: Frame, site: Site, setting: str
) -> dict[str, Any]:
    """Good to know: where, what to bring, what it costs, what is missing."""
    words, language, now = frame.words("book"), frame.language, clock.now()
    rows = own_visit.course_of(found.lead, now=now)
    asked = asked_of(rows)
    cost = own_visit.cost_of(found, language)
    if cost is not None and language == "es":
        frame.quotes(estimate_texts())
    place, way = said.where(site, setting, words)
    fax = site.fax or site.phone
    return {
        "place": place,
        "way": way,
        "cost": cost.sentence if cost else "",
        "cost_page": reverse("estimate_page", args=[estimate_mark(cost.estimate, at=now)]) if cost else "",
        "papers": [words[f"missing_{paper}"].format(fax=fax) for paper in own_visit.papers_of(found.lead)],
        "zone": words["zone"].format(zone=opening.zone_words(now, site, language)),
        "site": site,
        "here": reverse("book", args=[mark]),
        "after": _after(rows, language),
        "each": _each(mark, rows, words, language),
        "asked": ", ".join(_short(row, language) for row in asked),
        "asked_stood": [stood.mark(row) for row in asked],
    }


def _after(rows: Sequence[Appointment], language: Language) -> list[str]:
    """The visits after the first one: each site's as a pattern where they have one, else one line each."""
    shape, by_site = practice(), dict[str, list[datetime]]()
    for row in rows:
        by_site.setdefault(row.site, []).append(row.starts_at)
    sites = ((shape.sites.get(slug) or _home(shape), visits) for slug, visits in by_site.items())
    return [line for site, visits in sites for line in opening.visits_words(visits, site, language)]


def _each(mark: str, rows: Sequence[Appointment], words: dict[str, str], language: Language) -> list[dict[str, str]]:
    """Each of the visits after the first one: when, with whom, where if not all are there, and its own page."""
    shape, several = practice(), len({(row.site, row.setting) for row in rows}) > 1
    lines = []
    for row in rows:
        who = shape.resources.get(row.clinician.slug) if row.clinician is not None else None
        about = _with(words, int((row.ends_at - row.starts_at).total_seconds()) // 60, who, row.discipline)
        if row.setting != "clinic":
            about = f"{about}, {words[f'at_{row.setting}']}"
        elif several:
            about = f"{about}, {words['at_site'].format(city=(shape.sites.get(row.site) or _home(shape)).city)}"
        come = words["confirmed"] if row.confirmed_at is not None else ""
        lines.append({"at": _short(row, language), "about": about, "come": come, "page": address(mark, row)})
    return lines


def _short(row: Appointment, language: Language) -> str:
    """The day and the hour; the zone stands on the page once."""
    site = practice().sites.get(row.site) or _home(practice())
    day = opening.day_words(row.starts_at.astimezone(site.tz).date(), language)
    return f"{day}, {clock_time(row.starts_at, site.tz)}"


def _title(words: dict[str, str], what: str, found: Own) -> str:
    """With the first name, which whoever gave the birth date knows; else without."""
    if what == "move":
        return words["move_title"]
    return words[f"{what}_of"].format(name=found.first_name) if found.first_name else words[what]


def _about(
    words: dict[str, str],
    slots: Sequence[offering.Offer],
    moves: Appointment | None,
    shape: Practice,
    language: Language,
) -> str:
    if not slots:
        return words["no_times_about" if moves is None or moves.service == "evaluation" else "no_times_later"]
    if moves is None:
        return f"{words[fitting(slots)]} {words['choose_about']}".strip()
    site = shape.sites.get(moves.site) or _home(shape)
    return words["move_about"].format(at=opening.dated_words(moves.starts_at, site, language))


def fitting(slots: Sequence[offering.Offer]) -> str:
    """The name of the sentence that says whether these times are at those they told us."""
    stated = [any(why.code == "stated_times" for why in each.slot.why) for each in slots]
    asked = any(each.want.half_days is not None or each.want.between is not None for each in slots)
    return "fit_none" if asked and not any(stated) else "fit_some" if asked and not all(stated) else "fit_all"


def asked_of(rows: Sequence[Appointment]) -> list[Appointment]:
    """The visits of which they are asked now to say that they come."""
    return [row for row in rows if _may_confirm(row)]


def _may_confirm(one: Appointment) -> bool:
    """Whether they are asked to say that they come: from about when the first reminder goes out."""
    first = timedelta(days=max(policy().section(Booking).reminder_days, default=1) + 1)
    now = clock.now()
    return one.status == "booked" and one.confirmed_at is None and now < one.starts_at <= now + first


def _closed(
    slots: Sequence[offering.Offer], site: Site, now: datetime, words: dict[str, str], language: Language
) -> str:
    if not slots:
        return ""
    first = now.astimezone(site.tz).date()
    last = max(each.starts_at for each in slots).date()
    days = closed_days(site, first, last)
    return words["closed_on"].format(days=said.closed_on(days, language)) if days else ""


def _clock(at: datetime, site: Site, language: Language) -> str:
    return opening.moment_words(at, site, clock.now(), language)


def _with(words: dict[str, str], minutes: int, who: Any, discipline: str) -> str:
    return said.with_whom(words, minutes, who, discipline)


def _again(request: HttpRequest) -> str:
    """The address of more times."""
    asked = request.GET.copy()
    asked.pop("said", None)
    asked["more"] = "1"
    return f"?{asked.urlencode()}"


def _home(shape: Practice) -> Site:
    return shape.sites[shape.identity.home_site]
