"""Holding instead of turning away: what time will change, until when, and what opens the lead again. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from firstvisit.steps.qualify.checks import Checks
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.windows import clock_state, months_after

Trigger = Literal["age", "age_clock", "capacity", "authorization", "event", "wish"]


class Hold(NamedTuple):
    """Why a lead waits and what opens it again.

    `until` is the local day on which to look again, None where no date is known and only the trigger tells:
    "capacity" (the program opens), "authorization" (the payer answers). The others are days: "age" (old
    enough), "age_clock" (a birthday comes near), "event" (a surgery or discharge), "wish" (what they said).
    """

    trigger: Trigger
    until: date | None
    text: str

    def as_json(self) -> dict[str, str | None]:
        return {
            "trigger": self.trigger,
            "until": self.until.isoformat() if self.until else None,
            "text": self.text,
        }


@lru_cache(maxsize=2000)
def day(when: date) -> str:
    """Tue Nov 24, 2026."""
    return f"{when:%a %b} {when.day}, {when.year}"


def too_young(checks: Checks, judging: Judging) -> Hold | None:
    """Until the patient is old enough for the program, where that is not far off."""
    program, facts = checks.program, checks.facts
    if program is None or checks.age_months is None or facts.age_months is None:
        return None
    missing = program.age_from_months - checks.age_months
    if not 0 < missing <= judging.hold_months_too_young:
        return None
    until = months_after(facts.received_at.date(), program.age_from_months - facts.age_months)
    return Hold("age", until, f"Old enough for {program.name} by {day(until)}")


def program_full(checks: Checks) -> Hold | None:
    """Until the program opens; the day where the practice said one."""
    program = checks.program
    if program is None or not _is_full(checks):
        return None
    until = None if program.status_until is None else program.status_until + timedelta(days=1)
    when = f"on {day(until)}" if until else "when it opens"
    return Hold("capacity", until, f"Look again {when}: {program.name} {_FULL[program.status]}")


def full_now(checks: Checks) -> str | None:
    """That the program takes nobody at present, in words, with what the practice says why; None where it does."""
    program = checks.program
    if program is None or not _is_full(checks):
        return None
    why = f" ({program.status_reason})" if program.status_reason else ""
    return f"{program.name} {_FULL[program.status]}{why}"


def _is_full(checks: Checks) -> bool:
    program = checks.program
    return program is not None and program.status != "open" and program.status_on(checks.today) != "open"


_FULL: Final = {"waitlist": "has a waitlist", "closed": "is closed"}


def until_event(checks: Checks, judging: Judging) -> Hold | None:
    """Until a surgery or discharge that is far ahead comes near; not for those who want care before it."""
    ahead = checks.due.ahead
    if ahead is None or checks.facts.timing in judging.ready_timings:
        return None
    until = ahead - timedelta(days=judging.hold_days_ahead)
    text = f"The {checks.facts.event_kind} is on {day(ahead)}: look again on {day(until)}"
    return Hold("event", until, text)


def not_before(checks: Checks, judging: Judging) -> Hold | None:
    """Until the day before which they want nothing comes near."""
    wished = checks.facts.not_before
    if wished is None or (wished - checks.today).days <= judging.hold_days_ahead:
        return None
    until = wished - timedelta(days=judging.hold_days_ahead)
    return Hold("wish", until, f"They want nothing before {day(wished)}: look again on {day(until)}")


def until_wished(checks: Checks, judging: Judging) -> Hold:
    """After some weeks in peace, or when a birthday begins to press."""
    quiet = checks.facts.received_at.astimezone(checks.site.tz).date() + timedelta(days=judging.nurture_days)
    late = (checks.today - quiet).days
    if late >= 0:
        quiet += timedelta(days=(late // judging.nurture_days + 1) * judging.nurture_days)
    pressing = _clock_day(checks, judging)
    if pressing is not None and pressing[0] <= quiet:
        return Hold("age_clock", *pressing)
    return Hold("wish", quiet, f"Ask again on {day(quiet)} when they want care")


def _clock_day(checks: Checks, judging: Judging) -> tuple[date, str] | None:
    """The next day on which a clock of the patient's age begins to press."""
    age, stated = checks.age_months, checks.facts.age_months
    if age is None or stated is None:
        return None
    received = checks.facts.received_at.date()
    days = [
        (months_after(received, months - stated), clock.text)
        for clock in judging.age_clocks
        for months in range(age + 1, min(age + 25, clock.at_months))
        if clock_state(clock, months) != clock_state(clock, months - 1)
    ]
    return min(days, default=None)
