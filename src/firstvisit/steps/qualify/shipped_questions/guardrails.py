"""What is never said on a call, and what to say instead (domain sheet, section 8)."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.questions import Guardrail

GUARDRAILS: Final = (
    Guardrail(
        slug="visits",
        never="How many visits it will take",
        instead="The therapist plans the visits with you on the first day.",
        instead_es="La terapeuta planea las visitas con usted el primer día.",
    ),
    Guardrail(
        slug="coverage",
        never="That the plan will cover it, or what the copay is",
        instead="We check with your plan and tell you what it answers.",
        instead_es="Consultamos con su plan y le decimos lo que responde.",
    ),
    Guardrail(
        slug="diagnosis",
        never="What somebody has, or whether it will get better",
        instead="That is a good question for the evaluation.",
        instead_es="Esa es una buena pregunta para la evaluación.",
    ),
)
