"""The federal public holidays of any year, on the days on which they are observed, and business days around them.

Source: 5 U.S.C. 6103(a) and (b); Executive Order 11582 (a holiday on a Sunday is observed on the Monday).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final

_FIXED: Final = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_NTH: Final = ((1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4))
"""Month, day of the week (Monday 0) and which of them: King, Washington, Labor Day, Columbus, Thanksgiving."""
_DAY: Final = dt.timedelta(days=1)


@cache
def holidays(year: int) -> frozenset[dt.date]:
    """The days of `year` on which a holiday is observed; that of the next New Year's Day may be among them."""
    days = [_observed(dt.date(year, month, day)) for month, day in _FIXED]
    days.append(_observed(dt.date(year + 1, 1, 1)))
    days += [_nth(year, month, weekday, which) for month, weekday, which in _NTH]
    last = dt.date(year, 5, 31)
    days.append(last - _DAY * last.weekday())  # Memorial Day, the last Monday of May
    return frozenset(day for day in days if day.year == year)


def is_business_day(day: dt.date) -> bool:
    """Monday to Friday, and no federal holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def business_days_after(start: dt.date, days: int) -> dt.date:
    """The day that is so many business days after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += _DAY
        days -= is_business_day(day)
    return day


def business_days_between(start: dt.date, end: dt.date) -> int:
    """How many business days before `end` the day `start` lies: those after `start`, `end` itself included."""
    return sum(is_business_day(start + _DAY * n) for n in range(1, (end - start).days + 1))


def _observed(day: dt.date) -> dt.date:
    return day - _DAY if day.weekday() == 5 else day + _DAY if day.weekday() == 6 else day


def _nth(year: int, month: int, weekday: int, which: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + _DAY * ((weekday - first.weekday()) % 7 + 7 * (which - 1))
