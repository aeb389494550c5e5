"""Treatment after the first visit: steady patterns, one of them booked whole, or until when it is full."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey.booking import adrift, grouping, treating
from firstvisit.journey.booking.treating import Treatment
from firstvisit.journey.booking.wanting import EVALUATED
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import home_zone, policy, practice, resource_slugs
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.series import Series, Steady
from firstvisit.steps.booking.spans import moment
from firstvisit.steps.booking.taking import Taken
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.visit import shown
from firstvisit.web.staff.visit.days_asked import days_asked
from firstvisit.web.staff.visit.views import lead_of
from firstvisit.web.staff.whose import whose
from firstvisit.web.ui import words

LABELS: Final = {
    "a_week": "Visits a week", "weeks": "Weeks", "pattern": "The visits", "why": "Why they are cancelled",
    "group": "Group", "from": "From", "with": "With",
}  # fmt: skip
GONE: Final = (
    "Somebody has just taken one of these times, so nothing was booked. What fits now stands below; where it was the "
    "first visit's, choose another time for it under First visit."
)
GONE_GROUP: Final = {
    "full": "A session that you chose is full by now. Choose another one.",
    "own": "They have another visit of their own at that time. Choose another session.",
    "over": "A session that you chose does not take place, or has begun. Choose another one.",
}
KEYS: Final = (("1 to 3", "book that pattern"),)
HOURS: Final = {"home": "hours for visits at home", "telehealth": "hours for visits by video"}
SETTINGS: Final = {"home": "at home", "telehealth": "by video"}
OFTEN: Final = {1: "once", 2: "twice"}
WEEKDAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work", at_desk=True)
def lead_treatment(request: HttpRequest, code: str) -> HttpResponse:
    """Show the pattern that fits; book all of it, or decide about what its evaluation does not lead any more."""
    user, lead = staff(request), lead_of(request, code)
    if request.method == "GET":
        return _page(request, lead)
    if lost := problems_of(request, LABELS):
        return _page(request, lead, lost)
    said, actor = request.POST, actor_of(request)
    try:
        match said.get("do", ""):
            case "cancel_adrift":
                adrift.cancel_it(lead, cause=said.get("cause", ""), why=said.get("why", ""), by=user, actor=actor)
            case "join":
                grouping.join(lead, _ids(said.getlist("group")), by=user, actor=actor)
            case "let_stand":
                adrift.let_stand(lead, cause=said.get("cause", ""), by=user, actor=actor)
            case _:
                treating.book(lead, said.get("pattern", ""), by=user, actor=actor)
    except BadInput as bad:
        return _page(request, lead, bad.problems)
    except Taken as taken:
        gone = GONE_GROUP[taken.why] if said.get("do") == "join" and taken.why in GONE_GROUP else GONE
        return _page(request, lead, [Problem("pattern", gone)], status=409)
    except Conflict as conflict:
        return _page(request, lead, [Problem("", f"{str(conflict).capitalize()}.")], status=409)
    return HttpResponseRedirect(reverse("lead_treatment", args=[code]), status=303)


def _page(request: HttpRequest, lead: Lead, problems: list[Problem] | None = None, status: int = 0) -> HttpResponse:
    now, problems = clock.now(), list(problems or [])
    seen, slot = None, request.GET.get("slot", "")
    a_week, weeks = _number(request, "a_week", 2), _number(request, "weeks", 0)
    only = request.GET.get("with", "")
    had, more = treating.booked(lead), request.GET.get("more") == "1"
    coming = [row for row in had if row.status == "booked" and row.starts_at > now]
    treated = [row for row in coming if row.service == "treatment"]
    stands = not more and bool(treated)
    since = request.GET.get("from", "")
    if more and treated and not since:  # more goes on where that which stands ends
        since = (max(map(_day_of, treated)) + timedelta(days=1)).isoformat()
    days = days_asked({"from": since})
    closed = lead.closed_at is not None and lead.closed_how != EVALUATED
    if not closed and not stands:
        problems += days.problems
        only = only if only in practice().resources else ""
        try:
            seen = treating.look(
                lead, now=now, slot=slot, visits_a_week=a_week, weeks=weeks, only=only, not_before=days.since
            )
        except BadInput as bad:
            problems += bad.problems
    noted_view(actor_of(request), "visit", [lead.id])
    sessions = [_session(each, now) for each in grouping.for_lead(lead, now=now)] if not closed else []
    values: dict[str, Any] = {
        "code": f"L-{lead.number}",
        "whose": whose(lead, staff(request)),
        "closed": closed,
        "now_may": {row.id for row in coming} if not closed else set(),
        "problems": problems,
        "slot": slot,
        "more": more,
        "stands": stands,
        "a_week": a_week,
        "weeks": seen.weeks if seen is not None else weeks or 4,
        "most_a_week": treating.MOST_A_WEEK,
        "most_weeks": treating.MOST_WEEKS,
        "adrift": shown.adrift_of(adrift.asked_of(lead, now=now), now),
        "reasons": {each.code: each.words for each in REASONS if each.by != "system"},
        "sessions": sessions,
        "may_join": any(each["may"] for each in sessions),
        "booked": [shown.visit(row, now) for row in had],
        "only": only,
        "from": since,
        "keys": KEYS,
        **(_found(seen, set(map(_day_of, coming))) if seen is not None else {}),
    }
    return render(request, "staff/treatment/treatment.html", values, status=status or (422 if problems else 200))


def _day_of(row: Appointment) -> date:
    """The day of a visit, on the calendar of its site."""
    site = practice().sites.get(row.site)
    return row.starts_at.astimezone(site.tz if site is not None else home_zone()).date()


def _found(seen: Treatment, had: Collection[date]) -> dict[str, Any]:
    """What was found; `had` are the days on which they come already."""
    found = seen.found
    offered = zip(found.patterns, seen.tokens, strict=True) if found is not None else ()
    return {
        "why_not": seen.wanted.why_not,
        "after": _after(seen),
        "with_first": seen.offer is not None,
        "looked": found is not None,
        "patterns": [_pattern(pattern, token, had, seen) for pattern, token in offered],
        "therapists": {slug: practice().resources[slug].name for slug in found.therapists} if found is not None else {},
        **(_why(found, seen) if found is not None and found.why else {}),
    }


def _pattern(pattern: Series, token: str, had: Collection[date], seen: Treatment) -> dict[str, Any]:
    site = practice().sites[pattern.visits[0].site]
    times = [moment(visit.start).astimezone(site.tz) for visit in pattern.visits]
    places = Counter((each.weekday(), words.clock_time(each, site.tz)) for each in times)
    return {
        "token": token,
        "twice": [words.day(each.date()) for each in times if each.date() in had],
        "not_given": shown.not_given([each.date() for each in times], seen.want and seen.want.given_until),
        "since": words.day(times[0].date()),
        "who": _name(pattern),
        "where": SETTINGS.get(pattern.visits[0].setting, site.name),
        "steady": _steady(sorted(places)),
        "visits": [f"{words.day(each.date())}, {words.clock_time(each, site.tz)}" for each in times],
    }


def _steady(places: list[tuple[int, str]]) -> str:
    """ "Mondays and Wednesdays, 11:00 am"; each with its hour where they have several."""
    hours = {at for _, at in places}
    if len(hours) > 1:
        return ", ".join(f"{WEEKDAYS[day]} {at}" for day, at in places)
    *days, last = (WEEKDAYS[day] for day, _ in places)
    return f"{', '.join(days)} and {last}, {hours.pop()}" if days else f"{last}, {hours.pop()}"


def _why(found: Steady, seen: Treatment) -> dict[str, Any]:
    """Why none begins in the week after the evaluation, as far as that is true; and what would."""
    want, often = seen.want, _often(seen.visits_a_week)
    what = HOURS.get(want.setting, "hours there") if want is not None else ""
    since = words.day(found.patterns[0].since) if found.patterns else ""
    if seen.until is not None:
        return {"none": f"Nobody here can treat after {words.day(seen.until)}."}
    match found.why:
        case "nobody":
            said = "Nobody who works there can give this treatment."
        case "too_far":
            ahead = policy().section(Booking).horizon_days
            said = f"The day from which it would begin is too far ahead: visits are booked {ahead} days ahead."
        case "beyond":
            ahead = policy().section(Booking).horizon_days
            said = f"So many weeks are longer than the {ahead} days that are booked ahead: look for fewer."
        case "hours" if not found.days:
            said = f"Nobody who can give this treatment has {what}" + (f" before {since}." if since else ".")
        case "hours":
            on = "one day" if found.days == 1 else f"{found.days} days"
            before = f" before {since}" if since else ""
            said = f"{often.capitalize()} a week cannot be found: {what} are on {on} of a week{before}."
        case _ if found.patterns:
            said = f"Treatment {often} a week is full until {since}."
        case _:
            said = f"Treatment {often} a week is full as far ahead as we book."
    if found.fewer is None:
        return {"none": said}
    count, pattern = found.fewer
    site = practice().sites[pattern.visits[0].site]
    begins = words.day(moment(pattern.visits[0].start).astimezone(site.tz).date())
    return {
        "none": said,
        "fewer": f"{_often(count).capitalize()} a week would begin on {begins}, with {_name(pattern)}.",
        "fewer_a_week": count,
    }


def _often(times: int) -> str:
    return OFTEN.get(times, f"{times} times")


def _name(pattern: Series) -> str:
    who = practice().resources.get(resource_slugs().get(pattern.clinician, ""))
    return who.name if who is not None else ""


def _session(one: grouping.Session, now: datetime) -> dict[str, Any]:
    """A session of a group as this lead may join it."""
    shape = practice()
    site = shape.sites[one.group.site]
    who = [shape.resources[slug].name for slug in one.resources if slug in shape.resources]
    return {
        "id": one.group.id,
        "when": words.moment(one.group.starts_at, site.tz, now),
        "who": ", ".join(who),
        "where": site.name,
        "left": one.left,
        "may": one.fits and one.left > 0 and one.own is None,
        "not_given": shown.not_given([one.group.starts_at.astimezone(site.tz).date()], one.given_until),
        "own": one.own,
    }


def _ids(texts: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in texts[: grouping.MOST_WEEKS]]
    except ValueError as error:
        raise BadInput([Problem("group", "Choose a session.")]) from error


def _after(seen: Treatment) -> str:
    """The first visit that treatment follows."""
    if seen.offer is not None:
        return f"{words.day(seen.offer.starts_at.date())}, {words.clock_time(seen.offer.starts_at, seen.offer.site.tz)}"
    if seen.evaluation is None:
        return ""
    row, site = seen.evaluation, practice().sites.get(seen.evaluation.site)
    zone = site.tz if site is not None else None
    return f"{words.day(row.starts_at.astimezone(zone).date())}" + (
        f", {words.clock_time(row.starts_at, zone)}" if zone is not None else ""
    )


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 4 else usual
