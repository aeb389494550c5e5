"""The value of a label: beside it, below it or around it, and the lines in which it goes on. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding import labels
from firstvisit.steps.intake.understanding.forms.lines import Lines
from firstvisit.steps.intake.understanding.forms.pieces import FIGURES, Piece
from firstvisit.steps.intake.understanding.forms.under import runs_over
from firstvisit.steps.intake.understanding.layout import Run

_PROSE: Final = frozenset(
    {
        "concern",
        "diagnosis",
        "address",
        "service",
        "documents",
        "precautions",
        "frequency",
        "insurance",
        "contact",
    }
)
"""Fields whose values run over several lines."""


def value_of(page: Lines, number: int, place: int, piece: Piece) -> tuple[Run, ...]:
    line, at = page.lines[number], piece.at
    assert at is not None
    value: list[Run] = [piece.run] if piece.run.words else []
    if page.under and not value and not piece.colon and (over := _over(page, number, at)):
        return over
    # What stands further right on the line, up to the next label or ruling line.
    edge = value[-1].box.right if value else at.right
    reach = 14 * page.sheet.wide if not value else 2.2 * page.sheet.wide
    for other in line[place + 1 :]:
        if other.key is not None or not other.run.words or id(other) in page.taken:
            break
        box = other.run.box
        if box.left - edge > (reach if other.run.ticked is None else 6 * page.sheet.wide) and not (
            not value and box.left - edge < 0.5
        ):
            break
        if page.wall(edge, box.left, at) and (value or not _stands_across(page, number, piece, other)):
            break
        if not value and (_belongs_above(page, number, box) or _stands_below(page, number, at, box)):
            break
        value.append(other.run)
        page.taken.add(id(other))
        edge = box.right
        reach = 2.2 * page.sheet.wide
    if value and not piece.run.words and piece.key in _PROSE and number:
        value = _begun_above(page, number, value[0].box, at) + value
    if not value and page.under and not piece.colon:
        return ()
    if not value and piece.key in _PROSE:
        value = _options_around(page, number, at) or _astride(page, number, at)
    if not value:
        return tuple(_below(page, number, at, piece.key or ""))
    if piece.key in _PROSE or any(run.ticked is not None for run in value):
        value += _continued(
            page, number, value, at, piece.key or "", ticks=any(run.ticked is not None for run in value)
        )
    return tuple(value)


def _over(page: Lines, number: int, at: Box) -> tuple[Run, ...]:
    """What is written on the line over a label."""
    over = [each for each in runs_over(page, number, at) if id(each) not in page.taken]
    page.taken.update(id(each) for each in over)
    return tuple(each.run for each in over)


def _options_around(page: Lines, number: int, at: Box) -> list[Run]:
    """Boxes to tick in lines above and below a label that stands in their middle: "Dx" beside a list of four."""
    found: list[Piece] = []
    for step in (-1, 1):
        line, edge = number + step, at
        while 0 <= line < len(page.lines):
            here = page.lines[line]
            boxed = here and all(p.key is None and p.run.ticked is not None and id(p) not in page.taken for p in here)
            if not boxed or here[0].run.box.left <= at.right or abs(here[0].run.box.top - edge.top) > 2.2 * page.sheet.tall:
                break
            found += here
            edge, line = here[0].run.box, line + step
    if len({piece.run.line for piece in found}) < 2 or not min(p.run.line for p in found) < number:
        return []
    page.taken.update(id(piece) for piece in found)
    return [piece.run for piece in sorted(found, key=lambda piece: piece.run.line)]


def values_stand_across(page: Lines) -> bool:
    """Whether the form is a grid with labels in one cell and their values in the next: many are, and few have something
    else below their label."""
    across = below = 0
    for number, line in enumerate(page.lines):
        for piece, other in pairwise(line):
            if piece.key is None or piece.run.words or piece.at is None:
                continue
            if (
                other.key is None
                and other.run.words
                and page.wall(piece.at.right, other.run.box.left, piece.at)
            ):
                across += 1
                below += _has_below(page, number, piece.at)
    return across >= 3 and across > 2 * below


def _has_below(page: Lines, number: int, at: Box) -> bool:
    """Whether something without a label stands right below a label, in its cell."""
    end = page.cell_end(number, at)
    for piece in page.lines[number + 1] if number + 1 < len(page.lines) else ():
        if piece.key is None and piece.run.words:
            box = piece.run.box
            if at.left - page.sheet.wide <= box.left < end and box.top - at.bottom < 1.2 * page.sheet.tall:
                return not page.rule_between(at, box)
    return False


def _stands_across(page: Lines, number: int, piece: Piece, other: Piece) -> bool:
    """Whether what stands beyond an upright line is a label's value: in such a grid, or where digits are asked."""
    assert piece.at is not None
    if page.across:
        return not _has_below(page, number, piece.at)
    return piece.key in FIGURES and bool(re.fullmatch(r"\d{6,10}", other.run.text))


