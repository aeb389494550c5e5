"""Blocks: what two records of one person have in common although several fields are garbled.

Each block joins two or three things (a name and the birth date, a name and the street number ...), so that none is
common and none tells a name by how often it occurs. Names stand by their sound and by every formal name they may be
a form of; a first and a last name are not told apart, so changed order costs nothing; day and month neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from firstvisit.people.matching.described import Described
from firstvisit.people.matching.edits import sound
from firstvisit.reference.names import formal_names

MOST: Final = 70
"""Blocks of one record at most; many parts in a name make many."""
ALONE: Final = "names"
"""The one block of names alone. How often it occurs would tell a common name: its token is cut shorter."""


def blocks(who: Described) -> list[tuple[str, ...]]:
    """The blocks of a record as texts, the most telling first; the caller makes blind tokens of them."""
    found = list(dict.fromkeys(_blocks(who)))
    return found[:MOST]


def _blocks(who: Described) -> Iterator[tuple[str, ...]]:
    given, family = _sounds(who.given[:2], forms=True), _sounds(who.family[:3], forms=False)
    names = list(dict.fromkeys([*given, *family]))
    pairs = [tuple(sorted(pair)) for pair in product(given, family)]
    # Figures of a ZIP in any order: two of them changed round is the commonest slip.
    zips = ["".join(sorted(who.zip))] if who.zip else []
    words = [word[:5] for word in who.street[:3]]
    numbers = sorted(who.numbers)[:2]
    cities = [word[:5] for word in who.city[:1]]
    yield from _of_birth(who, names, pairs, zips, [*numbers, *words, *cities])
    for reach in sorted((*who.phones, *who.emails))[:6]:
        yield ("reach", reach)
    for number in sorted(who.member_ids)[:3]:
        yield ("member", number)
    for pair in pairs:
        yield (ALONE, *pair)
        for place in (*zips, *cities):
            yield ("names+place", *pair, place)
    for name, place in product(names, [*zips, *cities, *words, *(n + w for n in numbers[:1] for w in words)]):
        yield ("name+place", name, place)
    for one, other in product(numbers or words[1:2], words[:1]):
        for place in (*zips, *cities):
            yield ("place", one, other, place)


def _of_birth(
    who: Described, names: list[str], pairs: list[tuple[str, ...]], zips: list[str], places: list[str]
) -> Iterator[tuple[str, ...]]:
    """The blocks with a birth date in them: whole, its year, or its day and month in either order."""
    if who.birth is None:
        return
    year, day = who.birth[:4], "".join(sorted((who.birth[5:7], who.birth[8:])))
    for name in names:
        yield ("name+birth", name, year, day)
    for place in (*zips, *places):
        yield ("birth+place", year, day, place)
    for pair in pairs:
        yield ("names+year", *pair, year)
        yield ("names+day", *pair, day)
    for name, place in product(names, zips):
        yield ("name+year+zip", name, year, place)
        yield ("name+day+zip", name, day, place)


def _sounds(words: tuple[str, ...], *, forms: bool) -> list[str]:
    """How the words sound, together and each, and the formal names of given ones."""
    texts = ["".join(words), *words] if words else []
    if forms:
        texts += [formal for word in words[:1] for formal in formal_names().get(word, ())[:3]]
    return list(dict.fromkeys(sound(text)[:6] for text in texts if len(text) > 1))

