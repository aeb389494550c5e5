"""What a pen leaves on a form: crosses that leave their boxes, rings around a letter, a signature on its line."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from firstvisit.steps.intake.pages.marks import Marks, marks_of
from firstvisit.steps.intake.pages.tests.drawn import HIGH, WIDE, font

Dots = list[tuple[float, float]]


def page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (WIDE, HIGH), 255)
    return image, ImageDraw.Draw(image)


def seen(image: Image.Image) -> Marks:
    return marks_of(np.asarray(image.point(lambda dot: 255 if dot > 127 else 0)))


CROSSED = {
    "a cross that leaves the box": ([(-4, -4), (34, 34)], [(34, -5), (-3, 34)]),
    "a check mark that ends far above": ([(-3, 12), (10, 26), (46, -22)],),
    "a check mark within": ([(5, 14), (12, 24), (26, 6)],),
    "a stroke through": ([(-5, 34), (35, -4)],),
}


@pytest.mark.parametrize("strokes", CROSSED.values(), ids=CROSSED)
def test_a_pen_that_leaves_its_box_ticks_it(strokes: tuple[Dots, ...]) -> None:
    image, draw = page()
    for n, words in enumerate(("Physical therapy", "Occupational therapy", "Speech therapy")):
        draw.rectangle((200, 400 + 60 * n, 230, 430 + 60 * n), outline=0, width=3)
        draw.text((250, 398 + 60 * n), words, fill=0, font=font(30))
    for stroke in strokes:
        draw.line([(200 + x, 460 + y) for x, y in stroke], fill=0, width=6)
    assert [tick.ticked for tick in seen(image).ticks] == [False, True, False]


def test_a_filled_box_is_ticked() -> None:
    image, draw = page()
    for n in range(2):
        draw.rectangle((200, 400 + 60 * n, 230, 430 + 60 * n), outline=0, width=3, fill=0 if n else 255)
        draw.text((250, 398 + 60 * n), "Evaluate", fill=0, font=font(30))
    assert [tick.ticked for tick in seen(image).ticks] == [False, True]


@pytest.mark.parametrize("words", ["SURGEONS OF THE HAND", "BOB DEBORD MD", "Order 808 DOB"])
def test_large_letters_are_no_boxes(words: str) -> None:
    image, draw = page()
    draw.text((200, 200), words, fill=0, font=font(40))
    draw.text((200, 300), words, fill=0, font=font(30))
    assert seen(image).ticks == ()


FACES = ["Pillow", *(f"DejaVu{face}" for face in ("Sans", "Sans-Bold", "SansMono", "SansCondensed", "Serif"))]


@pytest.mark.parametrize("face", FACES)
def test_round_letters_of_body_text_are_no_boxes_and_are_left_to_the_eyes(face: str) -> None:
    for size in range(24, 45):
        try:
            drawn = font(size) if face == "Pillow" else ImageFont.truetype(f"{face}.ttf", size)
        except OSError:
            pytest.skip(f"{face} is not installed")
        image, draw = page()
        for n, words in enumerate(
            (
                "numbness between his legs; cannot hold his urine",
                "Phone (608) 555-0146, Fax (608) 666-0900, DOB 06/06/1960",
                "Teodor Quist, too good: o O 0 6 8 D Q of DO OD 60 ooo 000",
            )
        ):
            draw.text((100, 200 + 80 * n), words, fill=0, font=drawn)
        draw.rectangle((100, 460, 100 + size, 460 + size), outline=0, width=3)
        draw.text((130 + size, 460), "box", fill=0, font=drawn)
        marks = seen(image)
        assert [round(tick.box.top * HIGH) // 20 for tick in marks.ticks] == [23], size
        above = np.asarray(image.point(lambda dot: 255 if dot > 127 else 0))[:450]
        assert (marks.without_boxes[:450] == above).all(), size


@pytest.mark.parametrize("side", [18, 22, 28, 40])
@pytest.mark.parametrize("drawn", ["square", "rounded", "by pen", "thin"])
def test_boxes_of_any_make_are_boxes(drawn: str, side: int) -> None:
    image, draw = page()
    for n, words in enumerate(("Physical", "Occupational", "Speech")):
        left, top = 200, 400 + 80 * n
        if drawn == "rounded":
            draw.rounded_rectangle((left, top, left + side, top + side), side // 5, outline=0, width=3)
        elif drawn == "by pen":
            corners = [(left, top + 1), (left + side, top), (left + side - 1, top + side), (left, top + side - 1)]
            draw.line([*corners, corners[0]], fill=0, width=3)
        else:
            draw.rectangle((left, top, left + side, top + side), outline=0, width=1 if drawn == "thin" else 3)
        if n == 1:
            draw.line((left + 5, top + 5, left + side - 5, top + side - 5), fill=0, width=3)
            draw.line((left + side - 5, top + 5, left + 5, top + side - 5), fill=0, width=3)
        draw.text((left + side + 20, top - 4), words, fill=0, font=font(30))
    assert [tick.ticked for tick in seen(image).ticks] == [False, True, False]


@pytest.mark.parametrize("touches", [False, True])
def test_a_ring_around_a_letter_is_seen_and_taken_off_for_the_eyes(touches: bool) -> None:
    image, draw = page()
    for n, letter in enumerate("YN"):
        draw.text((300 + 80 * n, 400), letter, fill=0, font=font(30))
    draw.ellipse((360, 392, 420, 444), outline=0, width=4)
    if touches:
        draw.line((280, 444, 600, 444), fill=0, width=3)
    marks = seen(image)
    (ring,) = marks.circled
    assert ring.left * WIDE < 391 < ring.right * WIDE and ring.top * HIGH < 418 < ring.bottom * HIGH
    assert (marks.without_boxes[392:440, 360:366] > 127).all()


@pytest.mark.parametrize("inset", [8, 0, -6])
def test_a_ring_around_a_word_is_seen_also_where_it_touches_the_word(inset: int) -> None:
    image, draw = page()
    for left, word in ((300, "OT"), (420, "Speech-language"), (760, "Nutrition")):
        draw.text((left, 400), word, fill=0, font=font(34))
    left, top, right, bottom = draw.textbbox((420, 400), "Speech-language", font=font(34))
    draw.ellipse((left - 14 - inset, top - 10, right + 14 + inset, bottom + 10), outline=0, width=5)
    (ring,) = seen(image).circled
    assert ring.left * WIDE < left + 30 and right - 30 < ring.right * WIDE
    assert ring.top * HIGH < (top + bottom) / 2 < ring.bottom * HIGH


@pytest.mark.parametrize("bold", [0, 1, 2])
@pytest.mark.parametrize("through", [True, False])
def test_a_line_through_words_strikes_them_and_bold_letters_that_stand_close_do_not(through: bool, bold: int) -> None:
    image, draw = page()
    for n, word in enumerate(("Texas Medicaid needed", "evaluation coordination", "diagnosis on voicemail")):
        draw.text((200, 300 + 80 * n), word, fill=0, font=font(34), stroke_width=bold)
    left, top, right, bottom = draw.textbbox((200, 300), "Texas Medicaid needed", font=font(34))
    if through:
        draw.line((left, (top + bottom) // 2, right, (top + bottom) // 2 + 2), fill=0, width=4)
    marks = seen(image)
    assert len(marks.struck) == through
    # What looks like a line and is none is left to the eyes.
    assert marks.rules == ()


@pytest.mark.parametrize("words", ["COOL ROOM 8000", "Oo00 DQ @ 50%"])
def test_round_letters_are_no_rings(words: str) -> None:
    image, draw = page()
    draw.text((200, 200), words, fill=0, font=font(60))
    assert seen(image).circled == ()


@pytest.mark.parametrize("line", [460, 520, 900])
def test_a_signature_is_seen_on_its_line_or_over_it(line: int) -> None:
    image, draw = page()
    scribble = [(200 + 3 * n, 440 + 34 * math.sin(n / 2.2) + 8 * math.sin(n / 7)) for n in range(110)]
    draw.line(scribble, fill=0, width=4)
    draw.line((180, line, 800, line), fill=0, width=3)
    (box,) = seen(image).penned
    assert box.right * WIDE - box.left * WIDE > 250 and box.top * HIGH < 440 < box.bottom * HIGH


def test_print_tables_and_ruling_lines_are_no_signature() -> None:
    image, draw = page()
    for n, words in enumerate(("Signature of the ordering provider", "COASTAL HAND AND SHOULDER", "10/20/2025")):
        draw.text((200, 300 + 90 * n), words, fill=0, font=font(30 + 6 * n))
        draw.rectangle((180, 290 + 90 * n, 1200, 360 + 90 * n), outline=0, width=3)
    draw.line((200, 700, 1000, 700), fill=0, width=3)
    assert seen(image).penned == ()
