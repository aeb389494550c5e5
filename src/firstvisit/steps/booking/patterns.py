"""On which days a repeating block falls, and when that is: recurrence rules and wall clocks to spans.

A rule is an RFC 5545 RRULE that counts days. Rules that repeat within a day, that never fall on a day, or that name a
part we do not offer are refused in words; a rule without end is only ever looked at for the days asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule

from firstvisit.steps.booking import spans
from firstvisit.steps.booking.shapes import Span

_FREQUENCIES: Final = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
_WITHIN_A_DAY: Final = ("SECONDLY", "MINUTELY", "HOURLY", "BYSECOND", "BYMINUTE", "BYHOUR")
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OFTEN: Final = {rrule.DAILY: 1, rrule.WEEKLY: 7, rrule.MONTHLY: 31, rrule.YEARLY: 366}
"""The most days one period can have: BYSETPOS counts within it."""
MOST_TIMES: Final = 5000
MOST_BETWEEN: Final = 366
YEARS_LOOKED_AT: Final = 30
"""A rule falls on a day within these years or it is refused: every date meets every weekday within 28."""


class BadRule(ValueError):
    """A recurrence rule that cannot be used; the message says why and what to write."""


class Rule(NamedTuple):
    """A recurrence rule, read: the arguments for dateutil, without the first day."""

    frequency: int
    interval: int
    times: int | None
    until: date | None
    weekdays: tuple[tuple[int, int], ...]
    """Pairs of weekday (0 Monday) and which of the month or year (0: every)."""
    month_days: tuple[int, ...]
    months: tuple[int, ...]
    positions: tuple[int, ...]
    week_start: int


class Pattern(NamedTuple):
    """A block's days and hours. `rule` "" is `first_day` alone; `ends` not after `begins` is on the day after."""

    rule: str
    first_day: date
    last_day: date | None
    begins: time
    ends: time
    except_days: frozenset[date] = frozenset()


def read_rule(text: str) -> Rule:
    """A rule's parts. BadRule in words; whether it ever falls on a day `check` says."""
    return _read(text.strip().removeprefix("RRULE:").upper())


def check(pattern: Pattern) -> None:
    """Refuse (BadRule) a pattern that cannot be read, or that falls on no day."""
    if pattern.last_day is not None and pattern.last_day < pattern.first_day:
        raise BadRule("the last day is before the first")
    if not pattern.rule:
        if pattern.first_day in pattern.except_days:
            raise BadRule("its only day is left out")
        return
    rule = read_rule(pattern.rule)
    _refuse_the_impossible(rule)
    horizon = pattern.first_day + timedelta(days=366 * YEARS_LOOKED_AT)
    last = horizon if pattern.last_day is None else min(pattern.last_day, horizon)
    if not any(day not in pattern.except_days for day in _falls_on(rule, pattern.first_day, pattern.first_day, last)):
        raise BadRule(f"it falls on no day from {pattern.first_day} on")


def days(pattern: Pattern, first: date, last: date) -> list[date]:
    """The days from `first` through `last` on which a block begins."""
    first = max(first, pattern.first_day)
    if pattern.last_day is not None:
        last = min(last, pattern.last_day)
    if first > last:
        return []
    if not pattern.rule:
        found: Iterable[date] = (pattern.first_day,) if first <= pattern.first_day <= last else ()
    else:
        rule = read_rule(pattern.rule)
        week = first - timedelta(days=first.weekday())
        found = _days_kept(rule, _nearer_start(rule, pattern.first_day, week), week, last)
    return [day for day in found if first <= day <= last and day not in pattern.except_days]


def pattern_spans(pattern: Pattern, zone: ZoneInfo, first: date, last: date) -> list[Span]:
    """What of a block begins on the days from `first` through `last`, sorted. Each end is turned to UTC by itself: a
    night in which the clocks change has the hours it really has, and what they leap over is not there."""
    over_night = timedelta(days=1 if pattern.ends <= pattern.begins else 0)
    return spans.joined(
        (
            spans.on_the_clock(day, pattern.begins, zone),
            spans.on_the_clock(day + over_night, pattern.ends, zone),
        )
        for day in days(pattern, first, last)
    )


def weekly(weekdays: Iterable[int], every: int = 1) -> str:
    """The rule "every (second, third ...) week on these days"; 0 is Monday."""
    named = ",".join(DAYS[day] for day in sorted(set(weekdays)))
    return f"FREQ=WEEKLY;{f'INTERVAL={every};' if every > 1 else ''}BYDAY={named}"


