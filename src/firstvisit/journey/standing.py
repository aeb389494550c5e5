"""How a lead stands: what changed rules may change about it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from firstvisit.journey.case import PROPOSAL, Case
from firstvisit.journey.plan import Plan


class Standing(NamedTuple):
    """Outcome, what the rules say (another outcome where a person ruled), owner (a queue's slug or a user's
    id), and when the next thing towards the visit is due."""

    outcome: str
    judged: str
    owner: str
    due_at: datetime | None


def of_case(case: Case) -> Standing:
    """How it stands now."""
    planned = (t.due_at for t in case.open_tasks() if t.key and not t.kind.startswith(PROPOSAL))
    judged = case.judged.partition(":")[0]
    return Standing(case.outcome, judged, case.queue or case.user or "", min(planned, default=None))


def of_plan(plan: Plan) -> Standing:
    """How it would stand as planned."""
    owner = plan.owner.queue or plan.owner.user or ""
    planned = (task.due_at for task in plan.tasks if not task.kind.startswith(PROPOSAL))
    return Standing(plan.outcome, plan.judgement.outcome, owner, min(planned, default=None))
