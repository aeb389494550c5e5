"""Times and visits as the desk reads them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from firstvisit.journey.adrift import Adrift
from firstvisit.journey.booking.offering import Offer, Offers
from firstvisit.journey.booking.therapists import treated_until
from firstvisit.journey.booking.visits import its_day_has_come
from firstvisit.journey.booking.wanting import Wanted, authorized
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.messages.moments import visit_times
from firstvisit.practice.queries import practice, resource_names, resource_slugs
from firstvisit.practice.shape import Site
from firstvisit.referral import hours
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.shapes import Want, Why
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

WHY: Final[dict[str, str]] = {
    "soonest": "the soonest of these",
    "stated_times": "at a time they stated",
    "continuity": "the therapist they know",
    "fills_gap": "fills a gap",
    "language": "the therapist speaks {language}",
    "interpreter": "an interpreter is needed",
    "site": "at the site nearest to them",
    "nearer": "nearer to them",
    "earlier": "earlier than the rest",
}
"""Why a time stands where it stands."""

STATUS: Final[dict[str, Sign]] = {
    "held": Sign("held", "held"),
    "booked": Sign("yes", "booked"),
    "arrived": Sign("yes", "arrived"),
    "completed": Sign("yes", "evaluation done"),
    "left": Sign("no", "left before being seen"),
    "missed": Sign("no", "did not come"),
    "cancelled": Sign("no", "cancelled"),
    "lapsed": Sign("no", "hold ran out"),
}
TREATED: Final = Sign("yes", "took place")
"""Of a visit after the first one that is over."""
LET_GO: Final = ("lapsed", "another_time")
"""Holds that nobody needs to read of."""


@dataclass(frozen=True, slots=True)
class Time:
    """One time that can be booked."""

    token: str
    day: str
    at: str
    zone: str
    minutes: int
    who: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit or hold of this lead."""

    id: uuid.UUID
    sequence: int
    service: str
    status: str
    sign: Sign
    day: str
    at: str
    who: str
    where: str
    until: str
    said: str
    confirmed: str
    begun: bool
    today: bool
    """Whether its day has come."""
    follows: int = 0
    """How many visits of treatment would have no evaluation before them without it."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Treatment that its evaluation does not lead any more. `cause` names the question."""

    cause: str
    words: str
    visits: list[Visit]


def times(offers: Sequence[Offer]) -> list[Time]:
    """Each with its reasons, in the order of the search; that it is soon is said of the soonest of several alone."""
    first = min((each.starts_at for each in offers), default=None) if len(offers) > 1 else None
    now = clock.now()
    until = {want: treated_until(want, now=now) for want in {each.want for each in offers}}
    return [_time(each, until[each.want], soonest=each.starts_at == first) for each in offers]


def untreated(offers: Sequence[Offer], now: datetime) -> str:
    """What the desk must know where nobody here can treat after one of these first visits; "" where somebody can."""
    days = {until for want in {each.want for each in offers} if (until := treated_until(want, now=now)) is not None}
    last = min(days, default=None)
    if last is None or not any(each.starts_at.date() >= last for each in offers):
        return ""
    since = f" after {words.day(last)}" if last >= now.astimezone(offers[0].site.tz).date() else ""
    return f"Nobody here can treat them{since}: say so, and how it goes on, before you book the evaluation."


def _time(offer: Offer, until: date | None, *, soonest: bool) -> Time:
    shape = practice()
    who = shape.resources[offer.clinician]
    untold = {code for code, said in (("site", len(offer.want.sites) > 1), ("soonest", soonest)) if not said}
    told = [why for why in offer.slot.why if why.code in WHY and why.code not in untold]
    counted = sorted(told, key=lambda why: "came" in dict(why.data))  # the longest is said last
    ends = until is not None and offer.starts_at.date() >= until
    reasons = ", ".join([*(["nobody here can treat after it"] if ends else []), *map(_reason, counted)])
    return Time(
        token=offer.token,
        day=words.day(offer.starts_at.date()),
        at=words.clock_time(offer.starts_at, offer.site.tz),
        zone=offer.starts_at.tzname() or "",
        minutes=offer.slot.end - offer.slot.start,
        who=", ".join((who.name, *(who.credentials or who.disciplines))),
        where=_where(offer.site, offer.slot.setting),
        why=reasons[:1].upper() + reasons[1:],
    )


