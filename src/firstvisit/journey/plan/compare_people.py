"""A newcomer who may be somebody known."""

from __future__ import annotations

from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.steps.routing import clocks


def compare_people(ground: Ground, draft: Draft) -> None:
    """A person compares the two records side by side; until they have, the lead goes its way as a newcomer's. Who is
    an older lead of a file is compared when that has its turn: a long file is not all to be compared on one day."""
    case, minutes = ground.case, ground.routing.standard_minutes
    for pair, found_at in case.possible:
        draft.tasks.append(
            WantedTask(
                key=f"{ground.prefix}:compare_people:pair:{pair}",
                kind="compare_people",
                reason="This may be somebody we know already",
                owner=draft.owner,
                due_at=clocks.due(found_at if case.turn is None else max(found_at, case.turn), minutes, ground.site),
                minutes=minutes,
            )
        )
