"""Arithmetic of spans: half-open pairs of whole minutes since 1970 UTC. Sorted ones are also apart: no two touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from firstvisit.steps.booking.shapes import Span

DAY = 24 * 60
_EPOCH = date(1970, 1, 1).toordinal()
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same minutes, sorted, what overlaps or touches made one; empty spans fall away."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """The minutes of `spans` that are not in `taken`; both sorted."""
    found: list[Span] = []
    at = 0
    for start, end in spans:
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        here = at
        while here < len(taken) and taken[here][0] < end:
            if taken[here][0] > start:
                found.append((start, taken[here][0]))
            start = taken[here][1]
            here += 1
        if start < end:
            found.append((start, end))
    return found


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The minutes that are in both; both sorted."""
    found: list[Span] = []
    a = b = 0
    while a < len(one) and b < len(other):
        start, end = max(one[a][0], other[b][0]), min(one[a][1], other[b][1])
        if start < end:
            found.append((start, end))
        if one[a][1] < other[b][1]:
            a += 1
        else:
            b += 1
    return found


def minute(moment: datetime) -> int:
    """The whole minute in which an aware moment lies."""
    return (moment - _START) // _MINUTE


def minute_after(moment: datetime) -> int:
    """The first whole minute not before an aware moment."""
    return -((_START - moment) // _MINUTE)


def moment(minute: int) -> datetime:
    """The moment at which a minute begins, in UTC."""
    return _START + minute * _MINUTE


def on_the_clock(day: date, at: time, zone: ZoneInfo) -> int:
    """The minute at which the clocks of a zone show `at` on a local day. A time that the clocks leap over is the moment
    they would have shown it without the leap; of a time shown twice the first."""
    offset = _steady_offset(day, zone)
    if offset is not None:
        return (day.toordinal() - _EPOCH) * DAY + at.hour * 60 + at.minute - offset
    return minute(datetime.combine(day, at, zone).astimezone(UTC))


def midnight(day: date, zone: ZoneInfo) -> int:
    """The minute with which a local day begins."""
    return on_the_clock(day, time(), zone)


@lru_cache(maxsize=20_000)
def _steady_offset(day: date, zone: ZoneInfo) -> int | None:
    """Minutes that the zone is ahead of UTC on a whole local day; None where that changes within it."""
    first = datetime.combine(day, time(), zone).utcoffset()
    last = datetime.combine(day, time(23, 59), zone).utcoffset()
    if first is None or first != last or first % _MINUTE:
        return None
    return first // _MINUTE
