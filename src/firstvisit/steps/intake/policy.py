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
