"""Who gets what and how fast: clocks and routes, as a section of the practice's rules."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.practice import policy

Minutes = Annotated[int, Field(gt=0, le=60 * 24 * 10)]


class Route(BaseModel):
    """Leads of these kinds (empty: any) at this site (empty: any) go to this queue. The first fit counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcomes: tuple[str, ...] = ()
    lead_kinds: tuple[str, ...] = ()
    site: str = ""
    queue: str


class Routing(BaseModel):
    """The section "routing". Minutes are business minutes of the lead's site, to a first human try.

    The shipped clocks are the domain sheet's, section 8: 15 urgent, 30 high intent, 120 standard and partner. The
    shipped routes name the queues that every practice starts with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    urgent_minutes: Minutes = 15
    high_intent_minutes: Minutes = 30
    standard_minutes: Minutes = 120
    review_minutes: Minutes = 15
    later_minutes: Minutes = 480
    lease_minutes: Annotated[int, Field(gt=0, le=120)] = 15
    routes: tuple[Route, ...] = (
        Route(outcomes=("clinician_review",), queue="clinical_review"),
        Route(lead_kinds=("organization",), queue="partners"),
    )
    fallback_queue: str = "front_desk"


policy.register("routing", Routing)
