"""How leads are judged and asked here, as two sections of the practice's rules.

"qualify": the scorecard, its thresholds, clocks, hard rules, and the lines to read at a red flag. "questions": what
is asked of whom.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from firstvisit.kernel.values import Value
from firstvisit.practice import policy
from firstvisit.referral.record import PayerKind, SourceKind, Timing
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.scorecard.card import Factor, Scorecard
from firstvisit.steps.qualify import shipped, shipped_questions
from firstvisit.steps.qualify.questions import Guardrail, Question, QuestionSet
from firstvisit.steps.qualify.ranking import refuse_unfit, refuse_unranked
from firstvisit.steps.qualify.terms import AgeClock, ApprovedLine, HardRule, NextStep

Days = Annotated[int, Field(gt=0, le=730)]
YesNo = Literal["yes", "no"]


class Judging(Scorecard):
    """The section "qualify": a scorecard whose factors may only read facts that may rank, and what judges beside it."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=40)] = Field(
        shipped.FACTORS, title="Factors", description="What points are given for; each is one line of the card"
    )
    approved_lines: Annotated[tuple[ApprovedLine, ...], Field(max_length=len(RED_FLAGS))] = Field(
        shipped.LINES, title="Lines at a red flag", description="What staff read out word for word"
    )
    hard_rules: Annotated[tuple[HardRule, ...], Field(max_length=50)] = Field(
        (), title="Hard rules", description="Where we are not the right place, whatever the points; of every program"
    )
    age_clocks: Annotated[tuple[AgeClock, ...], Field(max_length=10)] = Field(
        shipped.AGE_CLOCKS, title="Age clocks", description="Birthdays by which something ends for a child"
    )
    next_steps: Annotated[tuple[NextStep, ...], Field(max_length=50)] = Field(
        shipped.NEXT_STEPS, title="Next steps", description="What a family can do when we are not the right place"
    )
    order_by_payer_kind: dict[PayerKind, YesNo] = Field(
        shipped.ORDER_BY_PAYER_KIND,  # type: ignore[arg-type]
        title="Order before the evaluation, by kind of coverage",
        description="Where the payer itself is not on the practice's list",
        json_schema_extra={"from": "payer_kinds"},
    )
    authorization_by_payer_kind: dict[PayerKind, YesNo] = Field(
        shipped.AUTHORIZATION_BY_PAYER_KIND,  # type: ignore[arg-type]
        title="Authorization before the evaluation, by kind of coverage",
        description="Where the payer itself is not on the practice's list",
        json_schema_extra={"from": "payer_kinds"},
    )
    critical_days_before: Days = Field(
        14, title="A window presses from, days", description="Before a safety window ends"
    )
    critical_days_after: Days = Field(
        14, title="A missed window presses for, days", description="After its end; then it says nothing any more"
    )
    hold_days_ahead: Days = Field(
        30, title="Held until a date ahead, days", description="A surgery or discharge further ahead than this is held"
    )
    hold_months_too_young: Annotated[int, Field(ge=0, le=24)] = Field(
        12,
        title="Too young: held for, months",
        description="Who is old enough by then is held, and not only referred out",
    )
    stale_after_days: Days = Field(
        180, title="Another place is stale after, days", description="Verified longer ago, it is named with a warning"
    )
    ready_timings: tuple[Timing, ...] = Field(
        ("asap", "two_weeks", "within_month"),
        title="Ready to begin",
        description="Wishes that count as ready",
        json_schema_extra={"from": "timings"},
    )
    same_day_timings: tuple[Timing, ...] = Field(
        ("asap", "two_weeks"),
        title="Scheduled the same day",
        description="Wishes for which whoever gave us complete contact is scheduled on the day they asked",
        json_schema_extra={"from": "timings"},
    )
    nurture_timings: tuple[Timing, ...] = Field(
        ("later", "not_sure"),
        title="Kept in touch with",
        description="Wishes for which a low score is kept in touch with instead of shown to a person",
        json_schema_extra={"from": "timings"},
    )
    nurture_sources: tuple[SourceKind, ...] = Field(
        ("guide",),
        title="Came for something to read",
        description="Through what people come who did not ask for care",
        json_schema_extra={"from": "source_kinds"},
    )
    nurture_days: Days = Field(
        30, title="Left in peace, days", description="Whoever is kept in touch with and named no day"
    )

    def line_for(self, flag: str) -> str:
        """What staff read out at this red flag; the shipped line where the practice wrote none. KeyError for
        what is no red flag.

        A practice may write one line and keep the others, and rules stored before a flag was known still read.
        """
        lines = {line.flag: line.say for line in (*shipped.LINES, *self.approved_lines)}
        return lines[flag]

    @cached_property
    def next_step_by_code(self) -> dict[str, str]:
        return {step.code: step.text for step in (*shipped.NEXT_STEPS, *self.next_steps)}

    def next_step(self, code: str) -> str:
        """The family's next best step for the code of a reason."""
        steps = self.next_step_by_code
        return steps.get(code) or steps["other"]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        _once("the red flag {} has two approved lines", (line.flag for line in self.approved_lines))
        _once("the hard rule {} stands there twice", (rule.code for rule in self.hard_rules))
        _once("the age clock {} stands there twice", (clock.slug for clock in self.age_clocks))
        _once("the reason {} has two next steps", (step.code for step in self.next_steps))
        return self

    @model_validator(mode="after")
    def _ranks_only_by_permitted_facts(self) -> Self:
        for factor in self.factors:
            refuse_unranked(f"factor {factor.slug}", factor.fact)
            for number, band in enumerate(factor.bands, start=1):
                refuse_unfit(f"factor {factor.slug}, band {number}", factor.fact, band.test, band.value)
            for condition in factor.when:
                where = f'"applies when" of factor {factor.slug}'
                refuse_unranked(where, condition.fact)
                refuse_unfit(where, condition.fact, condition.test, condition.value)
        return self


