"""Supply in words: a block, a change and what is open of a day, as a manager would say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dateutil import rrule

from firstvisit.practice.queries import practice, resource_names
from firstvisit.steps.booking import patterns, spans
from firstvisit.steps.booking.patterns import Pattern
from firstvisit.steps.booking.shapes import Span
from firstvisit.steps.booking.supplying import AWAY, OPEN, PROTECTED
from firstvisit.steps.booking.unfit import Unfit, Why
from firstvisit.web.ui import words

WHY: Final[Mapping[Why, str]] = {
    "left": "{who} has left",
    "site": "{who} is no longer at {site}",
    "payer": "{who} is no longer credentialed with their payer",
    "closed": "the site is closed",
    "holiday": "the site is closed, {holiday}",
    "away": "{who} is away",
    "busy": "{who} is busy elsewhere",
    "hours": "outside the hours of {who}",
}
"""Why a visit cannot be."""
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"}


def repeats(pattern: Pattern) -> str:
    """On which days: "Monday to Friday", "every second week on Tuesday", "the first Friday of the month"."""
    if not pattern.rule:
        return f"{words.day(pattern.first_day)} alone"
    rule = patterns.read_rule(pattern.rule)
    plain = not (rule.month_days or rule.months or rule.positions)
    if rule.frequency == rrule.WEEKLY and plain:
        named = [day for day, _ in rule.weekdays] or [pattern.first_day.weekday()]
        said = _named(named)
        return said if rule.interval == 1 else f"every {_nth(rule.interval)} week on {said}"
    if rule.frequency == rrule.DAILY and plain and not rule.weekdays:
        return "every day" if rule.interval == 1 else f"every {_nth(rule.interval)} day"
    counted = bool(rule.weekdays) and all(nth in NTH for _, nth in rule.weekdays)
    if rule.frequency == rrule.MONTHLY and plain and rule.interval == 1 and counted:
        return f"the {_listed([f'{NTH[nth]} {WEEKDAYS[day]}' for day, nth in rule.weekdays])} of the month"
    return f"by the rule {pattern.rule}"


def sentence(pattern: Pattern) -> str:
    """A block's days and hours, with when it begins and ends to hold."""
    rule = patterns.read_rule(pattern.rule) if pattern.rule else None
    said = f"{_upper(repeats(pattern))}, {hours(pattern.begins, pattern.ends)}"
    if pattern.rule:
        said += f", from {words.day(pattern.first_day)}"
    last = pattern.last_day or (rule.until if rule else None)
    if last is not None:
        said += f" through {words.day(last)}, {last.year}"
    if rule is not None and rule.times:
        said += f", {rule.times} times"
    if pattern.except_days:
        said += f", not on {_listed([words.day(day) for day in sorted(pattern.except_days)])}"
    return said


def what_for(what: str, programs: Sequence[str], names: dict[str, str]) -> str:
    """What the hours are for: "at the clinic, for tendon repair alone"."""
    said = OPEN.get(what) or PROTECTED.get(what, what)
    if programs:
        said += f", for {_listed([names.get(slug, slug) for slug in programs])} alone"
    return said


def hours(begins: time, ends: time) -> str:
    """8:00 am to 12:30 pm; the next day where it runs over midnight."""
    over = " the next day" if ends <= begins else ""
    return f"{_clock(begins)} to {_clock(ends)}{over}"


def change(what: str, why: str, lower: datetime, upper: datetime, zone: ZoneInfo) -> str:
    """A dated change: "Tue Nov 17 through Fri Nov 20", or with hours where it has them."""
    first, last = lower.astimezone(zone), upper.astimezone(zone)
    whole = first.time() == time() and last.time() == time()
    if whole:
        through = spans.moment(spans.minute(upper) - 1).astimezone(zone).date()
        said = words.day(first.date()) if through == first.date() else (
            f"{words.day(first.date())} through {words.day(through)}"
        )
    elif first.date() == last.date():
        said = f"{words.day(first.date())}, {_clock(first.time())} to {_clock(last.time())}"
    else:
        said = f"{words.day(first.date())} {_clock(first.time())} to {words.day(last.date())} {_clock(last.time())}"
    kind = {"extra": "extra hours", "busy": "busy elsewhere", "closed": "closed"}.get(what) or AWAY.get(why, "away")
    return f"{said}: {kind}" + (", weather" if what == "closed" and why == "weather" else "")


def of_day(open_: Iterable[Span], zone: ZoneInfo) -> str:
    """The open stretches of a day on the clock of a zone: "8:00 am to 12:00 pm, 1:00 pm to 5:00 pm"."""
    return ", ".join(
        f"{words.clock_time(spans.moment(start), zone)} to {words.clock_time(spans.moment(end), zone)}"
        for start, end in open_
    )


def whose_time(one: Unfit) -> str:
    """Who or what a visit that no longer fits would take; somebody retired as last known."""
    return resource_names().get(one.resource, one.resource) or "nobody"


def why_unfit(one: Unfit) -> str:
    """Why a visit cannot be: "Priya Raman no longer works at Marquette"."""
    site = practice().sites.get(one.appointment.site)
    return WHY[one.why].format(
        who=whose_time(one), site=site.name if site else one.appointment.site, holiday=one.holiday
    )


def length(minutes: int) -> str:
    """7 h 30 min; 32 h."""
    whole, rest = divmod(minutes, 60)
    return f"{whole} h" + (f" {rest} min" if rest else "")


def _named(days: Sequence[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    return _listed([WEEKDAYS[day] for day in days])


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _nth(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}.get(number, f"{number}th")


def _clock(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"


def _upper(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"
