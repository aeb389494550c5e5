"""Who calls, for whom, and which name is whose, as people say it on the telephone."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.transcript import read
from firstvisit.steps.intake.understanding.cast.noted import Talk
from firstvisit.steps.intake.understanding.passages import Passage, Told

TODAY = dt.date(2026, 6, 1)


def record(*turns: str) -> dict[str, object]:
    """What is read of a talk whose turns alternate, beginning with ours: values by path."""
    text = "\n".join(f"{'AGENT' if n % 2 == 0 else 'CALLER'}: {turn}" for n, turn in enumerate(turns))
    found = read(Document("a.txt", "text/plain", text.encode(), TODAY)).understood.found
    return {each.path: each.value for each in reversed(found) if each.confidence >= 0.85}


@pytest.mark.parametrize(
    ("said", "writer"),
    [
        ("I think my kid needs speech, he's in first grade.", "relative"),
        ("My grandmother fell twice and she lives with us.", "relative"),
        ("My wife could use some help with her shoulder.", "relative"),
        ("My little boy isn't talking yet.", "relative"),
        ("My brother was just diagnosed with Parkinson's.", "relative"),
        ("We've got two girls and they both need OT.", "relative"),
        ("This is Ida with Fox Hollow Home Health. We've been seeing him and he needs OT.", "professional"),
        ("It's Walt at Lakeside Clinic, she needs a new chair.", "professional"),
        ("I am a teacher and my voice is gone, I need voice therapy.", "patient"),
        ("I'm a nurse and my back hurts, I need PT.", "patient"),
        ("I want to set something up for my father-in-law.", "relative"),
        ("I'm trying to sign my daddy up for speech.", "relative"),
    ],
)
def test_who_calls(said: str, writer: str) -> None:
    assert Talk(Told("phone", TODAY, (Passage(said, 0),))).writing.writer == writer


@pytest.mark.parametrize(
    ("question", "answer", "name"),
    [
        ("And your name, mom?", "Dad, actually. Otto Brandt.", "Otto Brandt"), ("And you are?", "I'm their dad. Otto Brandt.", "Otto Brandt"),
        ("Your name?", "Oh, sorry. Otto Brandt.", "Otto Brandt"), ("Who am I speaking with?", "Otto Brandt.", "Otto Brandt"),
        ("And yours?", "Otto Brandt. B-R-A-N-D-T.", "Otto Brandt"), ("And who's calling?", "Her father. Otto Brandt.", "Otto Brandt"),
        ("May I ask who's calling?", "This is Otto Brandt.", "Otto Brandt"), ("Your full name?", "Mine? Otto Brandt.", "Otto Brandt"),
        ("And your name please?", "Um, Otto Brandt.", "Otto Brandt"), ("What's your name, sir?", "My name is Otto Brandt.", "Otto Brandt"),
    ],
)  # fmt: skip
def test_the_callers_name(question: str, answer: str, name: str) -> None:
    said = record("Intake.", "I'm calling for my daughter, she needs occupational therapy.", "Her name?", "Ines Brandt.", question, answer)
    assert (said["contact.name"], said["patient.first_name"]) == (name, "Ines")


@pytest.mark.parametrize(
    "answer",
    [
        "Dr. Lim. At Harbor Urgent Care.", "Dr. Lim at Harbor Urgent Care.", "Dr. Lim, L-I-M. Harbor Urgent Care.", "Dr. Lim. She's at Harbor Urgent Care.", "Doctor Lim, Harbor Urgent Care.",
        "It's Dr. Lim. He's with Harbor Urgent Care.", "Dr. Lim over at Harbor Urgent Care.", "Dr. Lim. L-I-M. Harbor Urgent Care.", "Dr. Lim (Harbor Urgent Care)", "Dr. Lim from Harbor Urgent Care.",
    ],
)  # fmt: skip
def test_where_the_doctor_works(answer: str) -> None:
    said = record("Intake.", "I hurt my wrist, I need OT.", "Who's your doctor?", answer)
    assert said["referrer.organization"] == "Harbor Urgent Care"


@pytest.mark.parametrize(
    ("question", "answer", "path"),
    [
        ("And a number for you?", "610-555-0136.", "referrer.phone"), ("And yours?", "610-555-0136.", "referrer.phone"), ("Your direct number?", "It's 610-555-0136.", "referrer.phone"),
        ("Should we call you with questions?", "Please. 610-555-0136.", "referrer.phone"), ("And you?", "The unit is 610-555-0136.", "referrer.phone"), ("Do I have your number?", "610-555-0136.", "referrer.phone"),
        ("His phone?", "610-555-0136.", "patient.phone"), ("Best number for the patient?", "610-555-0136.", "patient.phone"),
        ("Who do we call?", "His wife is Ada. She's at 610-555-0136.", "contact.phone"), ("Who do we call?", "Mom is Ada Roth. Her cell's 610-555-0136.", "contact.phone"),
    ],
)  # fmt: skip
def test_whose_number_a_professional_gives(question: str, answer: str, path: str) -> None:
    said = record("Intake.", "This is Walt Dunn, discharge planner at Lakeside Hospital. I have a patient for PT.", "Name?", "Otto Brandt.", question, answer)
    assert [each for each in said if each.endswith("phone")] == [path]
