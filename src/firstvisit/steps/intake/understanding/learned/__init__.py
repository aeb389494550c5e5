"""A second reading of a whole text by a small network that learned from documents whose record is known. Pure.

Rules read what is written as they know it to be written. How else people say who is ill, who calls, how soon and what for,
no list of wordings holds; the network has seen some thousand calls, mails and notes and tells how probable each answer
is. It reads no value out of a text: names and numbers are found by rules, the network says whose they are (`whose`); and
of questions about the whole (`opinions`) it chooses among answers that the record knows. docs/why/0024 says what it is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from firstvisit.steps.intake.understanding.learned.network import Answer, Vectors, shipped
from firstvisit.steps.intake.understanding.learned.words import Pieces, pieces_of
from firstvisit.steps.intake.understanding.passages import Passage, Told

CHANNELS: Final = ("phone", "email", "web")
"""Texts; of pages the print says what a value is, and whose."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network makes of one text."""

    told: Told
    pieces: Pieces
    vectors: Vectors
    answers: dict[str, Answer]

    def roles(self, kind: str, places: Sequence[tuple[int, int, int]], many: int) -> list[tuple[float, ...]]:
        """How probable each of `many` roles is for candidates of one kind, each the number of its passage with where it begins and
        ends there; for one behind what was looked at each role is as probable as another."""
        ranges = [self.pieces.between(self.pieces.starts[nth] + start, self.pieces.starts[nth] + end) for nth, start, end in places]
        seen = [n for n, at in enumerate(ranges) if at]
        told = [(1 / many,) * many] * len(ranges)
        if seen:
            for n, shares in zip(seen, shipped().roles(kind, self.vectors, [ranges[n] for n in seen]), strict=True):
                told[n] = shares
        return told

    def passage(self, answer: Answer) -> Passage:
        """Where the network looked most for an answer."""
        at = self.pieces.spans[answer.piece][0]
        behind = [n for n, start in enumerate(self.pieces.starts) if start <= at]
        return self.told.passages[behind[-1] if behind else 0]


@lru_cache(maxsize=4)
def reading(told: Told) -> Reading | None:
    """What the network makes of `told`; None where nothing is said, of pages, and in Spanish, of which it has seen little."""
    spanish = sum(len(passage.text) for passage in told.passages if passage.in_spanish)
    if told.channel not in CHANNELS or 2 * spanish >= len(told.words):
        return None
    pieces = pieces_of(told)
    vectors = shipped().vectors(pieces)
    return Reading(told, pieces, vectors, shipped().answers(vectors))
