"""The public form "request an appointment": two short steps, contact first.

What is kept is JSON: {"step": 1 | 2, "answers": {field: text or list}}. Step 2 repeats the answers of
step 1, so each step can be read alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Referral
from firstvisit.referral.vocabulary import name_part, person_name

CONSENT_EMAIL: Final = "email-receipt:1"
CONSENT_TEXT: Final = "text-request:1"
"""Wordings shown beside the two boxes; `practice` keeps their text by version."""

_WHO: Final = {"child": "caregiver", "me": "patient", "other": "caregiver"}
_THERAPY: Final = {"speech": "SLP", "occupational": "OT", "physical": "PT"}
_FIELDS: Final = {
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
    "disciplines": "therapy",
    "discipline": "therapy",
    "patient.language": "language",
    "lead_kind": "who",
}
"""Where a problem of the record shows on the form."""
_ONLY_DIGITS: Final = re.compile(r"\s*(\d{2})[ .]?(\d{2})[ .]?(\d{4})\s*", re.ASCII)
"""Many number keypads have no slash, so 02082024 and 02 08 2024 are dates too."""


def parse(body: bytes, today: date, programs: Collection[str]) -> tuple[Referral, bool]:
    """Read the kept answers. Complete only with step 2."""
    kept = json.loads(body)
    return read(kept["answers"], today=today, programs=programs), kept["step"] == 2


def kept(step: int, answers: Mapping[str, Any]) -> bytes:
    """The bytes to keep for one step."""
    said = {"step": step, "answers": dict(answers)}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def read(answers: Mapping[str, Any], *, today: date, programs: Collection[str]) -> Referral:
    """From answers to the record. BadInput names the form's own fields."""
    problems = _missing(answers)
    try:
        referral = read_record(
            _record(answers), channel="web", today=today, item=None, known_programs=programs
        )
    except BadInput as bad:
        raise BadInput(problems + [_on_form(problem) for problem in bad.problems]) from None
    if problems:
        raise BadInput(problems)
    return referral


def _missing(answers: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if str(answers.get("who")) not in _WHO:
        problems.append(Problem("who", "Choose who needs care."))
    name = str(answers.get("name") or "").strip()
    if not name or _only_titles(name):
        problems.append(Problem("name", "Enter your first and last name."))
    if not str(answers.get("phone") or "").strip() and not str(answers.get("email") or "").strip():
        problems.append(Problem("phone", "Enter a phone number or an e-mail address so that we can answer."))
    if answers.get("event_kind") and not answers.get("event_date") and answers["event_kind"] != "none":
        problems.append(Problem("event_date", "Enter the date, or choose “No date”."))
    if answers.get("event_date") and answers.get("event_kind") in (None, "", "none"):
        problems.append(Problem("event_kind", "Choose what the date is."))
    return problems


def _only_titles(name: str) -> bool:
    """Letters, but nothing a person is called by (", MD"). Other faults the record's own reader names."""
    try:
        name_part(name)
    except ValueError:
        return False
    try:
        person_name(name)
    except ValueError:
        return True
    return False


def _date(text: Any) -> Any:
    """A date typed in digits alone, with its slashes."""
    digits = _ONLY_DIGITS.fullmatch(text) if isinstance(text, str) else None
    return "/".join(digits.groups()) if digits else text


def _record(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The record's shape with only what was answered."""
    said = {name: value for name, value in answers.items() if value not in (None, "", [], "none")}
    me = said.get("who") == "me"
    if me:
        said.pop("patient_first_name", None)
        said.pop("patient_last_name", None)
    for name in ("birth_date", "event_date"):
        if name in said:
            said[name] = _date(said[name])
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
    for name in ("concern", "program"):
        if name in said:
            record[name] = said[name]
    if said.get("therapy") in _THERAPY:
        record["discipline"] = [_THERAPY[str(said["therapy"])]]
    if "event_kind" in said and "event_date" in said:
        record["events"] = [{"kind": said["event_kind"], "date": said["event_date"]}]
    if "times" in said:
        record["availability"] = said["times"]
    card = {"name": said.get("insurance"), "member_id": said.get("member_id")}
    if any(card.values()):
        record["payers"] = [card]
    consents = []
    if "email" in said:
        consents.append({"channel": "email", "given": "may_email" in said, "wording": CONSENT_EMAIL})
    if "phone" in said:
        consents.append({"channel": "sms", "given": "may_text" in said, "wording": CONSENT_TEXT})
    record["consents"] = consents
    return record


def _on_form(problem: Problem) -> Problem:
    """The same problem under the form's own field: that of the path, or of the nearest part around it."""
    sentence = problem.message[:1].upper() + problem.message[1:]
    path = problem.field
    while path not in _FIELDS and "." in path:
        path = path.rpartition(".")[0]
    return Problem(_FIELDS.get(path, path), sentence)
