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
NAMED_ONCE = "Small letters, digits and _; stays the same when the words change"
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]


class ApprovedLine(Value):
    """What staff read out, word for word, when one red flag is raised: whom to call, and no advice."""

    flag: str = Field(
        title="Red flag", description="What was heard", json_schema_extra={"from": "red_flags"}
    )
    say: Line = Field(title="Read out", description="Word for word: whom to call, and no advice")

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

    slug: Code = Field(title="Short name", description=NAMED_ONCE)
    text: Line = Field(title="Said on the lead", description="What ends at this birthday")
    at_months: Annotated[int, Field(gt=0, le=216)] = Field(
        title="Ends at, months of age", description="36 is the third birthday"
    )
    notice_days: Annotated[int, Field(gt=0, le=730)] = Field(
        title="Looked at from, days before", description="From here on the first visit must not wait long"
    )
    urgent_days: Annotated[int, Field(gt=0, le=730)] = Field(
        title="Urgent from, days before", description="Nearer to the birthday: tried at once"
    )
    notice_within_days: Annotated[int, Field(gt=0, le=90)] = Field(
        14, title="First visit within, days", description="From receipt, while it is looked at"
    )
    urgent_within_days: Annotated[int, Field(gt=0, le=90)] = Field(
        7, title="First visit when urgent, days", description="From receipt, once it is urgent"
    )
    programs: tuple[str, ...] = Field(
        (),
        title="For the programs",
        description="None chosen: every program that takes the age",
        json_schema_extra={"from": "programs"},
    )

    @model_validator(mode="after")
    def _urgent_is_later(self) -> Self:
        if self.urgent_days >= self.notice_days:
            raise ValueError(
                f"urgent_days {self.urgent_days} is not below notice_days {self.notice_days}: what is urgent "
                "begins nearer to the birthday"
            )
        return self


class Excludes(Condition):
    """A condition of a hard rule: it may name what no score may read, a payer among them."""

    fact: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Fact", description="What is known of a lead", json_schema_extra={"from": "facts_that_exclude"}
    )


class HardRule(Value):
    """A practice-wide exclusion: when every condition holds we are not the right place, whatever the score.

    It may test a payer: being out of network excludes nobody unless a practice says so here.
    """

    code: Code = Field(title="Short name", description=NAMED_ONCE)
    text: Line = Field(title="Said on the lead", description="Why we are not the right place")
    when: Annotated[tuple[Excludes, ...], Field(min_length=1, max_length=5)] = Field(
        title="Where", description="All of these hold; while one is not known nobody is excluded"
    )
    instead: Code | None = Field(
        None,
        title="The right program instead",
        description="Another program of ours; none chosen: none is",
        json_schema_extra={"from": "programs"},
    )

    @model_validator(mode="after")
    def _excludes_by_permitted_facts(self) -> Self:
        where = f"the hard rule {self.code}"
        refuse_excluding(where, self.when)
        for condition in self.when:
            refuse_unfit(where, condition.fact, condition.test, condition.value)
        return self


class NextStep(Value):
    """What a family can do next when we are not the right place, by the reason's code ("other": any)."""

    code: Code = Field(
        title="Reason", description="Why we are not the right place", json_schema_extra={"from": "reasons"}
    )
    text: Line = Field(title="What the family can do", description="Said with the decision and in the letter")
