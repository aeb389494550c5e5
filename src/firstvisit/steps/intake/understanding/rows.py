"""Rows of cells in a text: patients in rows under a head of labels, in columns beside labels, or label and value by turns. Pure.

Cells are apart by tabs, bars or columns of spaces; an HTML table arrives here with its cells apart by tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.understanding.passages import Passage, sentences
from firstvisit.steps.intake.understanding.topics import of_label

_FEWEST_LABELS: Final = 3
_RULE: Final = re.compile(r"[\s|+=_:-]+")
"""A line that only rules a table off."""
_TAB: Final = re.compile(r"\t")
_TABS: Final = re.compile(r"\t+")
_BAR: Final = re.compile(r"[ \t]*\|[ \t]*")
_SPACES: Final = re.compile(r" {2,}")
_OF_A_PATIENT: Final = frozenset({"patient name", "patient first", "patient last", "name", "first", "last", "dob"})
_NUMBERS_ROWS: Final = re.compile(r"#|no\.?|nr\.?|row|item|line", re.I)


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of one cell and where they begin in the text."""

    text: str
    at: int

    @property
    def topic(self) -> str | None:
        """What it asks for where it is a label; prose is no label of a table."""
        topic = of_label(self.text) if self.text and len(self.text.split()) <= 6 and not re.search(r"\d{3}", self.text) else None
        return None if topic == "prose" and not re.fullmatch(r"(?i)(?:reason|notes?|comments?|concerns?|problem|goals?)[\w /]*", self.text) else topic


Row = list[Cell]


def cut(text: str, start: int = 0, where: str = "body") -> tuple[list[Passage], str]:
    """The passages of all tables in `text`, and the text with those lines replaced by spaces."""
    lines = _lines(text)
    made: list[Passage] = []
    taken: list[tuple[int, int]] = []
    n = 0
    while n < len(lines):
        at = lines[n][0]
        found = _under_head(lines, n) or _beside_labels(lines, n) or _by_turns(lines, n)
        if found is None:
            n += 1
            continue
        until, fields = found
        made += _passages(fields, start, where)
        taken.append((at, lines[until - 1][0] + len(lines[until - 1][1])))
        n = until
    for begin, end in taken:
        text = text[:begin] + re.sub(r"[^\n]", " ", text[begin:end]) + text[end:]
    return made, text


Fields = list[list[tuple[str, Cell]]]
"""One list of labels with their cells for each patient."""


def _under_head(lines: list[tuple[int, str]], n: int) -> tuple[int, Fields] | None:
    """A head of labels and the rows under it, one patient each."""
    for mark in (_TAB, _TABS, _BAR, _SPACES):
        head = _cells(lines[n], mark)
        labels = [cell for cell in head if cell.topic is not None]
        if len(head) < _FEWEST_LABELS or len(labels) < _FEWEST_LABELS or len(labels) * 2 < len(head):
            continue
        rows: list[Row] = []
        until = n + 1
        while until < len(lines):
            row = _cells(lines[until], mark)
            gap = rows and not lines[until][1].strip() and until + 1 < len(lines) and len(_cells(lines[until + 1], mark)) == len(head)
            if gap or (lines[until][1].strip() and _RULE.fullmatch(lines[until][1])):
                until += 1
                continue
            if mark is _SPACES:
                row = _in_columns(head, row, lines[n][0], lines[until][0])
            if len(row) != len(head) or sum(bool(cell.text) for cell in row) < 2 or sum(cell.topic is not None for cell in row) > len(row) // 2:
                break
            rows.append(row)
            until += 1
        rows = [row for row in rows if not _is_empty(row, head)]
        if rows:
            return until, [[(label.text, cell) for label, cell in zip(head, row, strict=True) if cell.text] for row in rows]
    return None


_BLANK: Final = re.compile(r"(?i)[\W_]*(?:blank|empty|none|n/?a|tbd|not used|open)?[\W_]*")


