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
from firstvisit.referral.record import PayerKind
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.scorecard.card import Factor, Scorecard
from firstvisit.steps.qualify import question_sets, shipped
from firstvisit.steps.qualify.questions import Guardrail, Question, QuestionSet
from firstvisit.steps.qualify.ranking import refuse_unfit, refuse_unranked
from firstvisit.steps.qualify.terms import AgeClock, ApprovedLine, HardRule, NextStep

Days = Annotated[int, Field(gt=0, le=730)]
YesNo = Literal["yes", "no"]


class Judging(Scorecard):
    """The section "qualify": a scorecard whose factors may only read facts that may rank, and what judges beside it."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=40)] = shipped.FACTORS
    approved_lines: Annotated[tuple[ApprovedLine, ...], Field(max_length=len(RED_FLAGS))] = shipped.LINES
    hard_rules: Annotated[tuple[HardRule, ...], Field(max_length=50)] = ()
    age_clocks: Annotated[tuple[AgeClock, ...], Field(max_length=10)] = shipped.AGE_CLOCKS
    next_steps: Annotated[tuple[NextStep, ...], Field(max_length=50)] = shipped.NEXT_STEPS
    order_by_payer_kind: dict[PayerKind, YesNo] = shipped.ORDER_BY_PAYER_KIND  # type: ignore[assignment]
    """Whether a kind of payer needs an order before the evaluation, where the payer is not on the list."""
    authorization_by_payer_kind: dict[PayerKind, YesNo] = shipped.AUTHORIZATION_BY_PAYER_KIND  # type: ignore[assignment]
    """Whether a kind of payer authorizes the evaluation first, where the payer is not on the list."""
    critical_days_before: Days = 14
    """A safety window is time-critical from this many days before it ends."""
    critical_days_after: Days = 14
    """... for whoever comes up to so many days after its end; of an older one the window says nothing any more."""
    hold_days_ahead: Days = 30
    """A surgery or discharge further ahead than this is held until then."""
    hold_months_too_young: Annotated[int, Field(ge=0, le=24)] = 12
    """A child who is old enough within this many months is held and not only referred out."""
    stale_after_days: Days = 180
    """Another place verified longer ago than this is named with a warning."""
    ready_timings: tuple[str, ...] = ("asap", "two_weeks", "within_month")
    """Wishes that count as ready to begin."""
    same_day_timings: tuple[str, ...] = ("asap", "two_weeks")
    """Wishes for which a lead with complete contact is scheduled on the day it came."""
    nurture_timings: tuple[str, ...] = ("later", "not_sure")
    """Wishes for which a low score is kept warm instead of shown to a person."""
    nurture_sources: tuple[str, ...] = ("guide",)
    """Through what people come who asked for something to read and not for care."""
    nurture_days: Days = 30
    """How long somebody who is kept warm without a date is left in peace."""

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

    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=200)] = question_sets.QUESTIONS
    sets: Annotated[tuple[QuestionSet, ...], Field(min_length=1, max_length=30)] = question_sets.SETS
    guardrails: Annotated[tuple[Guardrail, ...], Field(max_length=30)] = question_sets.GUARDRAILS

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
