"""Signs of what cannot wait: those that tell it alone, and those that tell it only together. Pure; `signs.toml`.

A layperson seldom says "chest pain": it is a weight on me *and* an arm that goes dead; a knock on the head *and*
throwing up since. Such a flag is two or three signs near each other, in whatever order and words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from firstvisit.referral.wordings import Wording, Wordings, small

Places = tuple[re.Match[str], ...]
"""Where the signs of one flag stand."""

_SIGNS: Final = Wordings(__file__, "signs.toml")
_SAID: Final = Wordings(__file__, "said.toml")
NEW: Final = _SIGNS.any_of("words.new", r"\b%s")
"""Words of hours, not of weeks."""
TOLD_TO_CALL: Final = _SIGNS.any_of("words.told_to_call", r"\b%s")
"""What whoever answers says when it cannot wait."""
STATEMENT_ENDS: Final = re.compile(r"[.;!?\n]|\bbut\b|\bpero\b|\bhowever\b", re.IGNORECASE)
_HANDLED: Final = _SAID.any_of("time.handled", r"\b%s\b")
_OF_THE_DAY: Final = ("head_injury", "fall_injury", "infection_signs")
"""What matters while it is fresh; seen to since, it is what therapy is for."""


@dataclass(frozen=True, slots=True)
class _Together:
    """Two signs of one flag within `reach` letters; in one statement only, or also over its end."""

    flag: str
    first: Wording
    second: Wording
    reach: int
    one_clause: bool


@cache
def alone() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sign that tells a flag by itself, with the flag; for a text in small letters."""
    rows = _SIGNS.raw("sign")
    return tuple((row["flag"], re.compile(small(_SIGNS.written_out(row["words"], "words")))) for row in rows)


@cache
def _pairs() -> tuple[_Together, ...]:
    return tuple(
        _Together(row["flag"], _sign(first), _sign(second), row["reach"], row["one_clause"])
        for row in _SIGNS.raw("together")
        for first, second in (row["signs"],)
    )


@cache
def _sign(name: str) -> Wording:
    return _SIGNS.in_small(f"words.{name}", r"\b%s")


def together(text: str) -> Iterator[tuple[str, Places]]:
    """Signs that stand near enough each other in a text of small letters to tell of one thing."""
    for pair in _pairs():
        seconds = list(pair.second.finditer(text))
        for first in pair.first.finditer(text) if seconds else ():
            for second in seconds:
                apart = text[min(first.end(), second.end()) : max(first.start(), second.start())]
                overlaps = first.start() < second.end() and second.start() < first.end()
                ends = pair.one_clause and STATEMENT_ENDS.search(apart)
                if not overlaps and len(apart) <= pair.reach and not ends:
                    yield pair.flag, (first, second)
    for row in _SIGNS.raw("threefold"):
        one, *more = map(_sign, row["signs"])
        for first in one.finditer(text):
            window = max(0, first.start() - row["reach"]), first.end() + row["reach"]
            others = [next(sign.finditer(text, *window), None) for sign in more]
            if all(others):
                yield row["flag"], (first, *(other for other in others if other))


def is_handled(flag: str, text: str, start: int, end: int) -> bool:
    """Whether somebody has seen to what matters only while it is fresh."""
    around = text[max(0, start - 40) : end + 90]
    return flag in _OF_THE_DAY and bool(_HANDLED.search(around)) and not NEW.search(around)
