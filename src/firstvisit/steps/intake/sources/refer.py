"""The public form "refer a patient", and an organization's enquiry on its second page. Pure.

What is kept is JSON: {"about": "patient" | "organization", "answers": {field: text or list}} and how they came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import Problem
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.sources.answers import (
    THERAPY,
    event_missing,
    picked,
    read_answers,
    stated,
    unnamed,
)
from firstvisit.steps.intake.understanding.values.payers import card_of

ROLES: Final[dict[str, str]] = {
    "physician": "physician",
    "therapist": "therapist",
    "hospital": "hospital",
    "school": "school",
    "case_manager": "case_manager",
    "social_worker": "social_worker",
    "employer": "employer",
    "attorney": "attorney",
    "other": "other",
}
"""Who refers, as the form asks it, and as the record has it."""
TREATING: Final = frozenset({"physician", "therapist", "hospital"})
"""Roles of those who treat the patient; anybody else needs the patient's authorization to be told more than that it
arrived (domain sheet, section 8; 45 CFR 164.506, 164.508)."""
ORDERS: Final = {
    "sent": "The order is on its way to us from the referrer.",
    "ask": "The referrer says that there is an order at their office.",
    "none": "The referrer says that there is no order.",
}
"""What is kept of the order in words: it is not here yet, so it is no document of ours."""

_REFERRER: Final = {
    "name": "referrer_name",
    "credential": "credential",
    "organization": "organization",
    "npi": "npi",
    "phone": "referrer_phone",
    "fax": "fax",
    "email": "referrer_email",
    "updates_by": "updates_by",
}
_PATIENT: Final = {
    "first_name": "patient_first_name",
    "last_name": "patient_last_name",
    "date_of_birth": "birth_date",
    "phone": "patient_phone",
    "postal_code": "zip",
    "language": "language",
}
_ORDERING: Final = {"name": "ordering_name", "organization": "ordering_office"}
_CONTACT: Final = {"name": "contact_name", "phone": "contact_phone"}
_NEED: Final = {
    name: name
    for name in ("needs", "size", "timeline", "start_on", "budget", "decision_maker", "decision_path")
}
_FIELDS: Final = {
    **{f"referrer.{ours}": theirs for ours, theirs in _REFERRER.items()},
    "referrer.role": "role",
    **{f"patient.{ours}": theirs for ours, theirs in _PATIENT.items()},
    **{f"contact.{ours}": theirs for ours, theirs in _CONTACT.items()},
    **{f"ordering.{ours}": theirs for ours, theirs in _ORDERING.items()},
    **{f"organization.{name}": name for name in _NEED},
    "contact.relationship": "contact_name",
    "concern": "concern",
    "program": "program",
    "discipline": "therapies",
    "disciplines": "therapies",
    "diagnoses.0.code": "diagnosis",
    "diagnoses.0.side": "side",
    "diagnoses.0.words": "diagnosis_words",
    "diagnoses": "diagnosis",
    "events.0.date": "event_date",
    "events.0.kind": "event_kind",
    "events.1.date": "other_date",
    "events.1.kind": "other_kind",
    "events": "event_date",
    "payers": "insurance",
    "payers.0.name": "insurance",
    "payers.0.member_id": "member_id",
    "setting": "setting",
}
"""Where a problem of the record shows on the form."""


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read what was kept."""
    said = json.loads(body)
    answers: Mapping[str, Any] = said["answers"]
    organization = said["about"] == "organization"
    problems = _referrer_missing(answers)
    problems += _need_missing(answers) if organization else _patient_missing(answers)
    record = _enquiry(answers) if organization else _patient(answers)
    referral: Referral = read_answers(
        record, problems, on_form=_FIELDS, said=said, kind="partner", today=today, programs=programs
    )
    return Reading(referral)


