"""Two therapies were asked for and the program does one: the other is somebody's to settle, once."""

from __future__ import annotations

from firstvisit.journey.plan.dues import due
from firstvisit.journey.plan.papers import ASKED_IN
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.journey.plan.words import SETTLE_THERAPY
from firstvisit.steps.routing import clocks


def other_therapy(ground: Ground, draft: Draft) -> None:
    """Of whom we expect to see: whoever has the lead opens one for the other therapy, or names a place."""
    program, case = draft.steers.program, ground.case
    if program is None or draft.outcome not in ASKED_IN or ground.silent or case.facts.lead_kind == "organization":
        return
    asked = case.facts.disciplines
    left = [therapy for therapy in asked if therapy not in program.disciplines]
    key = f"{ground.prefix}:{SETTLE_THERAPY}:{'+'.join(left)}"
    if not left or len(left) == len(asked) or case.ended(key) is not None:
        return
    what, minutes = " + ".join(left), ground.routing.standard_minutes
    why = f"{what} was asked for too, and {program.name} does not do it: open a lead for it, or name a place"
    standing = next((task for task in case.open_tasks() if task.key == key), None)
    # It may have been asked for long after the rest.
    due_at = due(case, clocks.due(ground.now, minutes, ground.site) if standing is None else standing.due_at)
    draft.tasks.append(WantedTask(key, SETTLE_THERAPY, why, draft.owner, due_at, minutes))
