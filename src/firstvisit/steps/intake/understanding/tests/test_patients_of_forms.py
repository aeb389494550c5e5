"""Whether two names on the pages of a packet are one patient's."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.forms.patients import Patients

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
