"""From settled fields to the record: what was confirmed becomes a referral, each value with who confirmed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Channel, Evidence, Referral
from firstvisit.steps.intake.inbox.weighing import Field, Part

_LISTS = ("diagnoses", "events", "payers", "frequencies")
_NAMED = {"disciplines": "discipline"}
"""What the body calls a path that the record calls otherwise."""


def body_of(fields: Collection[Field]) -> tuple[dict[str, Any], dict[str, str]]:
    """The JSON body that settled fields state, and where each field's path stands in the record.

    "events.3.date" becomes an entry of the list "events"; entries are closed up, so that a date taken out leaves no
    hole. What was answered "not stated" or "unreadable" is not in it.
    """
    body: dict[str, Any] = {}
    entries: dict[str, dict[int, dict[str, Any]]] = {}
    for field in fields:
        if field.answer in ("not_stated", "unreadable") or field.value in (None, "", []):
            continue
        head, _, rest = field.path.partition(".")
        if head in _LISTS:
            number, _, leaf = rest.partition(".")
            entries.setdefault(head, {}).setdefault(int(number), {})[leaf] = field.value
        elif rest:
            body.setdefault(head, {})[rest] = field.value
        else:
            body[_NAMED.get(head, head)] = list(field.value) if isinstance(field.value, tuple) else field.value
    for name, rows in entries.items():
        body[name] = [rows[number] for number in sorted(rows)]
    closed_up = {
        f"{name}.{number}": f"{name}.{place}"
        for name, rows in entries.items()
        for place, number in enumerate(sorted(rows))
    }
    paths = {}
    for field in fields:
        head, _, leaf = field.path.rpartition(".")
        paths[field.path] = f"{closed_up[head]}.{leaf}" if head in closed_up else field.path
    return body, paths


def referral_of(
    part: Part,
    *,
    item: str,
    channel: Channel,
    today: dt.date,
    programs: Collection[str] | None,
    by: str,
    hidden: Mapping[str, Any] | None = None,
) -> Referral:
    """The record of one part. BadInput names every field that cannot be used, under its path in the body.

    A field that a person answered carries their id, any other none. `hidden` are values of the record that no field
    asks about.
    """
    body, paths = body_of(part.fields)
    body |= hidden or {}
    referral = read_record(body, channel=channel, today=today, item=item, known_programs=programs)
    evidence = dict(referral.evidence)
    for field in part.fields:
        path = paths[field.path]
        if path not in evidence:
            continue
        typed = field.place is None
        evidence[path] = Evidence(
            item=item,
            place="typed" if typed else str(field.place),
            confidence=1.0 if typed or field.answer == "corrected" else field.confidence,
            confirmed_by=by if field.answer else None,
        )
    return referral.model_copy(update={"evidence": evidence})
