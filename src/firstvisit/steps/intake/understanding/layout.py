"""Words of a page as lines and runs: what was written in one go, with the boxes ticked and struck words left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from firstvisit.steps.intake.pages.page import Box, Page, Tick, Word

_GAP: Final = 1.15
"""A space wider than this times the height of the line ends a run: words of one run stand closer."""
_FEWEST_TEETH: Final = 6
"""Digits of the shortest comb: a day of birth with a year of two."""
_TICKED: Final = re.compile(r"[\[({<]\s?[xX✓✔√*vV/]\s?[\])}>]|[☒☑✓✔✗✘■◼]|_[xX✓]_")
_EMPTY: Final = re.compile(r"[\[({<]\s?_{0,3}\s?[\])}>]|[☐□◻○▢]")
_SCRAWLED: Final = 0.75
"""Words of which an engine is no surer than this, where a signature is, are strokes of it."""
_CHOICE: Final = re.compile(r"(?i)[A-Z]{1,3}|yes|no|male|female|left|right|both|home|boy|girl|eval|treat|speech|either")
"""Words that stand side by side for one of them to be circled."""
_TRANSMISSION: Final = re.compile(
    r"\b(?:P(?:AGE|G)?\.?\s?\d{1,3}\s?(?:/|of)\s?\d{1,3}|\d{3}\s?/\s?\d{3}|FR[O0]M:?\s.*\d{4}|FAX\s?SERVER|RIGHTFAX)\b", re.IGNORECASE
)
"""What fax machines print over the head of each page."""
_CLOCK: Final = re.compile(r"\b\d{1,2}:\d\d(?!\d)")
_DAY: Final = re.compile(r"(?i)\b(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\W+\d{1,2})\b")
"""A day with the time of day, which over the head of a page only a machine prints."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words written in one go on one line."""

    words: tuple[Word, ...]
    page: int
    line: int
    ticked: bool | None = None
    """Behind a box to tick: whether it is ticked. None where no box stands before it."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        return around(word.box for word in self.words)

    @property
    def sure(self) -> float:
        """The engine's confidence in its least sure word that matters."""
        return min((word.confidence for word in self.words if len(word.text) > 1), default=1.0)


@dataclass(frozen=True)
class Sheet:
    """A page as lines of runs. Heights and distances are shares of the page's height; `wide` turns them into shares of
    its width."""

    page: Page
    lines: tuple[tuple[Run, ...], ...]
    tall: float
    wide: float = field(default=0.0)
    header: str = ""
    """What the fax machine printed over the head."""

    @property
    def text(self) -> str:
        return "\n".join("   ".join(run.text for run in line) for line in self.lines)


