"""Nobody may contact them any more: what remains to be done."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.plan.dues import due, moment
from firstvisit.journey.plan.first_try import review_waits
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.steps.routing import clocks


def silent(ground: Ground, draft: Draft) -> None:
    """Nobody calls or writes any more; what remains is to close the lead with a reason, or to lift the ruling.

    Finishing the task does not close the lead, so it comes again until somebody does.
    """
    case = ground.case
    if not ground.silent or review_waits(case, draft.outcome):
        return
    ruled, mourned = case.rulings.get("do_not_contact"), case.mourned
    if mourned is not None:
        _close(ground, draft, "close_deceased", str(mourned.id), mourned.ended_at, "Somebody told us of a death")
    elif ruled is not None:
        since = max(moment(ruled["at"]), case.received_at)
        _close(ground, draft, "close_do_not_contact", ruled["ruling"], since, "A person ruled: do not contact")


def _close(
    ground: Ground, draft: Draft, kind: str, cause: str, since: datetime | None, why: str
) -> None:
    case, minutes = ground.case, ground.routing.standard_minutes
    last = since or case.received_at
    for task in case.tasks:
        if task.kind == kind and task.status == "done" and (task.ended_at or last) >= last:
            cause, last = str(task.id), task.ended_at or last
    due_at = due(case, clocks.due(last, minutes, ground.site))
    key = f"{ground.prefix}:{kind}:lead:{cause}"
    draft.tasks.append(WantedTask(key, kind, why, draft.owner, due_at, minutes))
