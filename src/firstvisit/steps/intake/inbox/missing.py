"""What every referral should say and was not read of a document. Pure."""

from __future__ import annotations

from firstvisit.steps.intake.inbox.card import CARD, WANTED_OF_CARD
from firstvisit.steps.intake.inbox.values import WholeReading
from firstvisit.steps.intake.inbox.weighing import WANTED


def wanted_of(source: str) -> tuple[str, ...]:
    """What should be said by what came this way."""
    return WANTED_OF_CARD if source == CARD else WANTED


def not_read(whole: WholeReading, wanted: tuple[str, ...] = WANTED) -> tuple[str, ...]:
    """The `wanted` fields that were not read of somebody in it. A number of whoever speaks for them is a way to reach
    them, too."""
    people = {value.patient for value in whole.values} | {leaf.part for leaf in whole.leaves} or {0}
    said = {(value.patient, value.path) for value in whole.values}
    reached = {person for person in people if (person, "contact.phone") in said}
    return tuple(
        path
        for path in wanted
        if any((who, path) not in said and not (path == "patient.phone" and who in reached) for who in people)
    )
