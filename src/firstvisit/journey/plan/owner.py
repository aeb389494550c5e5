"""Who owns a lead."""

from __future__ import annotations

from firstvisit.journey.plan.wanted import Draft, Ground, Owner
from firstvisit.steps.routing.rules import queue_for


def owner(ground: Ground, draft: Draft) -> None:
    """The person who took or was handed the lead; else the queue of its route.

    A red flag goes to review whoever had the lead, unless that person may judge it themselves.
    """
    case = ground.case
    ruled = case.rulings.get("owner")
    flagged = draft.decision.outcome == "clinician_review"
    if ruled is not None and (ruled.get("reviews") or not flagged):
        draft.owner = Owner(user=ruled.get("user"), queue=ruled.get("queue"))
        return
    queue = queue_for(
        draft.decision.outcome, case.facts.lead_kind, case.site, ground.routing, ground.practice
    )
    draft.owner = Owner(queue=queue)
