"""Where a record's values stand in its text, for the network that learns to mark them (`learned.network.MARKS`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.understanding.learned import network
from firstvisit.steps.intake.understanding.learned.words import Pieces
from learn import Known, values_of

UNKNOWN = -100
"""Of a piece that nobody can say whose value it belongs to; torch passes it over."""
NONE = len(network.MARKS)
NAMES = ("patient.first_name", "patient.last_name", "contact.name", "referrer.name")
LETTERS = 3
"""A word of a name with so many letters is known again where it stands alone."""


def marks_of(document: Known, pieces: Pieces) -> list[int]:
    """For each piece the number of the mark it belongs to; empty for a document that teaches none."""
    if not (document.about is None and document.referral and document.of_one):
        return []
    spans = sorted(set(pieces.spans))
    words = [folded(pieces.text[start:end]) for start, end in spans]
    told = [NONE] * len(words)
    for n, field in enumerate(network.MARKS):
        for value in values_of(document.truth, field):
            for at, many in _stands(_words(value), words, whole=field not in ("payer.name", "referrer.organization")):
                told[at : at + many] = [n] * many
    alone: dict[str, set[int]] = {}
    for n, field in enumerate(network.MARKS):
        for value in values_of(document.truth, field) if field in NAMES else ():
            for word in _words(value):
                alone.setdefault(word, set()).add(n)
    for n, word in enumerate(words):
        if told[n] == NONE and len(word) >= LETTERS and word in alone:
            told[n] = min(alone[word]) if len(alone[word]) == 1 else UNKNOWN
    number = {span: told[n] for n, span in enumerate(spans)}
    return [number[span] for span in pieces.spans]


def _words(value: str) -> list[str]:
    return [folded(word) for word in re.findall(r"[^\W_]+|[^\w\s]", value) if re.match(r"\w", word) or word in "&'-’."]


def _stands(value: list[str], words: list[str], *, whole: bool) -> Iterator[tuple[int, int]]:
    """Where a value's words stand in a row; of one that may be shortened the longest part that stands anywhere."""
    for many in range(len(value), 0, -1):
        if whole and many < len(value):
            return
        if many == 1 < len(value):
            return
        found = [
            (at, many)
            for first in range(len(value) - many + 1)
            for at in range(len(words) - many + 1)
            if words[at : at + many] == value[first : first + many]
        ]
        if found:
            yield from found
            return