def _astride(page: Lines, number: int, at: Box) -> list[Run]:
    """A value of two lines whose label stands between them, half a line lower than the first."""
    found: list[Piece] = []
    for line in (page.lines[number - 1 : number] if number else []) + page.lines[number + 1 : number + 2]:
        if any(piece.key is not None for piece in line):
            return []
        for piece in line:
            box = piece.run.box if piece.run.words else at
            near = box.left > at.right and abs(box.top - at.top) < page.sheet.tall
            if near and id(piece) not in page.taken and not page.wall(at.right, box.left, at):
                found.append(piece)
    if len({piece.run.line for piece in found}) < 2:
        return []
    page.taken.update(id(piece) for piece in found)
    return [piece.run for piece in found]


def _begun_above(page: Lines, number: int, box: Box, at: Box) -> list[Run]:
    """The line over a value that belongs to it, where the label stands in the middle of both."""
    line = page.lines[number - 1]
    if any(piece.key is not None for piece in line):
        return []
    return [
        piece.run
        for piece in line
        if piece.run.words
        and piece is line[0]
        and id(piece) not in page.taken
        and abs(piece.run.box.left - box.left) < page.sheet.wide
        and at.top - piece.run.box.top < 1.6 * page.sheet.tall
    ]


def _belongs_above(page: Lines, number: int, box: Box) -> bool:
    """Whether a run is the value of a label right above it rather than of the one beside it."""
    for line in page.lines[max(0, number - 1) : number]:
        for other in line:
            if (
                other.key
                and other.at is not None
                and not other.run.words
                and abs(other.at.left - box.left) < page.sheet.wide
            ):
                return box.top - other.at.bottom < 0.9 * page.sheet.tall and not page.rule_between(
                    other.at, box
                )
    return False


def _stands_below(page: Lines, number: int, at: Box, beside: Box) -> bool:
    """Whether a label has its value right below it, so that what stands far off on its line is another column's."""
    if beside.left - at.right < 14 * page.sheet.wide:
        return False
    for line in page.lines[number + 1 : number + 3]:
        for piece in line:
            box = piece.at or (piece.run.box if piece.run.words else None)
            if box is not None and abs(box.left - at.left) < 0.7 * page.sheet.wide:
                close = box.top - at.bottom < 0.7 * page.sheet.tall
                return piece.key is None and close and not page.rule_between(at, box)
    return False


def _is_head_of_table(page: Lines, number: int) -> bool:
    """Whether a line is nothing but labels, with values under some of them in the next line that has no label in their
    places: a line is ruled between a table's head and its rows."""
    heads = [piece for piece in page.lines[number] if piece.run.words or piece.at is not None]
    if len(heads) < 3 or any(piece.key is None or piece.run.words for piece in heads):
        return False
    below = [piece for piece in page.lines[number + 1] if piece.run.words] if number + 1 < len(page.lines) else []
    lefts = [piece.at.left for piece in heads if piece.at is not None]
    under = [p for p in below if p.key is None and any(abs(p.run.box.left - left) < page.sheet.wide for left in lefts)]
    return len(under) >= 2 and len(under) >= len(below) - 2


