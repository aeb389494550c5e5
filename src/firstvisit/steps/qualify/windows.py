"""By when a first visit must happen, from dates and orders and never from adjectives. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from firstvisit.leads.facts import Facts
from firstvisit.practice.shape import Program, Site, Window
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.terms import AgeClock

DATE_QUESTION = "date"
"""The factor and the question that ask for the date behind a request."""
HELD_EVENTS = frozenset({"surgery", "discharge"})
"""Events after which care begins; before them there is nothing to do but wait."""


class Due(NamedTuple):
    """What the dates say. `deadline` is the last local day for a first visit.

    `pressing`: a safety window runs, or ran out since they came or within days before, so it is booked before anything
    else is asked. `to_ask`: a date decides how soon and was not stated. `past`: when the window of the stated event
    ended, if that was long before they came. `ahead`: the day of an event that is far ahead. `by_program`: the program
    whose window it is, where that is not the one asked for.
    """

    window: Window | None = None
    deadline: date | None = None
    pressing: bool = False
    to_ask: bool = False
    must_ask: bool = False
    past: date | None = None
    ahead: date | None = None
    clock: AgeClock | None = None
    clock_urgent: bool = False
    by_program: str = ""


NOTHING_DUE = Due()


def due(
    facts: Facts,
    program: Program | None,
    age_months: int | None,
    site: Site,
    judging: Judging,
    today: date,
    named: str | None,
) -> Due:
    """The window of this lead, shortened by a clock of the patient's age. `named` is the program that they are for: by
    it a clock of some programs tells whether it counts."""
    found = _soonest(facts, program, site, judging, today) if program is not None else NOTHING_DUE
    if age_months is None or facts.lead_kind == "organization":
        return found
    for clock in judging.age_clocks:
        state = clock_state(clock, age_months)
        if state is None or (clock.programs and named not in clock.programs):
            continue
        if program is not None and not program.age_from_months < clock.at_months:
            continue
        days = clock.urgent_within_days if state == "urgent" else clock.notice_within_days
        last = local_day(facts.received_at, site.tz) + timedelta(days=days)
        if state == "urgent" or found.deadline is None or last < found.deadline:
            last = last if found.deadline is None else min(last, found.deadline)
            found = found._replace(deadline=last, clock=clock, clock_urgent=state == "urgent")
    return found


def clock_state(clock: AgeClock, age_months: int) -> Literal["notice", "urgent"] | None:
    """How near the birthday is. Months are all we know here, so it counts from the earliest day it can be."""
    if age_months >= clock.at_months:
        return None
    fewest_days = (clock.at_months - age_months - 1) * 30
    if fewest_days < clock.urgent_days:
        return "urgent"
    return "notice" if fewest_days < clock.notice_days else None


@lru_cache(maxsize=4096)
def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day at a site; remembered, because many leads are judged at one moment and each more than once."""
    return moment.astimezone(zone).date()


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another; none when it is not later."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    return max(0, months)


def months_after(day: date, months: int) -> date:
    """The day so many months later; the last of the month where that day does not exist."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"no day {months} months after {day}")


def _soonest(facts: Facts, program: Program, site: Site, judging: Judging, today: date) -> Due:
    """The window of the stated event; of a surgery with two days in doubt the one that asks for the sooner visit."""
    found = _window(facts, program, site, judging, today)
    if facts.surgery_or_on is None:
        return found
    other = _window(facts._replace(event_on=facts.surgery_or_on), program, site, judging, today)
    return min((found, other), key=_how_late)


def _how_late(due: Due) -> tuple[bool, bool, bool, date]:
    """Sorts windows: what presses first, then one that runs, before one long past or of an event far ahead."""
    return not due.pressing, due.past is not None, due.ahead is not None, due.deadline or date.max


def _window(facts: Facts, program: Program, site: Site, judging: Judging, today: date) -> Due:
    """The window of the stated event counts first; one that starts with receipt is the fallback."""
    fallback: Window | None = None
    past: date | None = None
    may_ask = must_ask = False
    received = local_day(facts.received_at, site.tz)
    for window in program.windows:
        if not window.since:
            fallback = fallback or window
            continue
        if facts.event_kind in window.since and facts.event_on is not None:
            last = _after(facts.event_on, window.last_day, window.business_days, site)
            days_left = (last - today).days
            # What ran when they came goes on pressing however late it becomes: nobody gets well by being forgotten.
            if (last - received).days >= -judging.critical_days_after:
                pressing = window.urgent and days_left <= judging.critical_days_before
                far = (facts.event_on - today).days > judging.hold_days_ahead
                ahead = facts.event_on if far and facts.event_kind in HELD_EVENTS else None
                return Due(window, last, pressing, ahead=ahead)
            past = past or last
        elif window.ask_if_missing and facts.event_on is None:
            may_ask = True
            must_ask = must_ask or window.urgent
    if facts.event_on is not None or DATE_QUESTION in facts.not_known:
        may_ask = must_ask = False
    # A window that ran out long ago leaves the person as somebody who asks today.
    counted = fallback or (program.windows[0] if past is not None else None)
    if counted is None:
        return Due(to_ask=may_ask, must_ask=must_ask)
    last = _after(_wanted_from(facts, program, received), counted.last_day, counted.business_days, site)
    pressing = fallback is not None and counted.urgent and past is None
    return Due(counted, last, pressing, may_ask, must_ask, past)


def _wanted_from(facts: Facts, program: Program, received: date) -> date:
    """The day from which a window without an event runs: receipt, or when they are old enough, or wish to begin."""
    missing = program.age_from_months - facts.age_months if facts.age_months is not None else 0
    begins = months_after(received, missing) if missing > 0 else received
    return max(begins, facts.not_before or begins)


def _after(start: date, days: int, business: bool, site: Site) -> date:
    if not business:
        return start + timedelta(days=days)
    day, left = start, days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in site.closed_days:
            left -= 1
    return day
