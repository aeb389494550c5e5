"""Third next available: the day of the third first visit that could still be booked, by site, program and payer.

The usual measure of how long people wait for a clinic (the first and second free times are often what somebody just
cancelled). Times count one after the other, as they could be given to three people, not each start of the grid; the
third one may be with another therapist. Read a fortnight at a time, until every program has its three or the horizon
ends: so many questions, however many clinicians.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from firstvisit.journey.booking.weeks import asked_of, taken_of
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking import room_left, spans, supply
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.queries import claims_between
from firstvisit.steps.booking.room_left import Asked
from firstvisit.steps.booking.shapes import Bookable, Span

FORTNIGHT: Final = timedelta(days=14)
THIRD: Final = 3
ANY: Final = ""
"""The payer of whoever pays themselves, or has not said who pays."""


@dataclass(frozen=True, slots=True)
class Next:
    """One program at one site: the local day of the first and of the third free first visit, by payer (`ANY`: whoever
    pays); a payer for whom there are not three within the horizon is missing."""

    program: str
    first: date | None
    third: Mapping[str, date]


def third_next(site: Site, *, now: datetime) -> list[Next]:
    """Every program of a site that is open there at the clinic, in the order of the practice."""
    shape, booking = practice(), policy().section(Booking)
    today = now.astimezone(site.tz).date()
    horizon = today + timedelta(days=booking.horizon_days)
    soonest = spans.minute_after(now + timedelta(minutes=booking.notice_minutes))
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    first, programs = today, set[str]()
    while first <= horizon:
        last = min(first + FORTNIGHT - timedelta(days=1), horizon)
        programs |= _look(found, shape, booking, site, (first, last), soonest, now)
        if all(_settled(found[program], shape) for program in programs):
            break
        first = last + timedelta(days=1)
    return [_next(program, found[program], site) for program in shape.programs if program in programs]


def _look(
    found: dict[str, dict[str, list[int]]],
    shape: Practice,
    booking: Booking,
    site: Site,
    days: tuple[date, date],
    soonest: int,
    now: datetime,
) -> set[str]:
    """Add the starts of some days to those found; the programs that the site has."""
    first, last = days
    all_of = supply.bookables(shape=shape, booking=booking, first=first, last=last)
    here = [one for one in all_of if site.slug in one.sites]
    begins, ends = spans.midnight(first, site.tz), spans.midnight(last + timedelta(days=1), site.tz)
    claims = claims_between([one.id for one in here], spans.moment(begins), spans.moment(ends), now=now)
    taken = taken_of(claims)
    evaluations: dict[tuple[int, date], int] = defaultdict(int)
    for claim in claims:
        if claim.appointment is not None and claim.appointment.service == "evaluation":
            evaluations[claim.resource_id, claim.appointment.starts_at.astimezone(site.tz).date()] += 1
    asked = list(asked_of(shape, booking, site, here, taken))
    for who in (one for one in here if one.kind == "clinician" and not one.assistant):
        payers = [ANY, *(slug for slug in shape.payers if not who.payers or slug in who.payers)]
        for each in asked:
            program = found[each.want.program]
            if all(len(program[payer]) >= THIRD and max(program[payer][:THIRD]) < begins for payer in payers):
                continue
            for start in _starts(who, each, taken, evaluations, site, days, soonest):
                for payer in payers:
                    program[payer].append(start)
    for program in found.values():
        for each_payer in program.values():
            each_payer.sort()
            del each_payer[THIRD:]
    return {each.want.program for each in asked}


def _starts(
    who: Bookable,
    one: Asked,
    taken: Mapping[int, list[Span]],
    evaluations: Mapping[tuple[int, date], int],
    site: Site,
    days: tuple[date, date],
    soonest: int,
) -> Iterable[int]:
    """The first three starts with one clinician in some days."""
    count, day = 0, days[0]
    while day <= days[1] and count < THIRD:
        span = max(spans.midnight(day, site.tz), soonest), spans.midnight(day + timedelta(days=1), site.tz)
        most = min(who.evaluations_a_day - evaluations.get((who.id, day), 0), THIRD - count)
        if span[0] < span[1]:
            for start in room_left.starts(who, one, taken.get(who.id, ()), span, site=site.slug, most=most):
                count += 1
                yield start
        day += timedelta(days=1)


def _settled(program: Mapping[str, list[int]], shape: Practice) -> bool:
    return all(len(program.get(payer, ())) >= THIRD for payer in (ANY, *shape.payers))


def _next(slug: str, starts: Mapping[str, list[int]], site: Site) -> Next:
    def day(minute: int) -> date:
        return spans.moment(minute).astimezone(site.tz).date()

    third = {payer: day(found[THIRD - 1]) for payer, found in starts.items() if len(found) >= THIRD}
    anybody = starts.get(ANY) or []
    return Next(slug, day(anybody[0]) if anybody else None, third)
