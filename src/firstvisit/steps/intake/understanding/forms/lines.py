"""A page as lines of labels and values between its ruling lines. Pure."""

from __future__ import annotations

from typing import Literal

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.forms.pieces import Piece
from firstvisit.steps.intake.understanding.layout import Sheet

Under = Literal["", "line", "cell"]


class Lines:
    """The lines of a page cut at their labels, with its ruling lines, and which pieces are spoken for (by id)."""

    sections: list[tuple[str, Box]]
    """Headings with the stretch of page each rules."""
    blocks: list[tuple[str, Box]]
    """Blocks that say from whom and to whom, with their part of the page."""
    across: bool
    """Whether values stand in the cell beside their label's."""
    under: Under
    """Whether labels stand below the "line" that a value is written on, or below it in the same "cell"; else ""."""

    def __init__(self, sheet: Sheet, lines: list[list[Piece]]) -> None:
        self.sheet = sheet
        self.lines = lines
        self.taken: set[int] = set()
        self.ruled = [
            rule for rule in sheet.page.rules if rule.right - rule.left > 3 * (rule.bottom - rule.top)
        ]

    def wall(self, left: float, right: float, at: Box) -> bool:
        """Whether an upright ruling line stands between."""
        middle = (at.top + at.bottom) / 2
        return any(
            left - 0.004 <= rule.left <= right + 0.004 and rule.top < middle < rule.bottom
            for rule in self.sheet.page.rules
            if rule.bottom - rule.top > rule.right - rule.left
        )

    def rule_between(self, upper: Box, lower: Box) -> bool:
        return any(
            upper.bottom - 0.003 <= rule.top <= lower.top + 0.003
            and rule.left < lower.right
            and rule.right > lower.left
            for rule in self.ruled
        )

    def cell_end(self, number: int, at: Box) -> float:
        """Where the column of a label ends: at an upright ruling line or at the next label on its line."""
        middle = (at.top + at.bottom) / 2
        walls = [
            rule.left
            for rule in self.sheet.page.rules
            if rule.bottom - rule.top > rule.right - rule.left
            and rule.top < middle < rule.bottom
            and rule.left > at.right
        ]
        nexts = [
            (other.at or other.run.box).left
            for other in self.lines[number]
            if (other.at is not None or other.run.words) and (other.at or other.run.box).left > at.right
        ]
        return min(walls + [each - 0.005 for each in nexts], default=1.0)
