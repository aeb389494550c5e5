"""Nobody may contact them any more: what remains to be done."""

from __future__ import annotations

from firstvisit.journey.plan.dues import due, moment
from firstvisit.journey.plan.next_try import review_waits
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.steps.routing import clocks


def do_not_contact(ground: Ground, draft: Draft) -> None:
    """Nobody calls or writes any more; what remains is to close the lead with a reason, or to lift it.

    Finishing the task does not close the lead, so it comes again until somebody does.
    """
    case = ground.case
    ruled = case.rulings.get("do_not_contact")
    if ruled is None or review_waits(case, draft.decision.outcome):
        return
    site = ground.site
    minutes = ground.routing.standard_minutes
    cause, since = ruled["ruling"], max(moment(ruled["at"]), case.received_at)
    for task in case.tasks:
        if (
            task.kind == "close_do_not_contact"
            and task.status == "done"
            and (task.ended_at or since) >= since
        ):
            cause, since = task.id, task.ended_at or since
    draft.tasks.append(
        WantedTask(
            key=f"{ground.prefix}:close_do_not_contact:lead:{cause}",
            kind="close_do_not_contact",
            reason="A person ruled: do not contact",
            owner=draft.owner,
            due_at=due(case, clocks.due(since, minutes, site)),
            minutes=minutes,
        )
    )
