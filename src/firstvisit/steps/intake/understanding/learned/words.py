"""A text as the network takes it: one string of who wrote it and what they said, cut into the pieces of its vocabulary. Pure.

The vocabulary (`vocabulary.txt`) and the way of cutting are those of BERT (Devlin et al., 2018, "uncased"), on which the
network was trained first: words in small letters without accents, each cut into the longest pieces that are known.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from firstvisit.steps.intake.understanding.passages import Told

VOCABULARY: Final = Path(__file__).with_name("vocabulary.txt")
MOST: Final = 1500
"""Pieces of a text that are looked at: a page and a half; what stands behind them rules alone read."""
_WORD: Final = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONGEST: Final = 100
"""Letters of a word above which it is no word."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's pieces as numbers of the vocabulary, with where the word of each begins and ends in `text`; `starts` are
    the places in it where each passage begins."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def between(self, start: int, end: int) -> range:
        """The pieces of the words that share a letter with `start` to `end`; empty behind the last piece looked at."""
        inside = [n for n, (begin, stop) in enumerate(self.spans) if begin < end and stop > start]
        return range(inside[0], inside[-1] + 1) if inside else range(0)


def pieces_of(told: Told) -> Pieces:
    """What the network is given of a text: channel, subject and sender, and each passage behind what was asked."""
    text = f"[{told.channel}] "
    for name, value in (("subject", told.subject), ("from", told.sender_name), ("speaker", told.speaker)):
        text += f"{name}: {value} " if value else ""
    starts = []
    for passage in told.passages:
        text += f"[{passage.question}] " if passage.question else ""
        starts.append(len(text))
        text += passage.text.strip("\n") + "\n"
    numbers: list[int] = []
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        known = _pieces(match[0])
        numbers += known
        spans += [match.span()] * len(known)
        if len(numbers) >= MOST:
            break
    return Pieces(text, tuple(starts), tuple(numbers[:MOST]), tuple(spans[:MOST]))


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    folded = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
    vocabulary, found, start = _vocabulary(), [], 0
    while start < len(folded) <= _LONGEST:
        mark = "##" if start else ""
        end = next((end for end in range(len(folded), start, -1) if mark + folded[start:end] in vocabulary), start)
        if end == start:
            break
        found.append(vocabulary[mark + folded[start:end]])
        start = end
    return tuple(found) if folded and start == len(folded) else (vocabulary["[UNK]"],)


@cache
def _vocabulary() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(VOCABULARY.read_text("utf-8").split("\n")) if piece}
