"""How far apart two short texts are, and how a name sounds. Pure; nothing here knows what the text means."""

from __future__ import annotations

import functools
import itertools
import re
from typing import Final

VOWELS: Final = frozenset("aeiouy")
_SPELLINGS: Final = (
    ("sch", "s"), ("tch", "s"), ("ph", "f"), ("ght", "t"), ("gh", "g"), ("kn", "n"), ("wr", "r"), ("mb", "m"),
    ("ck", "k"), ("ch", "k"), ("sh", "s"), ("th", "t"), ("dg", "j"), ("ce", "se"), ("ci", "si"), ("cy", "si"),
    ("ge", "je"), ("gi", "ji"), ("qu", "k"), ("x", "ks"), ("c", "k"), ("q", "k"), ("z", "s"), ("v", "f"),
    ("j", "g"), ("w", ""), ("h", ""),
)  # fmt: skip

_VOWELS: Final = {"ay": "ai", "ei": "ai", "ey": "i", "ie": "i", "y": "i", "ee": "ea", "ya": "ia", "yo": "io"}
"""Vowels written in two ways."""


def edits(one: str, other: str, most: int = 3) -> int:
    """Letters to add, drop, change, or swap with a neighbour until the texts are equal; `most` + 1 when it
    takes more than `most` (optimal string alignment)."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _without_common_ends(one, other)
    longer = max(len(one), len(other))
    if (most == 1 and longer > 2) or longer - _letters_shared(one, other) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, against in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                best = min(best, above[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _without_common_ends(one: str, other: str) -> tuple[str, str]:
    """What is left to edit of two texts that differ: no edit touches what they begin or end with in common."""
    shorter = min(len(one), len(other))
    begin, end = 0, 0
    while begin < shorter and one[begin] == other[begin]:
        begin += 1
    while end < shorter - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[begin : len(one) - end], other[begin : len(other) - end]


def _letters_shared(one: str, other: str) -> int:
    """Letters that both have, in any order: each of the rest takes an edit. Counting them spares most of the tables."""
    return sum([min(one.count(letter), other.count(letter)) for letter in set(one)])


def slip(one: str, other: str) -> bool:
    """Whether the texts differ as by a slip of the hand: one letter in four to eight, two in longer ones."""
    longest = max(len(one), len(other))
    return longest >= 4 and edits(one, other, 2) <= (1 if longest < 9 else 2)


@functools.lru_cache(maxsize=20_000)
def spoken(name: str) -> tuple[str, ...]:
    """A name as it is said, closely: consonants by sound, the first and a final vowel as they are, others as one.

    Aidan and Aiden, Brian and Bryan, Sara and Sarah are the same; Mario and Maria, Dan and Dean, Leo and Lea are not.
    """
    text = name
    for spelt, said in _SPELLINGS:
        text = text.replace(spelt, said)
    groups = [match.group() for match in re.finditer(r"[aeiouy]+|[^aeiouy]+", text)]
    vowels = [number for number, group in enumerate(groups) if group[0] in VOWELS]
    literal = {vowels[0], len(groups) - 1} if vowels else set()
    out = []
    for number, group in enumerate(groups):
        if group[0] not in VOWELS:
            out.append("".join(letter for letter, _ in itertools.groupby(group)))
        else:
            out.append(_VOWELS.get(group, group) if number in literal else "*")
    return tuple(out)


@functools.lru_cache(maxsize=20_000)
def sound(name: str) -> str:
    """A name as it sounds in English, roughly: Kaitlyn and Catelin are both "ktln". `name` is folded."""
    text = name
    for spelt, said in _SPELLINGS:
        text = text.replace(spelt, said)
    out: list[str] = []
    for letter in text:
        if letter in VOWELS:
            letter = "a"
        if not out or out[-1] != letter:
            out.append(letter)
    return "".join(out[:1] + [letter for letter in out[1:] if letter != "a"]) or name
