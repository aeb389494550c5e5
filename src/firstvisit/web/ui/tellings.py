"""What the EMR is told, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from firstvisit.steps.booking.emr.owed import OF_TWO

WHAT: Final = {
    "patient": "the patient", "corrected": "what was corrected", "referral": "the referral", "booked": "the visit",
    "moved": "the visit's new time", "changed": "what changed of the visit", "cancelled": "that the visit is cancelled",
    "deleted": "that the visit was booked by mistake", "missed": "that the visit was missed",
}  # fmt: skip
STATES: Final = {
    "wanted": "waits", "sent": "on its way", "acknowledged": "acknowledged", "refused": "refused", "failed":
    "not taken", "withdrawn": "not needed any more",
}  # fmt: skip
TELLS: Final = {
    "csv": "told by an export of the EMR (CSV)",
    "hl7": "told by the EMR (HL7)",
    "ccda": "told by a note of the EMR (C-CDA)",
}
"""Where the end of a visit is from, when nobody clicked."""
ENDS: Final = (
    "evaluation_completed", "plan_of_care_sent", "discharged", "visit_arrived", "visit_missed", "visit_left",
    "end_not_noted",
)  # fmt: skip
"""What an EMR tells of a visit, as the timeline has it."""
KINDS: Final = {"csv": "file", "card": "entered by hand"}


def of_telling(data: Mapping[str, Any]) -> str:
    """"The EMR has the patient (A04)": what it was told, and what came of it."""
    what, kind = named(str(data.get("what", "")), data.get("corrects") or ()), str(data.get("kind", ""))
    with_kind = f"{what} ({KINDS.get(kind, kind.upper())})" if kind else what
    said = {"acknowledged": "The EMR has", "refused": "The EMR refused", "failed": "The EMR did not take"}
    return f"{said.get(data.get('status', ''), 'The EMR was told')} {with_kind}"


def named(what: str, fields: Sequence[str]) -> str:
    """What is told; of a correction with the facts that it is about, of two patients with their numbers."""
    if what in OF_TWO and len(fields) > 1:
        return OF_TWO[what].format(*fields)
    words = WHAT.get(what, "")
    return f"{words}: {', '.join(fields)}" if fields else words


def source_of(name: str, data: Mapping[str, Any]) -> str:
    """Where an entry of the timeline about the end of a visit is from; "" where somebody clicked."""
    return TELLS.get(str(data.get("source", "")), "") if name in ENDS else ""
