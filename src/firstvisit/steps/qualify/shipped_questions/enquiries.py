"""What an organization is asked that wants a service."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.questions import Question

QUESTIONS: Final = (
    Question(
        slug="decision_path",
        text="Who decides about this, and by which steps?",
        text_es="¿Quién decide sobre esto, y con qué pasos?",
        why="Nothing is proposed before somebody can say yes to it.",
        kind="text",
        record="organization.decision_path",
        whom="organization",
        purpose="decision_path",
    ),
    Question(
        slug="organization_name",
        text="Which office or organization are you calling from?",
        text_es="¿De qué consultorio u organización llama?",
        why="It is what the enquiry is called by.",
        kind="text",
        record="referrer.organization",
        whom="organization",
        purpose="keeping",
    ),
    Question(
        slug="needs",
        text="Which service do you need, for whom, and where?",
        text_es="¿Qué servicio necesitan, para quién y dónde?",
        why="It decides whether we can do it at all.",
        kind="text",
        record="organization.needs",
        whom="organization",
        purpose="fit",
    ),
    Question(
        slug="size",
        text="How many people is it about?",
        text_es="¿De cuántas personas se trata?",
        why="It decides whom we send and how often.",
        kind="number",
        record="organization.size",
        whom="organization",
        purpose="fit",
    ),
    Question(
        slug="timeline",
        text="When should it begin, and what hangs on that date?",
        text_es="¿Cuándo debería empezar, y qué depende de esa fecha?",
        why="Capacity is kept for a date, not for a wish.",
        kind="text",
        record="organization.timeline",
        whom="organization",
        purpose="readiness",
    ),
    Question(
        slug="budget",
        text="Which budget is it paid from, and how much is set aside?",
        text_es="¿De qué presupuesto se paga, y cuánto está reservado?",
        why="A proposal answers a budget.",
        kind="text",
        record="organization.budget",
        whom="organization",
        purpose="readiness",
    ),
    Question(
        slug="decision_maker",
        text="Who signs, and may we speak with them?",
        text_es="¿Quién firma, y podemos hablar con esa persona?",
        why="The proposal goes to whoever signs.",
        kind="text",
        record="organization.decision_maker",
        whom="organization",
        purpose="decision_path",
    ),
)
