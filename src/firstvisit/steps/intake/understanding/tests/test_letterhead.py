"""What stands over a letter is the office's; lines in capitals may begin with a label; a day may stand before its month."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding import letters
from firstvisit.steps.intake.understanding.values import dates

BODY = "\nDear colleagues,\n\nplease see Odo Falk for his back. He fell in May.\n\nSincerely,\nIda Voss, MD\n"


@pytest.mark.parametrize(
    "head",
    [
        "IDA VOSS, MD\nElm Medical Group\n12 Forbes Tower, Pittsburgh PA 15213 | T 412-555-0171\n\nOctober 5, 2026\n",
        "Elm Medical Group\nT 412-555-0171 F 412-555-0172\n",
        "FARGO RIVER SCHOOLS\nOffice of Special Education\n\nAugust 24, 2026\n",
        "Elm Hospital - Case Management\n",
        "Harbor Neurology\n12 Elm Street\nMadison, WI 53703\n\n10/05/2026\n",
        "Oak Pediatrics | 608-555-0101\n",
        "Ida Voss, MD\n608-555-0101\n\n5 October 2026\n",
        "Elm Family Medicine\nwww.example.org\n",
        "Elm Clinic\nPhone (608) 555-0101\nFax (608) 555-0102\n",
        "Harbor Rehabilitation Hospital\nDischarge Planning\n\nRe: Odo Falk\n",
    ],
)
def test_lines_over_a_letter_are_its_head(head: str) -> None:
    first = letters.passages(head + BODY)[0]
    assert first.zone == "sender"


@pytest.mark.parametrize(
    "text",
    [
        "Please call me back.\n\nDear team, my knee hurts.\n",
        "Hello, my knee hurts. 608-555-0101\n",
        "My son Odo is four and hardly speaks.\nDear all, thank you.\n",
        "Name: Odo Falk\nPhone: 608-555-0101\n",
        "I have knee pain. Call 608-555-0101.\nHi there\n",
    ],
)
def test_what_is_no_letterhead_is_read(text: str) -> None:
    assert all(each.zone != "sender" for each in letters.passages(text))


def test_lines_in_capitals_begin_with_their_label() -> None:
    made = letters.passages("PLEASE SCHEDULE\nNAME ODO FALK\nDOB 01/23/1964\nHOME 518-555-0162\nDX M54.50\n")
    assert [(each.question, each.text.strip()) for each in made if each.zone == "label"] == [
        ("NAME", "ODO FALK"),
        ("DOB", "01/23/1964"),
        ("HOME", "518-555-0162"),
        ("DX", "M54.50"),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("16/12/1970", dt.date(1970, 12, 16)),
        ("31-01-1988", dt.date(1988, 1, 31)),
        ("25.3.2001", dt.date(2001, 3, 25)),
        ("12/16/1970", dt.date(1970, 12, 16)),
        ("03/04/1970", dt.date(1970, 3, 4)),
    ],
)
def test_a_number_that_is_no_month_is_the_day(text: str, day: dt.date) -> None:
    assert [span.value.date for span in dates.days(text, dt.date(2026, 6, 1))] == [day]