def _reason(why: Why) -> str:
    data = dict(why.data)
    if data.get("because") == "urgent":
        return "soonest: this is urgent"
    text = WHY[why.code]
    if "came" in data:
        return f"{text} ({_took_place(data)})"
    return text.format(**data) if "{" not in text or data else "the therapist speaks their language"


def _took_place(data: Mapping[str, str]) -> str:
    """ "of 84 first visits booked 15 days or more ahead 71 took place": counts that the practice can check."""
    since, before = int(data["since"]), int(data["before"])
    if not before:
        ahead = "1 day or more" if since == 1 else f"{since} days or more"
    else:
        ahead = f"{since} to {before - 1} days" if since else f"less than {before} days"
    return f"of {data['booked']} first visits booked {ahead} ahead {data['came']} took place"


def _where(site: Site, setting: str) -> str:
    return {"telehealth": "by video", "home": "at home"}.get(setting, site.name)


def window(found: Offers) -> str:
    """What the desk must know of a window that these times do not keep; "" where they keep it, or there is none."""
    if not found.offers:
        return ""
    late, want = found.wanted.cannot_be_met, found.wanted.wants[0]
    if late is not None:
        return f"The first visit was to be by {words.day(late)}: it is late. The soonest times stand here."
    if want.not_after is None or found.offers[0].want.not_after is not None:
        return ""
    hurry = " It cannot wait: tell whoever ordered, or a clinician, before you book." if want.urgent else ""
    return f"No time that you look for is free by {words.day(want.not_after)}. These come after it.{hurry}"


def authorization(found: Wanted, want: Want | None) -> str:
    """What the desk must know of the payer's authorization before it books; "" where it bounds nothing."""
    waits = next((each for each in found.plan.blockers if each.what == "authorization"), None)
    if waits is not None and waits.asked is None:
        return "The payer authorizes this visit first, and nobody has asked for it yet: what is booked may not be paid."
    if want is None:
        return ""
    begins, ends = authorized(found.case, found.plan, want.discipline)
    if waits is not None:
        by = f"; its answer is expected by {words.day(begins)}" if begins is not None else ""
        return f"The payer authorizes this visit first and was asked{by}."
    if begins is None and ends is None:
        return ""
    days = " ".join(
        each
        for each in (f"from {words.day(begins)}" if begins else "", f"through {words.day(ends)}" if ends else "")
        if each
    )
    return f"The payer authorized it {days}: a visit on another day may not be paid."


def not_given(days: Sequence[date], until: date | None) -> str:
    """How many visits on these days are after the last for which the payer gave treatment; "" where none is, or where
    that day is not known."""
    late = [day for day in days if until is not None and day > until]
    if until is None or not late:
        return ""
    many = "It" if len(days) == 1 else f"{len(late)} of {len(days)} visits"
    verb = "is" if len(late) == 1 else "are"
    return f"{many} {verb} after {words.day(until)}, through which the payer authorized treatment: it may not be paid."


def needs(found: Wanted, want: Want | None, today: date) -> str:
    """What is looked for, in one sentence; a first day that has passed is none."""
    if want is None or found.program is None:
        return ""
    parts = [f"{want.minutes} minutes, {found.program.name} ({want.discipline})"]
    if want.not_before is not None and want.not_before > today:
        parts.append(f"from {words.day(want.not_before)}")
    if want.not_after is not None:
        parts.append(f"through {words.day(want.not_after)}{', which cannot wait' if want.urgent else ''}")
    if want.half_days is not None:
        parts.append(f"best {', '.join(words.half_day(half) for half in sorted(want.half_days))}")
    if want.between is not None:
        parts.append(f"best {hours.in_words(hours.kept(*want.between))}")
    return "; ".join(parts)


