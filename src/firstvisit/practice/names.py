"""Names that rules may use, by kind: what may stand in a field that says where its names come from
(`json_schema_extra={"from": "queues"}`). The form offers just these, and a rule that names anything else is refused.

What names exist may depend on the practice. A closed list is better a `Literal` of the field itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from firstvisit.kernel.errors import Problem
from firstvisit.practice import problems
from firstvisit.practice.shape import Practice

Known = Callable[[Practice], Mapping[str, str]]
"""Names and what each is called on screen."""


class Kind(NamedTuple):
    """One kind of names: what one of them is called, and which there are."""

    word: str
    known: Known


_register: dict[str, Kind] = {}
SHOWN: Final = 40
"""Names listed in a refusal."""


def register(kind: str, word: str, known: Known) -> None:
    """Declare a kind of names; `word` is what one of them is called ("queue")."""
    _register[kind] = Kind(word, known)


def registered() -> frozenset[str]:
    return frozenset(_register)


def choices(practice: Practice) -> dict[str, dict[str, str]]:
    """Every kind of names as it is offered: {kind: {name: words}}."""
    return {kind: dict(one.known(practice)) for kind, one in _register.items()}


def source(info: FieldInfo | None) -> str:
    """The kind of names a field takes; "" for a field of its own words."""
    extra = info.json_schema_extra if info else None
    return str(extra.get("from", "")) if isinstance(extra, dict) else ""


def unknown(section: BaseModel, practice: Practice) -> Iterator[Problem]:
    """Every name in a section of the rules that does not exist, at its field ("routes 2, queue")."""
    yield from _walk(section, (), practice)


def refused(kind: str, name: str, practice: Practice) -> str | None:
    """Why this name is none of its kind, with the known ones; None when it is."""
    word, known = _register[kind]
    there = known(practice)
    if name in there:
        return None
    listed = ", ".join(sorted(there)[:SHOWN]) or "none"
    return f"there is no {word} {name!r}; there are {listed}"


def _walk(value: BaseModel, path: tuple[int | str, ...], practice: Practice) -> Iterator[Problem]:
    for field, info in type(value).model_fields.items():
        held, at, kind = getattr(value, field), (*path, field), source(info)
        if kind in _register:
            yield from _names(held, at, kind, info, practice)
        elif isinstance(held, BaseModel):
            yield from _walk(held, at, practice)
        elif isinstance(held, tuple):
            for number, one in enumerate(held):
                if isinstance(one, BaseModel):
                    yield from _walk(one, (*at, number), practice)


def _names(
    held: Any, at: tuple[int | str, ...], kind: str, info: FieldInfo, practice: Practice
) -> Iterator[Problem]:
    if held is None or (held == "" and info.default == ""):  # none chosen, where that may be
        return
    for name in held if isinstance(held, tuple) else (held,):
        if (why := refused(kind, name, practice)) is not None:
            yield Problem(problems.field(at), why)


def _said(practice: Practice, field: str) -> dict[str, str]:
    """What people, rooms and devices of the practice are said to have, in this field."""
    return {name: name for one in practice.resources.values() for name in getattr(one, field)}


register("queues", "queue", lambda practice: {slug: queue.name for slug, queue in practice.queues.items()})
register("sites", "site", lambda practice: {slug: site.name for slug, site in practice.sites.items()})
register("programs", "program", lambda practice: {slug: one.name for slug, one in practice.programs.items()})
register("skills", "skill", lambda practice: _said(practice, "skills"))
register("credentials", "credential", lambda practice: _said(practice, "credentials"))
register("equipment", "room or device", lambda practice: _said(practice, "equipment"))
register("payers", "payer", lambda practice: {slug: payer.name for slug, payer in practice.payers.items()})