def _is_empty(row: Row, head: Row) -> bool:
    """Whether a row of a list is left blank: nothing in it but its number and words for nothing."""
    return all(_BLANK.fullmatch(cell.text) or _NUMBERS_ROWS.fullmatch(label.text.strip()) for cell, label in zip(row, head, strict=True))


def _beside_labels(lines: list[tuple[int, str]], n: int) -> tuple[int, Fields] | None:
    """Labels in the first column and a patient in each of two or more others."""
    for mark in (_TAB, _TABS, _BAR):
        rows: list[Row] = []
        until = n
        while until < len(lines):
            if lines[until][1].strip() and _RULE.fullmatch(lines[until][1]):
                until += 1
                continue
            row = _cells(lines[until], mark)
            if len(row) < 3 or (rows and len(row) != len(rows[0])):
                break
            rows.append(row)
            until += 1
        labelled = [row for row in rows if row[0].topic is not None]
        values = [cell for row in labelled for cell in row[1:]]
        if len(labelled) < _FEWEST_LABELS or sum(cell.topic is not None for cell in values) * 4 > len(values):
            continue
        if not any(row[0].topic in _OF_A_PATIENT for row in labelled):
            continue
        columns = range(1, len(rows[0]))
        return until, [[(row[0].text, row[n]) for row in labelled if row[n].text] for n in columns]
    return None


def _by_turns(lines: list[tuple[int, str]], n: int) -> tuple[int, Fields] | None:
    """Label, value, label, value in one line."""
    for mark in (_TABS, _BAR, _SPACES):
        row = [cell for cell in _cells(lines[n], mark) if cell.text]
        if len(row) < 4 or len(row) % 2 or any(cell.topic is None for cell in row[::2]):
            continue
        if sum(cell.topic is not None for cell in row[1::2]) * 2 > len(row) // 2:
            continue
        return n + 1, [[(label.text.strip(" :"), value) for label, value in zip(row[::2], row[1::2], strict=True)]]
    return None


def _passages(fields: Fields, start: int, where: str) -> Iterator[Passage]:
    several = len(fields) > 1 and all(any(of_label(label) in _OF_A_PATIENT for label, _ in patient) for patient in fields)
    for n, patient in enumerate(fields):
        for label, cell in patient:
            topic = of_label(label)
            if _NUMBERS_ROWS.fullmatch(label.strip()):
                continue
            label = "patient name" if several and topic == "name" else label
            topics = frozenset({of_label(label) or "prose"})
            owner = n if several else None
            if topic == "prose":
                for at, each in sentences(cell.text, start + cell.at):
                    yield Passage(each, at, "label", topics, where, owner, label)
            else:
                yield Passage(cell.text, start + cell.at, "label", topics, where, owner, label)


def _lines(text: str) -> list[tuple[int, str]]:
    made, at = [], 0
    for line in text.splitlines(keepends=True):
        made.append((at, line.rstrip("\n")))
        at += len(line)
    return made


def _cells(line: tuple[int, str], mark: re.Pattern[str]) -> Row:
    """The cells of a line; bars at both ends hold nothing."""
    at, text = line
    if mark is _BAR:
        if text.count("|") < 2:
            return []
        inner = text.strip().removeprefix("|").removesuffix("|")
        at, text = at + text.find(inner), inner
    elif mark is _SPACES:
        inner = text.strip()
        at, text = at + text.find(inner), inner
    cells: Row = []
    begin = 0
    for end, following in (*((match.start(), match.end()) for match in mark.finditer(text)), (len(text), len(text))):
        piece = text[begin:end]
        lead = len(piece) - len(piece.lstrip())
        cells.append(Cell(piece.strip(), at + begin + lead))
        begin = following
    return cells


def _in_columns(head: Row, row: Row, head_at: int, row_at: int) -> Row:
    """Cells apart by spaces belong under the label that begins where they do; an empty one is left empty."""
    placed = [Cell("", cell.at) for cell in head]
    for cell in row:
        offset = cell.at - row_at
        under = max((n for n, label in enumerate(head) if label.at - head_at <= offset + 2), default=None)
        if under is None or placed[under].text:
            return []
        placed[under] = cell
    return placed
