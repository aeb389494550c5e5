"""The small parts of the section "qualify": clocks of age, hard rules, next steps, lines to read. Pure data."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from firstvisit.kernel.values import Value
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.scorecard.conditions import Condition
from firstvisit.steps.qualify.ranking import refuse_excluding, refuse_unfit

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\n]*$")
]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]


class ApprovedLine(Value):
    """What staff read out, word for word, when one red flag is raised: whom to call, and no advice."""

    flag: str
    say: Line

    @field_validator("flag")
    @classmethod
    def _known(cls, flag: str) -> str:
        if flag not in RED_FLAGS:
            raise ValueError(f"{flag!r} is no red flag; known are {', '.join(RED_FLAGS)}")
        return flag


class AgeClock(Value):
    """A birthday by which something ends for a child, so that a first visit must not wait.

    From `notice_days` before it a first visit is due within `notice_within_days` of receipt, from `urgent_days`
    within `urgent_within_days` and at once. `programs` are slugs; empty: every program that takes the age.
    """

    slug: Code
    text: Line
    at_months: Annotated[int, Field(gt=0, le=216)]
    notice_days: Annotated[int, Field(gt=0, le=730)]
    urgent_days: Annotated[int, Field(gt=0, le=730)]
    notice_within_days: Annotated[int, Field(gt=0, le=90)] = 14
    urgent_within_days: Annotated[int, Field(gt=0, le=90)] = 7
    programs: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _urgent_is_later(self) -> Self:
        if self.urgent_days >= self.notice_days:
            raise ValueError(
                f"urgent_days {self.urgent_days} is not below notice_days {self.notice_days}: what is urgent "
                "begins nearer to the birthday"
            )
        return self


class HardRule(Value):
    """A practice-wide exclusion: when every condition holds we are not the right place, whatever the score.

    It may test a payer: being out of network excludes nobody unless a practice says so here.
    """

    code: Code
    text: Line
    when: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=5)]
    instead: Code | None = None
    """Another program of ours that is the right place."""

    @model_validator(mode="after")
    def _excludes_by_permitted_facts(self) -> Self:
        where = f"the hard rule {self.code}"
        refuse_excluding(where, self.when)
        for condition in self.when:
            refuse_unfit(where, condition.fact, condition.test, condition.value)
        return self


class NextStep(Value):
    """What a family can do next when we are not the right place, by the reason's code ("other": any)."""

    code: Code
    text: Line
