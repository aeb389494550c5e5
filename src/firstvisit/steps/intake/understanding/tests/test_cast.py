"""What a sentence says of whoever is named in it, who is one person, and who is who in a talk by all of it together."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.transcript import read
from firstvisit.steps.intake.understanding.cast.asked import whose_name
from firstvisit.steps.intake.understanding.cast.clues import around
from firstvisit.steps.intake.understanding.cast.noted import Talk
from firstvisit.steps.intake.understanding.passages import Passage, Told, sentences

TODAY = dt.date(2026, 6, 1)


def kinds(sentence: str, name: str) -> set[str]:
    at = sentence.index(name)
    return {clue.kind for clue in around(sentence, at, at + len(name))}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Hi, this is Nora Quist.", "self"), ("My name's Nora Quist.", "self"), ("Nora Quist speaking.", "self"), ("I'm a nurse with Lakeside, Nora Quist.", "self"),
        ("It's Nora Quist from Lakeside.", "self"), ("This is his mom, Nora Quist.", "self"), ("Same as me, Nora Quist.", "self"),
        ("It's for my daughter Nora Quist.", "my kin"), ("My youngest, Nora Quist, stutters.", "my kin"), ("I'm calling for Nora Quist, my wife.", "my kin"), ("My mother's name is Nora Quist.", "my kin"),
        ("His wife is Nora Quist.", "kin"), ("Call the daughter, Nora Quist.", "kin"), ("Nora Quist, her sister, will drive.", "kin"),
        ("The patient is Nora Quist.", "case"), ("I have a lady, Nora Quist, for you.", "case"), ("Second one's Nora Quist.", "case"),
        ("Her name is Nora Quist.", "his name"), ("She's Nora Quist.", "his name"),
        ("Dr. Nora Quist wants me in therapy.", "heals"), ("My surgeon is Nora Quist.", "heals"), ("Nora Quist, the physician assistant, wrote it.", "heals"), ("We're with Nora Quist's office.", "heals"),
        ("Her teacher, Nora Quist, suggested it.", "other"), ("My ex-husband Nora Quist is not involved.", "other"),
        ("Nora Quist, born May 4, 1950.", "born"), ("Nora Quist had a stroke.", "ails"), ("Nora Quist was referred to you.", "ails"), ("I was sent by Nora Quist.", "sends"),
        ("You can reach Nora Quist any time.", "reach"), ("Could I speak with Nora Quist?", "greeted"),
    ],
)  # fmt: skip
def test_what_the_words_around_a_name_say(sentence: str, kind: str) -> None:
    assert kind in kinds(sentence, "Nora Quist")


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("This is for Nora Quist.", "self"), ("Ask the lady there, Nora Quist.", "case"),
        ("Her son's teacher, Nora Quist.", "my kin"), ("My son's doctor, Nora Quist.", "my kin"), ("Nora Quist wrote the order for his knee.", "ails"),
    ],
)  # fmt: skip
def test_what_they_do_not_say(sentence: str, kind: str) -> None:
    assert kind not in kinds(sentence, "Nora Quist")


@pytest.mark.parametrize(
    ("question", "whose"),
    [
        ("And your name?", "own"), ("Who am I speaking with?", "own"), ("And you are?", "own"), ("Your full name, please?", "own"),
        ("What's his name?", "patient"), ("Who's the student?", "patient"), ("And the patient's name?", "patient"), ("What's your son's name?", "patient"),
        ("Who's the surgeon?", "doctor"), ("Dr. Lim's first name?", "doctor"), ("Who sent you?", "doctor"),
        ("Who should we call to schedule?", "contact"), ("Name?", "name"), ("What insurance do you have?", None),
    ],
)  # fmt: skip
def test_whose_name_we_ask_for(question: str, whose: str | None) -> None:
    assert whose_name(question) == whose


def record(*turns: str, header: str = "") -> dict[str, object]:
    """What is printed of a talk whose turns alternate, beginning with ours."""
    text = header + "\n".join(f"{'AGENT' if n % 2 == 0 else 'CALLER'}: {turn}" for n, turn in enumerate(turns))
    found = read(Document("a.txt", "text/plain", text.encode(), TODAY)).understood.found
    return {each.path: each.value for each in reversed(found) if each.confidence >= 0.85}


def test_a_first_name_and_a_last_name_said_apart_are_one_persons() -> None:
    said = record("Intake.", "I'm calling for my son, he needs occupational therapy.", "His name?", "Tobin.", "Last name?", "Quist. Same as mine.", "And your name?", "Nora Quist.")
    assert (said["patient.first_name"], said["patient.last_name"], said["contact.name"]) == ("Tobin", "Quist", "Nora Quist")


def test_a_doctor_of_the_same_name_is_somebody_else() -> None:
    said = record("Intake.", "I hurt my wrist and Dr. Quist wants me in hand therapy.", "Your name?", "Nora Quist. No relation.")
    assert (said["patient.first_name"], said["contact.relationship"], said["referrer.role"]) == ("Nora", "self", "physician")


def test_of_two_doctors_the_one_who_sends_refers() -> None:
    said = record("Intake.", "Dr. Lim, my heart doctor, says I'm fine. It's Dr. Roth at Harbor Primary Care. She said get therapy for my balance.")
    assert said["referrer.name"] == "Roth"


@pytest.mark.parametrize(
    "said",
    [
        ("Did a doctor refer him?", "No. He sees Dr. Guillory, but I'm just calling on my own."),
        ("Is there a doctor?", "He has Dr. Guillory, that's just for the asthma."),
        ("Any chest pain?", "Two years ago. Dr. Guillory, my heart doctor, released me."),
    ],
)
def test_a_doctor_who_did_not_send_anybody_refers_nobody(said: tuple[str, str]) -> None:
    read_so = record("Intake.", "I'm raising my grandson, he needs occupational therapy.", *said, "His name?", "Tobin Quist.")
    assert "referrer.name" not in read_so and "referrer.role" not in read_so


@pytest.mark.parametrize(
    ("said", "event"),
    [
        (("Tell me about it.", "I tore my meniscus. Left. March 12."), {"kind": "injury", "date": "2026-03-12"}),
        (("And you had surgery?", "Last December, December 11th, the left side."), {"kind": "surgery", "date": "2025-12-11"}),
        (("What happened?", "It went in the press at work October 17th."), {"kind": "injury", "date": "2025-10-17"}),
        (("And the surgery?", "They had it pinned November 20th, that's 2024."), {"kind": "surgery", "date": "2024-11-20"}),
    ],
)
def test_when_it_happened(said: tuple[str, str], event: dict[str, str]) -> None:
    assert record("Intake.", "I need physical therapy for me.", "Your birthday?", "May 4th, 1950.", *said, header="2026-06-01 09:02\n\n")["events"] == event


@pytest.mark.parametrize(("said", "phone"), [("602-555-0149, that's my cell, don't use the house, it's 602-555-0102.", "+16025550149"), ("602-555-0149.", "+16025550149")])
def test_a_number_that_is_not_to_be_called_is_nobodys(said: str, phone: str) -> None:
    assert record("Intake.", "I'm calling for my husband Abe Roth, he needs speech therapy.", "Your number?", said)["contact.phone"] == phone


def test_whoever_will_drive_is_not_the_patient() -> None:
    said = record("Intake.", "I'm calling about my mother, Ada Roth, she fell twice. My husband Tom Roth will drive her.", "And you are?", "Nora Roth.")
    assert (said["patient.first_name"], said["contact.name"]) == ("Ada", "Nora Roth")


def test_a_name_that_rests_on_one_indirect_word_is_not_printed() -> None:
    said = record("Intake.", "Just so you know, it's about Ada Roth.", "Okay.", "She needs therapy.")
    assert "patient.first_name" not in said


@pytest.mark.parametrize(
    ("said", "writer"),
    [
        ("I rolled over in bed and the room spun, my grandson took me to the emergency room.", "patient"),
        ("I'm the service coordinator with Lake County Early Intervention and he needs speech.", "professional"),
        ("Nora Quist, scheduler for Dr. Whitfield. She needs PT after a bunion.", "professional"),
        ("This is Dawn at Prairie Rose Assisted Living. I've got two ladies for you.", "professional"),
        ("My name's Nora, my wife fell and broke her hip.", "relative"),
        ("We have five-year-old twins and they both need speech.", "relative"),
        ("I'm the athletic director at Lake High School and we'd like screenings for our athletes.", "organization"),
    ],
)
def test_who_calls_by_whom_it_is_about(said: str, writer: str) -> None:
    assert Talk(Told("phone", TODAY, tuple(Passage(part, at) for at, part in sentences(said)))).writing.writer == writer
