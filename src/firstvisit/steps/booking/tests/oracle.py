"""The search again, written naively: every start, every clinician, every set of rooms, minute by minute; of groups
every session. Slow, with arithmetic of its own and nothing of the search in it but its shapes. The storm compares the
two; so does the bench."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import NamedTuple

from firstvisit.practice.shape import Site
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Busy, Place, Session, Span, Want

EARTH_MILES = 6371.0088 / 1.609344
"""Mean radius of the earth (IUGG 1980), in kilometers, by the kilometers of a statute mile."""


class Best(NamedTuple):
    """What is compared of a slot."""

    start: int
    site: str
    clinician: int
    resources: tuple[int, ...]
    points: int
    claimed: Span
    codes: tuple[str, ...]
    group: str = ""


class _Tried(NamedTuple):
    """A time that can be: its place among the others, the half day of a site it lies in, and the time."""

    place: tuple[int, int, bool, int, int, str]
    half: tuple[str, date, bool]
    slot: Best


def best(
    want: Want,
    supply: Sequence[Bookable],
    busy: Busy,
    booking: Booking,
    sites: Mapping[str, Site],
    now: datetime,
    *,
    count: int,
    a_half_day: int = 0,
    without: Collection[tuple[int, int]] = (),
) -> list[Best]:
    """The best slots in their order; `without` some starts of some clinicians."""
    if want.service == "group":
        tried = _sessions(want, supply, busy, booking, sites, now, without)
    else:
        tried = _visits(want, supply, busy, booking, sites, now, without)
    kept: list[Best] = []
    halves: list[tuple[str, date, bool]] = []
    for _, half, slot in sorted(tried, key=lambda one: one.place):
        if len(kept) < count and not (a_half_day and halves.count(half) >= a_half_day):
            kept.append(slot)
            halves.append(half)
    return kept


def _visits(
    want: Want,
    supply: Sequence[Bookable],
    busy: Busy,
    booking: Booking,
    sites: Mapping[str, Site],
    now: datetime,
    without: Collection[tuple[int, int]],
) -> Iterator[_Tried]:
    """Every start at every site, with whoever of those who can has most points."""
    for number, slug in enumerate(want.sites):
        site = sites[slug]
        able = [who for who in supply if _able(want, who, site)]
        for at in _starts(want, booking, site, now):
            found = []
            for who in able:
                codes = _codes(want, who, busy, booking, site, number, at)
                if codes is not None and (at, who.id) not in without:
                    points = _points(codes, booking, _days_ahead(at, site, now))
                    found.append((-points, "opens_block" in codes, who.id, codes))
            if not found:
                continue
            loss, opens, clinician, codes = min(found)
            rooms = _rooms(want, supply, busy, slug, at)
            if rooms is None:
                continue
            claimed = (at - want.before, at + want.minutes + want.after)
            slot = Best(at, slug, clinician, tuple(sorted({clinician, *rooms})), -loss, claimed, codes)
            yield _Tried((loss, at, opens, number, clinician, ""), _half(at, site), slot)


def _sessions(
    want: Want,
    supply: Sequence[Bookable],
    busy: Busy,
    booking: Booking,
    sites: Mapping[str, Site],
    now: datetime,
    without: Collection[tuple[int, int]],
) -> Iterator[_Tried]:
    """Every session in which this person can sit. It begins when it begins, on the grid or not, and has its rooms."""
    known = {one.id: one for one in supply}
    for number, slug in enumerate(want.sites):
        site = sites[slug]
        first, first_day, last_day = _window(want, booking, site, now)
        for one in busy.sessions:
            who = known[one.clinician]
            if one.site != slug or one.kind != want.kind or one.program not in ("", want.program):
                continue
            if one.seats_left < 1 or _meets(want.elsewhere, one.start, one.end):
                continue
            if (one.start, one.clinician) in without:
                continue
            if one.start < first or not first_day <= _local(one.start, site).date() <= last_day:
                continue
            if not _able(want, who, site) or not _there(who, one.start, site) or not _may_stand(one, known):
                continue
            codes = tuple(_reasons(want, who, site, number, one.start, one.end))
            points = _points(codes, booking, _days_ahead(one.start, site, now))
            slot = Best(one.start, slug, who.id, tuple(sorted(one.resources)), points, one.claimed, codes, one.id)
            yield _Tried((-points, one.start, False, number, who.id, one.id), _half(one.start, site), slot)


def _may_stand(session: Session, known: Mapping[int, Bookable]) -> bool:
    """Whether all that a session takes is open for it. A room or a device is not asked for which settings."""
    return all(
        _covered(
            [
                (each.start, each.end)
                for each in known[number].open
                if each.site == session.site
                and (known[number].kind != "clinician" or "clinic" in each.settings)
                and (not each.programs or session.program in each.programs)
            ],
            session.start,
            session.end,
        )
        for number in session.resources
    )


def _local(at: int, site: Site) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=at)).astimezone(site.tz)


def _half(at: int, site: Site) -> tuple[str, date, bool]:
    local = _local(at, site)
    return site.slug, local.date(), local.hour >= 12


def _days_ahead(at: int, site: Site, now: datetime) -> int:
    return (_local(at, site).date() - now.astimezone(site.tz).date()).days


def _window(want: Want, booking: Booking, site: Site, now: datetime) -> tuple[int, date, date]:
    """The first minute at which a visit may begin, and its first and last day."""
    today = now.astimezone(site.tz).date()
    first = math.ceil(now.timestamp() / 60) + booking.notice_minutes
    last_day = min(today + timedelta(days=booking.horizon_days), want.not_after or date.max)
    return first, max(today, want.not_before or today), last_day


def _starts(want: Want, booking: Booking, site: Site, now: datetime) -> list[int]:
    first, first_day, last_day = _window(want, booking, site, now)
    after = first + (booking.horizon_days + 2) * 1440
    every = [at for at in range(first, after) if at % booking.grid_minutes == 0]
    return [at for at in every if first_day <= _local(at, site).date() <= last_day]


def _covered(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether every minute lies in one of the spans."""
    at = start
    while at < end:
        reach = [b for a, b in spans if a <= at < b]
        if not reach:
            return False
        at = max(reach)
    return True


