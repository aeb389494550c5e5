"""The search again, written naively: every start, every clinician, every set of rooms, minute by minute. Slow, with
arithmetic of its own and nothing of the search in it but its shapes. The storm compares the two; so does the bench."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import NamedTuple

from firstvisit.practice.shape import Site
from firstvisit.reference import zips
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Busy, Place, Span, Want


class Best(NamedTuple):
    """What is compared of a slot."""

    start: int
    site: str
    clinician: int
    resources: tuple[int, ...]
    points: int
    claimed: Span
    codes: tuple[str, ...]


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
) -> list[Best]:
    """The best slots in their order."""
    all_found: list[tuple[tuple[int, int, bool, int, int], tuple[str, date, bool], Best]] = []
    for number, slug in enumerate(want.sites):
        able = [who for who in supply if _able(want, who, sites[slug])]
        for at in _starts(want, booking, sites[slug], now):
            found = []
            for who in able:
                codes = _codes(want, who, busy, booking, sites[slug], number, at)
                if codes is not None:
                    local = _local(at, sites[slug])
                    points = _points(codes, booking, (local.date() - now.astimezone(sites[slug].tz).date()).days)
                    found.append((-points, "opens_block" in codes, who.id, codes))
            if not found:
                continue
            loss, opens, clinician, codes = min(found)
            rooms = _rooms(want, supply, busy, slug, at)
            if rooms is None:
                continue
            claimed = (at - want.before, at + want.minutes + want.after)
            slot = Best(at, slug, clinician, tuple(sorted({clinician, *rooms})), -loss, claimed, codes)
            local = _local(at, sites[slug])
            all_found.append(((loss, at, opens, number, clinician), (slug, local.date(), local.hour >= 12), slot))
    kept: list[Best] = []
    halves: list[tuple[str, date, bool]] = []
    for _, half, slot in sorted(all_found, key=lambda one: one[0]):
        if len(kept) < count and not (a_half_day and halves.count(half) >= a_half_day):
            kept.append(slot)
            halves.append(half)
    return kept


def _local(at: int, site: Site) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=at)).astimezone(site.tz)


def _starts(want: Want, booking: Booking, site: Site, now: datetime) -> list[int]:
    today = now.astimezone(site.tz).date()
    first = math.ceil(now.timestamp() / 60) + booking.notice_minutes
    first_day = max(today, want.not_before or today)
    last_day = min(today + timedelta(days=booking.horizon_days), want.not_after or date.max)
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
    if _meets(want.elsewhere, at, at + want.minutes):
        return None
    if not _in_time(want, who, busy, booking, site, start, end) or _too_many(want, who, busy, site, at):
        return None
    return tuple(_reasons(want, who, booking, site, number, at, taken))


def _reasons(
    want: Want, who: Bookable, booking: Booking, site: Site, number: int, at: int, taken: Sequence[Span]
) -> list[str]:
    local, start, end = _local(at, site), at - want.before, at + want.minutes + want.after
    codes = ["urgent" if want.urgent else "soonest"]
    if want.half_days is not None or want.between is not None:
        half = f"{local:%a}_{'am' if local.hour < 12 else 'pm'}".lower()
        fits = want.half_days is None or half in want.half_days
        if want.between is not None:
            first, last = (_wall(local.date(), each, site) for each in want.between)
            fits = fits and first <= at and at + want.minutes <= last
        codes.append("stated_times" if fits else "outside_times")
    if who.slug in want.knows:
        codes.append("continuity")
    if want.language:
        codes.append("language" if want.language in who.languages else "interpreter")
    if number == 0:
        codes.append("site")
    grid = booking.grid_minutes
    if booking.fills_gap and any(0 <= start - b < grid or 0 <= a - end < grid for a, b in taken):
        codes.append("fills_gap")
    if not any(_local(minute, site).date() == local.date() for a, b in taken for minute in _ends_and_middles(a, b)):
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
    return math.ceil((zips.miles(a, b) or 0.0) * (booking.road_factor * 60 / booking.miles_an_hour))


def _drives_there(want: Want, who: Bookable, site: Site) -> bool:
    if want.home is None:
        return False
    if want.zip and want.zip in who.home_zips:
        return True
    reach = who.home_miles if who.home_miles is not None else site.home_area_miles
    away = zips.miles(Place(site.latitude, site.longitude), want.home)
    return reach is not None and away is not None and away <= reach


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
