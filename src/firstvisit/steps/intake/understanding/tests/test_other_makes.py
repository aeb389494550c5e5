"""What forms of other makes do: a choice circled, boxes around their label, one-row tables, offices with many numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.pages.tests.drawn import HIGH, WIDE
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.invented import flat
from firstvisit.steps.intake.understanding.tests.paper import Form

TODAY = dt.date(2026, 6, 1)


def beside(*rows: tuple[str, str], head: tuple[str, ...] = ()) -> Form:
    """A form with its labels at the left and their values beside."""
    form = Form()
    for n, line in enumerate(head):
        form.text(300, 60 + 44 * n, line, 30)
    patient = (("Patient:", "Ines Abara"), ("DOB:", "03/04/1961"), ("Phone:", "404-555-0144"))
    for n, (label, value) in enumerate((*patient, *rows)):
        form.text(120, 300 + 60 * n, label).text(500, 300 + 60 * n, value)
    return form


def said(form: Form, **marks: tuple[Box, ...]) -> dict[str, Any]:
    (patient,) = paper.understand([replace(form.page(), **marks)], TODAY).patients  # type: ignore[arg-type]
    return dict(flat(project(sure(patient.referral))))


def around(left: int, top: int, right: int, bottom: int) -> Box:
    return Box(left / WIDE, top / HIGH, right / WIDE, bottom / HIGH)


@pytest.mark.parametrize("at, sex", [(500, "male"), (580, "female")])
def test_of_letters_side_by_side_the_one_with_a_ring_counts(at: int, sex: str) -> None:
    form = beside().text(120, 480, "Sex:").text(500, 480, "M").text(580, 480, "F")
    ring = around(at - 14, 468, at + 40, 526)
    assert said(form, circled=(ring,))["patient.sex"] == sex


def test_a_signature_over_a_printed_name_signs_the_order() -> None:
    form = beside(("Order:", "PT evaluate and treat"), ("ICD-10:", "M54.50")).rule(120, 800, 900, 800)
    form.text(120, 812, "Remy Guidry, MD")
    assert "order_signed" not in said(form)
    record = said(form, penned=(around(130, 730, 480, 812),))
    assert record["order_signed"] is True
    assert (record["referrer.name"], record["referrer.credential"]) == ("Remy Guidry", "MD")


def test_a_nurse_who_signs_a_letter_signs_no_order() -> None:
    form = beside(("Order:", "PT evaluate and treat")).text(120, 812, "Lena Guidry, RN")
    assert "order_signed" not in said(form, penned=(around(130, 730, 480, 812),))


def test_boxes_above_and_below_their_label_are_its_choices() -> None:
    form = beside().text(120, 560, "Dx (fill box)")
    for n, (code, ticked) in enumerate((("N39.3 stress", True), ("N39.41 urge", False), ("N81.10 cystocele", False), ("M62.89 floor", True))):
        form.tick(500, 500 + 40 * n, code, ticked)
    assert said(form)["diagnoses"] == ["M62.89", "N39.3"]


@pytest.mark.parametrize(
    "written, name, number",
    [
        ("Medicare 1EG4-TE5-MK73", "Medicare", "1EG4-TE5-MK73"),
        ("Harbor State Health, ID HSH 00417 2285", "Harbor State Health", "HSH 00417 2285"),
        ("Route 66 Mutual", "Route 66 Mutual", None),
    ],
)
def test_a_plan_with_its_number_behind_it(written: str, name: str, number: str | None) -> None:
    record = said(beside(("Insurance:", written)))
    assert (record.get("payer.name"), record.get("payer.member_id")) == (name, number)


def test_two_numbers_behind_one_label() -> None:
    record = said(beside(("Insurance:", "Bluestem Health"), ("ID / group:", "BCH 5530718 / 0093")))
    assert (record["payer.member_id"], record["payer.group_number"]) == ("BCH 5530718", "0093")


@pytest.mark.parametrize(
    "line",
    [
        "Office 404-555-0101   Billing 404-555-0102",
        "Billing 404-555-0102   Orders desk 404-555-0101",
        "Pharmacy 404-555-0102   Tel 404-555-0101",
        "Clinic 404-555-0101   Surgery scheduling 404-555-0102   Hearing aids 404-555-0103",
        "404-555-0101   Nurse line 404-555-0102",
        "Kitchen 404-555-0102   Main 404-555-0101   After hours 404-555-0103",
    ],
)
def test_of_an_offices_numbers_the_one_for_its_whole_counts(line: str) -> None:
    record = said(beside(("Order:", "PT evaluate and treat"), head=("Bayou Bend Orthopedic Group", line)))
    assert record["referrer.phone"] == "+14045550101"


def test_an_open_label_does_not_take_the_value_of_the_next() -> None:
    record = said(beside(("Insurance:", "Bluestem Health"), ("Auth#:", ""), ("Member ID:", "BCH5530718")))
    assert record["payer.member_id"] == "BCH5530718" and "payer.authorization_number" not in record


@pytest.mark.parametrize("words", ["Pt tolerates stairs", "52 VESPER ST, PORTLAND", "St Mary ward"])
def test_a_patient_and_a_street_are_no_therapy(words: str) -> None:
    assert "discipline" not in said(beside(("Notes:", words)).text(120, 700, words))


def test_labels_in_spanish() -> None:
    form = Form()
    for n, line in enumerate(
        (
            "Nombre del paciente: Eulalia Montes",
            "Fecha de nacimiento: 03/15/1961      Sexo: F",
            "Teléfono de la casa: (956) 555-0173",
            "Domicilio: 904 Guadalupe St, Laredo, TX 78040",
            "Diagnóstico: M18.11",
        )
    ):
        form.text(120, 200 + 60 * n, line)
    record = said(form)
    assert (record["patient.first_name"], record["patient.date_of_birth"]) == ("Eulalia", "1961-03-15")
    assert (record["patient.phone"], record["patient.postal_code"]) == ("+19565550173", "78040")
    assert record["diagnoses"] == ["M18.11"]


def test_boxes_into_which_the_eye_lets_a_word_reach_stand_before_their_words() -> None:
    form = beside().text(120, 480, "Sex:").text(120, 560, "Service:")
    for n, (word, ticked) in enumerate((("M", False), ("F", True))):
        form.boxes.append((500 + 90 * n, 484, ticked))
        form.text(500 + 90 * n + 22, 480, word)
    assert said(form)["patient.sex"] == "female"


@pytest.mark.parametrize(
    "header",
    ["05/20/2025 11:58   BTRH CASE MGMT   337 555 0123   [1/2]", "MAY 20 2025 2:51PM   SANDIA VISTA ELEM   P. 1"],
)
def test_the_day_a_fax_machine_printed_is_the_day_a_form_without_one_was_written_on(header: str) -> None:
    form = beside(("Age:", "64"), ("Surgery:", "rotator cuff repair, left, April 2")).text(30, 20, header, 22)
    record = said(form)
    assert (record["patient.date_of_birth"], record["patient.age_years"]) == ("1961-03-04", 64)
    assert record["event.date"] == "2025-04-02"


@pytest.mark.parametrize("behind", ["63-year-old man, born September 23, 1961", "63 yo male, DOB 9/23/1961"])
def test_age_and_birth_date_behind_the_name_are_read_with_it(behind: str) -> None:
    form = Form().text(120, 300, "Patient:").text(300, 300, f"Marcel Arceneaux, {behind}")
    for n, (label, value) in enumerate((("Phone:", "404-555-0144"), ("Date:", "08/20/2025"), ("Diagnosis:", "M54.50"), ("Insurance:", "Aetna"))):
        form.text(120, 360 + 60 * n, label).text(500, 360 + 60 * n, value)
    record = said(form)
    assert (record["patient.first_name"], record["patient.last_name"]) == ("Marcel", "Arceneaux")
    assert (record["patient.date_of_birth"], record["patient.age_years"]) == ("1961-09-23", 63)
    assert record["patient.sex"] == "male"


@pytest.mark.parametrize("words", ["Please fax this form to 404-555-0100", "Return by fax at 404-555-0100"])
def test_the_number_to_which_a_form_goes_is_not_the_senders(words: str) -> None:
    record = said(beside(("Order:", "PT evaluate and treat"), head=("Bayou Bend Orthopedic Group", "Tel 404-555-0101", words)))
    assert record["referrer.phone"] == "+14045550101" and "referrer.fax" not in record


@pytest.mark.parametrize("own", ["", "Fax: 404-555-0162"])
def test_the_fax_behind_to_on_a_cover_sheet_is_not_the_senders(own: str) -> None:
    form = beside(("Order:", "PT evaluate and treat"), head=("FAX COVER SHEET", "To: Cedar Street Therapy   Fax: 404-555-0100", "From: Bayou Bend Orthopedic Group"))
    form.text(300, 194, f"Phone: 404-555-0161   {own}", 30)
    record = said(form)
    assert (record["referrer.phone"], record.get("referrer.fax")) == ("+14045550161", "+14045550162" if own else None)