class Questions(Value):
    """The section "questions": every question once, the sets that use them, and the guardrails of every call."""

    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=200)] = Field(
        shipped_questions.QUESTIONS, title="Questions", description="Each stands here once; the sets say when it comes"
    )
    sets: Annotated[tuple[QuestionSet, ...], Field(min_length=1, max_length=30)] = Field(
        shipped_questions.SETS, title="Sets of questions", description="What one kind of lead is asked, in order"
    )
    guardrails: Annotated[tuple[Guardrail, ...], Field(max_length=30)] = Field(
        shipped_questions.GUARDRAILS, title="Guardrails", description="What is never said on a call, and what to say"
    )

    @cached_property
    def by_slug(self) -> dict[str, Question]:
        return {question.slug: question for question in self.questions}

    @cached_property
    def guardrail_by_slug(self) -> dict[str, Guardrail]:
        return {guardrail.slug: guardrail for guardrail in self.guardrails}

    def settling(self, fact: str) -> tuple[Question, ...]:
        """The questions whose answer settles a fact."""
        return tuple(question for question in self.questions if fact in question.facts)

    def said_at(self, question: Question) -> tuple[Guardrail, ...]:
        """The guardrails of a question first, then those of every call."""
        own = [self.guardrail_by_slug[slug] for slug in question.guardrails]
        return (*own, *(guardrail for guardrail in self.guardrails if guardrail not in own))

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        _once("the question {} stands there twice", (question.slug for question in self.questions))
        _once("the set {} stands there twice", (one.slug for one in self.sets))
        _once("the guardrail {} stands there twice", (one.slug for one in self.guardrails))
        slugs = {question.slug for question in self.questions}
        for one in self.sets:
            if missing := sorted(set(one.questions) - slugs):
                raise ValueError(f"the set {one.slug} asks {', '.join(missing)}, which is no question")
        known = {guardrail.slug for guardrail in self.guardrails}
        for question in self.questions:
            if missing := sorted(set(question.guardrails) - known):
                raise ValueError(f"the question {question.slug} names {', '.join(missing)}, which is no guardrail")
        return self


def _once(sentence: str, names: Iterable[str]) -> None:
    listed = list(names)
    if twice := sorted({name for name in listed if listed.count(name) > 1}):
        raise ValueError(sentence.format(", ".join(twice)))


policy.register("qualify", Judging)
policy.register("questions", Questions)
