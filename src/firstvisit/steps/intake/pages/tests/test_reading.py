"""From bytes to words, through the real processes and the real engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import ImageDraw

from firstvisit.steps.intake.pages.engines import tesseract
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.reading import PageReader
from firstvisit.steps.intake.pages.tests import drawn

LINES = [
    "Tamarack Valley Orthopedics",
    "Patient: Odette Villanueva",
    "Date of birth: 03/14/1961",
    "Telephone: (406) 555-0137",
    "Diagnosis: M75.121 complete rotator cuff tear",
    "Please evaluate and treat, twice a week for six weeks.",
    "The family asks for a morning visit and can come on short notice.",
    "Kindly call the daughter first; the patient is hard of hearing.",
]
PLANS = ["rapidocr", *(["tesseract"] if tesseract.program() else [])]


@pytest.fixture(scope="module", params=PLANS)
def reader(request: pytest.FixtureRequest) -> Iterator[PageReader]:
    with PageReader(request.param) as reader:
        yield reader


def said(page: Page) -> str:
    return " ".join(word.text for word in page.words)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_speckled_skewed_fax_is_read_whichever_way_it_was_fed(reader: PageReader, turned: int) -> None:
    fax = drawn.tiff([drawn.faxed(drawn.written(LINES), skew=1.7, turned=turned)])
    (page,) = reader.pages(fax)
    assert "Villanueva" in said(page) and "03/14/1961" in said(page) and "M75.121" in said(page)
    assert (page.turned + turned) % 360 == 0
    assert page.height > page.width


def test_a_fax_of_standard_resolution_is_brought_to_square_dots(reader: PageReader) -> None:
    (page,) = reader.pages(drawn.tiff([drawn.faxed(drawn.written(LINES))], coarse=True, packing="group3"))
    assert "555-0137" in said(page) and "Odette" in said(page)
    assert page.height > 1.2 * page.width


def test_words_lie_where_they_were_printed(reader: PageReader) -> None:
    (page,) = reader.pages(drawn.tiff([drawn.faxed(drawn.written(LINES))]))
    (name,) = [word for word in page.words if word.text.startswith("Villan")]
    line = 180 + int(34 * 1.7)
    assert name.box.top < (line + 20) / drawn.HIGH < name.box.bottom
    assert 0.2 < name.box.left < name.box.right < 0.4


def test_pages_of_text_and_of_pictures_each_go_their_way() -> None:
    with PageReader() as reader:
        (page,) = reader.pages(drawn.text_pdf(LINES))
        assert page.how == "text_layer" and "Odette Villanueva" in said(page)
        first, second = reader.pages(drawn.pdf([drawn.written(LINES), drawn.written(LINES[::-1])]))
        assert {first.how, second.how} <= {"tesseract", "rapidocr"}
        assert "Villanueva" in said(first) and "Villanueva" in said(second)


def test_boxes_are_told_from_letters_and_ticked_from_empty(reader: PageReader) -> None:
    page = drawn.written(["BOOK OF DOODADS, DOB DOC, ODD BOXES ON BOARD", *LINES])
    draw = ImageDraw.Draw(page)
    for number, word in enumerate(("Occupational", "Physical", "Speech")):
        drawn.box(draw, 160, 1000 + 60 * number, ticked=number == 1)
        draw.text((204, 994 + 60 * number), word, fill=0, font=drawn.font(34))
    (read,) = reader.pages(drawn.tiff([drawn.faxed(page, skew=-0.8)]))
    assert [tick.ticked for tick in read.ticks] == [False, True, False]
    assert {"Occupational", "Physical", "Speech"} <= {word.text for word in read.words}


def test_a_line_through_words_is_told_from_a_line_under_them(reader: PageReader) -> None:
    page = drawn.written(LINES)
    draw = ImageDraw.Draw(page)
    through = 180 + int(3 * 34 * 1.7) + 24
    draw.line((340, through, 560, through), fill=0, width=3)
    under = 180 + int(1 * 34 * 1.7) + 46
    draw.line((290, under, 600, under), fill=0, width=3)
    (read,) = reader.pages(drawn.tiff([drawn.faxed(page)]))
    (struck,) = read.struck
    assert struck.top < through / drawn.HIGH < struck.bottom
    assert any(abs(rule.top - under / drawn.HIGH) < 0.01 for rule in read.rules)


def test_the_picture_of_a_page_stands_as_its_boxes_do(reader: PageReader) -> None:
    fax = drawn.tiff([drawn.faxed(drawn.written(LINES), turned=90)])
    ((page, picture),) = reader.pages_and_pictures(fax)
    assert picture.startswith(b"\x89PNG")
    width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    assert (width, height) == (page.width, page.height)


@pytest.mark.parametrize(
    "hidden",
    [
        "1 1 1 rg BT /F1 12 Tf 72 500 Td (Hidden Person) Tj ET",
        "0.98 0.98 0.98 rg BT /F1 12 Tf 72 500 Td (Hidden Person) Tj ET",
        "BT /F1 0.4 Tf 72 500 Td (Hidden Person) Tj ET",
        "BT 3 Tr /F1 12 Tf 72 500 Td (Hidden Person) Tj ET",
        "BT /F1 12 Tf 72 500 Td (Hidden Person) Tj ET 0 0 0 rg 60 490 200 30 re f",
        "BT /F1 12 Tf 72 500 Td (Hidden Person) Tj ET 1 1 1 rg 60 490 200 30 re f",
    ],
    ids=["white", "nearly white", "too small", "drawn with nothing", "blacked out", "covered"],
)
def test_words_that_nobody_sees_on_a_page_are_not_read(hidden: str) -> None:
    with PageReader() as reader:
        (page,) = reader.pages(drawn.text_pdf(LINES, more=hidden))
    assert page.how == "text_layer" and "Odette Villanueva" in said(page)
    assert "Hidden" not in said(page) and "Person" not in said(page)


@pytest.mark.parametrize(
    "shown",
    [
        "0 0 0 rg 60 490 300 30 re f 1 1 1 rg BT /F1 12 Tf 72 500 Td (Shown Person) Tj ET",
        "0.6 0.6 0.6 rg BT /F1 12 Tf 72 500 Td (Shown Person) Tj ET",
        "0.85 0.85 0.85 rg 60 490 300 30 re f 0.3 0.3 0.3 rg BT /F1 5 Tf 72 500 Td (Shown Person) Tj ET",
    ],
    ids=["white on black", "grey", "small and grey in a shaded cell"],
)
def test_words_in_other_colours_are_read(shown: str) -> None:
    with PageReader() as reader:
        (page,) = reader.pages(drawn.text_pdf(LINES, more=shown))
    assert "Shown Person" in said(page)