def _referrer_missing(answers: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if answers.get("role") not in ROLES:
        problems.append(Problem("role", "Choose who you are."))
    if unnamed(answers.get("referrer_name")):
        problems.append(Problem("referrer_name", "Enter your first and last name."))
    ways = {"email": "referrer_email", "fax": "fax", "phone": "referrer_phone"}
    if not any(answers.get(field) for field in ways.values()):
        problems.append(
            Problem("referrer_phone", "Enter a phone, fax or e-mail of yours so that we can answer.")
        )
    wished = ways.get(str(answers.get("updates_by")))
    if wished and not answers.get(wished):
        problems.append(Problem(wished, "You want updates this way; enter where they should go."))
    return problems


def _patient_missing(answers: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if not answers.get("patient_first_name") and not answers.get("patient_last_name"):
        problems.append(Problem("patient_last_name", "Enter the patient's name, or the part you know."))
    if not any(answers.get(name) for name in ("concern", "diagnosis", "diagnosis_words", "program")):
        problems.append(Problem("concern", "Say what it is for: a reason, a diagnosis or a program."))
    if answers.get("role") not in TREATING and answers.get("authority") not in ("authorized", "received_only"):
        problems.append(Problem("authority", "Choose what the patient has agreed to."))
    if answers.get("side") and not (answers.get("diagnosis") or answers.get("diagnosis_words")):
        problems.append(Problem("diagnosis_words", "You chose a side; enter the diagnosis too."))
    problems += event_missing(answers)
    other = {"event_kind": answers.get("other_kind"), "event_date": answers.get("other_date")}
    names = {"event_kind": "other_kind", "event_date": "other_date"}
    return problems + [Problem(names[each.field], each.message) for each in event_missing(other)]


def _need_missing(answers: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if not answers.get("organization"):
        problems.append(Problem("organization", "Enter the name of your organization."))
    if not answers.get("needs"):
        problems.append(Problem("needs", "Say what your organization needs."))
    if answers.get("size") and _size(answers) is None:
        problems.append(Problem("size", "Enter one number: how many people it is for (40), or leave it empty."))
    return problems


def _referrer(said: Mapping[str, Any]) -> dict[str, Any]:
    return {**picked(said, _REFERRER), "role": ROLES.get(str(said.get("role")), "other")}


def _patient(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The record of one referred patient, with only what was answered."""
    said = stated(answers, "birth_date", "event_date", "other_date")
    record: dict[str, Any] = {
        "lead_kind": "referral_partner",
        "referrer": {**_referrer(said), "may_be_told": _may_be_told(said)},
        "patient": picked(said, _PATIENT),
        **picked(said, {"concern": "concern", "program": "program", "setting": "setting"}),
    }
    if contact := picked(said, _CONTACT):
        record["contact"] = {**contact, "relationship": said.get("contact_is", "other")}
    if ordering := picked(said, _ORDERING):
        record["ordering"] = ordering
    if therapies := _therapies(said):
        record["discipline"] = therapies
    diagnosis = picked(said, {"code": "diagnosis", "side": "side", "words": "diagnosis_words"})
    if diagnosis:
        record["diagnoses"] = [diagnosis]
    dates = (("event_kind", "event_date"), ("other_kind", "other_date"))
    events = [{"kind": said[kind], "date": said[day]} for kind, day in dates if kind in said and day in said]
    if events:
        record["events"] = events
    card = card_of(said.get("insurance"), said.get("member_id"))
    if any(card.values()):
        record["payers"] = [card]
    if order := ORDERS.get(str(answers.get("order"))):
        record |= {"asks": order, "order": "none" if answers["order"] == "none" else "announced"}
    return record


def _enquiry(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The record of an organization's enquiry."""
    said = stated(answers, "start_on")
    record: dict[str, Any] = {
        "lead_kind": "organization",
        "referrer": _referrer(said),
        "organization": picked(said, _NEED),
    }
    if therapies := _therapies(said):
        record["discipline"] = therapies
    record["organization"]["size"] = _size(said)
    return record


_NUMBER: Final = re.compile(r"(?<![\d.-])\d{1,3}(?:,\d{3})+(?![\d.])|(?<![\d.,-])\d+(?![\d,]|\.\d)", re.ASCII)


def _size(said: Mapping[str, Any]) -> int | None:
    """How many people it is for, as a number; None where that cannot be read."""
    numbers = _NUMBER.findall(str(said.get("size", "")))
    text = numbers[0].replace(",", "") if len(numbers) == 1 else ""
    return int(text) if 0 < len(text) <= 6 else None


def _therapies(said: Mapping[str, Any]) -> list[str]:
    return [THERAPY[each] for each in said.get("therapies", ()) if each in THERAPY]


def _may_be_told(said: Mapping[str, Any]) -> str:
    if said.get("role") in TREATING:
        return "treats"
    return "authorized" if said.get("authority") == "authorized" else "received_only"
