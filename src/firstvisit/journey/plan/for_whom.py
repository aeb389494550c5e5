"""Requests that joined a lead without saying whom they are about."""

from __future__ import annotations

from datetime import timedelta

from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.steps.routing import clocks


def for_whom(ground: Ground, draft: Draft) -> None:
    """Somebody with an open lead asked again and did not say for whom: a person asks, for it may be a sister.

    A form's first step names nobody, so its second step is waited for.
    """
    case = ground.case
    if not case.unnamed or ground.silent:
        return
    asked = [t.ended_at for t in case.tasks if t.kind == "ask_whom" and t.status == "done" and t.ended_at]
    for item, at in case.unnamed:
        ready_at = at + timedelta(minutes=ground.cadence.receipt_after_minutes)
        key = f"{ground.prefix}:ask_whom:item:{item}"
        if any(at <= moment for moment in asked):
            continue
        if ground.now < ready_at:
            draft.look_again.append(ready_at)
            continue
        minutes = ground.routing.standard_minutes
        due_at = clocks.due(at, minutes, ground.site)
        why = "They asked again without naming anybody: for the same person or for another?"
        draft.tasks.append(WantedTask(key, "ask_whom", why, draft.owner, due_at, minutes))
        return  # one call settles however many there are
