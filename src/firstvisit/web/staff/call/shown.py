"""A call card in words: what the templates print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from firstvisit.journey.call_sending import Alarm
from firstvisit.journey.call_view import CallView
from firstvisit.journey.calls import NOTHING, ends_of
from firstvisit.journey.endings import AGREED, DECLINES
from firstvisit.journey.warned import warned
from firstvisit.kernel.errors import SealBroken
from firstvisit.people.wordings import text as wording
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.practice.shape import Site
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.intake.call_script import SCRIPT, Question
from firstvisit.steps.intake.calls import said
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.intake.sources.typed import HEARD, WORDINGS
from firstvisit.steps.qualify.policy import Questions
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.web.ui import words
from firstvisit.web.ui.words import NOT_USED

LISTEN_FOR: Final = (
    "new face droop, weakness or slurred speech; chest pain; hot swollen calf; "
    "choking; head injury; no control of bladder; talk of suicide"
)
STUCK: Final = timedelta(minutes=1)
"""After this long something is wrong: whoever is on the call fetches a clinician."""
DAYS: Final = (("mon", "Mon"), ("tue", "Tue"), ("wed", "Wed"), ("thu", "Thu"), ("fri", "Fri"), ("sat", "Sat"))
RELATIONSHIPS: Final = (
    "mother", "father", "guardian", "foster_parent", "grandparent", "spouse", "daughter", "son", "sibling", "other",
)  # fmt: skip


def shown(view: CallView, user: User, site: Site, now: datetime) -> dict[str, Any]:
    """What a template needs of one card."""
    answers, question = view.said.answers, view.question
    count = sum(question is None or done.slug != question.slug for done in view.done)
    return {
        "card": view.card,
        "name": card_name(answers) or "New call",
        "sub": _sub(view, now),
        "since": words.clock_time(view.card.started_at, site.tz),
        "minutes": max(0, int((now - view.card.started_at).total_seconds() // 60)),
        "back_on": _back_on(view),
        "caller": answers.get("caller", ""),
        "lead_code": f"L-{view.card.lead.number}" if view.card.lead is not None else "",
        "apart": view.apart,
        "question": question,
        "fields": [_field(f, answers, view.wrong) for f in question.fields] if question else [],
        "choices": list(enumerate(view.answers, 1)),
        "relationships": [(r, words.relation(r) or r.replace("_", " ")) for r in RELATIONSHIPS]
        if question is not None and question.slug == "who"
        else [],
        "relationship": answers.get("relationship", ""),
        "note": answers.get(f"note.{question.slug}", "") if question else "",
        "place": count + 1,
        "of": count + 1 + len(view.left),
        "count": count,
        "back": _back(view),
        "left": [
            {"slug": q.slug, "ask": q.ask, "why": q.label, "put_off": q.slug in answers.get("later", ())}
            for q in view.left
        ],
        "known": [_known(q, answers, view) for q in view.done],
        "wrong": [_wrong(name, message, view) for name, message in view.wrong.items()],
        "verdict": OUTCOMES[view.judgement.outcome],
        "settles": _settles(view),
        "score": _score(view),
        **alarm_shown(view.alarm, view.lines, site, now),
        "restrictions": warned(view.restrictions, user),
        "listen_for": LISTEN_FOR,
        "heard": [(code, RED_FLAGS[code], code in answers.get("heard", ())) for code in HEARD],
        "never_say": view.guardrails,
        "why": view.why,
        "consents": [
            (name, wording(mark.partition(":")[0]), answers.get(name, ""))
            for name, (_, mark) in WORDINGS.items()
        ],
        "yes_no": (("yes", "yes"), ("no", "no")),
        "sources": words.HEARD_OF_US,
        "came": answers.get("source_kind", ""),
        "results": {
            code: text
            for code, text in ends_of(view.card).items()
            if code != AGREED or view.judgement.instead is not None
        },
        "declines": DECLINES,
        "nothing": NOTHING if not answers else "",
        "halves": [(half, label, [(f"{day}_{half}", f"{title} {label.lower()}") for day, title in DAYS])
                   for half, label in (("am", "Morning"), ("pm", "Afternoon"))],
        "days": [title for _, title in DAYS],
        "times": answers.get("times", []),
        "languages": LANGUAGES,
    }  # fmt: skip


def alarm_shown(alarm: Alarm, lines: tuple[str, ...], site: Site, now: datetime) -> dict[str, Any]:
    """The red flags beside a card, as `flags.html` prints them."""
    waits = alarm.since is not None
    return {
        "flags": [RED_FLAGS[flag] for flag in alarm.standing],
        "waiting": [RED_FLAGS[flag] for flag in alarm.waiting],
        "taken_back": [RED_FLAGS[flag] for flag in alarm.taken_back],
        "alerted_at": words.clock_time(alarm.at, site.tz) if alarm.at else "",
        "lines": lines,
        "waits": waits,
        "stuck": alarm.since is not None and now - alarm.since > STUCK,
    }


def card_line(
    card: CallCard, user: User, site: Site, now: datetime, *, held: UUID | None
) -> dict[str, Any]:
    """One card in a list: with whom, since when, who has it, and whether one may go on with it."""
    try:
        answers: Mapping[str, Any] = said(card).answers
    except SealBroken:
        answers = {}
    mine = card.holder_id == user.id
    idle = int((now - card.changed_at).total_seconds() // 60)
    done = sum(question.answered(answers) for question in SCRIPT)
    return {
        "card": card,
        "url": reverse("call", args=[card.id]),
        "name": card_name(answers) or "Nobody named yet",
        "about": f"L-{card.lead.number}" if card.lead is not None else "no lead yet",
        "since": words.moment(card.started_at, site.tz, now),
        "idle": words.ago(idle),
        "done": done,
        "adding": card.kind == "add",
        "mine": mine,
        "holder": "you" if mine else card.holder.name,
        "talking": held is not None and not mine,
        "may": mine or held is None,
    }


def card_name(answers: Mapping[str, Any]) -> str:
    """Whom a call is about: the patient where named, or the organization that asks, else the caller."""
    patient = " ".join(str(answers[n]) for n in ("first_name", "last_name") if answers.get(n))
    organization = answers.get("office") if answers.get("who") == "organization" else None
    return patient or str(organization or answers.get("caller", ""))


def _sub(view: CallView, now: datetime) -> str:
    referral, facts = view.referral, view.judgement.checks.facts
    parts = []
    if facts.age_months is not None:
        parts.append(words.age(facts.age_months))
    if referral.disciplines:
        parts.append(" + ".join(referral.disciplines))
    if view.judgement.checks.program is not None:
        parts.append(view.judgement.checks.program.name)
    return ", ".join(parts)


def _field(field: Any, answers: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, Any]:
    modes = {"tel": "tel", "email": "email", "date": "numeric"}
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind,
        "hint": field.hint,
        "type": field.kind if field.kind in ("tel", "email") else "text",
        "mode": modes.get(field.kind, ""),
        "value": answers.get(field.name, ""),
        "problem": wrong.get(field.name, ""),
    }


def _wrong(name: str, message: str, view: CallView) -> dict[str, Any]:
    """One thing that cannot be read, under the words of its field; `here` where the question is asked right now."""
    slug = _slug_of(name)
    here = view.question is not None and view.question.slug == slug
    return {"label": _label_of(name), "slug": slug, "here": here, "message": message}


def _back(view: CallView) -> str:
    """The question before the present one: the last that was answered, other than it."""
    asked = view.question.slug if view.question else ""
    done = [q.slug for q in view.done if q.slug != asked]
    return done[-1] if done else ""


def _known(question: Question, answers: Mapping[str, Any], view: CallView) -> dict[str, Any]:
    labels = dict(question.choices)
    texts = []
    for name in question.names:
        value = answers.get(name)
        if value in (None, "", []):
            continue
        if isinstance(value, list):
            texts.append(", ".join(str(v).replace("_", " ").capitalize() for v in value))
        elif name in ("phone", "email"):
            texts.append(_way(str(value), view))
        else:
            texts.append(labels.get(str(value), str(value)) if name == question.choose else str(value))
    note = answers.get(f"note.{question.slug}")
    now_asked = view.question is not None and view.question.slug == question.slug
    known = all(view.said.told.get(n) == answers.get(n) for n in question.names if answers.get(n))
    return {
        "slug": question.slug,
        "label": question.label,
        "text": ", ".join(texts),
        "note": note or "",
        "told": known,
        "now": now_asked,
    }


def _back_on(view: CallView) -> str:
    """The number to call back."""
    contact, office = view.referral.contact, view.referral.referrer
    who = contact if contact.phone else office
    return _way(who.phone or "", view, who.extension)


def _way(way: str, view: CallView, extension: str | None = None) -> str:
    """A phone or e-mail address, and that nothing may go there."""
    said = way if "@" in way else words.phone(way, extension)
    return f"{said} ({NOT_USED})" if way.casefold() in view.unused else said


def _settles(view: CallView) -> str:
    """What could still change the outcome, in a sentence."""
    changing = [a for a in view.answers if a.outcome != view.judgement.outcome]
    if view.judgement.checks.facts.red_flags:
        return "A red flag was said: a clinician looks before anything else."
    if changing and view.answers:
        numbers = [str(n) for n, a in enumerate(view.answers, 1) if a.outcome != view.judgement.outcome]
        listed = " or ".join(numbers)
        return f"Answer {listed} changes it: {changing[0].verdict}"
    if view.settled:
        return "The score is settled: the answers still to come help booking, not deciding."
    label = view.judgement.question.label.lower() if view.judgement.question else ""
    return f"Most could still change with: {label}." if label else ""


def _score(view: CallView) -> dict[str, Any] | None:
    score = view.judgement.score
    if score is None:
        return None
    at = {"lo": score.lo, "hi": score.hi, "low": view.judging.low, "high": view.judging.high}
    wide = 388

    def score_at(per_cent: int) -> float:
        return round(per_cent * wide / 100, 1)

    return {
        **at,
        **{f"x_{name}": score_at(value) for name, value in at.items()},
        "room": score_at(score.hi - score.lo),
        "at_low": max(32.0, min(score_at(view.judging.low), score_at(view.judging.high) - 74, wide - 110)),
        "at_high": min(max(score_at(view.judging.high), 110.0), wide - 36),
        "of": wide,
    }


def _slug_of(field: str) -> str:
    """The question that fills a field: of the card, or of the record by the rules."""
    own = next((q.slug for q in SCRIPT if field in q.names), "")
    return own or next((q.slug for q in policy().section(Questions).questions if q.record == field), "")


def _label_of(field: str) -> str:
    for question in SCRIPT:
        for one in question.fields:
            if one.name == field:
                return one.label
        if field == question.choose:
            return question.label
    return words.changed([field]).capitalize()
