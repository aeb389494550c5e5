"""What is drawn on a page and is no word: boxes to tick, ruling lines, lines through words."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from firstvisit.steps.intake.pages.clean import Grey, ink_of
from firstvisit.steps.intake.pages.page import Box, Tick

_SMALLEST, _LARGEST = 13, 56
"""Of a box to tick, in dots of 200 to the inch: 1.7 to 7 mm."""
_LONG = 60
"""A ruling line has at least this length; no stroke of a letter of body text has."""
_STRUCK = 80
"""Shorter lines through letters are strokes of large type."""


class Marks(NamedTuple):
    """`rules` are horizontal and vertical lines as drawn; `without_boxes` is the picture less the boxes to tick, which
    engines take for letters, `without_rules` also less the lines, which disturb some engines."""

    ticks: tuple[Tick, ...]
    rules: tuple[Box, ...]
    struck: tuple[Box, ...]
    without_boxes: Grey
    without_rules: Grey


def marks_of(grey: Grey) -> Marks:
    """The marks of an upright page."""
    ink = ink_of(grey)
    height, width = ink.shape
    across = _runs(ink, _LONG, 1)
    down = _runs(ink, 1, _LONG)
    flat, struck = _told_apart(ink, across)
    upright = [box for box in _boxes(down) if box[3] - box[1] >= _LONG and box[2] - box[0] <= 14]
    ticks = _ticks(ink, width, height)
    unboxed = grey.copy()
    for tick in ticks:
        left, right = max(0, round(tick.box.left * width) - 3), round(tick.box.right * width) + 3
        top, bottom = max(0, round(tick.box.top * height) - 3), round(tick.box.bottom * height) + 3
        unboxed[top:bottom, left:right] = 255
    bare = unboxed.copy()
    for drawn in (across, down):
        bare[cv2.dilate(drawn, np.ones((3, 3), np.uint8)) > 0] = 255
    bare = _mended(bare, ink, across)

    def shares(boxes: list[tuple[int, int, int, int]]) -> tuple[Box, ...]:
        return tuple(Box(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in boxes)

    return Marks(ticks, shares(flat + upright), shares(struck), unboxed, bare)


def _runs(ink: Grey, wide: int, high: int) -> Grey:
    """Where ink runs at least this far, allowing for breaks of two dots and for a slight slope. More than that would
    take the heads of letters that stand close for a line."""
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 3) if wide > 1 else (3, 1), np.uint8))
    # A line that slopes by a degree leaves its row after 60 dots; thickened, it does not.
    thick = cv2.dilate(joined, np.ones((2, 1) if wide > 1 else (1, 2), np.uint8))
    return np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((high, wide), np.uint8)), dtype=np.uint8)


def _boxes(drawn: Grey) -> list[tuple[int, int, int, int]]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    return [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]


def _told_apart(
    ink: Grey, across: Grey
) -> tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]:
    """Horizontal lines, and those of them that run through words: ink hangs on both their sides."""
    rules, struck = [], []
    height = ink.shape[0]
    for left, top, right, bottom in _boxes(across):
        if right - left < _LONG or bottom - top > 16:
            continue
        above = ink[max(0, top - 7) : max(0, top - 1), left:right].any(axis=0)
        below = ink[min(height, bottom + 1) : bottom + 7, left:right].any(axis=0)
        # Strokes cross it in many places: letters stand on both sides at the same columns, for most of its length.
        both = _wide(above) & _wide(below)
        if _STRUCK <= right - left < 900 and both.mean() > 0.6 and above.mean() > 0.25 and below.mean() > 0.25:
            struck.append((left, top - 10, right, bottom + 10))
        else:
            rules.append((left, top, right, bottom))
    return rules, struck


def _wide(seen: npt.NDArray[np.bool_] | np.bool_) -> npt.NDArray[np.bool_]:
    """Columns with ink in or near them: letters have gaps."""
    return np.convolve(np.atleast_1d(seen), np.ones(15), mode="same") > 0


def _mended(bare: Grey, ink: Grey, across: Grey) -> Grey:
    """Letters that stood on a removed line get back the strokes that crossed it."""
    crossing = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((9, 1), np.uint8))
    bare[(crossing > 0) & (across > 0)] = 0
    return bare


def _ticks(ink: Grey, width: int, height: int) -> tuple[Tick, ...]:
    found: list[Tick] = []
    # A box drawn thinly comes with gaps in its edges.
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, tree = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return ()
    seen: list[tuple[int, int]] = []
    for contour in contours:
        left, top, wide, high = cv2.boundingRect(contour)
        if not (_SMALLEST <= wide <= _LARGEST and _SMALLEST <= high <= _LARGEST and 0.75 <= wide / high <= 1.34):
            continue
        centre = (left + wide // 2, top + high // 2)
        if any(abs(centre[0] - x) < 8 and abs(centre[1] - y) < 8 for x, y in seen):
            continue
        filled = _filled(ink, left, top, wide, high)
        if filled is None or not _stands_alone(ink, left, top, wide, high):
            continue
        seen.append(centre)
        box = Box(left / width, top / height, (left + wide) / width, (top + high) / height)
        sure = 0.97 if filled < 0.03 or filled > 0.15 else 0.75
        found.append(Tick(box, filled > 0.08, sure))
    return tuple(sorted(found, key=lambda tick: (round(tick.box.top, 2), tick.box.left)))


def _stands_alone(ink: Grey, left: int, top: int, wide: int, high: int) -> bool:
    """Whether there is room beside the square: a letter of a word has the next one close by."""
    near, far = max(5, round(0.28 * wide)), max(5, round(0.3 * wide))
    rows = slice(top + high // 6, top + high - high // 6)
    before = ink[rows, max(0, left - 2 - near) : max(0, left - 2)]
    after = ink[rows, left + wide + 2 : left + wide + 2 + far]
    return not before.any() and not after.any()


def _filled(ink: Grey, left: int, top: int, wide: int, high: int) -> float | None:
    """The share of ink within a drawn square; None where it is no square: some letter."""
    # A contour may be the outer edge of the square or the inner one.
    edge = max(3, round(0.16 * min(wide, high)))
    for out in (0, 2, 4):
        x0, y0 = max(0, left - out), max(0, top - out)
        patch = ink[y0 : top + high + out, x0 : left + wide + out] > 0
        sides = (
            patch[:edge].any(axis=0).mean(),
            patch[-edge:].any(axis=0).mean(),
            patch[:, :edge].any(axis=1).mean(),
            patch[:, -edge:].any(axis=1).mean(),
        )
        # A round letter leaves its corners free.
        tip = 3
        corners = (
            patch[:tip, :tip].any(),
            patch[:tip, -tip:].any(),
            patch[-tip:, :tip].any(),
            patch[-tip:, -tip:].any(),
        )
        if min(sides) > 0.88 and all(corners) and _straight_sides(patch, edge):
            within = patch[edge + 1 : -edge - 1, edge + 1 : -edge - 1]
            return float(within.mean()) if within.size else None
    return None


def _straight_sides(patch: npt.NDArray[np.bool_], edge: int) -> bool:
    """Whether each side has one row (column) that is nearly whole: a round letter has none."""
    return bool(
        max(patch[:edge].mean(axis=1)) > 0.8
        and max(patch[-edge:].mean(axis=1)) > 0.8
        and max(patch[:, :edge].mean(axis=0)) > 0.8
        and max(patch[:, -edge:].mean(axis=0)) > 0.8
    )