@lru_cache(maxsize=4096)
def _read(text: str) -> Rule:
    if len(text) > 300:
        raise BadRule("a rule has 300 characters at most")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise BadRule(f'"{part}" is no part of a rule; write it as FREQ=WEEKLY;BYDAY=MO,WE')
        if name in parts:
            raise BadRule(f"{name} stands twice")
        parts[name] = value
    named = next((word for word in _WITHIN_A_DAY if word in parts or parts.get("FREQ") == word), None)
    if named:
        raise BadRule(f"{named}: a block repeats by days; its hours are entered as begins and ends")
    frequency = _FREQUENCIES.get(parts.pop("FREQ", ""))
    if frequency is None:
        raise BadRule("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")
    rule = Rule(
        frequency=frequency,
        interval=_number("INTERVAL", parts.pop("INTERVAL", "1"), 1, MOST_BETWEEN),
        times=_number("COUNT", parts.pop("COUNT"), 1, MOST_TIMES) if "COUNT" in parts else None,
        until=_until(parts.pop("UNTIL")) if "UNTIL" in parts else None,
        weekdays=_weekdays(parts.pop("BYDAY", ""), frequency),
        month_days=_numbers("BYMONTHDAY", parts.pop("BYMONTHDAY", ""), 31),
        months=_numbers("BYMONTH", parts.pop("BYMONTH", ""), 12, below=False),
        positions=_numbers("BYSETPOS", parts.pop("BYSETPOS", ""), _OFTEN[frequency]),
        week_start=_weekday("WKST", parts.pop("WKST", "MO")),
    )
    if parts:
        raise BadRule(f"{next(iter(parts))} is not offered; use BYDAY, BYMONTHDAY, BYMONTH or BYSETPOS")
    if rule.times and rule.until:
        raise BadRule("COUNT and UNTIL exclude each other (RFC 5545, 3.3.10)")
    if rule.frequency == rrule.WEEKLY and rule.month_days:
        raise BadRule("BYMONTHDAY does not go with WEEKLY (RFC 5545, 3.3.10)")
    if rule.positions and not (rule.weekdays or rule.month_days or rule.months):
        raise BadRule("BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH beside it (RFC 5545, 3.3.10)")
    return rule


def _refuse_the_impossible(rule: Rule) -> None:
    """What dateutil would look for until the year 9999: days that no month has, positions that no period has."""
    months = rule.months or tuple(range(1, 13))
    if rule.month_days and not any(abs(day) <= _MOST_DAYS[month - 1] for day in rule.month_days for month in months):
        raise BadRule("no such month has such a day")
    most = _OFTEN[rule.frequency]
    if rule.frequency == rrule.WEEKLY:
        most = len(rule.weekdays) or 1
    elif rule.frequency == rrule.MONTHLY and rule.weekdays:
        most = 5 * len(rule.weekdays)
    if rule.frequency == rrule.MONTHLY and rule.month_days:
        most = min(most, len(rule.month_days))
    if rule.positions and not any(abs(position) <= most for position in rule.positions):
        raise BadRule(f"BYSETPOS: a period has {most} of such days at most")


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", text) or not least <= int(text) <= most:
        raise BadRule(f"{name} is a number from {least} to {most}")
    return int(text)


def _numbers(name: str, text: str, most: int, *, below: bool = True) -> tuple[int, ...]:
    found = tuple(sorted({_number(name, one, -most if below else 1, most) for one in text.split(",")})) if text else ()
    if 0 in found:
        raise BadRule(f"{name} is never 0")
    return found


def _until(text: str) -> date:
    try:
        return date.fromisoformat(text[:8])
    except ValueError:
        raise BadRule("UNTIL is a day, such as UNTIL=20261231") from None


def _weekday(name: str, text: str) -> int:
    if text not in DAYS:
        raise BadRule(f"{name}: {text} is no weekday; they are {', '.join(DAYS)}")
    return DAYS.index(text)


def _weekdays(text: str, frequency: int) -> tuple[tuple[int, int], ...]:
    found = set()
    for one in text.split(",") if text else ():
        which = _number("BYDAY", one[:-2], -53, 53) if one[:-2] else 0
        if which and frequency not in (rrule.MONTHLY, rrule.YEARLY):
            raise BadRule(f"BYDAY={one} goes with MONTHLY or YEARLY only; write the weekday alone")
        if frequency == rrule.MONTHLY and abs(which) > 5:
            raise BadRule("BYDAY: a month has five of a weekday at most")
        found.add((_weekday("BYDAY", one[-2:]), which))
    return tuple(sorted(found))


def _nearer_start(rule: Rule, first_day: date, week: date) -> date:
    """A later first day with the same days from `week` on, so that a rule years old costs what a new one costs. A rule
    that counts is left alone; of the others, weeks and days keep their rhythm when it is moved by whole periods."""
    if rule.times or rule.frequency not in (rrule.DAILY, rrule.WEEKLY) or first_day >= week:
        return first_day
    period = timedelta(days=rule.interval * (7 if rule.frequency == rrule.WEEKLY else 1))
    if rule.frequency == rrule.WEEKLY and rule.interval == 1 and rule.weekdays and not rule.positions:
        return week - timedelta(days=7)
    return first_day + (week - first_day) // period * period


@lru_cache(maxsize=20_000)
def _days_kept(rule: Rule, first_day: date, first: date, last: date) -> tuple[date, ...]:
    """Many people share a rule: Monday to Friday is worked out once a week, not once a clinician."""
    return tuple(_falls_on(rule, first_day, first, last))


def _falls_on(rule: Rule, first_day: date, first: date, last: date) -> Iterator[date]:
    arguments: dict[str, Any] = {
        "byweekday": [rrule.weekday(day, which or None) for day, which in rule.weekdays] or None,
        "bymonthday": rule.month_days or None,
        "bymonth": rule.months or None,
        "bysetpos": rule.positions or None,
        "wkst": rule.week_start,
        "interval": rule.interval,
    }
    ends = last if rule.until is None else min(last, rule.until)
    if rule.times:
        arguments["count"] = rule.times
    else:
        arguments["until"] = datetime.combine(ends, time())
    for moment in rrule.rrule(rule.frequency, dtstart=datetime.combine(first_day, time()), **arguments):
        if moment.date() > ends:
            return
        if moment.date() >= first:
            yield moment.date()
