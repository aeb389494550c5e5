"""The payer does not find the patient by what stands here: the family is asked for a photo of the card. Pure."""

from __future__ import annotations

from typing import Final

from firstvisit.journey.case import CheckSeen
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage

ACTION: Final = "card_request"
"""Switch, kind of action and template at once."""
TASK: Final = "correct_coverage"
ON_THE_CARD: Final = frozenset({"member_id", "name", "identity", "group"})
"""What a refusal is about that the card says."""
_THEIRS: Final = ("patient", "subscriber")


def card(ground: Ground, draft: Draft) -> None:
    """One letter for each refused question that the card would mend, while a person still has to correct it."""
    case, facts = ground.case, ground.case.facts
    if ground.silent or case.writes_to is None or not (facts.has_email and facts.may_email):
        return
    open_keys = {task.key for task in draft.tasks if task.kind == TASK}
    refused = [each for each in case.checks if f"{ground.prefix}:{TASK}:{each.id}" in open_keys and _mends(each)]
    if not refused:
        return
    newest = max(refused, key=lambda each: each.answered_at or each.wanted_at)
    key = f"{ground.prefix}:{ACTION}:{newest.id}"
    why = "The payer does not find them by what stands here: ask for a photo of the insurance card"
    if permitted(ground, draft, ACTION, key, why, since=newest.answered_at or newest.wanted_at):
        draft.messages.append(WantedMessage(key, "email", "request", ACTION, case.lead))


def _mends(check: CheckSeen) -> bool:
    """Whether what was refused stands on the card."""
    return any(row.get("whose") in _THEIRS and row.get("field") in ON_THE_CARD for row in check.refused)
