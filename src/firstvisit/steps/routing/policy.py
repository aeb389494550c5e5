"""Who gets what and how fast: clocks and routes, as a section of the practice's rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import Problem
from firstvisit.practice import policy
from firstvisit.practice.policy import Ground

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


def carried(routing: Routing, ground: Ground) -> Iterator[Problem]:
    """Routes and the fallback lead to a queue of the practice in which somebody works."""
    for number, route in enumerate(routing.routes, start=1):
        yield from _reaches(f"routes {number}, queue", route.queue, ground)
        if route.site and route.site not in ground.practice.sites:
            yield Problem(f"routes {number}, site", f"there is no site {route.site!r}")
    if routing.fallback_queue in ground.practice.queues:  # else a site's own front desk, then the first queue
        yield from _reaches("fallback_queue", routing.fallback_queue, ground)


def _reaches(field: str, queue: str, ground: Ground) -> Iterator[Problem]:
    known = ground.practice.queues
    if queue not in known:
        yield Problem(field, f"there is no queue {queue!r}; there are {', '.join(sorted(known))}")
    elif queue not in ground.staffed:
        yield Problem(field, f"the queue {queue!r} leads to nobody: no active account works in it")


policy.register("routing", Routing)
policy.check("routing", carried)
