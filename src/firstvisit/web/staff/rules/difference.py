"""What changed between two versions of the rules, in words: where, what it was, what it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from firstvisit.web.staff.rules.tree import called, find, said, words_of

_KEYED = ("slug", "code", "flag")


class Difference(NamedTuple):
    """One change: the place in words, and both values in words; "" where there was or is none."""

    where: str
    was: str
    now: str


def differences(model: type[BaseModel], was: Any, now: Any) -> list[Difference]:
    """Every change of one section, in its order."""
    return list(_walk(model, "", "", was, now))


def _walk(model: type[BaseModel], path: str, where: str, was: Any, now: Any) -> Iterator[Difference]:
    if was == now:
        return
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*was, *now)):
            inner = f"{path}.{name}" if path else str(name)
            yield from _walk(
                model, inner, _place(where, _label(model, inner, str(name))), was.get(name), now.get(name)
            )
    elif _entries(was) and _entries(now) and (was or now):
        yield from _lists(model, path, where, was, now)
    else:
        yield Difference(where, _short(was), _short(now))


def _lists(
    model: type[BaseModel], path: str, where: str, was: Sequence[Any], now: Sequence[Any]
) -> Iterator[Difference]:
    key = next((k for k in _KEYED if all(k in entry for entry in (*was, *now))), None)
    before = {entry[key] if key else number: entry for number, entry in enumerate(was)}
    after = {entry[key] if key else number: entry for number, entry in enumerate(now)}
    for number, (name, entry) in enumerate(after.items()):
        inner = _place(where, _entry(entry, number))
        if name not in before:
            yield Difference(inner, "", "added")
        else:
            yield from _walk(model, f"{path}.{number}", inner, before[name], entry)
    for number, (name, entry) in enumerate(before.items()):
        if name not in after:
            yield Difference(_place(where, _entry(entry, number)), _entry(entry, number), "taken out")
    common = [name for name in before if name in after]
    if key and common != [name for name in after if name in before]:
        yield Difference(where, ", ".join(map(str, common)), "in the order " + ", ".join(map(str, after)))


def _entries(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value)


def _entry(entry: Mapping[str, Any], number: int) -> str:
    name = called(entry, number)
    return f"{number + 1}" if name == f"{number + 1}" else f"“{_short(name)}”"


def _label(model: type[BaseModel], path: str, name: str) -> str:
    try:
        _, info = find(model, path)
    except LookupError:
        return words_of(name).lower()
    return str(info.title if info and info.title else words_of(name)).lower()


def _place(where: str, inner: str) -> str:
    return f"{where}, {inner}" if where else inner[:1].upper() + inner[1:]


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        value = {name: one for name, one in value.items() if one not in (None, "", [], {})}
        return "; ".join(f"{words_of(str(name)).lower()} {said(one)}" for name, one in value.items())[:200]
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        return f"{len(value)} entries"
    return said(value)[:200] or "nothing"
