"""Whether two names on the pages of a packet are one patient's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.forms.patients import Patients
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.paper import Form

TODAY = dt.date(2026, 11, 22)

BORN = "2022-05-17"


@pytest.mark.parametrize(
    "other",
    [
        "ARCENEAUX-DUFOUR, MARCEL",
        "Marcel Arceneaux-Dufour",
        "Marcel Arceneaux-Dufuor",
        "Marce1 Arceneaux-Dufour",
        "M. Arceneaux-Dufour",
        "Marcel J Arceneaux-Dufour",
    ],
)
@pytest.mark.parametrize("born", [None, BORN])
def test_one_patient_written_otherwise_is_one(other: str, born: str | None) -> None:
    patients = Patients()
    assert patients.named("Marcel Arceneaux-Dufour", BORN)
    assert patients.named(other, born)
    assert patients.now == 0 and len(patients.known) == 1


@pytest.mark.parametrize("short, name", [("Bob Ames", "Robert Ames"), ("Ames, Liz", "Elizabeth Ames")])
def test_a_short_form_is_the_same_patient(short: str, name: str) -> None:
    patients = Patients()
    assert patients.named(name, BORN) and patients.named(short, BORN)
    assert len(patients.known) == 1


@pytest.mark.parametrize("one, other", [("Amos Garrity", "Delphine Garrity"), ("Ana Ruiz", "Abel Ruiz"), ("Tom Lee", "Lee, Tess")])
def test_twins_are_two_patients(one: str, other: str) -> None:
    patients = Patients()
    assert patients.named(one, BORN) and patients.named(other, BORN)
    assert len(patients.known) == 2 and patients.now == 1
    assert patients.named(one, None) and patients.now == 0


def packet(name: str, born: str) -> list[dict[str, Any]]:
    """An order on a form, then a short letter of another office."""
    form = Form()
    for number, line in enumerate(
        ("Patient: Samuel Osborne", "DOB: 5/5/2020", "Address: 4328 Lincoln Road, Charlotte, NC 28205",
         "Diagnosis: F84.0", "Referring provider: Janet Holloway, MD", "NPI: 1525071191")
    ):  # fmt: skip
        form.text(160, 200 + 60 * number, line)
    letter = Form(number=2)
    for number, line in enumerate(
        ("Tall Pine Urgent Care   Fax 404-555-0112", f"Patient: {name}   DOB {born}   Cell 404-555-0193",
         "She has had low back pain for three weeks and asks for physical therapy to begin soon.",
         "Please call her on her cell phone to find a time that suits her in the mornings.",
         "Bernice Talley, NP")
    ):  # fmt: skip
        letter.text(160, 200 + 60 * number, line)
    understood = paper.understand([form.page(), letter.page()], TODAY)
    return [project(sure(each.referral)) for each in understood.patients]


def test_a_letter_about_somebody_else_behind_a_form_is_another_patient() -> None:
    first, second = packet("Lorelei Sandstrom", "12/14/1978")
    assert (first["patient"]["last_name"], second["patient"]["last_name"]) == ("Osborne", "Sandstrom")
    assert "phone" not in first["patient"] and second["patient"]["phone"] == "+14045550193"
    assert second["patient"]["date_of_birth"] == "1978-12-14"


@pytest.mark.parametrize(("name", "born"), [("Samuel Osborne", "5/5/2020"), ("Sam Osborne", "5/5/2020"), ("S. Osborn", "5/5/2020")])
def test_a_letter_about_the_same_child_behind_a_form_is_no_other_patient(name: str, born: str) -> None:
    (record,) = packet(name, born)
    assert record["patient"]["date_of_birth"] == "2020-05-05"
