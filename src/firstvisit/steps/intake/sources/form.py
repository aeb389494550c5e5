"""The public form "request an appointment": two short steps, contact first.

What is kept is JSON: {"step": 1 | 2, "answers": {field: text or list}}. Step 2 repeats the answers of
step 1, so each step can be read alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import Problem
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.steps.intake.sources.answers import (
    LANGUAGES,
    THERAPY,
    event_missing,
    read_answers,
    stated,
    unnamed,
)
from firstvisit.steps.intake.understanding.values.payers import card_of

CONSENT_EMAIL: Final = "email-receipt:1"
CONSENT_TEXT: Final = "text-request:1"
"""Wordings shown beside the two boxes; `practice` keeps their text by version. The ledger's mark says in which
language."""

_WHO: Final = {"child": "caregiver", "me": "patient", "other": "caregiver"}
FIELDS: Final = {
    "patient.first_name": "patient_first_name",
    "patient.last_name": "patient_last_name",
    "patient.date_of_birth": "birth_date",
    "patient.postal_code": "zip",
    "patient.phone": "phone",
    "patient.email": "email",
    "contact.name": "name",
    "contact.phone": "phone",
    "contact.email": "email",
    "contact.relationship": "who",
    "concern": "concern",
    "program": "program",
    "events.0.date": "event_date",
    "events.0.kind": "event_kind",
    "events": "event_date",
    "payers.0.name": "insurance",
    "payers.0.member_id": "member_id",
    "payers": "insurance",
    "availability": "times",
    "timing": "timing",
    "disciplines": "therapy",
    "discipline": "therapy",
    "ordering.name": "doctor",
    "patient.language": "language",
    "lead_kind": "who",
}
"""Where a problem of the record shows on the form."""
ORDERS: Final = {
    "sent": "Whoever asks says that the doctor sends us an order.",
    "have": "Whoever asks has an order.",
    "none": "Whoever asks says that there is no order yet.",
}
"""What is kept of the order in words: it is not here yet, so it is no document of ours."""


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read the kept answers. Complete only with step 2."""
    said = json.loads(body)
    return Reading(
        read(said["answers"], today=today, programs=programs, said=said), complete=said["step"] == 2
    )


def kept(
    step: int, answers: Mapping[str, Any], *, language: str | None = None, came: Mapping[str, Any] | None = None
) -> bytes:
    """The bytes to keep for one step."""
    return form_answers.kept(answers, language=language, came=came, step=step)


def read(
    answers: Mapping[str, Any], *, today: date, programs: Collection[str], said: Mapping[str, Any] | None = None
) -> Referral:
    """From answers to the record. BadInput names the form's own fields. `said` is all that was kept."""
    whole = said or {}
    return read_answers(
        record_of(answers, str(whole.get("language", "en"))),
        missing(answers),
        on_form=FIELDS,
        said=whole,
        today=today,
        programs=programs,
    )


def missing(answers: Mapping[str, Any]) -> list[Problem]:
    """What whoever asks must say: for whom, their name, a way to answer."""
    problems = []
    if str(answers.get("who")) not in _WHO:
        problems.append(Problem("who", "Choose who needs care."))
    if unnamed(answers.get("name")):
        problems.append(Problem("name", "Enter your first and last name."))
    if not str(answers.get("phone") or "").strip() and not str(answers.get("email") or "").strip():
        problems.append(Problem("phone", "Enter a phone number or an e-mail address so that we can answer."))
    return problems + event_missing(answers)


def record_of(answers: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The record's shape with only what was answered; whoever read Spanish is written to in Spanish."""
    said = stated(answers, "birth_date", "event_date")
    if language == "es":
        said.setdefault("language", LANGUAGES[language])
    me = said.get("who") == "me"
    if me:
        said.pop("patient_first_name", None)
        said.pop("patient_last_name", None)
    reach: dict[str, Any] = {key: said[key] for key in ("phone", "email") if key in said}
    patient: dict[str, Any] = {}
    for theirs, ours in (
        ("patient_first_name", "first_name"),
        ("patient_last_name", "last_name"),
        ("birth_date", "date_of_birth"),
        ("zip", "postal_code"),
        ("language", "language"),
    ):
        if theirs in said:
            patient[ours] = said[theirs]
    contact: dict[str, Any] = {**reach}
    if "name" in said:
        contact["name"] = said["name"]
    contact["relationship"] = "self" if me else "parent" if said.get("who") == "child" else "other"
    record: dict[str, Any] = {"lead_kind": _WHO.get(str(said.get("who"))), "contact": contact}
    if patient:
        record["patient"] = patient
    for name in ("concern", "program", "timing"):
        if name in said:
            record[name] = said[name]
    if said.get("therapy") in THERAPY:
        record["discipline"] = [THERAPY[str(said["therapy"])]]
    if "event_kind" in said and "event_date" in said:
        record["events"] = [{"kind": said["event_kind"], "date": said["event_date"]}]
    if "times" in said:
        record["availability"] = said["times"]
    if order := ORDERS.get(str(answers.get("order"))):
        record |= {"asks": order, "order": "none" if answers["order"] == "none" else "announced"}
    if "doctor" in said:
        record["ordering"] = {"name": said["doctor"]}
        if not order:
            record["not_known"] = ["order"]  # they said what they know; whether there is one the doctor is asked
    card = card_of(said.get("insurance"), said.get("member_id"))
    if any(card.values()):
        record["payers"] = [card]
    mark = "" if language == "en" else f":{language}"
    consents = []
    if "email" in said:
        consents.append({"channel": "email", "given": "may_email" in said, "wording": CONSENT_EMAIL + mark})
    if "phone" in said:
        consents.append({"channel": "sms", "given": "may_text" in said, "wording": CONSENT_TEXT + mark})
    record["consents"] = consents
    return record
