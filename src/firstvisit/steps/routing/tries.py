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

    day: Day = Field(title="Open day", description="Counted from the first try; 0 is the same day")
    at: time = Field(title="At about", description="In the site's time")

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

    tries: tuple[Try, ...] = Field(title="More tries", description="After the first one that found nobody")
    reminder_day: Day | None = Field(
        None, title="Reminder, open day", description="After the last try; empty: nobody is reminded"
    )
    close_day: Annotated[int, Field(gt=0, le=120)] = Field(
        title="Close-out, open day", description="We stop trying and say so"
    )
    reactivate_days: Annotated[int, Field(ge=0, le=400)] = Field(
        0, title="Asked once more after, days", description="Calendar days from the close-out; 0: never"
    )
    call_office: bool = Field(
        False, title="Call the referring office as well", description="Beside trying the family"
    )

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

    urgent: Sequence = Field(
        Sequence(tries=_tries((0, "12:30"), (0, "16:30")), close_day=2, call_office=True),
        title="Urgent",
        description="A date behind it presses",
    )
    high_intent: Sequence = Field(
        Sequence(tries=(*_tries((0, "16:30")), *_STANDARD), reminder_day=7, close_day=10, reactivate_days=75),
        title="High intent",
        description="They asked for care and wait for an answer",
    )
    partner: Sequence = Field(
        Sequence(tries=_STANDARD, reminder_day=5, close_day=7),
        title="Partners and organizations",
        description="Whoever refers or asks for many",
    )
    standard: Sequence = Field(
        Sequence(tries=_STANDARD, reminder_day=7, close_day=10, reactivate_days=75),
        title="Standard",
        description="Everybody else",
    )
    gap_minutes: Annotated[int, Field(gt=0, le=960)] = Field(
        90, title="Between two tries, business minutes", description="At least so many"
    )
    thinking_days: Annotated[int, Field(gt=0, le=60)] = Field(
        2, title="Thinking it over, open days", description="Until they are called again"
    )
    preferences_days: Annotated[int, Field(gt=0, le=120)] = Field(
        7, title="Not ready yet, days", description="Until they are asked what they want and when"
    )
    waiting_days: Annotated[int, Field(gt=0, le=180)] = Field(
        30, title="At rest without a day, days", description="Until they hear from us again"
    )
    papers_days: Annotated[int, Field(gt=0, le=60)] = Field(
        2, title="Papers wanted within, open days", description="The day that an office is told"
    )
    chase_days: Annotated[int, Field(gt=0, le=60)] = Field(
        2,
        title="The office is called after, open days",
        description="From that day; after as many more the manager decides",
    )

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
