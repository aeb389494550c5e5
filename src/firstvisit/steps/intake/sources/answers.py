"""What every public form of ours shares: how its answers are kept, and how its problems find their field. Pure.

What is kept is JSON: {"answers": {field: text or list}, "language": "en" | "es", "came": {"first", "last"}} and
what one form needs besides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.names import name_part, person_name
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.sources.came import attribution

_ONLY_DIGITS: Final = re.compile(r"\s*(\d{2})[ .]?(\d{2})[ .]?(\d{4})\s*", re.ASCII)
"""Many number keypads have no slash, so 02082024 and 02 08 2024 are dates too."""
_NONE_IS_AN_ANSWER: Final = ("updates_by",)
"""Not to be written to is a wish; in any other field "none" leaves it open."""
THERAPY: Final = {"speech": "SLP", "occupational": "OT", "physical": "PT"}
LANGUAGES: Final = {"en": "English", "es": "Spanish"}


def kept(
    answers: Mapping[str, Any], *, language: str | None = None, came: Mapping[str, Any] | None = None, **more: Any
) -> bytes:
    """The bytes to keep of one form."""
    said = {"answers": dict(answers), **more}
    said.update({name: value for name, value in (("language", language), ("came", came)) if value})
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def stated(answers: Mapping[str, Any], *dates: str) -> dict[str, Any]:
    """Only what was answered; dates typed in digits alone get their slashes."""
    said = {
        name: value
        for name, value in answers.items()
        if value not in (None, "", []) and (value != "none" or name in _NONE_IS_AN_ANSWER)
    }
    for name in dates:
        if name in said:
            said[name] = date_with_slashes(said[name])
    return said


def date_with_slashes(text: Any) -> Any:
    digits = _ONLY_DIGITS.fullmatch(text) if isinstance(text, str) else None
    return "/".join(digits.groups()) if digits else text


def picked(said: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The part of a record made of the fields of a form: `names` says for each value in which field it stands."""
    return {value: said[field] for value, field in names.items() if field in said}


def event_missing(answers: Mapping[str, Any]) -> list[Problem]:
    """A date and its kind go together."""
    kind, day = answers.get("event_kind"), answers.get("event_date")
    if kind and kind != "none" and not day:
        return [Problem("event_date", "Enter the date, or choose “No date”.")]
    if day and kind in (None, "", "none"):
        return [Problem("event_kind", "Choose what the date is.")]
    return []


def unnamed(name: Any) -> bool:
    """Nothing typed, or nothing a person is called by (", MD"). Other faults the record's own reader names."""
    text = str(name or "").strip()
    if not text:
        return True
    try:
        name_part(text)
    except ValueError:
        return False
    try:
        person_name(text)
    except ValueError:
        return True
    return False


def read_answers(
    record: Mapping[str, Any],
    problems: list[Problem],
    *,
    on_form: Mapping[str, str],
    said: Mapping[str, Any],
    kind: str | None = None,
    heard: str | None = None,
    today: date,
    programs: Collection[str],
) -> Referral:
    """The record of one form, with how they found us. BadInput names the form's own fields.

    `said` is everything that was kept; `problems` what the form itself found; `kind` is through what whoever
    fills in this form came, whatever brought them to it, `heard` its name (which event, which guide).
    """
    found = attribution(said.get("came"), kind=kind, today=today)
    if heard:
        found = {**(found or {}), "heard_of_us": heard}
    whole = {**record, "attribution": found} if found else record
    try:
        referral = read_record(whole, channel="web", today=today, item=None, known_programs=programs)
    except BadInput as bad:
        raise BadInput(problems + [_on_form(problem, on_form) for problem in bad.problems]) from None
    if problems:
        raise BadInput(problems)
    return referral


def _on_form(problem: Problem, fields: Mapping[str, str]) -> Problem:
    """The same problem under the form's own field: that of the path, or of the nearest part around it."""
    sentence = problem.message[:1].upper() + problem.message[1:]
    path = problem.field
    while path not in fields and "." in path:
        path = path.rpartition(".")[0]
    return Problem(fields.get(path, path), sentence)