def _continued(
    page: Lines, number: int, value: Sequence[Run], at: Box, key: str, *, ticks: bool
) -> list[Run]:
    """Lines that go on below a value: they begin where it or its label does, and carry no label."""
    more: list[Run] = []
    start, bottom = value[0].box.left, max(run.box.bottom for run in value)
    tall, wide = page.sheet.tall, page.sheet.wide
    end = page.cell_end(number, value[-1].box)
    for line in page.lines[number + 1 : number + 7]:
        here = [p for p in line if p.run.words or p.at is not None]
        inside = [p for p in here if at.left - wide <= (p.at or p.run.box).left < end]
        if not inside:
            continue
        first = inside[0]
        box = first.at or first.run.box
        begins = abs(box.left - start) < wide or (ticks and first.run.ticked is not None)
        if key in ("address", "diagnosis"):
            begins = begins or (
                abs(box.left - at.left) < 2 * wide and (key == "address" or starts_with_code(first.run.text))
            )
        if len(re.sub(r"\W", "", first.run.text)) < 3 and first.run.ticked is None:
            break
        if first.key is not None or not begins or box.top - bottom > 0.9 * tall or id(first) in page.taken:
            break
        if _leads_to_next(page, line, box, more[-1].box if more else value[-1].box):
            break
        if page.rule_between(at._replace(bottom=bottom), box) or labels.section_of(first.run.text):
            break
        if (first.run.ticked is not None) != ticks:
            break
        if _is_asked_for(line, first, wide):
            break
        for other in inside:
            if other.key is not None or id(other) in page.taken:
                break
            more.append(other.run)
            page.taken.add(id(other))
            bottom = other.run.box.bottom
    return more


def _is_asked_for(line: Sequence[Piece], value: Piece, wide: float) -> bool:
    """Whether a label without a value stands close in front of a run."""
    at = line.index(value)
    label = line[at - 1] if at else None
    if label is None or label.key is None or label.run.words or label.at is None:
        return False
    return (value.at or value.run.box).left - label.at.right < 6 * wide


def _leads_to_next(page: Lines, line: Sequence[Piece], box: Box, before: Box) -> bool:
    """Whether a line without a label is the first of a value whose label stands in the middle of its lines."""
    number = next((n for n, each in enumerate(page.lines) if each is line), len(page.lines))
    for other in page.lines[number + 1] if number + 1 < len(page.lines) else ():
        if other.key and other.at is not None and other.at.right < box.left:
            return (
                other.at.top - box.top < 0.85 * (box.top - before.top)
                and other.at.top - box.top < 1.2 * page.sheet.tall
            )
    return False


def starts_with_code(text: str) -> bool:
    """Whether a line begins like one of several diagnoses."""
    return bool(re.match(r"(?:\d[.)]\s*)?[A-TV-Z][0-9OIlS][0-9A-Z](?:\.|\b)", text))


def _below(page: Lines, number: int, at: Box, key: str) -> list[Run]:
    """The value under a label, in its cell or close below it."""
    tall, wide = page.sheet.tall, page.sheet.wide
    found: list[Run] = []
    bottom = at.bottom
    left, right = at.left - 1.2 * wide, page.cell_end(number, at)
    in_table = _is_head_of_table(page, number)
    for line in page.lines[number + 1 : number + 9]:
        here = [
            other
            for other in line
            if (other.at or (other.run.box if other.run.words else None)) is not None
            and left <= (other.at or other.run.box).left < right
        ]
        if not here:
            if found or (line and _line_top(line) - bottom > 2.2 * tall):
                break
            continue
        first = here[0]
        box = first.at or first.run.box
        if (
            box.top - bottom > 1.6 * tall
            or first.key is not None
            or (not (in_table and not found) and page.rule_between(at._replace(bottom=bottom), box))
        ):
            break
        if found and key not in _PROSE and found[0].ticked is None:
            break
        if not found and _is_asked_for(line, first, wide):
            break
        for other in here:
            if other.key is not None or id(other) in page.taken:
                break
            if (
                found
                and other.run.line == found[-1].line
                and other.run.ticked is None
                and other.run.box.left - found[-1].box.right > 3 * wide
            ):
                break
            found.append(other.run)
            page.taken.add(id(other))
        bottom = max(run.box.bottom for run in found) if found else bottom
    return found


def _line_top(line: Sequence[Piece]) -> float:
    return min((piece.at or piece.run.box).top for piece in line if piece.at is not None or piece.run.words)
