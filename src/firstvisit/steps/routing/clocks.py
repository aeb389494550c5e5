"""Business time: minutes that count only while a site is staffed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from firstvisit.practice.shape import Site

_LONGEST_CLOSURE = 60
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def due(start: datetime, minutes: int, site: Site) -> datetime:
    """The moment (UTC) at which `minutes` of the site's business time have passed since `start` (aware).

    Outside hours the clock starts at the next opening. ValueError when the site does not open within
    sixty days, which the practice files do not allow.
    """
    left, day = minutes * _MINUTE, start.astimezone(site.tz).date()
    for _ in range(_LONGEST_CLOSURE):  # as `_stretches`, written out: a plan asks for several
        for opens, closes in site.openings(day):
            if closes <= start:
                continue
            begin = opens if opens > start else start
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        day += _DAY
    raise ValueError(f"site {site.slug} gives {minutes} business minutes nowhere in {_LONGEST_CLOSURE} days")


def minutes_between(start: datetime, end: datetime, site: Site) -> int:
    """Whole business minutes from `start` to `end`; negative when `end` is earlier."""
    if end < start:
        return -minutes_between(end, start, site)
    total = timedelta()
    for opens, closes in _stretches(start, site):
        if opens >= end:
            break
        total += max(timedelta(), min(closes, end) - max(opens, start))
    return int(total.total_seconds() // 60)


def closes_at(now: datetime, site: Site) -> datetime | None:
    """When the present opening ends (UTC), or None while the site is closed."""
    for opens, closes in _stretches(now, site):
        return closes if opens <= now else None
    return None


def opens_at(now: datetime, site: Site) -> datetime | None:
    """`now` while open, else the next opening (UTC); None when there is none in sixty days."""
    for opens, _ in _stretches(now, site):
        return max(opens, now)
    return None


def _stretches(start: datetime, site: Site) -> Iterator[tuple[datetime, datetime]]:
    """Openings that end after `start`, in order, as UTC. Openings do not run past midnight."""
    day: date = start.astimezone(site.tz).date()
    for _ in range(_LONGEST_CLOSURE):
        for stretch in site.openings(day):
            if stretch[1] > start:
                yield stretch
        day += _DAY
