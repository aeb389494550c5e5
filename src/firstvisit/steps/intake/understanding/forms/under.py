"""Forms that have their labels below their values. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.forms.lines import Lines, Under
from firstvisit.steps.intake.understanding.forms.pieces import Piece


def labels_stand_under(page: Lines) -> Under:
    """How the form's labels stand below their values: under a line to write on, in the same cell, or not at all ("").

    In a grid of cells both a value and a label stand over and under most labels. What tells the two kinds of form apart
    is which of the neighbours can be the value: a day for a birth date, a number to call for a phone.
    """
    below = above = beside = fits_over = fits_under = 0
    for number, line in enumerate(page.lines):
        for place, piece in enumerate(line):
            if piece.key is None or piece.run.words or piece.at is None or piece.colon:
                continue
            over = _unlabelled(page, number - 1, piece.at, "above") if number else []
            under = _unlabelled(page, number + 1, piece.at, "below") if number + 1 < len(page.lines) else []
            below += any(page.rule_between(each.run.box, piece.at) for each in over)
            above += bool(under)
            beside += any(other.key is None and other.run.words for other in line[place + 1 : place + 2])
            fits_over += _fits(piece.key, over)
            fits_under += _fits(piece.key, under)
    if below >= 3 and below > max(above, beside):
        return "line"
    return "cell" if fits_over >= 2 and fits_over > 2 * fits_under else ""


_A_GRID: Final = 3
"""Ruling lines across that make a form one of cells."""

_DAY = r"\d{1,2}\D\d{1,2}\D\d{2,4}"
_CALLED = r"\W*(?:1\W*)?\d{3}\W{0,3}\d{3}\W?\d{4}"
_SHAPES: Final[dict[str, re.Pattern[str]]] = {
    key: re.compile(shape, re.IGNORECASE)
    for keys, shape in (
        ("dob surgery injury onset discharge written", _DAY),
        ("phone patient_phone contact_phone referrer_phone fax referrer_fax", _CALLED),
        ("sex", r"(?:m|f|male|female)$"),
        ("zip", r"\d{5}(?:-\d{4})?$"),
        ("npi", r"\d{10}$"),
        ("email", r"\S+@\S+$"),
        ("address", r"\d+ +\w+ +\w"),
    )
    for key in keys.split()
}
"""What the values of some fields look like; those of others say nothing about where they stand."""


def _fits(key: str, pieces: list[Piece]) -> bool:
    shape = _SHAPES.get(key)
    return bool(shape and pieces and shape.match(" ".join(piece.run.text for piece in pieces).strip()))


def runs_over(page: Lines, number: int, at: Box) -> list[Piece]:
    """Runs right above a label: behind the line they are written on, or in its cell, as the form has them."""
    if number == 0:
        return []
    over = _unlabelled(page, number - 1, at, "above")
    if page.under == "line":
        return [piece for piece in over if page.rule_between(piece.run.box, at)]
    return [
        piece
        for piece in over
        if not page.rule_between(piece.run.box, at) and _has_roof(page, piece.run.box, at)
    ]


def _has_roof(page: Lines, value: Box, label: Box) -> bool:
    """Whether a ruling line closes the cell over a value, as over every one where the form is ruled at all: a title
    stands in none."""
    if len(page.ruled) < _A_GRID:
        return True
    room = 1.6 * page.sheet.tall
    return any(
        value.top - room <= rule.top <= value.top + 0.003 and rule.left < label.right and rule.right > label.left
        for rule in page.ruled
    )


def _unlabelled(page: Lines, number: int, at: Box, where: str) -> list[Piece]:
    end = page.cell_end(number + (1 if where == "above" else -1), at)
    found = []
    for piece in page.lines[number]:
        if (
            piece.key is not None
            or not piece.run.words
            or not at.left - page.sheet.wide <= piece.run.box.left < end
        ):
            continue
        room = at.top - piece.run.box.bottom if where == "above" else piece.run.box.top - at.bottom
        if room < 1.3 * page.sheet.tall:
            found.append(piece)
    return found
