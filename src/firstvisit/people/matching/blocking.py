"""Blocks: what two records of one person have in common although several fields are garbled.

Each block joins two or three things (a name and the birth date, a name and the street number ...), so that none is
common and none tells a name by how often it occurs. Names stand by their sound and by every formal name they may be
a form of; a first and a last name are not told apart, so changed order costs nothing; day and month neither.

A block also says which parts of a record it stands for. What two records share in all their common blocks together,
in bits, tells whether opening and comparing them could come to anything (`SHARED_BITS`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from itertools import product
from typing import Final

from firstvisit.people.matching.described import Described
from firstvisit.people.matching.edits import sound
from firstvisit.reference.names import formal_names

MOST: Final = 70
"""Blocks of one record at most; many parts in a name make many."""


class Part:
    """What of a record a block stands for, as bits of a plain number: `|` of an enum costs more than a token."""

    GIVEN: Final = 1
    FAMILY: Final = 2
    YEAR: Final = 4
    DAY: Final = 8
    ZIP: Final = 16
    CITY: Final = 32
    STREET: Final = 64
    NUMBER: Final = 128
    REACH: Final = 256
    MEMBER: Final = 512


SHARED_BITS: Final = {
    Part.GIVEN: 7, Part.FAMILY: 8, Part.YEAR: 6, Part.DAY: 8, Part.ZIP: 6, Part.CITY: 3, Part.STREET: 6,
    Part.NUMBER: 7, Part.REACH: 9, Part.MEMBER: 9,
}  # fmt: skip
"""How rare it is that two people share a part by chance, as log2: one name sounds like another once in a hundred or two
hundred, a year of birth is shared by one in sixty, day and month in either order by one in two hundred."""

_Block = tuple[int, tuple[str, ...]]


@functools.cache
def shared_bits(parts: int) -> int:
    """What these parts together weigh."""
    return sum(bits for part, bits in SHARED_BITS.items() if part & parts)


def blocks(who: Described) -> dict[tuple[str, ...], int]:
    """The blocks of a record as texts, the most telling first, each with the parts it stands for; the caller makes
    blind tokens of the texts."""
    found: dict[tuple[str, ...], int] = {}
    for part, texts in _blocks(who):
        if texts not in found and len(found) == MOST:
            continue
        found[texts] = found.get(texts, 0) | part
    return found


def _blocks(who: Described) -> Iterator[_Block]:
    given, family = _sounds(who.given[:2], forms=True), _sounds(who.family[:3], forms=False)
    if who.called:
        given = list(dict.fromkeys([*given, *_sounds(who.called[:1], forms=True)]))
    names = [*((Part.GIVEN, name) for name in given), *((Part.FAMILY, name) for name in family)]
    pairs = list(dict.fromkeys(tuple(sorted(pair)) for pair in product(given, family)))
    # Figures of a ZIP in any order: two of them changed round is the commonest slip.
    towns = [(Part.ZIP, "".join(sorted(who.zip)))] if who.zip else []
    towns += [(Part.CITY, word[:5]) for word in who.city[:1]]
    words = [word[:5] for word in who.street[:3]]
    numbers = sorted(who.numbers)[:2]
    yield from _of_birth(who, names, pairs, towns)
    # Whoever is called by a form of their name and gave no birth date has little more than the phone.
    for pair, phone in product(pairs, sorted(who.phones)[:2]):
        yield Part.GIVEN | Part.FAMILY | Part.REACH, ("names+phone", *pair, phone)
    for reach in sorted((*who.phones, *who.emails))[:6]:
        yield Part.REACH, ("reach", reach)
    # Of whoever fetched a guide nothing is known but these two.
    for called, email in product(given[:1], sorted(who.emails)[:2]):
        yield Part.GIVEN | Part.REACH, ("name+email", called, email)
    for number in sorted(who.member_ids)[:3]:
        yield Part.MEMBER, ("member", number)
    for pair, (town, place) in product(pairs, towns):
        yield Part.GIVEN | Part.FAMILY | town, ("names+place", *pair, place)
    # A street's name alone is common; with the number of the house it is one house.
    home = [(Part.NUMBER | Part.STREET, number + word) for number, word in product(numbers[:1], words)]
    home = home or [(Part.STREET, word) for word in words]
    # One name with ZIP and town together: with either alone it is too common to bring anybody.
    around = [(sum(part for part, _ in towns), " ".join(place for _, place in towns))] if towns else []
    for (name, said), (part, place) in product(names, [*around, *home]):
        yield name | part, ("name+place", said, place)
    first = [(Part.NUMBER, number) for number in numbers] or [(Part.STREET, word) for word in words[1:2]]
    for (part, one), other, (town, place) in product(first, words[:1], towns):
        yield part | Part.STREET | town, ("place", one, other, place)


def _of_birth(
    who: Described, names: list[tuple[int, str]], pairs: list[tuple[str, ...]], towns: list[tuple[int, str]]
) -> Iterator[_Block]:
    """The blocks with a birth date in them: whole, its year, or its day and month in either order."""
    if who.birth is None:
        return
    year, day = who.birth[:4], "".join(sorted((who.birth[5:7], who.birth[8:])))
    whole = Part.YEAR | Part.DAY
    for name, said in names:
        yield name | whole, ("name+birth", said, year, day)
    home = [(Part.NUMBER, number) for number in sorted(who.numbers)[:2]]
    home = home or [(Part.STREET, word[:5]) for word in who.street[:3]]
    for part, place in (*towns, *home):
        yield part | whole, ("birth+place", year, day, place)
    for pair in pairs:
        yield Part.GIVEN | Part.FAMILY | Part.YEAR, ("names+year", *pair, year)
        yield Part.GIVEN | Part.FAMILY | Part.DAY, ("names+day", *pair, day)
    for (name, said), (town, place) in product(names, towns[:1]):
        yield name | Part.YEAR | town, ("name+year+zip", said, year, place)
        yield name | Part.DAY | town, ("name+day+zip", said, day, place)


def _sounds(words: tuple[str, ...], *, forms: bool) -> list[str]:
    """How the words sound, together and each, and the formal names of given ones."""
    texts = ["".join(words), *words] if words else []
    if forms:
        texts += [formal for word in words[:1] for formal in formal_names().get(word, ())[:3]]
    return list(dict.fromkeys(sound(text)[:6] for text in texts if len(text) > 1))
