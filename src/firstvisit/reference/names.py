"""How common names are, and which names are other forms of one. Folded names: no case, no accents, letters only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from firstvisit.reference.lines import DATA


@cache
def given_names() -> dict[str, int]:
    """Bearers of a common given name in 100,000 people; a name that is not in it is rare."""
    return _rates("given_names.txt")


@cache
def surnames() -> dict[str, int]:
    """Bearers of a common surname in 100,000 people; a name that is not in it is rare."""
    return _rates("surnames.txt")


@cache
def formal_names() -> dict[str, tuple[str, ...]]:
    """The formal names a short form may stand for: "bob" for ("robert",), "sam" for two."""
    found: dict[str, list[str]] = {}
    for formal, *forms in _lines("nicknames.txt"):
        for form in forms:
            if formal not in found.setdefault(form, []):
                found[form].append(formal)
    return {form: tuple(formals) for form, formals in found.items()}


@cache
def names_of_both() -> frozenset[str]:
    """Given names that women and men bear alike: Pat, Jordan, Guadalupe."""
    return frozenset(word for words in _lines("names_of_both.txt") for word in words)


@cache
def spelling_words() -> dict[str, str]:
    """Words that stand for letters when somebody spells: "whiskey" for "W"."""
    return {word: letter for letter, *words in _lines("spelling_alphabet.txt") for word in words}


@cache
def fixed_days() -> dict[str, tuple[int, int]]:
    """Month and day of what falls on the same date every year, by its name in small letters."""
    return {" ".join(words): (int(day[:2]), int(day[3:])) for day, *words in _lines("fixed_days.txt")}


def _rates(name: str) -> dict[str, int]:
    return {word: int(rate) for rate, *words in _lines(name) for word in words}


def _lines(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split()
