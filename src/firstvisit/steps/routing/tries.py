"""When to try again, when to remind, when to stop: sequences as a section of the practice's rules, and the
pure arithmetic over them.

Days are days on which the lead's site is open, counted from the first try that found nobody; the times of day
differ on purpose, because whoever is not there in the morning may be at five. The shipped sequences are the
domain sheet's, section 8 (custom of the trade, not law).
"""

from __future__ import annotations

from collections.abc import Sequence as Listed
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.practice import policy
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks

Class = Literal["urgent", "high_intent", "partner", "standard"]
Day = Annotated[int, Field(ge=0, le=120)]
_LONGEST_CLOSURE = 60


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Try(_Section):
    """One more try: on the `day`-th open day, at about this local time."""

    day: Day
    at: time

    @model_validator(mode="after")
    def _local(self) -> Self:
        if self.at.tzinfo is not None:
            raise ValueError("at: is written without an offset; the site's zone applies")
        return self


class Sequence(_Section):
    """The tries after the first one, then the reminder, then the close-out; all in open days.

    `reminder_day` None: nobody is reminded. `reactivate_days` are calendar days after a close-out for want of an
    answer; 0 asks nobody again. `call_office` tells staff to call the referring office as well.
    """

    tries: tuple[Try, ...]
    reminder_day: Day | None = None
    close_day: Annotated[int, Field(gt=0, le=120)]
    reactivate_days: Annotated[int, Field(ge=0, le=400)] = 0
    call_office: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for one, two in pairwise(self.tries):
            if (one.day, one.at) >= (two.day, two.at):
                raise ValueError(f"tries: day {two.day} at {two.at:%H:%M} does not come after the one before")
        last = self.tries[-1].day if self.tries else 0
        if self.reminder_day is not None and not last <= self.reminder_day < self.close_day:
            raise ValueError("reminder_day: comes after the last try and before close_day")
        if self.close_day < last:
            raise ValueError("close_day: comes after the last try")
        return self


def _tries(*pairs: tuple[int, str]) -> tuple[Try, ...]:
    return tuple(Try(day=day, at=time.fromisoformat(at)) for day, at in pairs)


_STANDARD = _tries((1, "12:00"), (2, "09:00"), (4, "16:30"))


class Tries(_Section):
    """The section "tries"."""

    urgent: Sequence = Sequence(tries=_tries((0, "12:30"), (0, "16:30")), close_day=2, call_office=True)
    high_intent: Sequence = Sequence(
        tries=(*_tries((0, "16:30")), *_STANDARD), reminder_day=7, close_day=10, reactivate_days=75
    )
    partner: Sequence = Sequence(tries=_STANDARD, reminder_day=5, close_day=7)
    standard: Sequence = Sequence(tries=_STANDARD, reminder_day=7, close_day=10, reactivate_days=75)
    gap_minutes: Annotated[int, Field(gt=0, le=960)] = 90
    """Business minutes that lie at least between two tries."""
    thinking_days: Annotated[int, Field(gt=0, le=60)] = 2
    """Open days until somebody who is thinking it over is called again."""
    preferences_days: Annotated[int, Field(gt=0, le=120)] = 7
    """Calendar days until somebody who is not ready yet is asked what they want."""
    waiting_days: Annotated[int, Field(gt=0, le=180)] = 30
    """Calendar days until somebody at rest without a day to wait for hears from us again."""
    papers_days: Annotated[int, Field(gt=0, le=60)] = 2
    """Open days within which an office is asked to send papers."""
    chase_days: Annotated[int, Field(gt=0, le=60)] = 2
    """Open days after that date until the office is called; after as many more the manager decides."""

    def of(self, class_: Class) -> Sequence:
        """The sequence of a class of leads."""
        found: Sequence = getattr(self, class_)
        return found


class Course(NamedTuple):
    """Where a lead stands in its sequence: the next try if one is left, then the reminder and the close-out."""

    next_try: datetime | None
    number: int
    of: int
    remind_at: datetime | None
    close_at: datetime


def course(sequence: Sequence, tried: Listed[datetime], gap_minutes: int, site: Site) -> Course:
    """The course after tries that found nobody (aware moments, oldest first, at least one)."""
    first, done = tried[0], len(tried) - 1
    next_try = None
    if done < len(sequence.tries):
        planned = sequence.tries[done]
        earliest = clocks.due(tried[-1], gap_minutes, site)
        next_try = clocks.due(max(open_day(first, planned.day, planned.at, site), earliest), 0, site)
    remind = sequence.reminder_day
    morning = time(9)
    close_at = clocks.due(open_day(first, sequence.close_day, morning, site), 0, site)
    return Course(
        next_try=next_try,
        number=len(tried) + 1,
        of=len(sequence.tries) + 1,
        remind_at=None
        if remind is None
        else clocks.due(open_day(first, remind, morning, site), 0, site),
        close_at=max(close_at, clocks.due(tried[-1], gap_minutes, site)),
    )


def open_day(start: datetime, days: int, at: time, site: Site) -> datetime:
    """A local time on the `days`-th day after `start` on which the site is open; 0 is the day itself.

    ValueError when the site does not open within sixty days, which the practice files do not allow.
    """
    day, left, idle = start.astimezone(site.tz).date(), days, 0
    while left:
        day += timedelta(days=1)
        if site.openings(day):
            left, idle = left - 1, 0
        else:
            idle += 1
        if idle > _LONGEST_CLOSURE:
            raise ValueError(f"site {site.slug} does not open in {_LONGEST_CLOSURE} days")
    return datetime.combine(day, at, site.tz)


policy.register("tries", Tries)
