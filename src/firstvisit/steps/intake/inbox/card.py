"""The photo of an insurance card: what of it counts, what it should say, and whose it is. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.inbox.values import WholeReading

CARD: Final = "card"
"""The way in of such photos."""
OF_A_CARD: Final = (
    "payers.0.name", "payers.0.member_id", "payers.0.group_number", "payers.0.subscriber_name", "payers.0.kind",
)  # fmt: skip
"""What counts of a card: its phones are the plan's, its names may be a parent's."""
WANTED_OF_CARD: Final = OF_A_CARD[:4]
"""What is offered to be typed where it was not read."""


def of_card(whole: WholeReading) -> WholeReading:
    """The reading less what a card does not say of the patient; it completes the lead whose family sent it."""
    kept = tuple(
        replace(value, patient=0) for value in whole.values if value.patient == 0 and value.path in OF_A_CARD
    )
    leaves = tuple(replace(leaf, part=0) for leaf in whole.leaves)
    return replace(
        whole, channel="file", kind="addendum", values=kept, leaves=leaves, sender="", number="", escalates=False,
        escalate_reason="",
    )  # fmt: skip


def whose(stated: Referral) -> dict[str, Any]:
    """Whose card it is, as the lead states its patient: so that what it says is about nobody else."""
    patient = stated.patient
    said = {
        "first_name": patient.first_name,
        "middle_name": patient.middle_name,
        "last_name": patient.last_name,
        "date_of_birth": patient.date_of_birth.isoformat() if patient.date_of_birth else None,
    }
    return {"patient": {name: value for name, value in said.items() if value}}
