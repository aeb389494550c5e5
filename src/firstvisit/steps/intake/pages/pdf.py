"""A PDF to its pages: the text layer where it is what the eye sees, else the page drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.page import Box, Word
from firstvisit.steps.intake.pages.refusal import Unreadable
from firstvisit.steps.intake.pages.sheet import Sheet

_FEWEST = 24
"""A text layer of fewer letters is a stamp or a fax header upon a picture."""
_INVISIBLE = 3
"""Text rendering mode 3 draws nothing: what a scanner's own OCR left, or what was hidden."""


_CONTRAST = 40
"""Of 255: how much ink must differ from its ground to be seen; grey print upon grey cells has 60 and more."""
_LOWEST = 3
"""Rows of dots at 200 to the inch that the lowest letters have: type of three points; a hyphen or a dot has as many."""
_MOSTLY = 0.6
"""Where fewer of its words can be seen than this the text layer is of something else, and the page is read as drawn."""


def sheets(data: bytes, dpi: int) -> Iterator[Sheet]:
    """The pages of `data`, drawn with `dpi` dots to the inch."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _refused(error) from error
    pages = len(document)
    if pages == 0:
        raise Unreadable("The PDF has no pages.")
    if pages > limits.MOST_PAGES:
        from firstvisit.steps.intake.pages.decode import too_many

        raise too_many(pages)
    document.init_forms()
    for index in range(pages):
        try:
            yield _sheet(document, index, dpi)
        except pdfium.PdfiumError as error:
            raise Unreadable(f"The PDF is damaged: page {index + 1} cannot be opened.") from error


def _refused(error: Exception) -> Unreadable:
    said = str(error).lower()
    if "password" in said or "security" in said:
        return Unreadable("The PDF is locked with a password; ask the sender for one without.")
    # pdfium opened it without a fault and found no page in it.
    if "success" in said or "page not found" in said:
        return Unreadable("The PDF has no pages, or none that can be found.")
    return Unreadable("The PDF is damaged or breaks off; ask the sender to send it again.")


def _sheet(document: Any, index: int, dpi: int) -> Sheet:
    page = document[index]
    width, height = page.get_size()
    scale = dpi / 72
    # A page of no paper's size (a poster, a plan) is drawn as if it were a sheet.
    longest = max(width, height)
    if longest > 17 * 72:
        scale *= 17 * 72 / longest
    if min(width, height) * scale < 16:
        raise Unreadable(f"Page {index + 1} is too small to hold words.")
    # What was typed into the fields of a form becomes part of the page, and so of its text.
    import pypdfium2.raw as raw

    raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
    page.close()
    page = document[index]
    bitmap = page.render(scale=scale, grayscale=True)
    grey = bitmap.to_numpy()
    grey = grey.reshape(grey.shape[0], grey.shape[1]).copy()
    bitmap.close()
    words = _text_layer(page, width, height, grey, raw)
    page.close()
    return Sheet(index + 1, grey, float(dpi), float(dpi), words)


def _text_layer(page: Any, width: float, height: float, grey: Any, raw: Any) -> tuple[Word, ...] | None:
    """The words of a real text layer; None where the page is a picture or its text is not what the eye sees. A word
    that nobody sees (in the paper's colour, under something, too small) is none: `grey` is the page as it is drawn."""
    if _pictured(page, width, height, raw):
        return None
    text = page.get_textpage()
    try:
        words = _words(text, page, width, height, raw)
    finally:
        text.close()
    if words is None:
        return None
    seen = tuple(word for word in words if _is_seen(word.box, grey))
    if len(seen) < _MOSTLY * len(words):
        return None
    words = seen
    letters = [letter for word in words for letter in word.text]
    readable = sum(letter.isprintable() and not 0xE000 <= ord(letter) <= 0xF8FF for letter in letters)
    if len(letters) < _FEWEST or readable < 0.97 * len(letters):
        return None
    return words


def _is_seen(box: Box, grey: Any) -> bool:
    """Whether there is something to see in `box` of the drawn page: ink of some height that differs from its ground."""
    high, wide = grey.shape
    ink = grey[
        max(0, int(box.top * high)) : max(0, round(box.bottom * high)),
        max(0, int(box.left * wide)) : max(0, round(box.right * wide)),
    ]
    if ink.size == 0:
        return False
    rows = ink.max(axis=1).astype(int) - ink.min(axis=1)
    return int((rows >= _CONTRAST).sum()) >= _LOWEST


def _pictured(page: Any, width: float, height: float, raw: Any) -> bool:
    """Whether pictures cover most of the page: then any text was put there by a scanner, and is not trusted."""
    covered = 0.0
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = each.get_bounds()
        covered += max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
    return covered > 0.5 * width * height


def _words(text: Any, page: Any, width: float, height: float, raw: Any) -> tuple[Word, ...] | None:
    """Characters to words by the spaces between them. None where the text stands sideways: then the eye reads it."""
    found: list[Word] = []
    letters: list[str] = []
    edges: list[tuple[float, float, float, float]] = []
    sideways = counted = 0

    def end() -> None:
        if letters:
            box = Box(
                min(edge[0] for edge in edges) / width,
                min(edge[1] for edge in edges) / height,
                max(edge[2] for edge in edges) / width,
                max(edge[3] for edge in edges) / height,
            )
            if box.right > 0 and box.bottom > 0 and box.left < 1 and box.top < 1:
                found.append(Word("".join(letters), box, 1.0))
        letters.clear()
        edges.clear()

    turned = page.get_rotation()
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text, index))
        if letter.isspace() or letter in "\x00\x02\ufffe":
            end()
            continue
        drawn = raw.FPDFText_GetTextObject(text, index)
        if drawn and (raw.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE or _has_no_colour(drawn, raw)):
            continue
        counted += 1
        angle = raw.FPDFText_GetCharAngle(text, index)
        sideways += 0.3 < angle % 6.2832 < 5.98
        edge = _edges(text, index, height, raw)
        if edges and _apart(edges[-1], edge):
            end()
        letters.append(letter)
        edges.append(edge)
    end()
    if counted and (turned or sideways > 0.2 * counted):
        return None
    return tuple(found)


def _has_no_colour(drawn: Any, raw: Any) -> bool:
    """Whether letters are drawn with nothing: fully transparent."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = raw.FPDFPageObj_GetFillColor(
        drawn, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)
    )
    return bool(known) and alpha.value == 0


def _apart(before: tuple[float, float, float, float], after: tuple[float, float, float, float]) -> bool:
    """Whether a space would stand between two characters, although none does."""
    tall = max(before[3] - before[1], after[3] - after[1], 1.0)
    return after[0] - before[2] > 0.6 * tall or after[0] < before[0] - tall or abs(after[1] - before[1]) > 1.5 * tall


def _edges(text: Any, index: int, height: float, raw: Any) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a character in points from the upper left corner. The loose box is as tall as the
    type, so that words of one line agree in height."""
    rectangle = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(rectangle))
    return rectangle.left, height - rectangle.top, rectangle.right, height - rectangle.bottom
