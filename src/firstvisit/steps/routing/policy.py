"""Who gets what and how fast: clocks and routes, as a section of the practice's rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from firstvisit.kernel.errors import Problem
from firstvisit.practice import policy
from firstvisit.practice.policy import Ground
from firstvisit.referral.vocabulary import LANGUAGES

Minutes = Annotated[int, Field(gt=0, le=60 * 24 * 10)]


class Route(BaseModel):
    """Leads of these kinds go to this queue; an empty field fits any. The first route that fits counts.

    `payers` are the practice's own, so that a queue can be staffed by people credentialed with them. `assign`
    "balance" gives each lead to whoever of the queue's members is present and has the fewest open leads;
    "queue" leaves it for whoever takes it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcomes: tuple[str, ...] = Field((), description="None chosen: any", json_schema_extra={"from": "outcomes"})
    lead_kinds: tuple[str, ...] = Field(
        (), title="Who asks", description="None chosen: anybody", json_schema_extra={"from": "lead_kinds"}
    )
    site: str = Field("", json_schema_extra={"from": "sites"})
    programs: tuple[str, ...] = Field((), description="None chosen: any", json_schema_extra={"from": "programs"})
    languages: tuple[str, ...] = Field(
        (), description="None chosen: any", json_schema_extra={"from": "languages"}
    )
    payers: tuple[str, ...] = Field((), description="None chosen: any", json_schema_extra={"from": "payers"})
    urgent: bool | None = None
    queue: str = Field(title="To the queue", json_schema_extra={"from": "queues"})
    assign: Literal["queue", "balance"] = Field(
        "queue", title="Given to", description="Balance: whoever is present and has the fewest open leads"
    )

    @field_validator("languages")
    @classmethod
    def _known(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [each for each in languages if each not in LANGUAGES]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no language that a lead may carry; choose one such as Spanish")
        return languages


class Routing(BaseModel):
    """The section "routing". Minutes are business minutes of the lead's site, to a first human try.

    The shipped clocks are the domain sheet's, section 8: 15 urgent, 30 high intent, 120 standard and partner. The
    shipped routes name the queues that every practice starts with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    urgent_minutes: Minutes = Field(15, title="Urgent, minutes", description="A date behind it presses")
    high_intent_minutes: Minutes = Field(
        30, title="High intent, minutes", description="They asked for care and wait for an answer"
    )
    standard_minutes: Minutes = Field(120, title="Standard and partners, minutes")
    review_minutes: Minutes = Field(15, title="Red flag, minutes", description="Until a clinician looks")
    later_minutes: Minutes = Field(480, title="No hurry, minutes", description="They said that it can wait")
    lease_minutes: Annotated[int, Field(gt=0, le=120)] = Field(
        15, title="An open lead is held, minutes", description="Whoever opened it has it alone for so long"
    )
    routes: tuple[Route, ...] = Field(
        (
            Route(outcomes=("clinician_review",), queue="clinical_review"),
            Route(lead_kinds=("organization",), queue="partners"),
        ),
        description="The first that fits counts; what none takes goes to the site's own front desk",
    )
    fallback_queue: str = Field(
        "front_desk",
        title="Where no route and no front desk fits",
        json_schema_extra={"from": "queues"},
    )
    escalation_queue: str = Field(
        "",
        title="Where a broken clock goes",
        description="While nobody is present; none chosen leaves the lead in its queue",
        json_schema_extra={"from": "queues"},
    )
    most_in_hand: Annotated[int, Field(gt=0, le=500)] = Field(
        25,
        title="Most open leads in one hand",
        description="Whoever has as many is given no lead whose clock broke; a red flag goes to them all the same",
    )
    present_minutes: Annotated[int, Field(gt=0, le=240)] = Field(
        10, title="Counts as present, minutes", description="Since somebody was last seen"
    )


def carried(routing: Routing, ground: Ground) -> Iterator[Problem]:
    """Routes and the fallback lead to a queue of the practice in which somebody works."""
    for number, route in enumerate(routing.routes, start=1):
        yield from _reaches(f"routes {number}, queue", route.queue, ground)
        if route.site and route.site not in ground.practice.sites:
            yield Problem(f"routes {number}, site", f"there is no site {route.site!r}")
        for slug in route.programs:
            if slug not in ground.practice.programs:
                yield Problem(f"routes {number}, programs", f"there is no program {slug!r}")
        for slug in route.payers:
            if slug not in ground.practice.payers:
                yield Problem(f"routes {number}, payers", f"there is no payer {slug!r}")
    if routing.escalation_queue:
        yield from _reaches("escalation_queue", routing.escalation_queue, ground)
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
