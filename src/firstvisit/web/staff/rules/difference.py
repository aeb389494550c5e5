"""What changed between two versions of the rules, in words: where, what it was, what it is. Pure.

What was added or taken out is told whole, in the sentence in which the lead page and the form say it: whoever signs
sees what is signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from firstvisit.web.staff.rules.telling import told
from firstvisit.web.staff.rules.tree import NOWHERE, About, Choices, called, inside, words_of

_KEYED = ("slug", "code", "flag")
Entries = Sequence[Mapping[str, Any]]


class Difference(NamedTuple):
    """One change: the place in words, and both values in words; "" where there was or is none."""

    where: str
    was: str
    now: str


class Place(NamedTuple):
    """Where a walk stands: its words, what type is there, and whose answers are meant."""

    where: str
    annotation: Any
    info: FieldInfo | None
    about: About

    def told(self, value: Any, choices: Choices) -> str:
        return told(self.annotation, self.info, value, choices, self.about)

    def inner(self, words: str, annotation: Any, info: FieldInfo | None, about: About) -> Place:
        where = f"{self.where}, {words}" if self.where else words[:1].upper() + words[1:]
        return Place(where, annotation, info, about)


def differences(model: type[BaseModel], was: Any, now: Any, choices: Choices) -> list[Difference]:
    """Every change of one section, in its order."""
    return list(_walk(Place("", model, None, NOWHERE), was, now, choices))


def _walk(place: Place, was: Any, now: Any, choices: Choices) -> Iterator[Difference]:
    if was == now:
        return
    model = inside(place.annotation)
    if model is not None and isinstance(was, Mapping) and isinstance(now, Mapping):
        about = place.about.inside(now)
        if "test" in model.model_fields:  # a condition or a band is one sentence
            yield Difference(place.where, place.told(was, choices), place.told(now, choices))
            return
        for name, info in model.model_fields.items():
            words = str(info.title or words_of(name)).lower()
            inner = place.inner(words, info.annotation, info, about)
            yield from _walk(inner, was.get(name), now.get(name), choices)
    elif model is not None and _entries(was) and _entries(now):
        yield from _lists(place, model, was, now, choices)
    else:
        yield Difference(place.where, place.told(was, choices), place.told(now, choices))


def _lists(
    place: Place, model: type[BaseModel], was: Entries, now: Entries, choices: Choices
) -> Iterator[Difference]:
    key = next((k for k in _KEYED if all(k in entry for entry in (*was, *now))), None)
    pairs = _by_key(was, now, key) if key else _aligned(was, now)
    for before, after in pairs:
        number, entry = after or before or (0, {})
        inner = place.inner(_entry(entry, number), model, None, place.about)
        if before is None:
            yield Difference(inner.where, "", f"added: {inner.told(entry, choices)}")
        elif after is None:
            yield Difference(inner.where, inner.told(entry, choices), "taken out")
        else:
            yield from _walk(inner, before[1], after[1], choices)
    if key:
        yield from _order(place, key, was, now)


Numbered = tuple[int, Mapping[str, Any]]
Pairs = Iterator[tuple[Numbered | None, Numbered | None]]


def _by_key(was: Entries, now: Entries, key: str) -> Pairs:
    before = {entry[key]: (number, entry) for number, entry in enumerate(was)}
    after = {entry[key]: (number, entry) for number, entry in enumerate(now)}
    yield from ((before.get(name), one) for name, one in after.items())
    yield from ((one, None) for name, one in before.items() if name not in after)


def _aligned(was: Entries, now: Entries) -> Pairs:
    """Entries without a name: what stayed the same holds the rest in place."""
    old, new = ([json.dumps(entry, sort_keys=True) for entry in entries] for entries in (was, now))
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for step in range(max(b - a, d - c)):
            before = (a + step, was[a + step]) if a + step < b else None
            yield before, (c + step, now[c + step]) if c + step < d else None


def _order(place: Place, key: str, was: Entries, now: Entries) -> Iterator[Difference]:
    names = [{entry[key] for entry in entries} for entries in (was, now)]
    common = names[0] & names[1]
    old, new = ([entry for entry in entries if entry[key] in common] for entries in (was, now))
    if [entry[key] for entry in old] != [entry[key] for entry in new]:
        first, second = (", ".join(called(entry, 0) for entry in entries) for entries in (old, new))
        yield Difference(place.where, first, f"in the order {second}")


def _entries(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value)


def _entry(entry: Mapping[str, Any], number: int) -> str:
    name = called(entry, number)
    named = any(entry.get(field) for field in ("label", "text", *_KEYED))
    return f"“{name}”" if named and name != f"{number + 1}" else f"{number + 1}"