def around(boxes: Iterable[Box]) -> Box:
    """The box that holds all of `boxes`."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def sheet_of(page: Page) -> Sheet:
    """`page` as lines of runs, without what was struck out and without the line of the fax machine."""
    words = [
        part
        for word in page.words
        if word.text.strip() and not _struck(word, page.struck)
        for part in _unglued(word)
    ]
    if not words:
        return Sheet(page, (), 0.012, 0.015)
    tall = median(word.box.bottom - word.box.top for word in words)
    ratio = page.height / max(page.width, 1)
    ticks = list(page.ticks)
    words = [word for word in words if not (word.confidence < _SCRAWLED and _penned(word, page.penned))]
    ticks += chosen_by_ring(words, page.circled, tall * ratio)
    words = _combed(words, tall * ratio)
    words, more = _printed_ticks(words)
    ticks += more
    # A row without a letter or a digit is specks and ends of lines.
    rows = [row for row in _rows(words, tall) if re.search(r"\w", _said(row).replace("_", ""))]
    header = ""
    if rows and rows[0][0].box.top < 0.04 and _is_transmission(_said(rows[0])):
        header, rows = _said(rows[0]), rows[1:]
    if len(rows) > 3 and rows[-1][0].box.top > 0.96 and _TRANSMISSION.search(_said(rows[-1])):
        rows = rows[:-1]
    uprights = [rule for rule in page.rules if rule.bottom - rule.top > 1.5 * (rule.right - rule.left) / ratio]
    lines = tuple(
        tuple(_runs(row, page.number, number, tall * ratio, ticks, uprights)) for number, row in enumerate(rows)
    )
    return Sheet(page, lines, tall, tall * ratio, header)


def _is_transmission(text: str) -> bool:
    return bool(_TRANSMISSION.search(text) or (_CLOCK.search(text) and _DAY.search(text)))


def _said(row: Sequence[Word]) -> str:
    return " ".join(word.text for word in row)


_GLUED: Final = re.compile(
    r"^(DOB|D\.O\.B\.?|NPI|Tel|TEL|Phone|PHONE|Fax|FAX|Cell|Ph|Name|NAME|Dx|DX|Date|DATE|Age|Sex|ID)([:#.]{0,2})(?=[(\d]|(?<=:)[A-Z])"
    r"|^([PFTC])([:.]{0,2})(?=\(?\d{3}\D{1,2}\d{3})"
)
"""Labels that the engine reads as one word with the value behind them."""


def _unglued(word: Word) -> list[Word]:
    match = _GLUED.match(word.text)
    if match is None or match.end() == len(word.text):
        return [word]
    edge = word.box.left + match.end() / len(word.text) * (word.box.right - word.box.left)
    return [
        Word(match[0], word.box._replace(right=edge), word.confidence),
        Word(word.text[match.end() :], word.box._replace(left=edge), word.confidence),
    ]


def _struck(word: Word, struck: Sequence[Box]) -> bool:
    middle, wide = (word.box.top + word.box.bottom) / 2, word.box.right - word.box.left
    half = 0.3 * (word.box.bottom - word.box.top)
    # A pen goes through a whole word; what goes through half of one is the heads of its letters.
    return any(
        min(box.right, word.box.right) - max(box.left, word.box.left) > 0.7 * wide
        and abs((box.top + box.bottom) / 2 - middle) < half + 0.002
        for box in struck
    )


def _penned(word: Word, penned: Sequence[Box]) -> bool:
    """Whether most of a word is a signature, of which an engine makes letters."""
    middle = ((word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2)
    return any(box.left < middle[0] < box.right and box.top < middle[1] < box.bottom for box in penned)


def chosen_by_ring(words: Sequence[Word], rings: Sequence[Box], wide: float) -> list[Tick]:
    """Of short words side by side ("Y N", "M F X", "PT OT ST") the one with a ring as ticked, the others as not: each as if
    a narrow box stood before it."""
    found: list[Tick] = []
    for ring in rings:
        chosen = next((word for word in words if _within_ring(word, ring)), None)
        if chosen is None:
            continue
        row = sorted(
            (word for word in words if abs(word.box.top - chosen.box.top) < 0.5 * (chosen.box.bottom - chosen.box.top)),
            key=lambda word: word.box.left,
        )
        at = row.index(chosen)
        found.append(_as_box(chosen, ticked=True))
        for side in (row[at + 1 :], row[:at][::-1]):
            edge = chosen
            for word in side:
                apart = max(word.box.left - edge.box.right, edge.box.left - word.box.right)
                if not _CHOICE.fullmatch(word.text) or apart > 6 * wide:
                    break
                if not any(_within_ring(word, other) for other in rings):
                    found.append(_as_box(word, ticked=False))
                edge = word
    return found


def _within_ring(word: Word, ring: Box) -> bool:
    middle = ((word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2)
    small = word.box.right - word.box.left < 1.2 * (ring.right - ring.left)
    return small and ring.left < middle[0] < ring.right and ring.top < middle[1] < ring.bottom


def _as_box(word: Word, *, ticked: bool) -> Tick:
    return Tick(word.box._replace(left=word.box.left - 0.003, right=word.box.left - 0.001), ticked, 0.9)


def _combed(words: Sequence[Word], wide: float) -> list[Word]:
    """Digits that stand in the teeth of a comb, one each, joined to a word; it is as sure as the least sure of them."""
    kept: list[Word] = []
    digits = [word for word in words if len(word.text) == 1 and word.text.isdigit()]
    taken: set[int] = set()
    for first in sorted(digits, key=lambda each: each.box.left):
        if id(first) in taken:
            continue
        comb = [first]
        for word in sorted(digits, key=lambda each: each.box.left):
            last = comb[-1].box
            gap = word.box.left - last.right
            if word is not first and 0 < gap < 2.5 * wide and abs(word.box.top - last.top) < 0.4 * (last.bottom - last.top):
                comb.append(word)
        if len(comb) >= _FEWEST_TEETH:
            taken |= {id(word) for word in comb}
            text = "".join(word.text for word in comb)
            kept.append(Word(text, around(w.box for w in comb), min(w.confidence for w in comb)))
    return [word for word in words if id(word) not in taken] + kept


def _printed_ticks(words: Sequence[Word]) -> tuple[list[Word], list[Tick]]:
    """Boxes that came as characters ("[x]", "☐") taken out of the words they stand before."""
    left: list[Word] = []
    ticks: list[Tick] = []
    for word in words:
        if word.text in ("]", ")") and left and left[-1].text in ("[", "("):
            opening = left.pop()
            ticks.append(Tick(around((opening.box, word.box)), False, 0.8))
            continue
        ticked, empty = _TICKED.match(word.text), _EMPTY.match(word.text)
        match = ticked or empty
        if match is None or (match.end() < len(word.text) and match[0][0] in "({<"):
            left.append(word)
            continue
        share = match.end() / len(word.text)
        edge = word.box.left + share * (word.box.right - word.box.left)
        ticks.append(Tick(word.box._replace(right=edge), ticked is not None, 0.9))
        if match.end() < len(word.text):
            left.append(Word(word.text[match.end() :].strip(), word.box._replace(left=edge), word.confidence))
    return left, ticks


def _rows(words: Sequence[Word], tall: float) -> list[list[Word]]:
    """Words whose middles stand at one height, from the top."""
    rows: list[list[Word]] = []
    middles: list[float] = []
    for word in sorted(words, key=lambda each: (each.box.top + each.box.bottom) / 2):
        middle = (word.box.top + word.box.bottom) / 2
        near = next((n for n in range(len(rows) - 1, max(-1, len(rows) - 4), -1) if abs(middles[n] - middle) < 0.45 * tall), None)
        if near is None:
            rows.append([word])
            middles.append(middle)
        else:
            rows[near].append(word)
            middles[near] += (middle - middles[near]) / len(rows[near])
    return [sorted(row, key=lambda each: each.box.left) for row in rows]


def _runs(
    row: Sequence[Word], page: int, line: int, wide: float, ticks: Sequence[Tick], uprights: Sequence[Box]
) -> Iterable[Run]:
    """A line cut where a gap, an upright ruling line or a box to tick stands."""
    top, bottom = min(word.box.top for word in row), max(word.box.bottom for word in row)
    middle = (top + bottom) / 2
    here = sorted(
        (tick for tick in ticks if tick.box.top - 0.004 < middle < tick.box.bottom + 0.004), key=lambda tick: tick.box.left
    )
    behind = _boxes_follow(row, here, wide)
    group: list[Word] = []
    ticked: bool | None = None
    for word in row:
        if group:
            before = group[-1].box.right
            between = [tick for tick in here if before - 0.004 <= tick.box.left and tick.box.right <= word.box.left + 0.006]
            ruled = any(
                before - 0.003 <= rule.left <= word.box.left + 0.003 and rule.top < middle < rule.bottom for rule in uprights
            )
            if between or ruled or word.box.left - before > _GAP * wide:
                if behind and between:
                    ticked = between[0].ticked
                yield Run(tuple(group), page, line, ticked)
                group = []
                ticked = None if behind or not between else between[-1].ticked
        elif not behind:
            first = [tick for tick in here if tick.box.right <= word.box.left + 0.006]
            ticked = first[-1].ticked if first and word.box.left - first[-1].box.right < 3 * wide else None
        group.append(word)
    if group:
        if behind:
            after = [tick for tick in here if tick.box.left >= group[-1].box.right - 0.004]
            ticked = after[0].ticked if after else None
        yield Run(tuple(group), page, line, ticked)


def _boxes_follow(row: Sequence[Word], ticks: Sequence[Tick], wide: float) -> bool:
    """Whether boxes stand behind their words on this line: the last box has no word behind it, the first has one close
    before it."""
    if not ticks:
        return False
    # An engine's boxes around words may reach into a box to tick.
    words_after = [word for word in row if -0.006 <= word.box.left - ticks[-1].box.right < 3 * wide]
    words_before = [word for word in row if 0 <= ticks[0].box.left - word.box.right < 1.5 * wide]
    return not words_after and bool(words_before)
