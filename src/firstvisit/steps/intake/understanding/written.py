"""Pages as running text, with the word behind each stretch of it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from firstvisit.steps.intake.pages.page import Word
from firstvisit.steps.intake.understanding.forms.pieces import begins_with_label
from firstvisit.steps.intake.understanding.found import Place
from firstvisit.steps.intake.understanding.layout import Run, Sheet, around
from firstvisit.steps.intake.understanding.values import dates, names


@dataclass(frozen=True)
class Written:
    """Pages as one text, with the word behind each stretch of it."""

    text: str
    words: tuple[tuple[int, int, int, Word], ...]
    """Start, end, page and word."""

    def place(self, start: int, end: int) -> tuple[Place, str]:
        """The box of the characters `start` to `end`, of the page where they begin, and their words."""
        inside = [each for each in self.words if each[0] < max(end, start + 1) and start < each[1]]
        if not inside:
            inside = [next((each for each in self.words if each[1] > start), self.words[-1])]
        page = inside[0][2]
        here = [each[3] for each in inside if each[2] == page]
        # A quote of a whole page lights nothing; the first lines of it do.
        box = around(word.box for word in here[:60])
        return Place(page, box), " ".join(word.text for word in here[:60])

    def sure(self, start: int, end: int) -> float:
        """The engine's confidence in the least sure word between."""
        inside = [
            each[3].confidence
            for each in self.words
            if each[0] < end and start < each[1] and len(each[3].text) > 1
        ]
        return min(inside, default=1.0)


def written(sheets: Sequence[Sheet], *, body: bool = False) -> Written:
    """`sheets` as running text: paragraphs apart, their lines joined where the sentence runs on. With `body` without
    the letterhead and without the ink over a typed signature, which only repeats it."""
    text = ""
    words: list[tuple[int, int, int, Word]] = []
    for sheet in sheets:
        lines = _body(sheet) if body else sheet.lines
        margin = max((run.box.right for line in lines for run in line), default=1.0)
        before: Sequence[Run] = ()
        for line in lines:
            runs = [run for run in line if run.ticked is not False]
            if not runs:
                continue
            if before:
                text += _between(before, runs, sheet.tall, margin)
            before = runs
            for number, run in enumerate(runs):
                # A run of its own is a field of its own; its label need not have a colon.
                text += ("\n" if begins_with_label(run) else "   ") if number else ""
                for place, word in enumerate(run.words):
                    text += " " if place else ""
                    words.append((len(text), len(text) + len(word.text), sheet.page.number, word))
                    text += word.text
        text += "\n\n"
    return Written(text, tuple(words))


def _between(before: Sequence[Run], after: Sequence[Run], tall: float, margin: float) -> str:
    """What stands between two lines: a space where a sentence runs on, a line's end, or an empty line."""
    bottom, top = max(run.box.bottom for run in before), min(run.box.top for run in after)
    if top - bottom > 0.75 * tall:
        return "\n\n"
    full = before[-1].box.right > 0.8 * margin and len(before) == 1 and len(before[0].text) > 40
    return " " if full and abs(before[0].box.left - after[0].box.left) < 0.02 else "\n"


_GREETING: Final = re.compile(
    r"(?i)^\W*(?:dear\b|to whom|attention|attn|re\b|regarding|hello|good (?:morning|afternoon)|subject|patient\b|date\b"
    r")"
)

_CLOSING: Final = re.compile(
    r"(?i)^\W*(?:sincerely|regards|best regards|kind regards|warm regards|respectfully|thank you|thanks|"
    r"very truly yours|yours|cordially|with appreciation)\b"
)


def _body(sheet: Sheet) -> list[tuple[Run, ...]]:
    lines = [line for line in sheet.lines if line]
    said = [" ".join(run.text for run in line) for line in lines]
    # The letterhead ends at the date, the greeting or the first full sentence.
    first = next(
        (
            n
            for n, text in enumerate(said[:12])
            if _GREETING.match(text)
            or _is_date(text)
            or (len(text) > 60 and not re.search(r"\d{3}\D{1,3}\d{4}", text))
        ),
        0,
    )
    if not any(
        re.search(r"\d{3}\D{1,3}\d{4}|, [A-Z]{2}\b|\b\d{5}\b", text) or names.is_organization(text)
        for text in said[:first]
    ):
        first = 0
    closing = next((n for n in range(len(said) - 1, -1, -1) if _CLOSING.match(said[n])), len(said))
    kept = []
    for n, line in enumerate(lines):
        scribble = (
            n > closing
            and n + 1 < len(said)
            and fuzz.partial_ratio(said[n].lower(), said[n + 1].lower()) >= 65
        )
        if n >= first and not scribble:
            kept.append(line)
    return kept


def _is_date(text: str) -> bool:
    bare = re.sub(r"(?i)^\s*(?:date|dated)\s*[:.]?\s*", "", text).strip()
    return any(each.end - each.start >= len(bare) - 2 for each in dates.days(bare, dt.date(2000, 1, 1)))


def date_of(of_form: dt.date, text: str, received_on: dt.date) -> dt.date:
    """The date of the form, else the first date that stands alone on a line, else the day it came."""
    if of_form != received_on:
        return of_form
    for line in text.splitlines()[:25]:
        alone = re.sub(r"(?i)^\s*(?:date|dated)\s*[:.]?\s*", "", line).strip()
        for day in dates.days(alone, received_on):
            if (
                day.value.year_said
                and day.end - day.start >= len(alone) - 2
                and abs((received_on - day.value.date).days) < 1000
            ):
                return day.value.date
    return received_on
