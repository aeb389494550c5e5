"""Who wrote what of a draft differs from the rules it was begun from. Pure.

Of each field ("routing.routes") the values it went through are kept by their mark, with who wrote each. A value that
comes back takes away what was written since; the value of the base takes away all: who changed nothing in effect has
no hand in the draft.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

Sections = Mapping[str, Mapping[str, Any]]
Hands = dict[str, list[list[str]]]
"""Of each field that differs from the base: [mark of a value, id of who wrote it], oldest first."""


def written(hands: Hands, base: Sections, before: Sections, after: Sections, by: str) -> Hands:
    """The hands after somebody changed the sections from `before` to `after`; `by` is "" for nobody in particular."""
    found = {field: list(states) for field, states in hands.items()}
    for field, was, now in _fields(before, after):
        if was == now:
            continue
        mark, states = _mark(now), found.get(field, [])
        known = [one for one, _ in states]
        if mark == _mark(_at(base, field)):
            found.pop(field, None)
        elif mark in known:
            found[field] = states[: known.index(mark) + 1]
        else:
            found[field] = [*states, [mark, by]]
    return found


def carried(hands: Hands, base: Sections, now: Sections) -> Hands:
    """The hands of a draft whose changes were carried over to another base."""
    return {field: states for field, states in hands.items() if _at(now, field) != _at(base, field)}


def authors(hands: Hands) -> frozenset[str]:
    """The ids of those who wrote what differs."""
    return frozenset(by for states in hands.values() for _, by in states if by)


def _fields(before: Sections, after: Sections) -> Iterator[tuple[str, Any, Any]]:
    for name in {*before, *after}:
        was, now = before.get(name, {}), after.get(name, {})
        for field in {*was, *now}:
            yield f"{name}.{field}", was.get(field), now.get(field)


def _at(sections: Sections, field: str) -> Any:
    name, _, inner = field.partition(".")
    return sections.get(name, {}).get(inner)


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
