"""Two children named in one breath in a mail are two patients."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.tests.alone import read_by_rules
from firstvisit.steps.intake.understanding.settle import sure

END = " You may e-mail me, please do not text me.\n\nThank you,\nKatrin Holm\n608-555-0171\n"


def patients(words: str) -> list[Referral]:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Katrin Holm <katrin@example.org>", "intake@example.org", "Therapy"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:00 -0600"
    mail.set_content(f"Hello,\n\n{words}{END}")
    day = dt.date(2026, 11, 23)
    read = read_by_rules(Document("m.eml", "message/rfc822", mail.as_bytes(), day))
    return [sure(each.referral) for each in read.understood.patients]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("our twins, Emil and Greta Holm, both born 04/02/2021, need speech therapy.", ("Emil", "Greta"), "Holm"),
        ("We need speech therapy for our twins Emil & Greta Holm. Both were born 4/2/2021.", ("Emil", "Greta"), "Holm"),
        ("My two boys, Finn and Jonah Holm, need speech. Both were born on 4/2/2021.", ("Finn", "Jonah"), "Holm"),
        ("My daughters Ava and Nora Holm (both DOB 04/02/2021) need speech therapy.", ("Ava", "Nora"), "Holm"),
        ("I ask for speech therapy for our children, Lena Holm and Tomas Holm, both born 04/02/2021.", ("Lena", "Tomas"), "Holm"),
        ("Speech therapy for my three-year-old twins Theo and Iris Holm, both born 4/2/2021.", ("Theo", "Iris"), "Holm"),
        ("Our sons are Bo and Kai Holm, both born April 2, 2021. They need speech therapy.", ("Bo", "Kai"), "Holm"),
        ("My grandsons Max and Sam Holm, both born 04/02/2021, need speech therapy.", ("Max", "Sam"), "Holm"),
        ("My twin girls, Ella and Mina Holm, were born 04/02/2021 and need speech therapy.", ("Ella", "Mina"), "Holm"),
        ("Could you see our kids (Otto and Ida Holm) for speech therapy? Both birthdays are 04/02/2021.", ("Otto", "Ida"), "Holm"),
    ],
)
def test_both_are_patients_with_what_is_said_of_both(words: str, first: tuple[str, str], last: str) -> None:
    found = patients(words)
    assert [(each.patient.first_name, each.patient.last_name) for each in found] == [(name, last) for name in first]
    assert {each.patient.date_of_birth for each in found} == {dt.date(2021, 4, 2)}
    assert {each.disciplines for each in found} == {("SLP",)} and {each.program for each in found}.isdisjoint({"pediatric"})
    assert {each.contact.name for each in found} == {"Katrin Holm"}


def test_two_birth_dates_are_nobodys_until_a_person_says_whose() -> None:
    found = patients("my sons Bo and Kai Holm, born 04/02/2021 and 05/06/2019, need speech therapy.")
    assert [each.patient.first_name for each in found] == ["Bo", "Kai"]
    assert all(each.patient.date_of_birth is None for each in found)


@pytest.mark.parametrize(
    "words",
    [
        "my son Emil Holm, born 04/02/2021, needs speech therapy. His teachers Anna and Berta agree.",
        "my son Emil Holm, born 04/02/2021, needs speech therapy. We heard of you from our children's school.",
    ],
)
def test_one_child_stays_one(words: str) -> None:
    assert len(patients(words)) == 1
