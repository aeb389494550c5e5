"""Forms whose values begin at one place, close behind labels without a colon: where to cut the two. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding import labels
from firstvisit.steps.intake.understanding.layout import Run, Sheet

_FEWEST: Final = 4
"""Labels with a value at one place that make it a column."""
_APART: Final = 0.004
"""Share of the width within which values begin at one place."""


def cut_at_values(sheet: Sheet) -> list[list[Run]]:
    """The lines of a page, their runs cut where a column of values begins behind a label."""
    column = _column(sheet)
    return [
        [part for run in line for part in (_cut(run, column) if column else [run])] for line in sheet.lines
    ]


def _column(sheet: Sheet) -> float | None:
    """Where most labels have their value, as a share of the width."""
    lefts: list[float] = []
    for line in sheet.lines:
        for n, run in enumerate(line):
            if n + 1 < len(line) and run.ticked is None and labels.label_of(run.text):
                lefts.append(line[n + 1].box.left)
    places = Counter(round(left / _APART) for left in lefts)
    if not places:
        return None
    at = max(places, key=lambda place: places[place] + places[place - 1] + places[place + 1])
    near = [left for left in lefts if abs(left / _APART - at) <= 1.5]
    return sum(near) / len(near) if len(near) >= _FEWEST else None


def _cut(run: Run, column: float) -> Sequence[Run]:
    if run.ticked is not None:
        return [run]
    for n, word in enumerate(run.words):
        if n and abs(word.box.left - column) <= 1.5 * _APART:
            label = replace(run, words=run.words[:n])
            if labels.label_of(label.text):
                return [label, replace(run, words=run.words[n:])]
    return [run]
