"""What a call card shows at this moment: the next best question, what each answer would lead to, what is known.

Everything is judged anew from what is on the card (and what its lead says already) by the same pure rules that will
decide; nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from firstvisit.journey import calls
from firstvisit.kernel import seal
from firstvisit.leads import services as leads
from firstvisit.leads.models import LeadReferral
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.referral.merge import joined
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import call_script
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.call_script import Question
from firstvisit.steps.intake.calls import Said
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.qualify.facts import facts_of
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import OUTCOMES, Judgement, judge

DECISIVE: Final = 1000.0
"""Weight of the fact that the rules themselves would ask for next."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to choose by its number, and the outcome if it were given."""

    value: str
    label: str
    outcome: str
    verdict: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CallView:
    """One card at one moment. `wrong` names what cannot be read yet, by field."""

    card: CallCard
    said: Said
    referral: Referral
    wrong: dict[str, str]
    judgement: Judgement
    flags: tuple[str, ...]
    lines: tuple[str, ...]
    question: Question | None
    answers: tuple[Answer, ...]
    left: tuple[Question, ...]
    done: tuple[Question, ...]
    judging: Judging

    @property
    def settled(self) -> bool:
        """Whether no answer still to come changes the outcome."""
        return self.judgement.outcome != "need_info"


def call_view(card: CallCard, by: User, *, now: datetime, asked: str = "") -> CallView:
    """The card as one person sees it now; `asked` is the question they went back to, else the best next one."""
    what = cards.said(card)
    judging = policy().section(Judging)
    told = _told(card)
    referral, problems = calls.readable(what.answers, by)
    judgement = _judged(referral, told, card, judging, now)
    left = call_script.left(what.answers, weighs=_weighs(judgement, judging))
    question = call_script.by_slug(asked) or next(iter(left), None)
    facts = judgement.checks.facts
    return CallView(
        card=card,
        said=what,
        referral=referral,
        wrong={problem.field: problem.message for problem in problems},
        judgement=judgement,
        flags=facts.red_flags,
        lines=tuple(dict.fromkeys(judging.line_for(flag) for flag in facts.red_flags)),
        question=question,
        answers=_answers(question, what.answers, told, card, by, judging, now) if question else (),
        left=tuple(q for q in left if question is None or q.slug != question.slug),
        done=tuple(call_script.answered(what.answers)),
        judging=judging,
    )


def _told(card: CallCard) -> Referral | None:
    if card.lead_id is None:
        return None
    reading = LeadReferral.objects.select_related("key").get(lead=card.lead_id)
    return leads.read(reading, seal.open_key(reading.key))


def _judged(
    referral: Referral, told: Referral | None, card: CallCard, judging: Judging, now: datetime
) -> Judgement:
    whole = joined(told, referral)[0] if told is not None else referral
    shape = practice()
    return judge(facts_of(whole, shape, received_at=card.started_at, source="call"), shape, judging, now)


def _answers(
    question: Question,
    said: Mapping[str, Any],
    told: Referral | None,
    card: CallCard,
    by: User,
    judging: Judging,
    now: datetime,
) -> tuple[Answer, ...]:
    found = []
    for value, label in question.choices:
        referral, _ = calls.readable({**said, question.choose: value}, by)
        outcome = _judged(referral, told, card, judging, now).outcome
        chosen = said.get(question.choose) == value
        found.append(Answer(value, label, outcome, OUTCOMES[outcome], chosen))
    return tuple(found)


def _weighs(judgement: Judgement, judging: Judging) -> dict[str, float]:
    """By fact, how far its answer could still move the score; the rules' own next question before all."""
    if judgement.score is None:
        return {}
    fact_of = {factor.slug: factor.fact for factor in judging.factors}
    weighs: dict[str, float] = {}
    for line in judgement.score.lines:
        if not line.known:
            fact = fact_of[line.slug]
            weighs[fact] = weighs.get(fact, 0.0) + line.hi - line.lo
    if judgement.question is not None:
        fact = fact_of[judgement.question.slug]
        weighs[fact] = weighs.get(fact, 0.0) + DECISIVE
    return weighs
