"""A newcomer who may be somebody known."""

from __future__ import annotations

from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.steps.routing import clocks


def compare_people(ground: Ground, draft: Draft) -> None:
    """A person compares the two records side by side; until they have, the lead goes its way as a newcomer's."""
    case, minutes = ground.case, ground.routing.standard_minutes
    for pair, found_at in case.possible:
        draft.tasks.append(
            WantedTask(
                key=f"{ground.prefix}:compare_people:pair:{pair}",
                kind="compare_people",
                reason="This may be somebody we know already",
                owner=draft.owner,
                due_at=clocks.due(found_at, minutes, ground.site),
                minutes=minutes,
            )
        )
