"""Small outside facts, each with the day it was known to hold and where it stands written.

They live in `data/facts.toml` so that a person can correct one without touching code.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from firstvisit.reference.lines import DATA


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is whatever TOML holds: text, number, tuple (never a list) or read-only mapping."""

    value: object
    as_of: dt.date
    source: str


def _frozen(value: object) -> object:
    """The same value so that no caller can change it for the next one."""
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, dict):
        return MappingProxyType({name: _frozen(each) for name, each in value.items()})
    return value


@cache
def all_facts() -> Mapping[str, Fact]:
    """Every fact by name. Raises KeyError when the file has a fact without value, as_of or source."""
    stated = tomllib.loads((DATA / "facts.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: Fact(value=_frozen(parts["value"]), as_of=parts["as_of"], source=parts["source"])
            for name, parts in stated.items()
        }
    )


def fact(name: str) -> Fact:
    """The fact called `name`. Raises KeyError naming it when there is none."""
    try:
        return all_facts()[name]
    except KeyError:
        raise KeyError(f"no fact is called {name!r}; reference/data/facts.toml has the names") from None


def texts(name: str) -> tuple[str, ...]:
    """The value of a fact that is a list of texts. Raises KeyError as `fact`, TypeError for another kind."""
    value = fact(name).value
    if not isinstance(value, tuple) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"the fact {name!r} is not a list of texts")
    return value


def table(name: str) -> Mapping[str, str]:
    """The value of a fact that maps text to text. Raises KeyError as `fact`, TypeError for another kind."""
    value = fact(name).value
    if not isinstance(value, MappingProxyType) or not all(isinstance(each, str) for each in value.values()):
        raise TypeError(f"the fact {name!r} is not a table of texts")
    return value
