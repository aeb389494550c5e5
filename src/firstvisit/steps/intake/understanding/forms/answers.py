"""Words that are labels elsewhere and answer one here: "Son" below "Relationship", "OT:" behind "Therapy". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding import labels
from firstvisit.steps.intake.understanding.forms.pieces import Piece

_ANSWERS: Final = {
    "relationship": frozenset(
        "mother father parent guardian mom dad son daughter wife husband spouse sister brother grandmother grandfather "
        "caregiver self poa representative".split()
    ),
    "setting": frozenset("home clinic school office hospital facility".split()),
    "status": frozenset(["signed"]),
    "service": frozenset(["evaluation", "treatment"]),
}
"""By the label that asks, words that answer it."""
_LISTS: Final = frozenset(
    "service frequency concern diagnosis documents authorization contact timing availability insurance precautions".split()
)
"""Labels in whose values a colon stands among other words."""


def without_answers(lines: Sequence[Sequence[Piece]], wide: float) -> list[list[Piece]]:
    """`lines` with every label that answers another one turned into a value."""
    kept: list[list[Piece]] = []
    for line in lines:
        done: list[Piece] = []
        for piece in line:
            before = done[-1] if done else None
            if (
                piece.key is not None
                and piece.words
                and _answers(piece, before, kept[-1] if kept else [], wide)
            ):
                words = piece.words + piece.run.words
                piece = Piece(replace(piece.run, words=words), words=piece.words)
            done.append(piece)
        kept.append(done)
    return kept


def _answers(piece: Piece, before: Piece | None, above: Sequence[Piece], wide: float) -> bool:
    assert piece.at is not None
    if piece.key == "":
        return before is not None and _is_open(before) and before.key in _LISTS
    if piece.colon or piece.run.words:
        return False
    word = labels.plain(piece.label)
    if before is not None and _is_open(before):
        return word in _ANSWERS.get(before.key or "", ())
    over = next(
        (each for each in above if _is_open(each) and each.at and _same_column(each.at, piece.at, wide)), None
    )
    return over is not None and word in _ANSWERS.get(over.key or "", ())


def _is_open(piece: Piece) -> bool:
    """Whether a label has no value yet."""
    return piece.key is not None and not piece.run.words


def _same_column(one: Box, other: Box, wide: float) -> bool:
    return abs(one.left - other.left) < wide
