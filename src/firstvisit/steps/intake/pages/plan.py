"""Which eyes look at a page: its text layer where it has a real one, else Tesseract where installed, else RapidOCR.

RapidOCR looks again at what Tesseract doubts, run by run, and at a whole page only where much of it is doubtful.
"""

from __future__ import annotations

from typing import Literal

from firstvisit.steps.intake.pages import clean, marks
from firstvisit.steps.intake.pages.engines import rapidocr, tesseract
from firstvisit.steps.intake.pages.page import Box, How, Page, Tick, Word
from firstvisit.steps.intake.pages.sheet import Sheet

Plan = Literal["usual", "rapidocr", "tesseract", "plain rapidocr", "plain tesseract"]
"""`usual` chooses as above, the others name one engine; "plain" leaves out the clean-up, to measure its worth."""

_SURE = 0.85
"""Tesseract's confidence from which a word is not read again."""
_DOUBTFUL = 0.6
"""Below this a word is hardly more than a guess."""
_MOST_MISSED = 12
"""More places than this where text seems to stand and none was read, and the other engine reads the whole page; where
it finds no more words, they are drawings."""
_MOST_DOUBTFUL = 0.15
"""More than this share of guessed letters, and the other engine reads the whole page."""


def page_of(sheet: Sheet, plan: Plan = "usual", turned_by: int | None = None) -> Page:
    """What stands on one page. One that a person turned is looked at, whatever its text layer says."""
    if sheet.words is not None and turned_by is None and plan in ("usual", "rapidocr", "tesseract"):
        grey = clean.squared(sheet)
        seen = marks.marks_of(grey)
        return _page(sheet, grey, seen, sheet.words, "text_layer", 0, 0.0)
    if plan.startswith("plain"):
        return _plain(sheet, plan)
    upright = clean.upright(sheet, rapidocr.upside_down, turned_by)
    seen = marks.marks_of(upright.grey)
    how, words = _read(upright.grey, seen, plan)
    return _page(sheet, upright.grey, seen, tuple(words), how, upright.turned, upright.skew)


def _read(grey: clean.Grey, seen: marks.Marks, plan: Plan) -> tuple[How, list[Word]]:
    if plan == "rapidocr" or (plan == "usual" and tesseract.program() is None):
        return "rapidocr", rapidocr.read(grey)
    # Ruling lines make Tesseract take cells for pictures; RapidOCR does not mind them.
    lines = tesseract.read(seen.without_rules)
    words = [word for line in lines for word in line]
    if plan == "tesseract":
        return "tesseract", words
    # Tesseract now and then passes over whole lines.
    missed = _missed(lines, seen.without_boxes)
    fails = _fails(words)
    if fails or len(missed) > _MOST_MISSED:
        again = rapidocr.read(grey)
        if _letters(again) >= (0.8 if fails else 1.1) * _letters(words):
            return "rapidocr", again
        missed = []
    return "tesseract", words if fails else _with_doubts_read_again(lines, missed, seen.without_boxes)


def _fails(words: list[Word]) -> bool:
    """Whether the reading of a page fails its check: doubtful letters, or hardly any words."""
    letters = _letters(words)
    if letters < 40:
        return True
    doubtful = sum(len(word.text) for word in words if word.confidence < _DOUBTFUL)
    return doubtful > _MOST_DOUBTFUL * letters


def _missed(lines: list[list[Word]], grey: clean.Grey) -> list[tuple[int, int, int, int]]:
    """Where text seems to stand and no word was read."""
    height, width = grey.shape
    return [place for place in clean.stretches(grey) if not _seen(place, lines, width, height)]


def _with_doubts_read_again(
    lines: list[list[Word]], missed: list[tuple[int, int, int, int]], grey: clean.Grey
) -> list[Word]:
    """Runs in which a word is doubtful, and places that were `missed`, are read by the other engine, which says how
    sure it is on a scale of its own; what both read alike is sure."""
    height, width = grey.shape
    kept: list[Word] = []
    doubtful: list[list[Word]] = []
    for run in (run for line in lines for run in _runs(line, width / height)):
        sure = all(word.confidence >= _SURE for word in run if any(map(str.isalnum, word.text)))
        if sure:
            kept += run
        else:
            doubtful.append(run)
    places = [
        (
            max(0, round(min(word.box.left for word in run) * width) - 5),
            max(0, round(min(word.box.top for word in run) * height) - 6),
            min(width, round(max(word.box.right for word in run) * width) + 6),
            min(height, round(max(word.box.bottom for word in run) * height) + 6),
        )
        for run in doubtful
    ]
    places += [(max(0, x0 - 5), max(0, y0 - 6), x1 + 6, y1 + 6) for x0, y0, x1, y1 in missed]
    doubtful += [[] for _ in missed]
    for run, again in zip(doubtful, rapidocr.read_lines(grey, places), strict=True):
        kept += _agreed(run, again)
    return kept


def _seen(place: tuple[int, int, int, int], lines: list[list[Word]], width: int, height: int) -> bool:
    """Whether a word was read where text seems to stand."""
    left, top, right, bottom = place
    middle = (top + bottom) / 2 / height
    return any(
        word.box.top - 0.003 <= middle <= word.box.bottom + 0.003
        and word.box.left * width < right
        and word.box.right * width > left
        for line in lines
        for word in line
    )


def _agreed(run: list[Word], again: list[Word]) -> list[Word]:
    """What two engines read of one run: the surer one's words; both agreeing makes a word sure."""
    if not again or sum(word.confidence for word in again) / len(again) < 0.7:
        return [word for word in run if word.confidence > 0.3]
    known = {word.text.strip(".,:;") for word in run}

    def sure(word: Word) -> float:
        # RapidOCR's 0.95 is Tesseract's 0.8: below, both half guess.
        return 0.96 if word.text.strip(".,:;") in known else min(word.confidence, 0.6 + 4 * (word.confidence - 0.9))

    return [word._replace(confidence=max(0.0, sure(word))) for word in again]


def _runs(line: list[Word], ratio: float) -> list[list[Word]]:
    """A line cut at wide gaps, where columns meet."""
    runs: list[list[Word]] = []
    for word in line:
        tall = (word.box.bottom - word.box.top) / ratio
        if runs and word.box.left - runs[-1][-1].box.right < 1.5 * max(tall, 0.008):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _letters(words: list[Word]) -> int:
    return sum(letter.isalnum() for word in words for letter in word.text)


def _plain(sheet: Sheet, plan: Plan) -> Page:
    """The page as an engine sees it that is given the picture as it came."""
    engine: How = "tesseract" if plan.endswith("tesseract") else "rapidocr"
    if engine == "tesseract":
        words = [word for line in tesseract.read(sheet.grey) for word in line]
    else:
        words = rapidocr.read(sheet.grey)
    nothing = marks.Marks((), (), (), sheet.grey, sheet.grey)
    return _page(sheet, sheet.grey, nothing, tuple(words), engine, 0, 0.0)


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
    return Page(
        sheet.number,
        width,
        height,
        words,
        how,
        turned,
        skew,
        ticks,
        seen.struck,
        seen.rules,
        seen.circled,
        seen.penned,
    )


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
