"""Headings of a form, and the stretch of page each rules. Pure."""

from __future__ import annotations

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding import labels
from firstvisit.steps.intake.understanding.forms.lines import Lines
from firstvisit.steps.intake.understanding.forms.owners import WHOEVER
from firstvisit.steps.intake.understanding.forms.pieces import Piece


def sections(page: Lines) -> list[tuple[str, Box]]:
    """Headings with the stretch of page they rule: down to the next heading that overlaps them sideways."""
    found: list[tuple[str, Box]] = []
    heads: list[tuple[str, Box]] = []
    for number, line in enumerate(page.lines):
        for piece in line:
            text = piece.label or piece.run.text
            if piece.key is None and piece.words:
                continue
            if piece.run.words and piece.key is not None:
                continue
            owner = labels.section_of(text.rstrip(": "))
            if owner is None or piece.run.ticked is not None:
                continue
            box = piece.at or piece.run.box
            if (
                piece.key is not None
                and piece.key != ""
                and not _stands_as_heading(page, number, piece, box, text)
            ):
                continue
            heads.append((owner, box))
    for number, (owner, box) in enumerate(heads):
        beside = [
            other.left
            for n, (_, other) in enumerate(heads)
            if n != number and abs(other.top - box.top) < page.sheet.tall and other.left > box.right
        ]
        right = min(beside, default=1.0)
        left = (
            0.0
            if not any(abs(o.top - box.top) < page.sheet.tall and o.right < box.left for _, o in heads)
            else box.left - 0.02
        )
        below = [
            other.top
            for _, other in heads
            if other.top > box.bottom and left < other.right and other.left < right
        ]
        found.append((owner, Box(left, box.top, right, min(below, default=1.0))))
    return found


def _stands_as_heading(page: Lines, number: int, piece: Piece, box: Box, text: str) -> bool:
    """Whether a word that may be a label ("PATIENT", "Insurance") is a heading: nothing beside it that could be its
    value, and labels below it."""
    for other in page.lines[number]:
        if other is piece or not (other.run.words or other.at):
            continue
        if labels.section_of((other.label or other.run.text).rstrip(": ")) is None or (
            other.run.words and other.at
        ):
            return False
    for line in page.lines[number + 1 : number + 3]:
        for other in line:
            where = other.at or (other.run.box if other.run.words else None)
            if where is None or not box.left - 0.03 < where.left < box.right + 0.05:
                continue
            if other.key is None or page.rule_between(box, where):
                return False
            return text.isupper() or other.key in WHOEVER
    return False


def is_heading(page: Lines, piece: Piece) -> bool:
    return (
        not piece.run.words
        and any(
            abs(box.top - (piece.at or box).top) < 1e-6
            and piece.at is not None
            and box.left <= piece.at.left + 0.021
            for _, box in page.sections
        )
        and labels.section_of((piece.label or "").rstrip(": ")) is not None
    )
