"""Which engine reads a page, and what becomes of lines that one of them passes over."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from firstvisit.steps.intake.pages import plan
from firstvisit.steps.intake.pages.engines import rapidocr, tesseract
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.sheet import Sheet
from firstvisit.steps.intake.pages.tests import drawn

TOPS = [200 + 80 * n for n in range(20)]


def read_where_one_engine_sees(
    monkeypatch: pytest.MonkeyPatch, image: Image.Image, lines: int, until: int = 2200
) -> Page:
    """The page as planned, when the first engine reads only so many of its lines, however clear the others are."""
    real = rapidocr.read

    def some(grey: plan.clean.Grey) -> list[list[plan.Word]]:
        return [[word] for word in real(grey) if word.box.bottom * drawn.HIGH < TOPS[lines]]

    def of_words(grey: plan.clean.Grey) -> list[plan.Word]:
        return [word for word in real(grey) if word.box.top * drawn.HIGH < until]

    monkeypatch.setattr(tesseract, "program", lambda: "tesseract")
    monkeypatch.setattr(tesseract, "read", some)
    monkeypatch.setattr(rapidocr, "read", of_words)
    return plan.page_of(Sheet(1, np.asarray(image), 200, 200))


@pytest.mark.parametrize("lines", [4, 18])
def test_lines_that_one_engine_passed_over_are_read_by_the_other(
    monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    image = drawn.paper()
    draw = ImageDraw.Draw(image)
    for n, top in enumerate(TOPS):
        draw.text((160, top), f"Telephone number {n}: (406) 555-01{n:02}", fill=0, font=drawn.font(34))
    page = read_where_one_engine_sees(monkeypatch, image, lines)
    assert [n for n in range(20) if f"555-01{n:02}" not in " ".join(word.text for word in page.words)] == []
    assert page.how == ("rapidocr" if lines == 4 else "tesseract")


def test_what_looks_like_many_lines_and_has_no_words_leaves_the_page_as_it_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = drawn.paper()
    draw = ImageDraw.Draw(image)
    for n, top in enumerate(TOPS):
        if n < 6:
            draw.text((160, top), f"Telephone number {n}: (406) 555-01{n:02}", fill=0, font=drawn.font(34))
        else:
            draw.line([(160 + 9 * m, top + 20 * (m % 2)) for m in range(60)], fill=0, width=5)
    page = read_where_one_engine_sees(monkeypatch, image, 6, until=TOPS[6])
    assert page.how == "tesseract"
    assert "555-0105" in " ".join(word.text for word in page.words)
