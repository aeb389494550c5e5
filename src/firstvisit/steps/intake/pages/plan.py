"""Which eyes look at a page: its text layer where it has a real one, else Tesseract where installed, else RapidOCR.

A second engine looks only at a page whose reading fails a check: it costs as much as the first.
"""

from __future__ import annotations

from typing import Literal

from firstvisit.steps.intake.pages import clean, marks
from firstvisit.steps.intake.pages.engines import rapidocr, tesseract
from firstvisit.steps.intake.pages.page import Box, How, Page, Tick, Word
from firstvisit.steps.intake.pages.sheet import Sheet

Plan = Literal["usual", "rapidocr", "tesseract", "plain rapidocr", "plain tesseract"]
"""`usual` chooses as above, the others name one engine; "plain" leaves out the clean-up, to measure its worth."""

_SURE = 0.6
"""A word below this is doubtful."""
_DOUBTFUL = 0.12
"""More than this share of doubtful letters, and another engine looks."""


def page_of(sheet: Sheet, plan: Plan = "usual") -> Page:
    """What stands on one page."""
    if sheet.words is not None and plan in ("usual", "rapidocr", "tesseract"):
        grey = clean.squared(sheet)
        seen = marks.marks_of(grey)
        return _page(sheet, grey, seen, sheet.words, "text_layer", 0, 0.0)
    if plan.startswith("plain"):
        return _plain(sheet, plan)
    upright = clean.upright(sheet, rapidocr.upside_down)
    seen = marks.marks_of(upright.grey)
    how, words = _read(upright.grey, seen, plan)
    return _page(sheet, upright.grey, seen, tuple(words), how, upright.turned, upright.skew)


def _read(grey: clean.Grey, seen: marks.Marks, plan: Plan) -> tuple[How, list[Word]]:
    if plan == "rapidocr" or (plan == "usual" and tesseract.program() is None):
        return "rapidocr", rapidocr.read(grey)
    # Ruling lines make Tesseract take cells for pictures; RapidOCR does not mind them.
    words = tesseract.read(seen.without_rules)
    if plan == "usual" and _doubtful(words, seen):
        again = rapidocr.read(grey)
        if _letters(again) >= 0.8 * _letters(words):
            return "rapidocr", again
    return "tesseract", words


def _doubtful(words: list[Word], seen: marks.Marks) -> bool:
    """Whether the reading of a page fails its check: doubtful letters, or hardly any words."""
    letters = _letters(words)
    if letters < 40:
        return True
    doubtful = sum(len(word.text) for word in words if word.confidence < _SURE)
    return doubtful > _DOUBTFUL * letters


def _letters(words: list[Word]) -> int:
    return sum(letter.isalnum() for word in words for letter in word.text)


def _plain(sheet: Sheet, plan: Plan) -> Page:
    """The page as an engine sees it that is given the picture as it came."""
    engine: How = "tesseract" if plan.endswith("tesseract") else "rapidocr"
    read = tesseract.read if engine == "tesseract" else rapidocr.read
    nothing = marks.Marks((), (), (), sheet.grey)
    return _page(sheet, sheet.grey, nothing, tuple(read(sheet.grey)), engine, 0, 0.0)


def _page(
    sheet: Sheet,
    grey: clean.Grey,
    seen: marks.Marks,
    words: tuple[Word, ...],
    how: How,
    turned: int,
    skew: float,
) -> Page:
    height, width = grey.shape
    ticks = tuple(tick for tick in seen.ticks if not any(_letter_of(word, tick) for word in words))
    words = tuple(left for word in words for left in _without_tick(word, ticks))
    return Page(sheet.number, width, height, words, how, turned, skew, ticks, seen.struck, seen.rules)


_LIKE_BOXES = frozenset("□☐☑☒■▢▣◻◼✓✔✗✘×✕Xx[](){}|Oo0DØ口回囗日田区因図图国園圆-_=~'\"`.,:;+*/\\<>«»¤®©@&%#¥€£§$")


def _letter_of(word: Word, tick: Tick) -> bool:
    """Whether what looks like a box is a square letter (D, O, 0) in the middle or at the end of a word."""
    middle = (tick.box.left + tick.box.right) / 2
    if len(word.text) < 2 or not word.box.top <= (tick.box.top + tick.box.bottom) / 2 <= word.box.bottom:
        return False
    first = (word.box.right - word.box.left) / len(word.text)
    return word.box.left + 1.3 * first < middle < word.box.right and word.text[-1] not in "□☐☑☒■"


def _without_tick(word: Word, ticks: tuple[Tick, ...]) -> list[Word]:
    """The word less the box to tick that the engine took for a letter of it."""
    for tick in ticks:
        middle = (tick.box.top + tick.box.bottom) / 2
        if not word.box.top <= middle <= word.box.bottom:
            continue
        if word.box.left - 0.004 <= tick.box.left and tick.box.right <= word.box.right + 0.004:
            if len(word.text) <= 3 and set(word.text) <= _LIKE_BOXES:
                return []
            if tick.box.left <= word.box.left + 0.3 * (word.box.right - word.box.left) and word.text[0] in _LIKE_BOXES:
                bare = word.text[1:].lstrip("]) ")
                return [Word(bare, word.box._replace(left=tick.box.right), word.confidence)] if bare else []
        elif len(word.text) <= 2 and set(word.text) <= _LIKE_BOXES and _overlap(word.box, tick.box) > 0.5:
            return []
    return [word]


def _overlap(one: Box, other: Box) -> float:
    """The share of `one` that lies in `other`."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    area = (one.right - one.left) * (one.bottom - one.top)
    return max(0.0, wide) * max(0.0, high) / area if area > 0 else 0.0
