"""Who gets what and how fast: clocks and routes, as a section of the practice's rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from firstvisit.kernel.errors import Problem
from firstvisit.practice import names, policy
from firstvisit.practice.looks import EMPTY
from firstvisit.practice.policy import Ground
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import LeadKind
from firstvisit.referral.vocabulary import LANGUAGES

Minutes = Annotated[int, Field(gt=0, le=60 * 24 * 10)]


class Route(BaseModel):
    """Leads of these kinds go to this queue; an empty field fits any. The first route that fits counts.

    `payers` are the practice's own, so that a queue can be staffed by people credentialed with them. `assign`
    "balance" gives each lead to whoever of the queue's members is present and has the fewest open leads;
    "queue" leaves it for whoever takes it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcomes: tuple[str, ...] = Field(
        (), title="What was decided", description="None chosen: any", json_schema_extra={"from": "outcomes"}
    )
    lead_kinds: tuple[LeadKind, ...] = Field(
        (), title="Who asks", description="None chosen: anybody", json_schema_extra={"from": "lead_kinds"}
    )
    site: str = Field(
        "", title="At the site", description="None chosen: every site", json_schema_extra={"from": "sites"}
    )
    programs: tuple[str, ...] = Field(
        (), title="For the program", description="None chosen: any", json_schema_extra={"from": "programs"}
    )
    languages: tuple[str, ...] = Field(
        (), title="Language", description="None chosen: any", json_schema_extra={"from": "languages"}
    )
    payers: tuple[str, ...] = Field(
        (),
        title="Who pays",
        description="None chosen: any. For a queue of people credentialed with them",
        json_schema_extra={"from": "payers"},
    )
    urgent: bool | None = Field(
        None, title="Urgent", description="Yes: only where a date presses; no: only where none does"
    )
    queue: str = Field(
        title="To the queue", description="Whose people work on it", json_schema_extra={"from": "queues"}
    )
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
    standard_minutes: Minutes = Field(
        120, title="Standard and partners, minutes", description="Whoever else asks or was sent to us"
    )
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
        title="Routes",
        description="The first that fits counts; what none takes goes to the site's own front desk",
    )
    fallback_queue: str = Field(
        "",
        title="Where no route and no front desk fits",
        description="None chosen: the practice's first queue",
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
    """Every queue that is named leads to somebody: an account that may work sees what lies in it."""
    for field, queue, _ in _named(routing):
        if queue in ground.practice.queues and queue not in ground.staffed:
            yield Problem(field, f"the queue {queue!r} leads to nobody: no active account works in it")


def thinly_carried(routing: Routing, ground: Ground) -> Iterator[Problem]:
    """Queues that nobody is in, though whoever sees a whole site sees what lies there, and leads of sites that nobody
    in their queue sees."""
    for field, slug, route in _named(routing):
        queue = ground.practice.queues.get(slug)
        if queue is None or slug not in ground.staffed:
            continue
        may = ground.members.get(slug)
        if may is None:
            yield Problem(field, f"nobody is in the queue {queue.name}: {EMPTY}")
            continue
        may_come = _sites_of(route, ground.practice)
        if field == "fallback_queue":
            may_come -= ground.practice.front_desks.keys()
        if unseen := may_come - ground.sees.get(slug, frozenset()):
            sites = ", ".join(ground.practice.sites[site].name for site in sorted(unseen))
            yield Problem(field, f"nobody in the queue {queue.name} sees leads of {sites}, which may go there")


def crossed(routing: Routing, ground: Ground) -> Iterator[Problem]:
    """Clocks of which the more pressing is the slower one."""
    clocks = ("urgent_minutes", "high_intent_minutes", "standard_minutes", "later_minutes")
    for field, than in (*pairwise(clocks), ("review_minutes", "standard_minutes")):
        minutes, more = getattr(routing, field), getattr(routing, than)
        if minutes > more:
            yield Problem(field, f"{minutes} minutes are slower than {more} for {_called(than)}")


def _called(field: str) -> str:
    """A clock as its field calls it: "standard and partners"."""
    title = Routing.model_fields[field].title or field
    return title.removesuffix(", minutes").lower()


def without_clinician(routing: Routing, ground: Ground) -> Iterator[Problem]:
    """Queues where a red flag may come to lie though nobody in them may judge one: by a route, or because none takes
    it."""
    practice = ground.practice
    found: dict[tuple[str, str], list[str]] = {}
    for site in practice.sites.values():
        for field, slug in _flags_go(routing, site.slug, practice):
            found.setdefault((field, slug), []).append(site.name)
    for (field, slug), sites in found.items():
        may, name = ground.members.get(slug), practice.queues[slug].name
        if "clinical.review" in (may or ()):
            continue
        if field == "routes":
            falls = f"a red flag of {', '.join(sites)} that none takes goes to the queue {name}"
            yield Problem(field, f"{falls}, where nobody may judge it")
        elif may is not None:
            yield Problem(field, f"nobody in the queue {name} may judge a red flag")


def _flags_go(routing: Routing, site: str, practice: Practice) -> Iterator[tuple[str, str]]:
    """The queues (slugs) to which a red flag of a site may go, each with the field that names it; "routes" for where it
    falls that no route takes. An organization's enquiry states none, and whoever states one is urgent."""
    for number, route in enumerate(routing.routes, start=1):
        kinds = set(route.lead_kinds) - {"organization"}
        here = route.queue in practice.queues and route.site in ("", site)
        meant = "clinician_review" in (route.outcomes or ("clinician_review",)) and route.urgent is not False
        if not (here and meant and (kinds or not route.lead_kinds)):
            continue
        yield f"routes {number}, queue", route.queue
        everybody = not kinds or len(kinds) == len(get_args(LeadKind)) - 1
        if everybody and not (route.programs or route.languages or route.payers):
            return
    own = practice.front_desks.get(site) or routing.fallback_queue
    yield "routes", own if own in practice.queues else next(iter(practice.queues))


def _sites_of(route: Route | None, practice: Practice) -> set[str]:
    """The sites (slugs) whose leads a route may take; None is no route, which takes what any site has."""
    if route is None or not (route.site or route.programs):
        return set(practice.sites)
    if route.site:
        return {route.site} & set(practice.sites)
    return {site for slug in route.programs if slug in practice.programs for site in practice.programs[slug].sites}


def _named(routing: Routing) -> Iterator[tuple[str, str, Route | None]]:
    """Every queue that is named: its field, its slug, and the route that it is named by."""
    for number, route in enumerate(routing.routes, start=1):
        yield f"routes {number}, queue", route.queue, route
    for field in ("escalation_queue", "fallback_queue"):
        yield field, getattr(routing, field), None


names.register("languages", "language", lambda practice: {language: language for language in LANGUAGES})
policy.register("routing", Routing)
policy.check("routing", carried)
policy.warn("routing", thinly_carried)
policy.warn("routing", crossed)
policy.warn("routing", without_clinician)
