"""Who acts on a lead and by when. Pure."""

from __future__ import annotations

from firstvisit.kernel.decisions import Reason
from firstvisit.practice.shape import Practice
from firstvisit.steps.routing.policy import Route, Routing


def queue_for(outcome: str, lead_kind: str | None, site: str, routing: Routing, practice: Practice) -> str:
    """The queue's slug: the first route that fits, else the site's own front desk, else the fallback.

    A route to a queue that does not exist is passed over, so that no lead is ever without an owner.
    """
    for route in routing.routes:
        if route.queue in practice.queues and _fits(route, outcome, lead_kind, site):
            return route.queue
    own = next((queue.slug for queue in practice.queues.values() if queue.site == site), None)
    return own or (
        routing.fallback_queue if routing.fallback_queue in practice.queues else next(iter(practice.queues))
    )


def minutes_for(
    outcome: str, lead_kind: str | None, *, urgent: bool, timing: str | None, routing: Routing
) -> tuple[int, Reason]:
    """Business minutes to the first human try, and why that clock."""
    if outcome == "clinician_review":
        return routing.review_minutes, Reason("clock", "Red flag: a clinician looks at once", "waiting")
    if urgent:
        return routing.urgent_minutes, Reason("clock", "The date behind it presses", "waiting")
    if lead_kind in ("referral_partner", "organization"):
        return routing.standard_minutes, Reason("clock", "Sent by a partner", "waiting")
    if timing == "later":
        return routing.later_minutes, Reason("clock", "No hurry was stated", "waiting")
    if outcome in ("book_now", "book_pending_docs", "need_info"):
        return routing.high_intent_minutes, Reason(
            "clock", "They asked for care and wait for an answer", "waiting"
        )
    return routing.standard_minutes, Reason("clock", "As soon as its turn comes", "waiting")


def _fits(route: Route, outcome: str, lead_kind: str | None, site: str) -> bool:
    return (
        (not route.outcomes or outcome in route.outcomes)
        and (not route.lead_kinds or lead_kind in route.lead_kinds)
        and (not route.site or route.site == site)
    )
