"""What is drawn on a page and is no word: boxes to tick, ruling lines, lines through words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

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
_BRIDGES = (0.03, 0.85)
"""Between letters there are gaps, at least in this share of its columns; a pen's line goes on in at least this share of
them, where the heads of letters that stand close do not."""
_EDGES = (28, 20, 14)
"""Straight strokes, in dots, of the sides of large and small boxes to tick; a slanting pen has none as long."""
_FREE_CORNERS = (0.1, 0.15)
"""Less than this share of each quarter of a small or large box to tick is free; a circle leaves 0.215 free, and the
room within a small bold letter somewhat less."""
_SMALL = 20
"""A box is small below this side, in dots."""
_LEAVES = 60
"""How far, in dots, a pen that ticks a box may leave it."""


class Marks(NamedTuple):
    """`circled` are rings drawn around a letter or a word, `penned` what a pen wrote without being letters: signatures.
    `rules` are horizontal and vertical lines as drawn; `without_boxes` is the picture less the boxes to tick, which
    engines take for letters, `without_rules` also less the lines, which disturb some engines."""

    ticks: tuple[Tick, ...]
    rules: tuple[Box, ...]
    struck: tuple[Box, ...]
    without_boxes: Grey
    without_rules: Grey
    circled: tuple[Box, ...] = ()
    penned: tuple[Box, ...] = ()


def marks_of(grey: Grey) -> Marks:
    """The marks of an upright page."""
    ink = ink_of(grey)
    height, width = ink.shape
    across = _runs(ink, _LONG, 1)
    down = _runs(ink, 1, _LONG)
    flat, struck, of_letters = _told_apart(ink, across)
    for left, top, right, bottom in of_letters:
        across[top:bottom, left:right] = 0
    upright = [box for box in _boxes(down) if box[3] - box[1] >= _LONG and box[2] - box[0] <= 14]
    ticks = _ticks(ink, width, height)
    unboxed = grey.copy()
    rings = rings_in(ink)
    for ring in rings:
        unboxed[ring.here][ring.drawn] = 255
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

    return Marks(
        ticks,
        shares(flat + upright),
        shares(struck),
        unboxed,
        bare,
        shares([ring.box for ring in rings]),
        shares(penned_in(ink, across)),
    )


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
) -> tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]:
    """Horizontal lines, those of them that run through words, where ink hangs on both their sides, and what is none but
    the heads or feet of letters."""
    rules, struck, of_letters = [], [], []
    height = ink.shape[0]
    for left, top, right, bottom in _boxes(across):
        if right - left < _LONG or bottom - top > 16:
            continue
        above = ink[max(0, top - 7) : max(0, top - 1), left:right].any(axis=0)
        below = ink[min(height, bottom + 1) : bottom + 7, left:right].any(axis=0)
        # Strokes cross it in many places: letters stand on both sides at the same columns, for most of its length.
        both = _wide(above) & _wide(below)
        beside = (above.mean() > 0.25, below.mean() > 0.25)
        in_words = right - left < 900 and both.mean() > 0.6 and all(beside)
        gaps = ~above & ~below
        bridged = np.atleast_1d(ink[top:bottom, left:right].any(axis=0))[gaps]
        if right - left < 900 and any(beside) and (gaps.mean() < _BRIDGES[0] or bridged.mean() < _BRIDGES[1]):
            of_letters.append((left, top, right, bottom))
        elif in_words and right - left >= _STRUCK:
            struck.append((left, top - 10, right, bottom + 10))
        else:
            rules.append((left, top, right, bottom))
    return rules, struck, of_letters


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
    closed = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    seen: list[tuple[int, int]] = []
    empty: list[tuple[int, int]] = []
    plain = ((square, alone, False) for square, alone in _squares(closed, ink))
    penned = ((square, alone, True) for square, alone in _squares_left_by_a_pen(closed, ink))
    for (left, top, wide, high), alone, by_pen in (*plain, *penned):
        centre = (left + wide // 2, top + high // 2)
        if any(abs(centre[0] - x) < 8 and abs(centre[1] - y) < 8 for x, y in seen):
            continue
        filled = _filled(ink, left, top, wide, high, sloping=by_pen)
        if filled is None or not alone or (by_pen and not _like_any(empty, wide, high)):
            continue
        if filled < 0.03:
            empty.append((wide, high))
        seen.append(centre)
        box = Box(left / width, top / height, (left + wide) / width, (top + high) / height)
        sure = 0.97 if filled < 0.03 or filled > 0.15 else 0.75
        found.append(Tick(box, filled > 0.08, sure))
    return tuple(sorted(_of_one_size(found), key=lambda tick: (round(tick.box.top, 2), tick.box.left)))


def _of_one_size(found: list[Tick]) -> list[Tick]:
    """The boxes less the few that are smaller than the form's others: letters O."""
    highs = sorted(tick.box.bottom - tick.box.top for tick in found)
    usual = highs[len(highs) // 2] if highs else 0.0
    kept = [tick for tick in found if tick.box.bottom - tick.box.top > 0.78 * usual]
    return kept if len(found) - len(kept) <= len(found) // 4 else found


def _like_any(boxes: list[tuple[int, int]], wide: int, high: int) -> bool:
    """Whether a form has an empty box of this size: large letters look like boxes that a pen went over."""
    return any(abs(w - wide) <= 0.15 * w and abs(h - high) <= 0.15 * h for w, h in boxes)


def _is_square(wide: int, high: int) -> bool:
    return _SMALLEST <= wide <= _LARGEST and _SMALLEST <= high <= _LARGEST and 0.75 <= wide / high <= 1.34


Square = tuple[int, int, int, int]
"""Left, top, width, height."""


def _squares(closed: Grey, ink: Grey) -> Iterator[tuple[Square, bool]]:
    """What is as wide as high, and whether there is room beside it: what a line runs around, or the room within one."""
    contours, _ = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        left, top, wide, high = (int(value) for value in cv2.boundingRect(contour))
        if _is_square(wide, high) and _has_corners(contour):
            yield (left, top, wide, high), _stands_alone(ink, left, top, wide, high)


def _has_corners(contour: npt.NDArray[Any]) -> bool:
    """Whether what `contour` spans reaches into all four corners, as boxes do, rounded ones too: an o, 0 or 6 leaves a
    fifth of each quarter free, a D does on its right. A stroke that touches the edge from within takes nothing off."""
    left, top, wide, high = (int(value) for value in cv2.boundingRect(contour))
    room = np.zeros((high, wide), np.uint8)
    cv2.drawContours(room, [cv2.convexHull(contour) - (left, top)], 0, (1,), cv2.FILLED)
    half_wide, half_high = wide // 2, high // 2
    quarters = [room[rows, columns] for rows in (slice(half_high), slice(-half_high, None))
                for columns in (slice(half_wide), slice(-half_wide, None))]  # fmt: skip
    free = max(1 - float(quarter.mean()) for quarter in quarters)
    return free < (_FREE_CORNERS[0] if max(wide, high) < _SMALL else _FREE_CORNERS[1])


def _squares_left_by_a_pen(closed: Grey, ink: Grey) -> Iterator[tuple[Square, bool]]:
    """Squares from which a stroke goes out beyond the box: the straight strokes in what hangs together say where the
    box is. Its own ink beside it takes no room."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    for number in range(1, count):
        left, top, wide, high, _ = (int(value) for value in stats[number])
        if not (min(wide, high) >= _SMALLEST and max(wide, high) <= _LARGEST + _LEAVES):
            continue
        own = (labels[top : top + high, left : left + wide] == number).astype(np.uint8)
        own = np.pad(own, _LARGEST)
        for edge in _EDGES:
            across, down = _straight(own, 1, 2, edge), _straight(own, 2, 1, edge)
            x, _, w, _ = (int(value) for value in cv2.boundingRect(down))
            _, y, _, h = (int(value) for value in cv2.boundingRect(across))
            x, y = x - _LARGEST, y - _LARGEST
            if not _is_square(w, h):
                continue
            x0, y0 = max(0, left - _LARGEST), max(0, top - _LARGEST)
            here = (slice(y0, top + high + _LARGEST), slice(x0, left + wide + _LARGEST))
            others = np.where(labels[here] == number, 0, ink[here]).astype(np.uint8)
            yield (left + x, top + y, w, h), _stands_alone(others, left + x - x0, top + y - y0, w, h)


def _straight(own: Grey, wide: int, high: int, edge: int) -> Grey:
    """Where strokes run straight for the length of a side, `high` 2 for those across, `wide` 2 for those down; a side
    that slopes a little leaves its row, thickened it does not."""
    thick = cv2.dilate(own, np.ones((high, wide), np.uint8))
    along = np.ones((1, edge) if high > wide else (edge, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, along), dtype=np.uint8)


def _stands_alone(ink: Grey, left: int, top: int, wide: int, high: int) -> bool:
    """Whether there is room beside the square: a letter of a word has the next one close by."""
    near, far = max(5, round(0.28 * wide)), max(5, round(0.3 * wide))
    rows = slice(top + high // 6, top + high - high // 6)
    before = ink[rows, max(0, left - 2 - near) : max(0, left - 2)]
    after = ink[rows, left + wide + 2 : left + wide + 2 + far]
    return not before.any() and not after.any()


def _filled(ink: Grey, left: int, top: int, wide: int, high: int, *, sloping: bool = False) -> float | None:
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
        tip = max(3, min(wide, high) // 8)
        corners = (
            patch[:tip, :tip].any(),
            patch[:tip, -tip:].any(),
            patch[-tip:, :tip].any(),
            patch[-tip:, -tip:].any(),
        )
        if min(sides) > 0.88 and all(corners) and _straight_sides(patch, edge, sloping=sloping):
            within = patch[edge + 1 : -edge - 1, edge + 1 : -edge - 1]
            return float(within.mean()) if within.size else None
    return None


def _straight_sides(patch: npt.NDArray[np.bool_], edge: int, *, sloping: bool) -> bool:
    """Whether each side has one row (column) that is nearly whole, two of them where it may slope: a round letter has
    none."""
    across = patch[:-1] | patch[1:] if sloping else patch
    down = patch[:, :-1] | patch[:, 1:] if sloping else patch
    return bool(
        max(across[:edge].mean(axis=1)) > 0.8
        and max(across[-edge:].mean(axis=1)) > 0.8
        and max(down[:, :edge].mean(axis=0)) > 0.8
        and max(down[:, -edge:].mean(axis=0)) > 0.8
    )


_RING = (24, 130)
"""Inner width and height of a ring around a letter or a word, in dots of 200 to the inch."""
_ROUND = 0.785
"""The share of its square that a circle takes."""
_TOUCHED = (34, 90, 480)
"""Least and most height, and most width, of a ring that touches the word in it, from edge to edge; capitals of a
heading are lower."""
_THICK = 9
"""The thickest line of a pen, in dots."""


class Ring(NamedTuple):
    """A ring around something: the room within, and where its line is drawn in a part of the page."""

    box: tuple[int, int, int, int]
    here: tuple[slice, slice]
    drawn: npt.NDArray[np.bool_]


def rings_in(ink: Grey) -> list[Ring]:
    """Rings by pen around a letter or a word: round, thin, with ink in the middle."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found: list[Ring] = [
        ring
        for contour, links in zip(contours, tree[0] if tree is not None else (), strict=True)
        if links[3] < 0 and (ring := _touched(ink, contour)) is not None
    ]
    alone = len(found)
    for contour, links in zip(contours, tree[0] if tree is not None else (), strict=True):
        left, top, wide, high = (int(value) for value in cv2.boundingRect(contour))
        if links[3] < 0 or not (_RING[0] <= high <= _RING[1] // 2 and _RING[0] <= wide <= _RING[1]):
            continue
        if any(_lies_in((left, top, left + wide, top + high), ring.box) for ring in found[:alone]):
            continue
        round_ = cv2.contourArea(contour) / (wide * high)
        middle = ink[top + high // 4 : top + 3 * high // 4, left + wide // 4 : left + 3 * wide // 4]
        if (
            not 0.8 <= wide / high <= 4
            or abs(round_ - _ROUND) > 0.07
            or np.count_nonzero(middle) < 0.06 * middle.size
        ):
            continue
        x0, y0 = max(0, left - 2 * _THICK), max(0, top - 2 * _THICK)
        here = (slice(y0, top + high + 2 * _THICK), slice(x0, left + wide + 2 * _THICK))
        within = np.zeros_like(ink[here])
        cv2.drawContours(within, [contour - (x0, y0)], 0, 1, cv2.FILLED)
        line = _grown(within, _THICK) & ~_grown(within, -2)
        beyond = _grown(within, _THICK + 4) & ~_grown(within, _THICK)
        if (ink[here][beyond] > 0).mean() < 0.35:
            found.append(Ring((left, top, left + wide, top + high), here, line))
    return found


def _touched(ink: Grey, contour: npt.NDArray[Any]) -> Ring | None:
    """A ring that touches the word in it, or parts of it: what hangs together has the outline of an ellipse, and ink
    all along it. None for anything else, letters among it: they are higher than wide."""
    left, top, wide, high = (int(value) for value in cv2.boundingRect(contour))
    if not (_TOUCHED[0] <= high <= _TOUCHED[1] and 1.3 * high <= wide <= _TOUCHED[2]):
        return None
    if abs(cv2.contourArea(contour) / (wide * high) - _ROUND) > 0.06:
        return None
    x0, y0 = max(0, left - _THICK), max(0, top - _THICK)
    here = (slice(y0, top + high + _THICK), slice(x0, left + wide + _THICK))
    middle, half = (left - x0 + wide // 2, top - y0 + high // 2), (wide // 2, high // 2)
    outline = np.zeros_like(ink[here])
    cv2.ellipse(outline, middle, half, 0, 0, 360, (1,), 1)
    near = cv2.dilate((ink[here] > 0).astype(np.uint8), np.ones((7, 7), np.uint8))
    within = np.zeros_like(outline)
    cv2.ellipse(within, middle, (half[0] - _THICK, half[1] - _THICK), 0, 0, 360, (1,), cv2.FILLED)
    inked = (ink[here] > 0)[within > 0].mean()
    if near[outline > 0].mean() < 0.95 or not 0.06 <= inked <= 0.6:
        return None
    line = cv2.dilate(outline, np.ones((_THICK, _THICK), np.uint8)) > 0
    edge = _THICK // 2
    return Ring((left + edge, top + edge, left + wide - edge, top + high - edge), here, line)


def _lies_in(inner: tuple[int, int, int, int], outer: tuple[int, int, int, int]) -> bool:
    """Whether a box lies in another, give or take the thickness of a pen."""
    (x0, y0, x1, y1), (left, top, right, bottom) = inner, outer
    return x0 >= left - _THICK and y0 >= top - _THICK and x1 <= right + _THICK and y1 <= bottom + _THICK


def _grown(shape: Grey, by: int) -> npt.NDArray[np.bool_]:
    """`shape` with `by` dots added around it, or taken off."""
    around = np.ones((2 * abs(by) + 1, 2 * abs(by) + 1), np.uint8)
    return np.asarray((cv2.dilate(shape, around) if by > 0 else cv2.erode(shape, around)) > 0)


_PENNED = (90, 28, 900, 170)
"""A signature hangs together over at least this width and height, in dots, and at most these."""


def penned_in(ink: Grey, across: Grey) -> list[tuple[int, int, int, int]]:
    """Strokes that hang together as those of no print do: wide, of some height, and mostly white. The line they are
    written on is no part of them."""
    free = ink.copy()
    crossing = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((9, 1), np.uint8))
    free[(cv2.dilate(across, np.ones((3, 3), np.uint8)) > 0) & (crossing == 0)] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=8)
    narrow, low, broad, tall = _PENNED
    return [
        (int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, area in stats[1:]
        if narrow <= w <= broad and low <= h <= tall and w > 1.3 * h and 0.04 < area / (w * h) < 0.5
    ]
