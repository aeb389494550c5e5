"""What a column of a file can mean: the fields of the record, and a few that are made into some. Pure.

The list follows `referral.fields`: a field that the record gains can be imported without a line here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel

from firstvisit.referral import fields, record

Kind = Literal["text", "yes_no", "number", "date", "list", "diagnoses", "name", "moment"]

LEFT_OUT: Final = ""
RECEIVED: Final = "received_at"
WORDS: Final = {
    "email": "e-mail",
    "sms": "text messages",
    "phone": "calls",
    "iep": "school meeting (IEP)",
    "birth": "a birth, not the patient's own",
}
"""Codes of the record that are no words of a page."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a column can mean: its name in a mapping file, its words, how its cells are read, and where in the
    record's body it goes (numbers are places in a list)."""

    name: str
    label: str
    kind: Kind
    path: tuple[str | int, ...]


_PARTS: Final[dict[str, tuple[str, type[BaseModel], dict[str, fields.Read], tuple[str | int, ...]]]] = {
    "patient": ("Patient", record.Patient, fields.PATIENT, ("patient",)),
    "contact": ("Contact", record.Contact, fields.CONTACT, ("contact",)),
    "referrer": ("Who refers", record.Referrer, fields.REFERRER, ("referrer",)),
    "ordering": ("Who ordered", record.Clinician, fields.CLINICIAN, ("ordering",)),
    "payer": ("Coverage", record.Payer, fields.PAYER, ("payers", 0)),
    "second_payer": ("Second coverage", record.Payer, fields.PAYER, ("payers", 1)),
    "frequency": ("How often", record.Frequency, fields.FREQUENCY, ("frequencies", 0)),
    "organization": ("Organization", record.OrganizationNeed, fields.ORGANIZATION, ("organization",)),
    "attribution": ("How they came", record.Attribution, fields.ATTRIBUTION, ("attribution",)),
}
_NOT_FROM_A_FILE: Final = {"not_a_referral", "escalate", "escalate_reason"}
_WORDS: Final = {
    "date_of_birth": "birth date",
    "postal_code": "ZIP code",
    "npi": "NPI",
    "email": "e-mail",
    "member_id": "member number",
    "concern": "what it is about",
    "asks": "what they ask",
}


@cache
def targets() -> dict[str, Target]:
    """Every target by its name, in the order of the screen."""
    found = [
        Target("patient.name", "Patient: full name in one column", "name", ("patient",)),
        *(
            Target(f"{part}.{name}", f"{label}: {_words(name)}", _kind(model, name), (*path, name))
            for part, (label, model, columns, path) in _PARTS.items()
            for name in columns
        ),
        Target("discipline", "Therapy", "list", ("discipline",)),
        Target("program", "Program", "text", ("program",)),
        Target("diagnoses", "Diagnoses, one or several", "diagnoses", ("diagnoses",)),
        *(
            Target(name, _words(name).capitalize(), _kind(record.Referral, name), (name,))
            for name in fields.TOP
            if name not in _NOT_FROM_A_FILE
        ),
        Target("documents", "Papers on file", "list", ("documents",)),
        Target("availability", "When they can come", "text", ("availability",)),
        Target("event.kind", "Date behind it: what it is", "text", ("events", "stated", "kind")),
        Target("event.date", "Date behind it", "date", ("events", "stated", "date")),
        *(
            Target(f"event.{kind}", f"Date of {WORDS.get(kind, kind)}", "date", ("events", kind, "date"))
            for kind in get_args(record.EventKind)
            if kind != "other"
        ),
        *(
            Target(f"consent.{channel}", f"May we use: {WORDS.get(channel, channel)}", "yes_no", ("consents", channel))
            for channel in get_args(record.ConsentChannel)
        ),
        Target(RECEIVED, "Received on", "moment", (RECEIVED,)),
    ]
    return {target.name: target for target in found}


def _words(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))


def _kind(model: type[BaseModel], name: str) -> Kind:
    """How cells of a field are read, from the type that the record gives it."""
    kept: tuple[Any, ...] = get_args(model.model_fields[name].annotation)
    if bool in kept:
        return "yes_no"
    if dt.date in kept:
        return "date"
    return "number" if int in kept or float in kept else "text"
