"""The search of times over bits, for `slots.py` to compare with: every start of every clinician as a whole number, made
once, in which the bit of a start says that its minutes are free. Clinic visits alone; knows limits, not the road."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple


class Found(NamedTuple):
    start: int
    site: str
    clinician: int
    points: int
    resources: tuple[int, ...]


class Masks:
    """A calendar as bits: one every `grid_minutes` from `origin` on."""

    def __init__(
        self, supply: Sequence[Any], busy: Any, booking: Any, sites: Mapping[str, Any], now: datetime, days: int
    ) -> None:
        from firstvisit.steps.booking.days import day

        self._booking, self._sites, self._now, self._busy = booking, sites, now, busy
        self._grid = booking.grid_minutes
        self._origin = int(now.timestamp() // 60) // 1440 * 1440 - 1440
        self._many = (days + 4) * 1440 // self._grid
        self._who = [one for one in supply if one.kind == "clinician"]
        rooms = [one for one in supply if one.kind == "room"]
        self._rooms = sorted(rooms, key=lambda one: (len(one.equipment), one.id))
        # One bit every five minutes, so that buffers are exact.
        self._free = {one.id: self._open(one) & ~self._taken(one.id) for one in supply}
        self._visited = {one.id: self._taken(one.id) for one in self._who}
        self._days = {
            slug: [
                day(now.astimezone(site.tz).date() + timedelta(days=ahead), site.tz) for ahead in range(days + 1)
            ]
            for slug, site in sites.items()
        }  # fmt: skip
        self._aligned = reduce(or_, (1 << at for at in range(0, self._many * self._grid // 5, self._grid // 5)))
        self._starts: dict[tuple[int, int, int], int] = {}

    def _bits(self, start: int, end: int) -> int:
        """Whole steps of five minutes from `start` to `end`."""
        first, last = max((start - self._origin) // 5, 0), max((end - self._origin) // 5, 0)
        return (1 << last) - (1 << first)

    def _open(self, one: Any) -> int:
        return reduce(or_, (self._bits(each.start, each.end) for each in one.open), 0)

    def _taken(self, number: int) -> int:
        return reduce(or_, (self._bits(start, end) for start, end in self._busy.spans.get(number, ())), 0)

    def _of(self, number: int, before: int, after: int) -> int:
        """Starts for which a resource is free from `before` minutes earlier to `after` later."""
        key = number, before, after
        if key not in self._starts:
            free, found = self._free[number], self._aligned
            steps = (before + after) // 5
            whole, run = free, 1
            while run < steps:
                shift = min(run, steps - run)
                whole &= whole >> shift
                run += shift
            found &= whole << (before // 5)
            self._starts[key] = found
        return self._starts[key]

    def best(self, want: Any, count: int) -> list[Found]:
        """The best starts of a person, in the order of `slots.search`."""
        from firstvisit.steps.booking.fitting import stands_in_the_way

        long = want.minutes + want.after
        found: list[tuple[int, int, bool, int, int]] = []
        room: dict[str, list[Any]] = {}
        for number, slug in enumerate(want.sites):
            room[slug] = [one for one in self._rooms if slug in one.sites]
            any_room = reduce(or_, (self._of(one.id, want.before, long) for one in room[slug]), 0)
            window = self._window(want, slug) & (any_room if room[slug] else -1)
            best: dict[int, tuple[int, bool, int]] = {}
            for who in self._who:
                if slug not in who.sites or stands_in_the_way(want, who):
                    continue
                self._add(best, want, who, slug, number, self._of(who.id, want.before, long) & window)
            found += [(loss, at, opens, number, who) for at, (loss, opens, who) in best.items()]
        found.sort()
        return [self._told(one, want, room) for one in found[:count]]

    def _window(self, want: Any, slug: str) -> int:
        days = self._days[slug]
        first, last = want.not_before or days[0].on, want.not_after or days[-1].on
        soonest = -(-int(self._now.timestamp()) // 60) + self._booking.notice_minutes
        open_days = [each for each in days if first <= each.on <= last]
        if not open_days:
            return 0
        return self._bits(-(-max(soonest, open_days[0].start) // 5) * 5, open_days[-1].end)

    def _add(self, best: dict[int, Any], want: Any, who: Any, slug: str, number: int, starts: int) -> None:
        rules, days = self._booking, self._days[slug]
        static = rules.same_site if number == 0 else 0
        static += rules.continuity if who.slug in want.knows else 0
        static += rules.language if want.language and want.language in who.languages else 0
        taken = self._busy.spans.get(who.id, ())
        ends, begins = {b for _, b in taken}, {a for a, _ in taken}
        visits = self._busy.visits.get(who.id, ())
        for ahead, today in enumerate(days):
            bits = starts & self._bits(today.start, today.end)
            if not bits:
                continue
            lower = bisect_left(visits, today.start, key=lambda visit: visit.start)
            upper = bisect_left(visits, today.end, key=lambda visit: visit.start)
            if sum(visit.evaluation for visit in visits[lower:upper]) >= who.evaluations_a_day:
                continue
            opens = not self._visited[who.id] & self._bits(today.start, today.end)
            while bits:
                low = bits & -bits
                bits ^= low
                at = self._origin + (low.bit_length() - 1) * 5
                points = static - ahead * (rules.soonest_urgent if want.urgent else rules.soonest)
                half = f"{today.on:%a}_{'am' if at < today.noon else 'pm'}".lower()
                if want.half_days is not None and half in want.half_days:
                    points += rules.stated_times
                left, right = at - want.before, at + want.minutes + want.after
                if any(left - back in ends or right + back in begins for back in range(self._grid)):
                    points += rules.fills_gap
                known = best.get(at)
                mine = (-points, opens, who.id)
                if known is None or mine < known:
                    best[at] = mine

    def _told(self, one: tuple[int, int, bool, int, int], want: Any, room: Mapping[str, list[Any]]) -> Found:
        loss, at, _, number, who = one
        slug = want.sites[number]
        bit = 1 << (at - self._origin) // 5
        long = want.minutes + want.after
        free = (each.id for each in room[slug] if self._of(each.id, want.before, long) & bit)
        return Found(at, slug, who, -loss, tuple(sorted([who, *([next(free)] if room[slug] else [])])))
