"""Third next available: the day of the third first visit that could still be booked, by site, program and payer.

The usual measure of how long people wait for a clinic (the first and second free times are often what somebody just
cancelled). Times count one after the other, as they could be given to three people, not each start of the grid; the
third one may be with another therapist. Read a fortnight at a time, until every program has its three or the horizon
ends: so many questions, however many clinicians. What no therapist there does, or may bill, is not looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from firstvisit.journey.booking.weeks import asked_of, first_visit
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking import busy, fitting, room_left, spans, supply
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.room_left import Asked
from firstvisit.steps.booking.shapes import Bookable, Span, Visit

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


@dataclass(slots=True)
class Wait:
    """First visits of one program with one therapy at one site, at the clinic or by video (`setting`).

    `starts`: by payer, the first three that could still be booked (minutes, sorted), of those through the day
    `through`. `works`: the payers for whom somebody works there on these days at all; where nothing is free for one of
    them everybody is booked, and of any other payer nothing is known.
    """

    program: str
    discipline: str
    through: date
    setting: str = "clinic"
    starts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    works: set[str] = field(default_factory=set)

    def may_come_sooner(self, payer: str, begins: int) -> bool:
        """Whether days from `begins` on could still give one of the three."""
        starts = self.starts[payer]
        return len(starts) < THIRD or starts[-1] >= begins

    def keep_three(self) -> None:
        for each in self.starts.values():
            each.sort()
            del each[THIRD:]


def third_next(site: Site, *, now: datetime) -> list[Next]:
    """Every program of a site that is open there at the clinic, in the order of the practice."""
    programs: dict[str, Wait] = {}
    for wait in (each for each in waits(site, now=now) if each.setting == "clinic"):
        whole = programs.setdefault(wait.program, Wait(wait.program, "", wait.through))
        for payer, starts in wait.starts.items():
            whole.starts[payer] += starts
    return [_next(whole, site) for whole in programs.values()]


def waits(site: Site, *, now: datetime) -> list[Wait]:
    """Every program and therapy that a site has at the clinic, then those by video, each in the order of the practice.
    None at home: how soon that is depends on where they live and on the road from the visit before."""
    shape, booking = practice(), policy().section(Booking)
    today = now.astimezone(site.tz).date()
    horizon = today + timedelta(days=booking.horizon_days)
    soonest = spans.minute_after(now + timedelta(minutes=booking.notice_minutes))
    found: dict[tuple[str, str, str], Wait] = {}
    first = today
    while first <= horizon:
        last = min(first + FORTNIGHT - timedelta(days=1), horizon)
        if not _look(found, shape, booking, site, (first, last), soonest, now):
            break
        first = last + timedelta(days=1)
    return list(found.values())


def _look(
    found: dict[tuple[str, str, str], Wait],
    shape: Practice,
    booking: Booking,
    site: Site,
    days: tuple[date, date],
    soonest: int,
    now: datetime,
) -> bool:
    """Add the starts of some days to those found; whether later days could add another one."""
    first, last = days
    all_of = supply.bookables(shape=shape, booking=booking, first=first, last=last)
    here = [one for one in all_of if site.slug in one.sites]
    begins, ends = spans.midnight(first, site.tz), spans.midnight(last + timedelta(days=1), site.tz)
    held = busy.spans([one.id for one in here], begins, ends, now=now)
    taken = {resource: spans.joined(each) for resource, each in held.items()}
    clinicians = [one.id for one in here if one.kind == "clinician"]
    seen = busy.visits(clinicians, (), shape.sites, begins, ends, now=now)
    more = False
    for each in (*asked_of(shape, booking, site, here, taken), *_by_video(shape, booking, site)):
        want = each.want
        key = want.program, want.discipline, want.setting
        wait = found.setdefault(key, Wait(want.program, want.discipline, last, want.setting))
        wait.through = last
        suits = [
            (who, {ANY, *(slug for slug in shape.payers if not who.payers or slug in who.payers)})
            for who in here
            if not fitting.stands_in_the_way(want, who)
        ]
        wanted = {
            payer for payer in set().union(*(payers for _, payers in suits)) if wait.may_come_sooner(payer, begins)
        }
        for who, payers in suits:
            if not payers & wanted:
                continue
            if _works(who, each, site):
                wait.works |= payers & wanted
            for start in _starts(who, each, taken.get(who.id, ()), seen.get(who.id, ()), site, days, soonest):
                for payer in payers & wanted:
                    wait.starts[payer].append(start)
        wait.keep_three()
        more = more or any(len(wait.starts[payer]) < THIRD for payer in wanted)
    return more


def _by_video(shape: Practice, booking: Booking, site: Site) -> Iterable[Asked]:
    """A first visit by video of each program of a site that has them, and each of its therapies."""
    for program in shape.programs.values():
        if site.slug in program.sites and "telehealth" in program.settings and program.status != "closed":
            wants = (first_visit(booking, program, each, site.slug, "telehealth") for each in program.disciplines)
            yield from (Asked(want) for want in wants if want is not None)


def _works(who: Bookable, one: Asked, site: Site) -> bool:
    """Whether a clinician is open for first visits of a program at a site on the days that were read."""
    program, setting = one.want.program, one.want.setting
    return any(
        each.site == site.slug and setting in each.settings and (not each.programs or program in each.programs)
        for each in who.open
    )


def _starts(
    who: Bookable,
    one: Asked,
    taken: Sequence[Span],
    seen: Sequence[Visit],
    site: Site,
    days: tuple[date, date],
    soonest: int,
) -> Iterable[int]:
    """The first three starts with one clinician in some days, within what a day of theirs allows of evaluations and of
    new patients. `seen`: the evaluations they have already."""
    count, day = 0, days[0]
    while day <= days[1] and count < THIRD:
        begins, ends = spans.midnight(day, site.tz), spans.midnight(day + timedelta(days=1), site.tz)
        evaluations = [each for each in seen if begins <= each.start < ends]
        most = min(who.evaluations_a_day - len(evaluations), THIRD - count)
        if who.new_patients_a_day is not None:
            most = min(most, who.new_patients_a_day - sum(each.new_patient for each in evaluations))
        span = max(begins, soonest), ends
        if span[0] < span[1]:
            for start in room_left.starts(who, one, taken, span, site=site.slug, most=most):
                count += 1
                yield start
        day += timedelta(days=1)


def _next(whole: Wait, site: Site) -> Next:
    whole.keep_three()
    third = {payer: day_of(found[-1], site) for payer, found in whole.starts.items() if len(found) == THIRD}
    anybody = whole.starts[ANY]
    return Next(whole.program, day_of(anybody[0], site) if anybody else None, third)


def day_of(minute: int, site: Site) -> date:
    """The day of a moment on a site's calendar."""
    return spans.moment(minute).astimezone(site.tz).date()
