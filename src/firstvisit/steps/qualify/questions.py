"""What is asked of whom: one question, its answers, sets of questions, what is never said. Pure data.

A question names the field of the record that its answer fills and the facts it settles. Which of them come
next, and why, is `asking.next_questions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from firstvisit.kernel.values import Value
from firstvisit.leads.facts import FACTS
from firstvisit.referral.record import LeadKind
from firstvisit.scorecard.conditions import Condition
from firstvisit.steps.qualify.ranking import DERIVED_MAY_RANK, NEVER_ASK_BY
from firstvisit.steps.qualify.terms import Code

Kind = Literal[
    "red_flags", "choice", "many", "yes_no", "date", "event", "number", "text", "phone", "email", "zip", "half_days"
]
"""How it is answered. "event" is the kind of an event with its date; "red_flags" is heard, not asked."""
Whom = Literal["family", "referrer", "payer", "organization"]
Purpose = Literal["safety", "fit", "readiness", "booking", "registration", "keeping", "decision_path"]
Words = Annotated[str, Field(min_length=1, max_length=300)]
DERIVED: Final = frozenset({"life_stage", "order_to_get"}) | DERIVED_MAY_RANK
"""Answers of the screen that may decide whether something is asked; `life_stage` is child or adult,
`order_to_get` whether an order is needed that is not here signed."""


class Guardrail(Value):
    """What is never said, and what to say instead."""

    slug: Code
    never: Words
    instead: Words
    instead_es: Words


class Choice(Value):
    """One answer. `record` is what it fills in, by path; `facts` what the rules then read."""

    value: Annotated[str, Field(min_length=1, max_length=60)]
    text: Words
    text_es: Words
    record: dict[str, Any] = {}
    facts: dict[str, Any] = {}

    @model_validator(mode="after")
    def _fills_known_facts(self) -> Self:
        for fact in self.facts:
            if fact not in FACTS:
                raise ValueError(f"the answer {self.value} sets {fact!r}, which is no known fact")
        return self


class Question(Value):
    """One question in the words in which it is asked.

    `record` is the path of the field that the answer fills ("patient.date_of_birth", "payers.0.name";
    "events.surgery.date" is the date of the event of that kind). `facts` are the facts it settles: of `leads.facts`
    or of the screen. `when` are conditions on facts; while one is unknown the question waits.
    """

    slug: Code
    text: Words
    text_es: Words
    why: Words
    kind: Kind
    record: Annotated[str, Field(max_length=80)] = ""
    facts: tuple[str, ...] = ()
    whom: Whom = "family"
    purpose: Purpose = "registration"
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    when: Annotated[tuple[Condition, ...], Field(max_length=5)] = ()
    guardrails: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _answerable(self) -> Self:
        if self.kind in ("choice", "many") and not self.choices:
            raise ValueError(f"the question {self.slug} has no choices")
        for fact in (*self.facts, *(condition.fact for condition in self.when)):
            if fact not in FACTS and fact not in DERIVED:
                raise ValueError(f"the question {self.slug} names {fact!r}, which is no known fact")
        _not_by(f"the question {self.slug}", self.when)
        return self


class QuestionSet(Value):
    """The questions of one kind of lead in the order of the call."""

    slug: Code
    label: Words
    lead_kinds: Annotated[tuple[LeadKind, ...], Field(min_length=1)]
    when: Annotated[tuple[Condition, ...], Field(max_length=5)] = ()
    questions: Annotated[tuple[Code, ...], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _chosen_by_permitted_facts(self) -> Self:
        for condition in self.when:
            if condition.fact not in FACTS and condition.fact not in DERIVED:
                raise ValueError(f"the set {self.slug} reads {condition.fact!r}, which is no known fact")
        _not_by(f"the set {self.slug}", self.when)
        return self


def _not_by(where: str, conditions: Iterable[Condition]) -> None:
    for condition in conditions:
        if condition.fact in NEVER_ASK_BY:
            raise ValueError(f"{where} reads {condition.fact!r}, a protected trait; it decides no question")
