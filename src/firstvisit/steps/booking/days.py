"""Days of a site's calendar in minutes since 1970 UTC; one with a clock change has the minutes it really has."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from firstvisit.steps.booking import spans

HALVES: Final = ("am", "pm")


class Day(NamedTuple):
    """One local day: `start <= minute < end`; the afternoon begins at `noon`."""

    on: date
    start: int
    noon: int
    end: int


def local_date(minute: int, zone: ZoneInfo) -> date:
    """The day of the zone's calendar that a minute lies in."""
    return datetime.fromtimestamp(minute * 60, zone).date()


@lru_cache(maxsize=4096)
def day(on: date, zone: ZoneInfo) -> Day:
    """One day of a zone's calendar."""
    return Day(on, at(on, 0, zone), at(on, 12 * 60, zone), at(on + timedelta(days=1), 0, zone))


def at(on: date, minute_of_day: int, zone: ZoneInfo) -> int:
    """The minute at which the wall clock of that day shows so many minutes after midnight (1440: the next)."""
    days, rest = divmod(minute_of_day, spans.DAY)
    return spans.on_the_clock(on + timedelta(days=days), time(rest // 60, rest % 60), zone)
