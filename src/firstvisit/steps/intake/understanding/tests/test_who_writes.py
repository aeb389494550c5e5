"""Who writes a letter or fills in a form, where nobody says it outright."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding import letters, parties, who_writes
from firstvisit.steps.intake.understanding.passages import Told


def written(text: str, sender: str | None = None) -> Told:
    return Told("email", dt.date(2026, 6, 1), tuple(letters.passages(text)), sender)


@pytest.mark.parametrize(
    ("text", "writer"),
    [
        ("Two people from our home need you.\n\nThanks,\nIda Voss, program manager", "professional"),
        ("Please call the family of Odo Falk, he fell twice.\n\nBest,\nIda Voss\nCare Coordinator", "professional"),
        ("Odo Falk needs a chair.\n\nRegards,\nIda Voss\nDirector of Nursing", "professional"),
        ("He would like someone who signs.\n\nIda Voss\nhouse manager, Elm House", "professional"),
        ("Odo is hard to understand in class.\n\nSincerely,\nIda Voss\nThird grade teacher", "professional"),
        ("Name: Odo Falk\nDOB: 2/3/1990\nDx: M54.50\nMember ID: 44120\n\nHe is waiting.\n\nIda Voss", "professional"),
        ("I'm a music teacher and my voice is gone by noon. I need help, my doctor says voice therapy.\n\nIda Voss", "patient"),
        ("I am a nurse and my back hurts after my shifts. I would like PT and I have my order.\n\nIda Voss", "patient"),
        ("My mother had a stroke at my age, so I want my balance looked at. I have Medicare. I walk, I garden, I stumble.\n\nIda Voss", "patient"),
        ("Do you do PT for plantar fasciitis?\n\nIda Voss", "patient"),
        ("I’m 34 and had a baby in July. I’m leaking. My midwife says she would send me to you.\n\nIda Voss", "patient"),
        ("I'd like a home safety evaluation for Odo Falk, 83. She fell twice. Her phone is 608-555-0101.\n\nIda Voss, LSWAIC", "professional"),
        ("Would you take over a little guy of mine? He needs a device trial, which I don't do. He has CP.\n\nIda Voss, MS, CCC-SLP", "professional"),
        ("ok here goes\nOdo Falk. hes my son. he can't say k\nIda (mom)", "relative"),
        ("I'm worried about my son. He is four, he hardly speaks and he gets so angry.\n\nIda Voss", "relative"),
        ("Our daughter fell and she limps, her ankle is swollen.\n\nIda Voss", "relative"),
        ("Quisiera una cita porque mi hijo Odo no habla; él tiene tres años.\n\nIda Voss", "relative"),
    ],
)
def test_of_whom_most_is_told_says_who_writes(text: str, writer: str) -> None:
    assert who_writes.writing(written(text, "Ida Voss")).writer == writer


@pytest.mark.parametrize(
    ("sender", "label", "is_another"),
    [
        ("Ida Voss", "Odo Falk", "stranger"),
        ("Ida Voss", "Odo Voss", "relative"),
        ("Ida Voss", "Ida Voss", None),
        ("Ida Voss", "Voss, Ida M.", None),
        ("Voss, Ida", "Ida Voss", None),
        ("Ida M. Voss", "Mrs. Ida Voss", None),
        ("Ida Voss (Elm House)", "Odo Falk", "stranger"),
        (None, "Odo Falk", None),
        ("Intake", "Odo Falk", None),
        ("Ida Voss", "Odo", None),
    ],
)
def test_a_patient_named_by_a_label_is_another_than_the_sender(sender: str | None, label: str, is_another: str | None) -> None:
    assert parties.named_another(written(f"Patient: {label}\nPhone: 608-555-0101\nHello there.", sender)) == is_another


def test_what_an_office_attached_was_written_by_it() -> None:
    told = Told("web", dt.date(2026, 6, 1), tuple(letters.passages("Patient: Odo Falk\nPhone: 608-555-0101\n")), by_office=True)
    assert who_writes.writing(told).writer == "professional"