def visit_words(data: Mapping[str, str], now: datetime, *, event: str, actor: str) -> str:
    """What the timeline says after the name of a happening: ": Thu Nov 26, 9:00 am, Priya Raman, by the family". Who
    did it is `actor`, whoever had booked the visit; of what one of ours did the entry names them itself."""
    shape = practice()
    site = shape.sites.get(data.get("site", ""))
    if site is None or "at" not in data:
        return ""
    who = resource_names().get(data.get("with", ""), "")
    reason = next((each.words.lower() for each in REASONS if each.code == data.get("why")), "")
    parts = (
        words.day_and_time(datetime.fromisoformat(data["at"]), site.tz, now),
        who,
        _by(data, event, actor),
        reason,
    )
    return ": " + ", ".join(part for part in parts if part)


def _by(data: Mapping[str, str], event: str, actor: str) -> str:
    if actor == "public":
        return "by the family"
    return "on the phone" if data.get("door") == "call" and event in ("visit_booked", "visit_held") else ""


def treatment_words(data: Mapping[str, Any]) -> str:
    """The same of treatment that was booked: its pattern, first and last day, how many visits, with whom."""
    shape = practice()
    site, moments = shape.sites.get(data.get("site", "")), data.get("all_at", ())
    if site is None or not moments:
        return ""
    who = resource_names().get(data.get("with", ""), "")
    lines = visit_times([datetime.fromisoformat(each) for each in moments], site, None)
    return f": {'; '.join(lines)}{f', {who}' if who else ''}"


def visit(row: Appointment, now: datetime, *, follows: int = 0) -> Visit:
    """One appointment; `follows`: as `Visit` has it."""
    shape = practice()
    site = shape.sites.get(row.site)
    tz = site.tz if site is not None else now.tzinfo
    local = row.starts_at.astimezone(tz)
    until = ""
    if row.status == "held" and row.held_until is not None:
        minutes = int((row.held_until - now).total_seconds() // 60)
        until = f"{minutes} min left" if minutes > 0 else "the hold ran out; it can be taken if nobody has it"
    said = next((each.words for each in REASONS if each.code == row.why), "")
    zone = site.tz if site is not None else None
    return Visit(
        id=row.id,
        sequence=row.sequence,
        service=row.service,
        status=row.status,
        sign=TREATED
        if row.status == "completed" and row.service != "evaluation"
        else STATUS.get(row.status, Sign("unknown", row.status)),
        day=words.day(local.date()),
        at=words.clock_time(row.starts_at, zone) if zone is not None else local.strftime("%H:%M"),
        who=resource_names().get(resource_slugs().get(row.clinician_id or 0, ""), ""),
        where=_where(site, row.setting) if site is not None else row.site,
        until=until,
        said=said,
        confirmed="they said that they come" if row.confirmed_at is not None else "",
        begun=row.starts_at <= now,
        follows=follows,
        today=its_day_has_come(row, now),
    )


def adrift_of(found: Adrift | None, now: datetime) -> Wrong | None:
    """Treatment that somebody has to decide about, in words."""
    if found is None:
        return None
    ids = [each.id for each in found.visits]
    rows = [visit(row, now) for row in Appointment.objects.filter(id__in=ids).order_by("starts_at")]
    first = visit(Appointment.objects.get(id=found.evaluation.id), now)
    booked = "1 treatment visit is booked" if len(rows) == 1 else f"{len(rows)} treatment visits are booked"
    fell = "was cancelled" if found.evaluation.status == "cancelled" else "was missed"
    why = {
        "without": f"{booked} and no evaluation stands: that of {first.day} {fell}.",
        "before": f"{booked} before the evaluation of {first.day}, {first.at}.",
    }
    return Wrong(found.cause, why[found.what], rows)


def visits_of(lead: Lead, now: datetime) -> list[Visit]:
    """What of this lead's first visits is booked or held, or has arrived; of a closed lead also what became of them."""
    rows = Appointment.objects.filter(lead=lead, service="evaluation").order_by("starts_at")
    if lead.closed_at is None:
        rows = rows.filter(status__in=("held", "booked", "arrived"))
    return [visit(row, now) for row in rows if row.status != "lapsed" and row.why not in LET_GO]
