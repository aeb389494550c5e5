"""A second reading of a whole text by a small network that learned from documents whose record is known. Pure.

Rules read what is written as they know it to be written. How else people say who is ill, who calls, how soon and what for,
no list of wordings holds; the network has seen some thousand calls, mails and notes and tells how probable each answer
is. It reads no value out of a text: names and numbers are found by rules, the network says whose they are (`whose`); and
of questions about the whole (`opinions`) it chooses among answers that the record knows. docs/why/0024 says what it is worth.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from firstvisit.steps.intake.understanding.learned import network
from firstvisit.steps.intake.understanding.learned.network import Answer, Vectors, shipped
from firstvisit.steps.intake.understanding.learned.words import Pieces, pieces_of
from firstvisit.steps.intake.understanding.passages import Passage, Told

CHANNELS: Final = ("phone", "email", "web")
"""Texts; of pages the print says what a value is, and whose."""

_MARKED: Final = 0.5
"""From which share on a word belongs to a value."""
_AROUND: Final = " .,'’-&"


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network makes of one text."""

    told: Told
    pieces: Pieces
    vectors: Vectors
    answers: dict[str, Answer]
    marks: Vectors

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

    def marked(self, field: str) -> list[Marked]:
        """Words one behind the other that the network takes for a value of `field`, in the order they stand in."""
        shares = self.marks[:, network.MARKS.index(field)]
        by_word: dict[tuple[int, int], list[float]] = {}
        for span, share in zip(self.pieces.spans, shares.tolist(), strict=True):
            by_word.setdefault(span, []).append(share)
        runs: list[list[tuple[tuple[int, int], float]]] = [[]]
        for span, parts in by_word.items():
            share = sum(parts) / len(parts)
            if share < _MARKED:
                runs.append([])
            elif runs[-1] and self._nth(span[0]) != self._nth(runs[-1][0][0][0]):
                runs.append([(span, share)])
            else:
                runs[-1].append((span, share))
        return [marked for run in runs if run and (marked := self._words(run))]

    def _words(self, run: list[tuple[tuple[int, int], float]]) -> Marked | None:
        """A run of words as they stand in their passage; None where they stand in none (a question, a sender)."""
        (start, _), (_, end) = run[0][0], run[-1][0]
        nth = self._nth(start)
        if nth is None:
            return None
        passage = self.told.passages[nth]
        before = len(passage.text) - len(passage.text.lstrip("\n")) - self.pieces.starts[nth]
        if end + before > len(passage.text):
            return None
        share = round(sum(each for _, each in run) / len(run), 3)
        return Marked(self.pieces.text[start:end].strip(_AROUND), passage, start + before, end + before, share)

    def _nth(self, at: int) -> int | None:
        """The number of the passage that begins at or before `at`."""
        behind = bisect_right(self.pieces.starts, at)
        return behind - 1 if behind else None

    def passage(self, answer: Answer, value: str) -> Passage:
        """Where the network looked most for an answer's value."""
        return self.told.passages[self._nth(self.pieces.spans[answer.pieces[value]][0]) or 0]


@dataclass(frozen=True, slots=True)
class Marked:
    """Words that the network takes for a field's value: where they stand in their passage, and how sure it is."""

    value: str
    passage: Passage
    start: int
    end: int
    share: float


@lru_cache(maxsize=4)
def reading(told: Told) -> Reading | None:
    """What the network makes of `told`; None where nothing is said, of pages, and in Spanish, of which it has seen little."""
    spanish = sum(len(passage.text) for passage in told.passages if passage.in_spanish)
    if told.channel not in CHANNELS or 2 * spanish >= len(told.words):
        return None
    pieces = pieces_of(told)
    vectors = shipped().vectors(pieces)
    return Reading(told, pieces, vectors, shipped().answers(vectors), shipped().marks(vectors))
