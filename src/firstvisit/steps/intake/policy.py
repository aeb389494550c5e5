"""How long a call may stand still, as a section of the practice's rules."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.practice import policy

Minutes = Annotated[int, Field(gt=0, le=60 * 24)]
Share = Annotated[float, Field(gt=0, le=1)]


class Calls(BaseModel):
    """The section "calls". Minutes as the clock on the wall counts them: nobody is put on hold overnight.

    A call card on which nothing was saved for `idle_minutes` becomes a task of whoever had it; after `queue_minutes`
    more without a hand on it, of the queue. `holds_minutes` is how long an open card is its holder's alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    holds_minutes: Minutes = 5
    idle_minutes: Minutes = 15
    queue_minutes: Minutes = 30


policy.register("calls", Calls)


class Arriving(BaseModel):
    """The section "arriving": documents that come in by themselves.

    A document is confirmed by a person within `confirm_minutes` of business time, one that tells of danger within
    `urgent_minutes`. A way in over which nothing came for `quiet_days` is looked at by a person; 0 is never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    confirm_minutes: Minutes = 120
    urgent_minutes: Minutes = 15
    quiet_days: Annotated[int, Field(ge=0, le=90)] = 7


policy.register("arriving", Arriving)


class InboxRules(BaseModel):
    """The section "inbox". A value read at `clear_at` or surer is clear, at `likely_at` or surer likely, else doubtful.

    `layout_after` is how many confirmed documents of a sender teach its layout.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clear_at: Share = Field(0.93, title="Clear from", description="Confidence from which a value is clear")
    likely_at: Share = Field(
        0.85, title="Likely from", description="Below it a value is doubtful and asked for by itself"
    )
    holds_minutes: Minutes = Field(
        10, title="An open document is held, minutes", description="Whoever opened it has it alone for so long"
    )
    layout_after: Annotated[int, Field(gt=0, le=50)] = Field(
        3, title="A layout is learned after, documents", description="Confirmed documents of one sender"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.likely_at > self.clear_at:
            raise ValueError("Likely begins below clear; enter a lower number for likely.")
        return self


policy.register("inbox", InboxRules)
