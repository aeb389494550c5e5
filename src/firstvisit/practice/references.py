"""Entries that name each other: the practice with one entry more or less, and what names it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from firstvisit.practice.checks import Finding
from firstvisit.practice.content import KINDS, PracticeFiles
from firstvisit.practice.shape import Shape

NAMED_BY: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "sites": (
        ("identity", "home_site"),
        ("programs", "sites"),
        ("resources", "sites"),
        ("queues", "site"),
        ("staff", "sites"),
    ),
    "programs": (("programs", "exclusions"),),
    "payers": (("resources", "payers"),),
    "resources": (("staff", "resource"),),
    "queues": (("staff", "queues"),),
    "roles": (("staff", "role"),),
    "places": (("not_offered", "places"),),
}
"""Collection: where its entries are named, as (collection, field)."""

_LEAVES: Final = frozenset(
    {
        ("programs", "sites"),
        ("resources", "sites"),
        ("resources", "payers"),
        ("staff", "sites"),
        ("staff", "queues"),
        ("not_offered", "places"),
    }
)
"""Lists that a retired entry simply leaves; where that would empty one that means something else when it is
empty (an account without sites sees all of them), it stays and the checks refuse."""
_EMPTY_MEANS_ALL: Final = frozenset({("staff", "sites")})
_WORDS: Final = {kind.collection: kind.word.replace("_", " ") for kind in KINDS} | {
    "identity": "identity",
    "staff": "account",
}


def with_entry(files: PracticeFiles, collection: str, entry: Shape) -> PracticeFiles:
    """The practice with this entry in the place of the one of its name, or at the end."""
    if collection == "identity":
        return replace(files, identity=entry)  # type: ignore[arg-type]
    named_by = _named_by(collection)
    name, entries = getattr(entry, named_by), list(getattr(files, collection))
    at = next((n for n, one in enumerate(entries) if getattr(one, named_by) == name), len(entries))
    entries[at : at + 1] = [entry]
    return _with(files, collection, entries)


def without(files: PracticeFiles, collection: str, name: str) -> PracticeFiles:
    """The practice without this entry, which also leaves the lists that merely name it."""
    named_by = _named_by(collection)
    kept = [one for one in getattr(files, collection) if getattr(one, named_by) != name]
    files = _with(files, collection, kept)
    for where, field in NAMED_BY.get(collection, ()):
        if where != "identity":
            files = _with(files, where, [_leave(one, where, field, name) for one in getattr(files, where)])
    return files


def naming(files: PracticeFiles, collection: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Who names this entry: (collection, the naming entry's own name, its field)."""
    for where, field in NAMED_BY.get(collection, ()):
        entries = (files.identity,) if where == "identity" else getattr(files, where)
        for one in entries:
            value = getattr(one, field, None)
            named = _named(value)
            if name in named and not (where == collection and getattr(one, "slug", "") == name):
                yield where, str(getattr(one, _named_by(where))) if where != "identity" else "identity", field


def changed(before: PracticeFiles, after: PracticeFiles) -> list[tuple[str, str, Any, Any]]:
    """Entries that stand in both and differ, as (collection, name, before, after)."""
    found = []
    for kind in KINDS:
        old = {getattr(one, kind.named_by): one for one in getattr(before, kind.collection)}
        for one in getattr(after, kind.collection):
            name = getattr(one, kind.named_by)
            if name in old and old[name] != one:
                found.append((kind.collection, name, old[name], one))
    return found


def words(finding: Finding, files: PracticeFiles) -> str:
    """A finding about another entry for somebody at a form: "program Hand therapy, skills: no clinician ..."."""
    entries = (files.identity,) if finding.collection == "identity" else getattr(files, finding.collection)
    named_by = _named_by(finding.collection) if finding.collection != "identity" else "name"
    called = next(
        (getattr(one, "name", finding.name) for one in entries if getattr(one, named_by, "") == finding.name),
        finding.name,
    )
    what = " ".join(part for part in (_WORDS[finding.collection], called) if part)
    return f"{what}{', ' if finding.field else ''}{finding.field.replace('_', ' ')}: {finding.message}"


def _with(files: PracticeFiles, collection: str, entries: list[Any]) -> PracticeFiles:
    said: dict[str, Any] = {collection: tuple(entries)}
    return replace(files, **said)


def _named(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    if isinstance(value, tuple):
        return {one if isinstance(one, str) else (getattr(one, "instead", None) or "") for one in value}
    return set()


def _leave(one: Shape, where: str, field: str, name: str) -> Shape:
    value = getattr(one, field)
    if (where, field) == ("staff", "resource") and value == name:
        return one.model_copy(update={field: None})
    if (where, field) not in _LEAVES or name not in value:
        return one
    left = tuple(slug for slug in value if slug != name)
    if not left and (where, field) in _EMPTY_MEANS_ALL:
        return one
    return one.model_copy(update={field: left})


def _named_by(collection: str) -> str:
    return next(kind.named_by for kind in KINDS if kind.collection == collection)
