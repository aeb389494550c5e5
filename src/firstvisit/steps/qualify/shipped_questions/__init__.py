"""The questions that ship, until a practice writes its own: in the order of the call (domain sheet, section 8).

Registration data, the accident screen and what is never said are from there too; the Medicare questions are from
section 1.2, the pediatric ones from 1.5. All are practice custom. The Spanish texts are not yet reviewed.
"""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.shipped_questions import care, coming, enquiries, partners, paying, people
from firstvisit.steps.qualify.shipped_questions.guardrails import GUARDRAILS
from firstvisit.steps.qualify.shipped_questions.sets import SETS

__all__ = ["GUARDRAILS", "QUESTIONS", "SETS"]

QUESTIONS: Final = (
    *people.QUESTIONS, *care.QUESTIONS, *paying.QUESTIONS, *coming.QUESTIONS, *partners.QUESTIONS,
    *enquiries.QUESTIONS,
)  # fmt: skip
