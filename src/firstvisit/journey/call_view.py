"""What a call card shows at this moment: the next best question, what each answer would lead to, what is known.

Everything is judged anew from what is on the card (and what its lead says already) by the same pure rules that will
decide; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from firstvisit.journey import call_answers
from firstvisit.journey.call_sending import Alarm, alarm_of
from firstvisit.journey.deriving import chosen_for
from firstvisit.kernel import seal
from firstvisit.leads import services as leads
from firstvisit.leads.models import LeadReferral
from firstvisit.people.forbidding import forbidden
from firstvisit.people.guarding import Restricted, in_words, of_others
from firstvisit.people.identity import contact_of, patient_of
from firstvisit.people.present import named_present
from firstvisit.people.records import known, other_name
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.referral.merge import joined
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import call_script
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.call_script import Field, Kind, Question
from firstvisit.steps.intake.calls import Said
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.qualify.asking import next_questions, stated_paths
from firstvisit.steps.qualify.facts import NOTHING_CHOSEN, facts_of
from firstvisit.steps.qualify.policy import Judging, Questions
from firstvisit.steps.qualify.questions import Question as AskedOfRules
from firstvisit.steps.qualify.rules import OUTCOMES, Judgement, judge


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
    whole: Referral
    """With what its lead says already."""
    wrong: dict[str, str]
    judgement: Judgement
    alarm: Alarm
    lines: tuple[str, ...]
    question: Question | None
    answers: tuple[Answer, ...]
    left: tuple[Question, ...]
    done: tuple[Question, ...]
    judging: Judging
    why: str
    guardrails: tuple[tuple[str, str], ...]
    """What is never said, and what to say instead; those of this question first."""
    restrictions: tuple[Restricted, ...]
    """What must not happen about the patient of the lead that the call is about, and that whoever calls is named in a
    restriction about somebody else."""
    unused: frozenset[str]
    """Of the phones and e-mail addresses given in the call those that nothing may go to."""
    apart: bool
    """By the first name now on the card it is about somebody else than the lead's patient: the end joins it not."""

    @property
    def named_about(self) -> tuple[UUID, ...]:
        """The other patients whom those are about."""
        return tuple(each.whose for each in self.restrictions if each.whose is not None)

    @property
    def settled(self) -> bool:
        """Whether no answer still to come changes the outcome."""
        return self.judgement.outcome != "need_info"


def call_view(card: CallCard, by: User, *, now: datetime, asked: str = "") -> CallView:
    """The card as one person sees it now; `asked` is the question they went back to, else the one in
    whose middle somebody was, else the best next one."""
    what = cards.said(card)
    judging = policy().section(Judging)
    told = _told(card)
    referral, problems = call_answers.readable(what.answers, by)
    judgement = _judged(referral, told, card, judging, now)
    left, why = _left(what, referral, told, judgement, judging, now)
    question = _asked(asked) or _asked(what.at) or next(iter(left), None)
    alarm, restricted = alarm_of(card, what, by), _restrictions(card, referral, by, now)
    return CallView(
        card=card,
        said=what,
        referral=referral,
        whole=joined(told, referral)[0] if told is not None else referral,
        wrong={problem.field: problem.message for problem in problems},
        judgement=judgement,
        alarm=alarm,
        lines=lines_for(alarm),
        question=question,
        answers=_answers(question, what.answers, told, card, by, judging, now) if question else (),
        left=tuple(q for q in left if question is None or q.slug != question.slug),
        done=_done(what),
        why=why.get(question.slug, question.why) if question else "",
        guardrails=_guardrails(question),
        judging=judging,
        restrictions=tuple(restricted),
        unused=_unused(card, referral),
        apart=_apart(card, referral, now),
    )


def lines_for(alarm: Alarm) -> tuple[str, ...]:
    """What is read out word for word, each line once."""
    judging = policy().section(Judging)
    return tuple(dict.fromkeys(judging.line_for(flag) for flag in alarm.standing))


def _told(card: CallCard) -> Referral | None:
    if card.lead_id is None:
        return None
    reading = LeadReferral.objects.select_related("key").get(lead=card.lead_id)
    return leads.read(reading, seal.open_key(reading.key))


def _restrictions(card: CallCard, referral: Referral, by: User, now: datetime) -> list[Restricted]:
    patient = card.lead.patient_id if card.lead is not None else None
    own = in_words([patient]).get(patient, []) if patient else []
    if not by.may("identity.see"):
        return own
    return [*own, *named_about(referral, now, but=[patient] if patient else [])]


