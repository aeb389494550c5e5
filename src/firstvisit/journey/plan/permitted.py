"""What the machine may do by itself, by the switch of each kind of action."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.case import ACCEPTED, PROPOSAL, proposal_of
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.steps.routing import clocks


def permitted(
    ground: Ground, draft: Draft, action: str, key: str, why: str, *, since: datetime, pressed: bool = False
) -> bool:
    """Whether the machine may now do what `key` names, by the switch of its kind of `action`.

    Under "propose" it becomes a task with the ready action instead, due in the standard clock from `since`,
    and is permitted once a person has pressed it; "not this time" ends the matter for this key. A message
    that began to leave stays permitted. `pressed`: a person presses even where the switch says "do"; so they do of
    somebody who came in a file of older enquiries, until they were tried.
    """
    case, switch = ground.case, ground.switches.of(action)
    if switch == "off":
        return False
    if switch == "do" and (pressed or (case.quiet and case.last_try is None)):
        switch = "propose"
    if switch == "do" or case.has_left(key):
        return True
    answered = case.ended(proposal_of(key))
    if answered is not None:
        return answered.result in ACCEPTED
    minutes = ground.routing.standard_minutes
    due_at = clocks.due(since, minutes, ground.site)
    kind = f"{PROPOSAL}{action}"
    draft.tasks.append(WantedTask(proposal_of(key), kind, why, draft.owner, due_at, minutes))
    return False
