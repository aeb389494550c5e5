"""When two places say the same, when they contradict each other, and what that does to confidence. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from firstvisit.kernel.folding import folded
from firstvisit.reference import zips
from firstvisit.reference.names import formal_names
from firstvisit.steps.intake.understanding.found import Found

_WORDY: Final = re.compile(r"(name|organization|street|city|credential|words|relationship)$")
"""Fields in which one place may say more words of the same thing than another: "Cho" and "Evelyn Cho"."""
_MBI: Final = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y]{2}\d\d"
)
"""The eleven places of a Medicare number (CMS, "Understanding the MBI format")."""
_AGREE: Final = 0.5
"""Of the room for error that one place leaves, the share that a second, independent place leaves."""


@dataclass
class Settling:
    """One value on its way: what it is, how sure, its surest place, and why a person should look, if they should."""

    value: Any
    confidence: float
    best: Found
    disagrees: str | None = None


def settled_of(path: str, pairs: Sequence[tuple[object, Found]]) -> Settling | None:
    """The value most places speak for; None where there is none. Contradicted, it is less sure by how sure they are."""
    groups: list[list[tuple[object, Found]]] = []
    for value, each in sorted(pairs, key=lambda pair: -pair[1].confidence):
        group = next((g for g in groups if any(_same(path, value, other) for other, _ in g)), None)
        groups.append([(value, each)]) if group is None else group.append((value, each))
    if not groups:
        return None
    weighed = sorted(((_weight(group), n, group) for n, group in enumerate(groups)), key=lambda w: (-w[0], w[1]))
    confidence, _, group = weighed[0]
    value, best = max(group, key=lambda pair: (_fullness(path, pair[0]), pair[1].confidence))
    if len(weighed) == 1:
        return Settling(value, confidence, best)
    other = weighed[1][0]
    confidence *= 1 - other * other * 0.5
    return Settling(value, confidence, best, "two places say different things")


def one_entry(path: str, known: Mapping[str, Sequence[tuple[object, Found]]], new: Mapping[str, Any]) -> bool:
    """Whether two entries of a list are one: they share a field and none of their fields contradicts the other's."""
    shared = known.keys() & new.keys()
    same = all(known[name][0][0] == new[name][0][0] for name in shared)
    return same and (bool(shared) or path == "frequencies")


def cross_check(settled: Mapping[str, Settling], today: dt.date) -> None:
    """Fields that bear on each other: ZIP with city and state, age with date of birth, Medicare with its number."""
    _address(settled)
    _age(settled, today)
    kind, number = settled.get("payers.0.kind"), settled.get("payers.0.member_id")
    if kind and number and kind.value == "medicare" and _MBI.fullmatch(re.sub(r"[\s-]", "", number.value).upper()):
        _surer(kind, number)


def _address(settled: Mapping[str, Settling]) -> None:
    zip, city, state = (settled.get(f"patient.{name}") for name in ("postal_code", "city", "state"))
    if zip is None or (city is None and state is None):
        return
    place = zips.place(zip.value)
    if place is None:
        _less_sure("no such ZIP is listed", zip)
    elif state is not None and place.state != state.value:
        _less_sure("the ZIP lies in another state", zip, state)
    elif city is not None and folded(place.city) == folded(city.value):
        _surer(zip, city)


def _age(settled: Mapping[str, Settling], today: dt.date) -> None:
    born, age = settled.get("patient.date_of_birth"), settled.get("patient.age_years")
    if born is None or age is None:
        return
    years = today.year - born.value.year - ((today.month, today.day) < (born.value.month, born.value.day))
    if abs(years - age.value) > 1:
        _less_sure("the age and the date of birth do not agree", born, age)
    else:
        _surer(born, age)


def _surer(*values: Settling) -> None:
    for each in values:
        each.confidence = 1 - (1 - each.confidence) * _AGREE


def _less_sure(reason: str, *values: Settling) -> None:
    for each in values:
        each.confidence *= 0.6
        each.disagrees = each.disagrees or reason


def same(path: str, one: object, other: object) -> bool:
    """Whether two values of a field say the same, one perhaps with more words."""
    return _same(path, one, other)


def _weight(group: Sequence[tuple[object, Found]]) -> float:
    """How sure the places of one value are together; two finds in one place count once."""
    places: dict[str, float] = {}
    for _, each in group:
        places[str(each.place)] = max(places.get(str(each.place), 0.0), each.confidence)
    surest, *others = sorted(places.values(), reverse=True)
    room = 1 - surest
    for other in others:
        room *= 1 - other * (1 - _AGREE)
    return 1 - room


def _same(path: str, one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        first, second = _words(one), _words(other)
        if first == second:
            return True
        if path == "patient.first_name" and first and second and 1 in (len(first[0]), len(second[0])):
            return first[0][0] == second[0][0]
        if path == "patient.first_name" and first and second and _nickname(first[0], second[0]):
            return True
        if path.endswith(".name") and len(first) == len(second) and first[-1:] == second[-1:] and _nickname(first[0], second[0]):
            return True
        if _WORDY.search(path):
            return set(first) <= set(second) or set(second) <= set(first) or "".join(first) == "".join(second)
        return "".join(first) == "".join(second)
    return one == other


def _nickname(one: str, other: str) -> bool:
    """Whether one given name is a short form of the other."""
    forms = formal_names()
    return one in forms.get(other, ()) or other in forms.get(one, ()) or bool(set(forms.get(one, ())) & set(forms.get(other, ())))


def _fullness(path: str, value: object) -> float:
    """Of wordy fields the fuller form is kept, of all others the surest."""
    if path == "patient.first_name":
        return 0 if len(str(value).rstrip(".")) == 1 else 1
    return len(_words(value)) + len(value) / 1000 if isinstance(value, str) and _WORDY.search(path) else 0


def _words(text: str) -> list[str]:
    return [folded(word) for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text)]