def _meets(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(max(a, start) < min(b, end) for a, b in spans)


def _able(want: Want, who: Bookable, site: Site) -> bool:
    """Whether this clinician may be booked for that person at that site, at whatever time."""
    if who.kind != "clinician" or (want.only and who.slug not in want.only):
        return False
    if want.discipline and want.discipline not in who.disciplines:
        return False
    if who.assistant and want.service == "evaluation":
        return False
    if who.assistant and not want.assistants:
        return False
    if site.slug not in who.sites or any(skill not in who.skills for skill in want.skills):
        return False
    if want.credentials and not any(one in who.credentials for one in want.credentials):
        return False
    if want.payer_counts and want.payer and who.payers and want.payer not in who.payers:
        return False
    return want.setting != "home" or _drives_there(want, who, site)


def _there(who: Bookable, at: int, site: Site) -> bool:
    """Whether a visit begins on their last day or before."""
    return who.last_day is None or _local(at, site).date() <= who.last_day


def _codes(
    want: Want, who: Bookable, busy: Busy, booking: Booking, site: Site, number: int, at: int
) -> tuple[str, ...] | None:
    """Codes of the reasons for this clinician at that time; None where it cannot be."""
    start, end = at - want.before, at + want.minutes + want.after
    opened = [
        (one.start, one.end)
        for one in who.open
        if one.site == site.slug and want.setting in one.settings and (not one.programs or want.program in one.programs)
    ]
    taken = [span for span in busy.spans.get(who.id, ()) if span[0] < span[1]]
    if not _covered(opened, start, end) or _meets(taken, start, end):
        return None
    if _meets(want.elsewhere, at, at + want.minutes) or not _there(who, at, site):
        return None
    if not _in_time(want, who, busy, booking, site, start, end) or _too_many(want, who, busy, site, at):
        return None
    reasons = _reasons(want, who, site, number, at, at + want.minutes)
    return (*reasons, *_beside(want, booking, site, at, taken))


def _reasons(want: Want, who: Bookable, site: Site, number: int, at: int, end: int) -> list[str]:
    """What holds of that time with that clinician, whatever else they have that day."""
    local = _local(at, site)
    codes = ["urgent" if want.urgent else "soonest"]
    if want.half_days is not None or want.between is not None:
        half = f"{local:%a}_{'am' if local.hour < 12 else 'pm'}".lower()
        fits = want.half_days is None or half in want.half_days
        if want.between is not None:
            first, last = (_wall(local.date(), each, site) for each in want.between)
            fits = fits and first <= at and end <= last
        codes.append("stated_times" if fits else "outside_times")
    if who.slug in want.knows:
        codes.append("continuity")
    if want.language:
        codes.append("language" if want.language in who.languages else "interpreter")
    if number == 0:
        codes.append("site")
    return codes


def _beside(want: Want, booking: Booking, site: Site, at: int, taken: Sequence[Span]) -> list[str]:
    """How that time lies to what else the clinician has."""
    start, end = at - want.before, at + want.minutes + want.after
    codes, grid, on = [], booking.grid_minutes, _local(at, site).date()
    if booking.fills_gap and any(0 <= start - b < grid or 0 <= a - end < grid for a, b in taken):
        codes.append("fills_gap")
    if not any(_local(minute, site).date() == on for a, b in taken for minute in _ends_and_middles(a, b)):
        codes.append("opens_block")
    return codes


def _wall(on: date, minutes: int, site: Site) -> float:
    """When the clock of the site shows so many minutes after that day's midnight."""
    shown = datetime.combine(on, time(), UTC) + timedelta(minutes=minutes)
    return shown.replace(tzinfo=site.tz).timestamp() / 60


def _ends_and_middles(a: int, b: int) -> list[int]:
    """Minutes of a span, close enough together to meet every day it lies on."""
    return [*range(a, b, 60), b - 1]


def _points(codes: Sequence[str], booking: Booking, days: int) -> int:
    weights = {
        "soonest": -days * booking.soonest,
        "urgent": -days * max(booking.soonest, booking.soonest_urgent),
        "stated_times": booking.stated_times,
        "continuity": booking.continuity,
        "language": booking.language,
        "site": booking.same_site,
        "fills_gap": booking.fills_gap,
    }
    return sum(weights.get(code, 0) for code in codes)


def _minutes(booking: Booking, a: Place, b: Place) -> int:
    if a == b:
        return 0
    return math.ceil(_miles(a, b) * booking.road_factor * 60 / booking.miles_an_hour)


def _miles(a: Place, b: Place) -> float:
    """Along the great circle: the angle between the two as seen from the middle of the earth."""
    (ax, ay, az), (bx, by, bz) = _from_the_middle(a), _from_the_middle(b)
    across = math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return EARTH_MILES * math.atan2(across, ax * bx + ay * by + az * bz)


def _from_the_middle(place: Place) -> tuple[float, float, float]:
    north, east = math.radians(place.latitude), math.radians(place.longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def _drives_there(want: Want, who: Bookable, site: Site) -> bool:
    if want.home is None:
        return False
    if want.zip and want.zip in who.home_zips:
        return True
    reach = who.home_miles if who.home_miles is not None else site.home_area_miles
    return reach is not None and _miles(Place(site.latitude, site.longitude), want.home) <= reach


def _in_time(want: Want, who: Bookable, busy: Busy, booking: Booking, site: Site, start: int, end: int) -> bool:
    """Whether the road from the visit before and to the one after leaves the time."""
    if want.setting == "telehealth":
        return True
    here = want.home if want.setting == "home" else Place(site.latitude, site.longitude)
    assert here is not None
    visits = busy.visits.get(who.id, ())
    before = max((visit for visit in visits if visit.end <= start), key=lambda visit: visit.end, default=None)
    after = min((visit for visit in visits if visit.start >= end), key=lambda visit: visit.start, default=None)
    if before is not None and before.place is not None and start - before.end < _minutes(booking, before.place, here):
        return False
    return after is None or after.place is None or after.start - end >= _minutes(booking, here, after.place)


def _too_many(want: Want, who: Bookable, busy: Busy, site: Site, at: int) -> bool:
    if want.service != "evaluation":
        return False
    on = _local(at, site).date()
    that_day = [one for one in busy.visits.get(who.id, ()) if one.evaluation and _local(one.start, site).date() == on]
    newcomers = [one for one in that_day if one.new_patient]
    if want.new_patient and who.new_patients_a_day is not None and len(newcomers) >= who.new_patients_a_day:
        return True
    return len(that_day) >= who.evaluations_a_day


def _rooms(want: Want, supply: Sequence[Bookable], busy: Busy, slug: str, at: int) -> tuple[int, ...] | None:
    """The fewest rooms and devices that do, of those the least equipped; None where there are none."""
    if want.setting != "clinic":
        return ()
    here = [one for one in supply if one.kind != "clinician" and slug in one.sites]
    a_room = want.room and any(one.kind == "room" for one in here)
    start, end = at - want.before, at + want.minutes + want.after
    free = [
        one
        for one in here
        if _covered(
            [
                (each.start, each.end)
                for each in one.open
                if each.site == slug and (not each.programs or want.program in each.programs)
            ],
            start,
            end,
        )
        and not _meets(busy.spans.get(one.id, ()), start, end)
    ]
    free.sort(key=lambda one: (len(one.equipment), one.id))
    for size in range(len(want.equipment) + 2):
        found = [
            chosen
            for chosen in combinations(free, size)
            if all(any(tag in one.equipment for one in chosen) for tag in want.equipment)
            and (not a_room or any(one.kind == "room" for one in chosen))
        ]
        if found:
            chosen = min(found, key=lambda each: sum(len(one.equipment) for one in each))
            return tuple(one.id for one in chosen)
    return None
