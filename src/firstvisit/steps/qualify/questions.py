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
from firstvisit.steps.qualify.terms import NAMED_ONCE, Code

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


class Asks(Condition):
    """A condition under which something is asked: it may read most of what is known."""

    fact: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Fact", description="What is known of a lead", json_schema_extra={"from": "facts_asked"}
    )


class Guardrail(Value):
    """What is never said, and what to say instead."""

    slug: Code = Field(title="Short name", description=NAMED_ONCE)
    never: Words = Field(title="Never say", description="What nobody promises or judges on a call")
    instead: Words = Field(title="Say instead", description="In English")
    instead_es: Words = Field(title="Say instead, in Spanish", description="The same in Spanish")


class Choice(Value):
    """One answer. `record` is what it fills in, by path; `facts` what the rules then read."""

    value: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Short name", description="How the answer is kept"
    )
    text: Words = Field(title="Answer", description="In English, as it is offered")
    text_es: Words = Field(title="Answer in Spanish", description="The same in Spanish")
    record: dict[str, Any] = Field(
        {}, title="Fills in", description="Field = value, one a line, such as setting = clinic"
    )
    facts: dict[str, Any] = Field(
        {}, title="Sets the facts", description="Fact = value, one a line; what the rules then read"
    )

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

    slug: Code = Field(title="Short name", description=NAMED_ONCE)
    text: Words = Field(title="Question", description="In English, as it is asked")
    text_es: Words = Field(title="Question in Spanish", description="The same in Spanish")
    why: Words = Field(title="Why it is asked", description="Said beside the question on the call card")
    kind: Kind = Field(title="Answered by", description="What is shown to answer it")
    record: Annotated[str, Field(max_length=80)] = Field(
        "",
        title="Field that it fills",
        description="Of the referral, such as patient.date_of_birth; empty: none, or what the answers fill in",
    )
    facts: tuple[str, ...] = Field(
        (),
        title="Facts that it settles",
        description="While one of them is not known the question may come up",
        json_schema_extra={"from": "facts_asked_for"},
    )
    whom: Whom = Field("family", title="Asked of", description="Who can answer it")
    purpose: Purpose = Field("registration", title="Asked for", description="What the answer is needed for")
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = Field(
        (), title="Answers", description="What is offered where it is answered by a choice"
    )
    when: Annotated[tuple[Asks, ...], Field(max_length=5)] = Field(
        (), title="Asked when", description="All of these hold; none: always. While one is not known it waits"
    )
    guardrails: tuple[Code, ...] = Field(
        (),
        title="Never said here",
        description="Shown beside this question before those of every call",
        json_schema_extra={"from": "guardrails"},
    )

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

    slug: Code = Field(title="Short name", description=NAMED_ONCE)
    label: Words = Field(title="Name of the set", description="As it stands on the call card")
    lead_kinds: Annotated[tuple[LeadKind, ...], Field(min_length=1)] = Field(
        title="Who asks", description="The kinds of lead that are asked these", json_schema_extra={"from": "lead_kinds"}
    )
    when: Annotated[tuple[Asks, ...], Field(max_length=5)] = Field(
        (), title="Asked when", description="All of these hold; none: always. While one is not known it waits"
    )
    questions: Annotated[tuple[Code, ...], Field(min_length=1, max_length=60)] = Field(
        title="Questions", description="In the order of the call", json_schema_extra={"from": "questions"}
    )

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
