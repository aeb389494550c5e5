"""Who acts on a lead and by when. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from firstvisit.kernel.decisions import Reason
from firstvisit.practice.shape import Practice
from firstvisit.steps.routing.policy import Route, Routing
from firstvisit.steps.routing.tries import Class

LATER: Final = ("later", "not_sure")
"""Wishes that do not hurry."""


_CLOCKS: Final = {
    name: Reason("clock", words, "waiting")
    for name, words in {
        "review": "Red flag: a clinician looks at once",
        "urgent": "The date behind it presses",
        "partner": "Sent by a partner",
        "high_intent": "They asked for care and wait for an answer",
        "later": "No hurry was stated",
        "standard": "As soon as its turn comes",
    }.items()
}


class Asked(NamedTuple):
    """What routes look at."""

    outcome: str
    lead_kind: str | None
    site: str
    program: str | None = None
    language: str | None = None
    payer: str | None = None
    urgent: bool = False


class Routed(NamedTuple):
    """The queue's slug, whether to give the lead to one of its members, and why this queue."""

    queue: str
    balance: bool
    why: str


def route_for(asked: Asked, routing: Routing, practice: Practice) -> Routed:
    """The first route that fits, else the site's own front desk, else the fallback.

    A route to a queue that does not exist is passed over, so that no lead is ever without an owner.
    """
    for route in routing.routes:
        if route.queue in practice.queues and _fits(route, asked):
            return Routed(route.queue, route.assign == "balance", f"Route: {_said(route)}")
    own = practice.front_desks.get(asked.site)
    if own is not None:
        return Routed(own, False, "The front desk of its site")
    fallback = routing.fallback_queue
    return Routed(fallback if fallback in practice.queues else next(iter(practice.queues)), False, "No route fits")


def queue_for(outcome: str, lead_kind: str | None, site: str, routing: Routing, practice: Practice) -> str:
    """The queue's slug for what is known so far."""
    return route_for(Asked(outcome, lead_kind, site), routing, practice).queue


def class_of(outcome: str, lead_kind: str | None, *, urgent: bool, timing: str | None) -> Class:
    """How soon and how often a lead is tried."""
    if urgent:
        return "urgent"
    if lead_kind in ("referral_partner", "organization"):
        return "partner"
    if timing not in LATER and outcome in ("book_now", "book_pending_docs", "need_info"):
        return "high_intent"
    return "standard"


def minutes_for(
    outcome: str, lead_kind: str | None, *, urgent: bool, timing: str | None, routing: Routing
) -> tuple[int, Reason]:
    """Business minutes to the first human try, and why that clock."""
    if outcome == "clinician_review":
        return routing.review_minutes, _CLOCKS["review"]
    match class_of(outcome, lead_kind, urgent=urgent, timing=timing):
        case "urgent":
            return routing.urgent_minutes, _CLOCKS["urgent"]
        case "partner":
            return routing.standard_minutes, _CLOCKS["partner"]
        case "high_intent":
            return routing.high_intent_minutes, _CLOCKS["high_intent"]
    if timing in LATER:
        return routing.later_minutes, _CLOCKS["later"]
    return routing.standard_minutes, _CLOCKS["standard"]


def _fits(route: Route, asked: Asked) -> bool:
    return (
        (not route.outcomes or asked.outcome in route.outcomes)
        and (not route.lead_kinds or asked.lead_kind in route.lead_kinds)
        and (not route.site or route.site == asked.site)
        and (not route.programs or asked.program in route.programs)
        and (not route.languages or asked.language in route.languages)
        and (not route.payers or asked.payer in route.payers)
        and (route.urgent is None or route.urgent is asked.urgent)
    )


def _said(route: Route) -> str:
    """What made a route fit: "clinician review", "Spanish, urgent"."""
    named = [*route.outcomes, *route.lead_kinds, route.site, *route.programs, *route.languages, *route.payers]
    words = [name.replace("_", " ") for name in named if name]
    if route.urgent is not None:
        words.append("urgent" if route.urgent else "not urgent")
    return ", ".join(words) or "every lead"
