"""Supply in words: a block, a change and what is open of a day, as a manager would say them."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dateutil import rrule

from firstvisit.practice.queries import practice, resource_names
from firstvisit.steps.booking import patterns, spans
from firstvisit.steps.booking.patterns import Pattern, Rule
from firstvisit.steps.booking.shapes import Span
from firstvisit.steps.booking.supplying import AWAY, OPEN, PROTECTED
from firstvisit.steps.booking.unfit import Unfit, UnfitSession, Why
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
WAS: Final[Mapping[Why, str]] = {
    "left": "{who} had left",
    "closed": "the site was closed",
    "holiday": "the site was closed, {holiday}",
    "away": "{who} was away",
}
"""Why a visit could not be that is over (`unfit.could_not_be`)."""
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKING: Final = (0, 1, 2, 3, 4)
NTH: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"}


def repeats(pattern: Pattern, today: date) -> str:
    """On which days: "Monday to Friday", "every second week on Tuesday", "the last working day of the month". A rule
    that is seldom met stands as it is written."""
    if not pattern.rule:
        return f"{words.dated(pattern.first_day, today)} alone"
    rule = patterns.read_rule(pattern.rule)
    said = _BY_FREQUENCY[rule.frequency](rule, pattern.first_day)
    if not said:
        return f"by the rule {pattern.rule}"
    if rule.months and rule.frequency != rrule.YEARLY:
        said += f" in {_listed([month_name[month] for month in rule.months])}"
    return said


def _daily(rule: Rule, first_day: date) -> str:
    if rule.month_days or rule.positions:
        return ""
    if rule.weekdays:
        return _named([day for day, _ in rule.weekdays]) if rule.interval == 1 else ""
    return "every day" if rule.interval == 1 else f"every {_nth(rule.interval)} day"


def _weekly(rule: Rule, first_day: date) -> str:
    if rule.month_days or rule.positions:
        return ""
    said = _named([day for day, _ in rule.weekdays] or [first_day.weekday()])
    return said if rule.interval == 1 else f"every {_nth(rule.interval)} week on {said}"


def _monthly(rule: Rule, first_day: date) -> str:
    said = _of_month(rule, first_day)
    month = "the month" if rule.interval == 1 else f"every {_nth(rule.interval)} month"
    return said and f"the {said} of {month}"


def _yearly(rule: Rule, first_day: date) -> str:
    months = [month_name[month] for month in rule.months or (first_day.month,)]
    if rule.positions or (rule.weekdays and not rule.months):
        return ""  # counted within the year
    said = _of_month(rule, first_day)
    year = "every year" if rule.interval == 1 else f"every {_nth(rule.interval)} year"
    return said and f"{year} on the {said} of {_listed(months)}"


_BY_FREQUENCY: Final = {rrule.DAILY: _daily, rrule.WEEKLY: _weekly, rrule.MONTHLY: _monthly, rrule.YEARLY: _yearly}


def _of_month(rule: Rule, first_day: date) -> str:
    """Which days of a month: "first and third Friday", "last working day", "1st and 15th"; "" of others."""
    days = [day for day, _ in rule.weekdays]
    if rule.weekdays and not rule.month_days:
        if rule.positions and not any(nth for _, nth in rule.weekdays) and set(rule.positions) <= NTH.keys():
            kind = WEEKDAYS[days[0]] if len(days) == 1 else "working day" if tuple(days) == WORKING else ""
            return f"{_listed([NTH[each] for each in _from_first(rule.positions)])} {kind}" if kind else ""
        if not rule.positions and all(nth in NTH for _, nth in rule.weekdays):
            return _listed([f"{NTH[nth]} {WEEKDAYS[day]}" for day, nth in rule.weekdays])
    elif not rule.weekdays and not rule.positions:
        numbers = _from_first(rule.month_days or (first_day.day,))
        if all(number > 0 or number == -1 for number in numbers):
            return _listed(["last day" if number == -1 else _ordinal(number) for number in numbers])
    return ""


def _from_first(numbers: Iterable[int]) -> list[int]:
    """What is counted from the front, then what is counted from the end."""
    return sorted(numbers, key=lambda number: (number < 0, number))


def _ordinal(number: int) -> str:
    ends = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ends}"


def sentence(pattern: Pattern, today: date) -> str:
    """A block's days and hours, with when it begins and ends to hold."""
    rule = patterns.read_rule(pattern.rule) if pattern.rule else None
    said = f"{_upper(repeats(pattern, today))}, {hours(pattern.begins, pattern.ends)}"
    if pattern.rule:
        said += f", from {words.day(pattern.first_day)}, {pattern.first_day.year}"
    last = pattern.last_day or (rule.until if rule else None)
    if last is not None:
        said += f" through {words.day(last)}, {last.year}"
    if rule is not None and rule.times:
        said += f", {rule.times} times"
    if pattern.except_days:
        said += f", not on {_listed([words.dated(day, today) for day in sorted(pattern.except_days)])}"
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


def change(what: str, why: str, lower: datetime, upper: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A dated change: "Tue Nov 17 through Fri Nov 20", or with hours where it has them; with the year unless it is this
    one."""
    first, last, today = lower.astimezone(zone), upper.astimezone(zone), now.astimezone(zone).date()
    begins, ends = words.dated(first.date(), today), words.dated(last.date(), today)
    whole = first.time() == time() and last.time() == time()
    if whole:
        through = words.dated(spans.moment(spans.minute(upper) - 1).astimezone(zone).date(), today)
        said = begins if through == begins else f"{begins} through {through}"
    elif begins == ends:
        said = f"{begins}, {_clock(first.time())} to {_clock(last.time())}"
    else:
        said = f"{begins}, {_clock(first.time())} to {ends}, {_clock(last.time())}"
    kind = {"extra": "extra hours", "busy": "busy elsewhere", "closed": "closed"}.get(what) or AWAY.get(why, "away")
    return f"{said}: {kind}" + (", weather" if what == "closed" and why == "weather" else "")


def of_day(open_: Iterable[Span], zone: ZoneInfo) -> str:
    """The open stretches of a day on the clock of a zone: "8:00 am to 12:00 pm, 1:00 pm to 5:00 pm"."""
    return ", ".join(
        f"{words.clock_time(spans.moment(start), zone)} to {words.clock_time(spans.moment(end), zone)}"
        for start, end in open_
    )


def no_longer_fit(visits: int, sessions: int) -> str:
    """How much to come no longer fits: "2 visits and 1 session of a group to come no longer fit"; "" where all does."""
    of_groups = "1 session of a group" if sessions == 1 else f"{sessions} sessions of groups"
    said = [*([f"{visits} visit{'s' * (visits > 1)}"] if visits else []), *([of_groups] if sessions else [])]
    return f"{' and '.join(said)} to come no longer fit{'s' * (visits + sessions == 1)}" if said else ""


def whose_time(one: Unfit | UnfitSession) -> str:
    """Who or what a visit or session that no longer fits would take; somebody retired as last known."""
    return resource_names().get(one.resource, one.resource) or "nobody"


def why_unfit(one: Unfit | UnfitSession) -> str:
    """Why a visit or session cannot be: "Priya Raman no longer works at Marquette"."""
    site = practice().sites.get(one.site)
    return WHY[one.why].format(who=whose_time(one), site=site.name if site else one.site, holiday=one.holiday)


def why_it_was_not(one: Unfit) -> str:
    """Why a visit that is over could not be: "Priya Raman was away"."""
    return WAS[one.why].format(who=whose_time(one), holiday=one.holiday)


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
