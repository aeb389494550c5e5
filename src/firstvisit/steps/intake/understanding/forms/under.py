"""Forms that have their labels below the line a value is written on. Pure."""

from __future__ import annotations

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.forms.lines import Lines
from firstvisit.steps.intake.understanding.forms.pieces import Piece


def labels_stand_under(page: Lines) -> bool:
    """Whether the form has its labels below the line that the value is written on."""
    below = above = beside = 0
    for number, line in enumerate(page.lines):
        for place, piece in enumerate(line):
            if piece.key is None or piece.run.words or piece.at is None or piece.colon:
                continue
            below += bool(runs_over(page, number, piece.at))
            above += bool(number + 1 < len(page.lines) and _unlabelled(page, number + 1, piece.at, "below"))
            beside += any(other.key is None and other.run.words for other in line[place + 1 : place + 2])
    return below >= 3 and below > max(above, beside)


def runs_over(page: Lines, number: int, at: Box) -> list[Piece]:
    """Runs right above a label with a ruling line between."""
    if number == 0:
        return []
    return [
        piece for piece in _unlabelled(page, number - 1, at, "above") if page.rule_between(piece.run.box, at)
    ]


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
