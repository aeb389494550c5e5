"""What can be read of a call card's answers: the record that every step reads, and what stays words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from firstvisit.kernel import clock, seal
from firstvisit.kernel.errors import Problem
from firstvisit.kernel.folding import folded
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.people.models import Guardian
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, user_scope
from firstvisit.referral.record import Channel, Referral
from firstvisit.steps.intake import call_script
from firstvisit.steps.intake.sources import typed
from firstvisit.steps.qualify.policy import Questions

_WORDS: Final = ("text", "date", "event", "phone", "email", "zip", "choice")
"""Kinds of answers that fill their field as they were typed."""
_NO: Final = ("no", "none", "n/a", "nothing", "ninguno", "no hay")
"""Typed where a plan is asked for: there is none, and that is no plan's name."""
WHO: Final = ("who", "relationship", "first_name", "last_name", "birth_date", "caller", "phone")
ALWAYS: Final = ("who", "relationship", "authority", "caller", "office", "phone", "email", "first_name", "last_name")
"""Answers that go with every delivery, because others cannot be read without them, or without whom they are about, or
because who says it is known by them."""
HOME: Final = ("zip", "city", "state")
"""Answers that go with the one which of them holds."""
PAYING: Final = ("injury", "carrier", "claim", "adjuster", "adjuster_phone", "payer", "member_id", "pays")
"""Answers that go together: what happened decides whose the numbers are."""
HOWS: Final[dict[str, tuple[str, Channel]]] = {
    "phone": ("On the phone", "phone"),
    "window": ("At the window", "in_person"),
    "voicemail": ("Voicemail", "voicemail"),
    "email": ("E-mail", "email"),
    "fax": ("Fax or letter", "fax"),
}
"""How a lead that somebody adds reached them: the words, and the channel of the record."""


def channel_of(kind: str, answers: Mapping[str, Any]) -> tuple[str, Channel]:
    """(the source, the channel) of what stands on a card of this kind."""
    if kind == "call":
        return "call", "phone"
    how = str(answers.get("how") or "phone")
    return ("walk_in" if how == "window" else "added"), HOWS.get(how, HOWS["phone"])[1]


def record(answers: Mapping[str, Any], by: User) -> Referral:
    """What can be read of a card's answers, as the record that every step reads."""
    return readable(answers, by)[0]


def readable(answers: Mapping[str, Any], by: User) -> tuple[Referral, tuple[Problem, ...]]:
    """(the record so far, what cannot be read yet)."""
    return typed.readable(
        answers,
        by=typist(by),
        channel="phone",
        today=clock.now().date(),
        programs=practice().program_words,
        paths=paths_of(answers),
    )


def typist(by: User) -> typed.By:
    """Whoever types, with the site where they work, if that is one."""
    sites = user_scope(by)
    return typed.By(str(by.id), by.name, next(iter(sites)) if sites is not None and len(sites) == 1 else None)


def unread(slug: str, answers: Mapping[str, Any], by: User) -> bool:
    """Whether something typed at this question cannot be read."""
    question, theirs = call_script.by_slug(slug), f"q.{slug}"
    names = {*(question.names if question else ()), *paths_of({theirs: answers.get(theirs, "")})}
    return any(problem.field in names for problem in readable(answers, by)[1])


def paths_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to questions of the practice's rules, by the path of the record that each fills.

    One that fills no field stands under its question's words, and so stays as words.
    """
    asked = policy().section(Questions).by_slug
    found: dict[str, Any] = {}
    for name, text in answers.items():
        question = asked.get(name[2:]) if name.startswith("q.") else None
        if question is None:
            continue
        choice = next((choice for choice in question.choices if choice.value == text), None)
        if choice is not None and choice.record:
            found |= choice.record
        elif question.kind == "yes_no" and question.record and not question.record.startswith("consents."):
            found[question.record] = text == "yes"
        elif question.kind == "number" and question.record and str(text).isdecimal():
            found[question.record] = int(text)
        elif question.record.startswith("payers.") and folded(str(text)) in _NO:
            continue
        elif question.record and question.kind in _WORDS:
            found[question.record] = text
    return found


def words_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to questions of the rules that fill no field of the record, as notes under their questions' slugs."""
    asked = policy().section(Questions).by_slug
    filled = {name for name in answers if name.startswith("q.") and paths_of({name: answers[name]})}
    return {
        f"note.{name[2:]}": text
        for name, text in answers.items()
        if name.startswith("q.") and name not in filled and name[2:] in asked
    }


def told_by(lead: Lead) -> dict[str, Any]:
    """What a lead already says, as answers of a card. Who is called is whoever the lead writes to, whoever wrote last;
    of a way that nothing may go to the card says so."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    reading = leads.read(row, seal.open_key(row.key))
    told = typed.answers_of(reading)
    if reading.lead_kind in ("referral_partner", "organization") or lead.writes_to_id is None:
        return told
    return {name: value for name, value in (told | _called(lead, lead.writes_to_id)).items() if value}


def _called(lead: Lead, person: uuid.UUID) -> dict[str, Any]:
    """The person whom a call about the lead goes to."""
    found = identities([person]).get(person)
    if found is None:
        return {}
    who, _ = found
    said = {"caller": who.name if who.is_named else None, "phone": who.phone, "email": who.email}
    if person == lead.patient_id:
        return said
    speaks = Guardian.objects.filter(patient=lead.patient_id, guardian=person)
    return said | {"relationship": speaks.values_list("relationship", flat=True).first()}
