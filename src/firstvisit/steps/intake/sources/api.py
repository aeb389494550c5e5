"""The REST door: a JSON body in the shape of the referral record, further patients of the same delivery under
`additional_records`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final, get_args

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.people import wordings
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Channel, Referral
from firstvisit.steps.intake.reading import Reading, says_something

MOST_PATIENTS: Final = 20
"""Further patients in one delivery."""
_SHARED: Final = ("referrer", "ordering")
"""What is said once for all patients of a delivery; a record that states its own keeps it."""


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read every record. The channel is "web" unless the sender states another; always complete."""
    record = _json(body)
    more = record.pop("additional_records", None) or []
    if not isinstance(more, list) or len(more) > MOST_PATIENTS:
        said = f"must be a list of at most {MOST_PATIENTS} records"
        raise BadInput([Problem("additional_records", said)])
    first = _one(record, "", today, programs)
    shared: dict[str, Any] = {name: record[name] for name in (*_SHARED, "channel") if name in record}
    others, problems = [], list[Problem]()
    for n, each in enumerate(more):
        path = f"additional_records.{n}"
        if not isinstance(each, dict):
            problems.append(Problem(path, "must be a JSON object"))
            continue
        try:
            others.append(_one({**shared, **each}, f"{path}.", today, programs))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput(problems)
    return Reading(first, others=tuple(others))


def unshown(reading: Reading) -> list[Problem]:
    """Consents under words that nobody of ours shows for that channel: no door takes them. It is asked where a body
    arrives, and not of what was kept before: a reading stays readable. Whoever says no needs no wording."""
    return [
        problem
        for n, referral in enumerate((reading.referral, *reading.others))
        for problem in _unshown(referral, f"additional_records.{n - 1}." if n else "")
    ]


def _unshown(referral: Referral, path: str) -> Iterator[Problem]:
    for n, consent in enumerate(referral.consents):
        there = wordings.marks_about(consent.channel)
        if not consent.given or consent.wording in there:
            continue
        said = f"There is no wording {consent.wording} for {consent.channel}; "
        said += f"there are {', '.join(there)}." if there else "we ask nobody to allow it, so leave it out."
        yield Problem(f"{path}consents.{n}.wording", said)


def _one(record: dict[str, Any], path: str, today: date, programs: Collection[str]) -> Referral:
    """One record; its problems stand under `path`."""
    stated = dict(record)
    channel = stated.pop("channel", "web")
    try:
        if channel not in get_args(Channel):
            raise BadInput([Problem("channel", f"must be one of {', '.join(get_args(Channel))}")])
        referral = read_record(stated, channel=channel, today=today, item=None, known_programs=programs)
        says_something(referral)
    except BadInput as bad:
        raise BadInput([Problem(f"{path}{each.field}", each.message) for each in bad.problems]) from None
    return referral


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
