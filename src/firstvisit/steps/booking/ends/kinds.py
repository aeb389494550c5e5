"""What kind of note a document or an observation is, by its code or its title. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from firstvisit.steps.booking.ends import What

LOINC: Final[dict[str, What]] = {
    "18734-4": "evaluation_completed",  # occupational therapy, initial evaluation note
    "18735-1": "evaluation_completed",  # physical therapy
    "18740-1": "evaluation_completed",  # speech-language pathology
    "84330-0": "evaluation_completed",  # physical therapy, at home
    "18776-5": "plan_of_care_sent",
    "18842-5": "discharged",
}
"""Codes of documents that end something (LOINC document ontology)."""
_AGAIN: Final = re.compile(r"(?i)\bre-?\s?(?:eval|assess|cert)|\bprogress\b|\bdaily\b|\baddend|\bscreen")
_DISCHARGE: Final = re.compile(r"(?i)\bdischarge|\bd/c\b")
_PLAN: Final = re.compile(r"(?i)\bplan[- ]of[- ](?:care|treatment)\b|\bpoc\b")
_EVALUATION: Final = re.compile(r"(?i)\beval(?:uation)?s?\b|\binitial (?:assessment|visit|encounter|exam)|\bIE\b")


def kind_of(codes: Iterable[str], titles: Iterable[str]) -> What | None:
    """What such a note ends; None where it ends nothing. A title that names an evaluation and its plan is the
    evaluation: the plan is part of it, and whether it was sent is not said."""
    for code in codes:
        if code.strip() in LOINC:
            return LOINC[code.strip()]
    said = " / ".join(title for title in titles if title.strip())
    if not said or _AGAIN.search(said):
        return None
    if _DISCHARGE.search(said):
        return "discharged"
    if _EVALUATION.search(said):
        return "evaluation_completed"
    return "plan_of_care_sent" if _PLAN.search(said) else None
