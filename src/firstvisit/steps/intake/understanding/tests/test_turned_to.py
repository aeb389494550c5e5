"""Whom a caller asks us to call instead of themselves, in as many ways as people say it."""

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.transcript import read

TODAY = dt.date(2026, 6, 1)
SON = "I'm calling about my dad, he fell and needs physical therapy. His name is Abe Roth. I'm Tom Roth, 602-555-0188. "


def contact(said: str) -> tuple[object, ...]:
    """Name, relationship and number of the contact as printed."""
    text = f"AGENT: Intake, how can I help?\nCALLER: {said}\nAGENT: Thank you.\nCALLER: Bye."
    found = read(Document("a.txt", "text/plain", text.encode(), TODAY)).understood.patients[0].referral
    sure = {path: each.confidence for path, each in found.evidence.items()}
    values = {"contact.name": found.contact.name, "contact.relationship": found.contact.relationship, "contact.phone": found.contact.phone} if found.contact else {}
    return tuple(value if value is not None and sure.get(path, 0) >= 0.85 else None for path, value in values.items())


@pytest.mark.parametrize(
    "said",
    [
        "Please call my sister, Marit Quist, 218-555-0126.",
        "My sister is who you should call. Marit Quist, 218-555-0126.",
        "My sister's the one to call, really. It's Marit Quist, 218-555-0126.",
        "Set it up with my sister. Her name's Marit Quist. She's at 218-555-0126.",
        "So just text my sister Marit Quist at 218-555-0126.",
        "Put my sister down. Marit Quist, 218-555-0126.",
        "It's better to talk to my sister, Marit Quist. 218-555-0126.",
    ],
)
def test_a_son_who_asks_for_his_sister(said: str) -> None:
    assert contact(SON + said) == ("Marit Quist", "child", "+12185550126")


@pytest.mark.parametrize(
    "said",
    [
        "Don't call my sister, Marit Quist, 218-555-0126.",
        "If I don't pick up, call my sister, Marit Quist, 218-555-0126.",
        "I already called my sister, Marit Quist.",
        "You can call my sister Marit Quist too.",
        "Call my sister Marit Quist, 218-555-0126. No wait, she's away, call me.",
    ],
)
def test_a_son_who_stays_the_contact(said: str) -> None:
    assert contact(SON + said)[0] == "Tom Roth"


def test_whose_name_stays_open_makes_the_contact_a_doubt() -> None:
    assert contact(SON + "Call my sister, she does all that.")[0] is None


def test_the_number_of_whom_we_are_to_call_is_not_the_patients() -> None:
    name, relationship, phone = contact("I need physical therapy for my knee. I'm Ada Roth. I work nights, so call my daughter, Marit Quist, 218-555-0126.")
    assert (name, relationship, phone) == ("Marit Quist", "child", "+12185550126")
