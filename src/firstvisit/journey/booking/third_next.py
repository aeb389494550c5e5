"""Third next available: the day of the third first visit that could still be booked, by site, program and payer.

The usual measure of how long people wait for a clinic (the first and second free times are often what somebody just
cancelled). Times count one after the other, as they could be given to three people, not each start of the grid; the
third one may be with another therapist. Read a fortnight at a time, until every program has its three or the horizon
ends: so many questions, however many clinicians. What no therapist there does, or may bill, is not looked for.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from firstvisit.journey.booking.weeks import asked_of, first_visit
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking import busy, fitting, room_left, spans, supply
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.room_left import Asked
from firstvisit.steps.booking.rooms import Rooms
from firstvisit.steps.booking.shapes import Bookable, Busy, Span, Visit

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


class _Read(NamedTuple):
    """What was read of some days at a site: who and what is there, what is taken of them, and the evaluations that the
    clinicians have. No visit begins before `soonest`."""

    site: Site
    days: tuple[date, date]
    soonest: int
    here: Sequence[Bookable]
    taken: Mapping[int, Sequence[Span]]
    seen: Mapping[int, Sequence[Visit]]


class _Start(NamedTuple):
    """A start with one clinician (id) on a day that allows so many first visits more, at `most`."""

    start: int
    clinician: int
    on: date
    most: int


@dataclass(slots=True)
class Wait:
    """First visits of one program with one therapy at one site, at the clinic or by video (`setting`).

    `starts`: by payer, the first three that could still be booked (minutes, sorted), of those through the day
    `through`. `works`: the payers for whom somebody works there on these days at all who does not leave before the last
    day that is offered; where nothing is free for one of them everybody is booked, and of any other payer nothing is
    known.
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
    today, horizon = now.astimezone(site.tz).date(), _horizon(booking, site, now)
    soonest = spans.minute_after(now + timedelta(minutes=booking.notice_minutes))
    found: dict[tuple[str, str, str], Wait] = {}
    first = today
    while first <= horizon:
        last = min(first + FORTNIGHT - timedelta(days=1), horizon)
        if not _look(found, shape, booking, site, (first, last), soonest, now):
            break
        first = last + timedelta(days=1)
    return list(found.values())


def _horizon(booking: Booking, site: Site, now: datetime) -> date:
    """The last day of which a time is offered."""
    return now.astimezone(site.tz).date() + timedelta(days=booking.horizon_days)


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
    read = _Read(site, days, soonest, here, taken, seen)
    more, horizon = False, _horizon(booking, site, now)
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
            if payers & wanted and not fitting.has_left(who, horizon) and _works(who, each, site):
                wait.works |= payers & wanted
        had: dict[tuple[int, ...], list[int]] = {}  # payers whom the same therapists may bill have the same times
        for payer in wanted:
            may = [who for who, payers in suits if payer in payers]
            ids = tuple(who.id for who in may)
            if ids not in had:
                had[ids] = _three(may, each, read)
            wait.starts[payer] += had[ids]
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


def _three(may: Sequence[Bookable], one: Asked, read: _Read) -> list[int]:
    """The first three starts that three people could have with these clinicians, each beside those before it: within
    what a day allows of evaluations and of new patients, in a room and with the devices that are left."""
    found: list[int] = []
    used: list[tuple[Span, tuple[int, ...]]] = []
    a_day: Counter[tuple[int, date]] = Counter()
    for each in heapq.merge(*(_starts(who, one, read) for who in may), key=lambda each: each.start):
        if a_day[each.clinician, each.on] == each.most:
            continue
        span = each.start - one.want.before, each.start + one.want.minutes + one.want.after
        rooms = _rooms(one, read, span, used)
        if rooms is None:
            continue
        a_day[each.clinician, each.on] += 1
        used.append((span, rooms))
        found.append(each.start)
        if len(found) == THIRD:
            break
    return found


def _starts(who: Bookable, one: Asked, read: _Read) -> Iterator[_Start]:
    """The starts with one clinician, one after the other, on the days that still allow an evaluation."""
    (day, last), zone = read.days, read.site.tz
    taken = read.taken.get(who.id, ())
    while day <= last:
        begins, ends = spans.midnight(day, zone), spans.midnight(day + timedelta(days=1), zone)
        evaluations = [each for each in read.seen.get(who.id, ()) if begins <= each.start < ends]
        most = who.evaluations_a_day - len(evaluations)
        if who.new_patients_a_day is not None:
            most = min(most, who.new_patients_a_day - sum(each.new_patient for each in evaluations))
        span = max(begins, read.soonest), ends
        if span[0] < span[1] and most > 0:
            for start in room_left.starts(who, one, taken, span, site=read.site.slug):
                yield _Start(start, who.id, day, most)
        day += timedelta(days=1)


def _rooms(
    one: Asked, read: _Read, span: Span, used: Iterable[tuple[Span, tuple[int, ...]]]
) -> tuple[int, ...] | None:
    """The room and devices that a first visit takes, beside those that are `used`; None where they are not free
    together."""
    if one.rooms is None:
        return ()
    beside = {number for other, taken in used if _meets([other], span) for number in taken}
    full = {
        each.id: [span]
        for each in read.here
        if each.kind != "clinician" and (each.id in beside or _meets(read.taken.get(each.id, ()), span))
    }
    return Rooms(one.want, read.site.slug, read.here, Busy(full), *span).free_together(*span)


def _meets(taken: Sequence[Span], span: Span) -> bool:
    """Whether any of these spans, sorted and apart, has a minute of that one."""
    at = bisect_right(taken, span[0], key=lambda each: each[1])
    return at < len(taken) and taken[at][0] < span[1]


def _next(whole: Wait, site: Site) -> Next:
    whole.keep_three()
    third = {payer: day_of(found[-1], site) for payer, found in whole.starts.items() if len(found) == THIRD}
    anybody = whole.starts[ANY]
    return Next(whole.program, day_of(anybody[0], site) if anybody else None, third)


def day_of(minute: int, site: Site) -> date:
    """The day of a moment on a site's calendar."""
    return spans.moment(minute).astimezone(site.tz).date()
