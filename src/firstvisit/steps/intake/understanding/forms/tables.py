"""Several patients on one page: a row each under a line of labels, or a column each beside labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.layout import Run

_NAMES: Final = frozenset({"patient_name", "name", "last_name", "first_name"})
_BORN: Final = frozenset({"dob", "dob_sex"})
_DATE: Final = re.compile(
    r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{4}-\d\d-\d\d"
)


class Piece(Protocol):
    """A label, or a stretch of a line without one."""

    @property
    def run(self) -> Run: ...
    @property
    def key(self) -> str | None: ...
    @property
    def label(self) -> str: ...
    @property
    def at(self) -> Box | None: ...


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with the label of its column or row."""

    key: str
    label: str
    at: Box
    run: Run


def rows(lines: Sequence[Sequence[Piece]]) -> tuple[list[list[Cell]], set[int]]:
    """The patients of a table with a row each, and which pieces (by id) it took. Two rows at least must have a date of
    birth under its label."""
    for number, line in enumerate(lines):
        heads = [
            piece for piece in line if piece.key is not None and not piece.run.words and piece.at is not None
        ]
        keys = {piece.key for piece in heads}
        if len(heads) < 2 or len(heads) < len(line) - 1 or not keys & _NAMES or not keys & _BORN:
            continue
        patients: list[list[Cell]] = []
        taken = {id(piece) for piece in heads}
        for below in lines[number + 1 : number + 30]:
            cells = _under(heads, below)
            if not any(cell.key in _BORN and _DATE.search(cell.run.text) for cell in cells):
                if patients:
                    break
                continue
            patients.append(cells)
            taken |= {id(piece) for piece in below}
        if len(patients) >= 2:
            return patients, taken
    return [], set()


def _under(heads: Sequence[Piece], line: Sequence[Piece]) -> list[Cell]:
    """Each run of a line under the label that it stands under."""
    cells = []
    for piece in line:
        if not piece.run.words:
            continue
        box = piece.run.box
        head = min(heads, key=lambda each: abs((each.at or box).left - box.left))
        if head.at is not None and abs(head.at.left - box.left) < 0.09:
            cells.append(Cell(head.key or "", head.label, head.at, piece.run))
    return cells


def columns(lines: Sequence[Sequence[Piece]]) -> tuple[list[list[Cell]], set[int]]:
    """The patients of a table with a column each: two names beside their label, and as many dates beside theirs."""
    for number, line in enumerate(lines):
        if not line or line[0].key not in _NAMES or line[0].at is None:
            continue
        named = _beside(line)
        if len(named) < 2 or not all(re.match(r"[A-Z][\w'’-]+,? [A-Z]", run.text) for run in named):
            continue
        lefts = [run.box.left for run in named]
        patients: list[list[Cell]] = [[] for _ in named]
        taken: set[int] = set()
        dated = 0
        for below in lines[number : number + 30]:
            if below and all(piece.key is None for piece in below) and below[0].run.box.left > line[0].at.right:
                taken |= {id(piece) for piece in below}  # a value of two lines
                continue
            if not below or below[0].key is None or below[0].at is None:
                break
            values = _beside(below)
            if not values or not (
                abs(below[0].at.left - line[0].at.left) <= 0.05 or abs(below[0].at.right - line[0].at.right) <= 0.02
            ):
                break
            placed = [_nearest(lefts, run.box.left) for run in values]
            if len(values) == 1 and below[0].run.words:
                break
            for column, run in zip(placed, values, strict=True):
                patients[column].append(Cell(below[0].key, below[0].label, below[0].at, run))
            dated += below[0].key in _BORN and sum(bool(_DATE.search(run.text)) for run in values) >= 2
            taken |= {id(piece) for piece in below}
        if dated:
            return patients, taken
    return [], set()


def _beside(line: Sequence[Piece]) -> list[Run]:
    """The runs behind a label that no other label follows."""
    if any(piece.key for piece in line[1:]):
        return []
    own = [line[0].run] if line[0].run.words else []
    return own + [piece.run for piece in line[1:] if piece.run.words]


def _nearest(lefts: Sequence[float], left: float) -> int:
    """The number of the column that begins nearest to `left`."""
    return min(range(len(lefts)), key=lambda number: abs(lefts[number] - left))