def named_about(
    referral: Referral, now: datetime, *, but: Iterable[UUID] = (), present: str = ""
) -> list[Restricted]:
    """That whoever speaks, the patient, or who is `present` at the window, is named in a restriction about another
    patient than `but`."""
    spoken = [one for one in (contact_of(referral), patient_of(referral, now.year)) if one is not None]
    return of_others([*spoken, *named_present(present)], (), but)


def _unused(card: CallCard, referral: Referral) -> frozenset[str]:
    patient = card.lead.patient_id if card.lead is not None else None
    given = [way for who in (referral.contact, referral.patient) for way in (who.phone, who.email) if way]
    return frozenset(way for _, _, way in forbidden((patient, None, way) for way in given)) if patient else frozenset()


def _apart(card: CallCard, referral: Referral, now: datetime) -> bool:
    patient = card.lead.patient if card.lead is not None else None
    stated = patient_of(referral, now.year)
    return patient is not None and stated is not None and other_name(known(patient).identity, stated)


def _judged(
    referral: Referral, told: Referral | None, card: CallCard, judging: Judging, now: datetime
) -> Judgement:
    whole = joined(told, referral)[0] if told is not None else referral
    shape = practice()
    chosen = chosen_for(card.lead_id) if card.lead_id is not None else NOTHING_CHOSEN
    facts = facts_of(whole, shape, received_at=card.started_at, source="call", chosen=chosen)
    return judge(facts, shape, judging, now)


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
        referral, _ = call_answers.readable({**said, question.choose: value}, by)
        outcome = _judged(referral, told, card, judging, now).outcome
        chosen = said.get(question.choose) == value
        found.append(Answer(value, label, outcome, OUTCOMES[outcome], chosen))
    return tuple(found)


def _left(
    what: Said,
    referral: Referral,
    told: Referral | None,
    judgement: Judgement,
    judging: Judging,
    now: datetime,
) -> tuple[list[Question], dict[str, str]]:
    """(the questions still to ask, the best next one first; by slug, why it comes now).

    The opening of every call, then what the rules want to know in their order; what was put off comes last.
    """
    whole = joined(told, referral)[0] if told is not None else referral
    done = {q.slug for q in _done(what)}
    covered = {theirs for theirs, ours in call_script.COVERS.items() if ours in done or not ours}
    asked = next_questions(
        judgement.checks.facts,
        practice(),
        judging,
        policy().section(Questions),
        now,
        stated=stated_paths(whole),
        asked=done | covered,
    )
    found = {q.slug: q for q in call_script.opening(what.answers)}
    why: dict[str, str] = {}
    known = {"who": "", "event_kind": "", **what.answers}
    for one in asked:
        ours = call_script.by_slug(call_script.COVERS.get(one.question.slug, ""))
        question = ours or _of_rules(one.question)
        if not question.applies(known) or question.answered(what.answers):
            continue
        found.setdefault(question.slug, question)
        why.setdefault(question.slug, one.why)
    put_off = what.answers.get(call_script.LATER) or ()
    return sorted(found.values(), key=lambda q: q.slug in put_off), why


def _asked(slug: str) -> Question | None:
    """The question of this name, of the script or of the rules."""
    theirs = policy().section(Questions).by_slug.get(slug)
    return call_script.by_slug(slug) or (_of_rules(theirs) if theirs is not None else None)


def _done(what: Said) -> tuple[Question, ...]:
    """The questions that were answered: the script's in its order, then those of the rules."""
    theirs = policy().section(Questions).by_slug
    more = [_of_rules(theirs[n[2:]]) for n in what.answers if n.startswith("q.") and n[2:] in theirs]
    return (*call_script.answered(what.answers), *more)


_KINDS: Final[dict[str, Kind]] = {"phone": "tel", "email": "email", "date": "date", "event": "date"}


def _of_rules(question: AskedOfRules) -> Question:
    """A question of the practice's rules as a question of the card."""
    name = f"q.{question.slug}"
    choices = tuple((choice.value, choice.text) for choice in question.choices)
    if question.kind == "yes_no":
        choices = (("yes", "Yes"), ("no", "No"))
    typed = () if choices else (Field(name, "What they say", _KINDS.get(question.kind, "text")),)
    label = question.slug.replace("_", " ").capitalize()
    return Question(
        question.slug, label, question.text, question.why, typed, choose=name if choices else "", choices=choices
    )


def _guardrails(question: Question | None) -> tuple[tuple[str, str], ...]:
    asking = policy().section(Questions)
    slugs = [t for t, ours in call_script.COVERS.items() if question and ours == question.slug]
    theirs = [asking.by_slug[s] for s in (*slugs, question.slug if question else "") if s in asking.by_slug]
    said = [rail for each in theirs for rail in asking.said_at(each)] or list(asking.guardrails)
    return tuple((rail.never, rail.instead) for rail in dict.fromkeys(said))
