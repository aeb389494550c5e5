"""Two children named in one breath in a letter: "our twins, Emil and Greta Holm". Pure.

What is said of both is kept of each; what can only be one's (first name, sex, age) is not, and a birth date only where
the words say that both have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.passages import Passage, Told

_NAME: Final = r"[A-ZÀ-Þ][\w'’-]+"
_KIN: Final = (
    r"twins|twin (?:boys|girls|sons|daughters)|sons|daughters|boys|girls|kids|children|kiddos|grand(?:sons|daughters|children|kids)"
    r"|nephews|nieces|gemel[oa]s|melliz[oa]s|hij[oa]s|niet[oa]s"
)
_PAIR: Final = re.compile(
    rf"\b(?i:(?:my|our|mis|nuestr[oa]s)\s+(?:[\w-]+\s+){{0,3}}?(?:{_KIN}))\b[\s,:(–—-]*(?:(?i:named|called|are|se llaman)\s+)?"
    rf"(?P<one>{_NAME})(?:\s(?P<last_one>{_NAME}))?\s*(?:,?\s(?:and|y)\s|\s?&\s?)(?P<two>{_NAME})(?:\s(?P<last_two>{_NAME}))?"
)
_OF_BOTH: Final = re.compile(r"(?i)\b(?:twins?|both|gemel[oa]s|melliz[oa]s|amb[oa]s|los dos|las dos)\b")
_ONES: Final = (
    "patient.first_name", "patient.middle_name", "patient.last_name", "patient.preferred_name", "patient.suffix",
    "patient.sex", "patient.age_years",
)  # fmt: skip
_SAID: Final = "said of the patient"
_SURE: Final = 0.94
_OPEN: Final = 0.6
"""Below what is printed unseen: whose it is, a person says."""


def of_two(told: Told, found: Sequence[Found]) -> list[Found]:
    """The values of a letter about two children, each under its patient; as they were where it names no two."""
    pair = named(told)
    if pair is None or told.channel == "phone" or told.patients > 1:
        return list(found)
    passage, match = pair
    born = {str(each.value) for each in found if each.path == "patient.date_of_birth"}
    shared = len(born) == 1 and _OF_BOTH.search(told.words) is not None
    speech = {each.value for each in found if each.path == "disciplines"} == {"SLP"}
    kept: list[Found] = []
    for each in found:
        if each.path in _ONES or (each.path == "program" and each.value == "pediatric" and speech):
            continue
        less = each.path == "patient.date_of_birth" and not shared
        one = replace(each, confidence=min(each.confidence, _OPEN)) if less else each
        kept += [replace(one, patient=number) for number in (0, 1)]
    return [*kept, *_names(passage, match)]


def named(told: Told) -> tuple[Passage, re.Match[str]] | None:
    """Where a text names two children in one breath, and how."""
    for passage in told.passages:
        match = _PAIR.search(passage.text)
        if match is not None and match["one"] != match["two"]:
            return passage, match
    return None


def _names(passage: Passage, match: re.Match[str]) -> Iterator[Found]:
    """First and last name of each; a last name said once, behind the second, is both's."""
    for number, (first, last) in enumerate((("one", "last_one"), ("two", "last_two"))):
        yield _found("patient.first_name", passage, match, first, number)
        if match[last] or match["last_two"]:
            yield _found("patient.last_name", passage, match, last if match[last] else "last_two", number)


def _found(path: str, passage: Passage, match: re.Match[str], group: str, number: int) -> Found:
    start, end = match.span(group)
    place = Place(text=passage.where, span=(passage.start + start, passage.start + end))
    return Found(path, match[group], _SURE, place, match[group], _SAID, number)
