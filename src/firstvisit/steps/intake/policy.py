"""How long a call may stand still, as a section of the practice's rules."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.practice import policy

Minutes = Annotated[int, Field(gt=0, le=60 * 24)]


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
