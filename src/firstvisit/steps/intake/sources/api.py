"""The REST door: a JSON body in the shape of the referral record."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Referral


def parse(body: bytes, today: date, programs: Collection[str]) -> tuple[Referral, bool]:
    """Read one record. The channel is "web" unless the sender states another; always complete."""
    record = _json(body)
    channel = record.pop("channel", "web")
    if channel not in ("web", "phone", "email", "fax"):
        raise BadInput([Problem("channel", "must be one of web, phone, email, fax")])
    referral = read_record(record, channel=channel, today=today, item=None, known_programs=programs)
    _says_something(referral)
    return referral, True


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise BadInput([Problem("body", f"is not UTF-8 at byte {error.start}")]) from None
    except _Twice as error:
        raise BadInput([Problem("body", f"names “{error}” twice in one object")]) from None
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadInput([Problem("body", f"is not valid JSON{where}")]) from None
    if not isinstance(value, dict):
        raise BadInput([Problem("body", "must be a JSON object")])
    return value


class _Twice(ValueError):
    """A member that stands twice: which of the two was meant nobody can know."""


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        raise _Twice(next(name for name in names if names.count(name) > 1)[:60])
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _says_something(referral: Referral) -> None:
    """A referral says for whom it is or whom to get back to; with neither nobody could act on it."""
    patient, contact, referrer = referral.patient, referral.contact, referral.referrer
    named = patient.first_name or patient.last_name or contact.name or referrer.name or referrer.organization
    reach = (
        patient.phone,
        patient.email,
        contact.phone,
        contact.email,
        referrer.phone,
        referrer.email,
        referrer.fax,
    )
    if not named:
        raise BadInput(
            [Problem("patient.last_name", "state the patient's name, or a contact's or referrer's")]
        )
    if not any(reach):
        raise BadInput(
            [Problem("contact.phone", "state a phone number or e-mail address of somebody to get back to")]
        )
