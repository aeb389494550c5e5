"""Forms that are set close: labels without colons, several fields on a line, labels under their values in cells. The
people are invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.paper import Form

TODAY = dt.date(2026, 11, 22)


def read(form: Form) -> list[dict[str, Any]]:
    understood = paper.understand([form.page()], TODAY)
    return [project(sure(patient.referral)) for patient in understood.patients]


def lines(*said: str) -> Form:
    form = Form()
    for number, line in enumerate(said):
        form.text(160, 200 + 60 * number, line)
    return form


@pytest.mark.parametrize("label", ["Subscriber", "Insured", "Policy holder", "Subscriber name"])
def test_a_birth_date_behind_who_holds_the_plan_is_theirs(label: str) -> None:
    (record,) = read(
        lines(
            "Hollow Creek Voice Clinic",
            "Patient: Sunniva Dahl   DOB: 8/9/1984   Tel: 608-555-0138",
            f"Insurance: United Healthcare   ID 900112233   {label}: Lars Dahl   DOB 1/2/1980",
            "Reason: hoarse for three months",
            "Order: SLP evaluate and treat, R49.0",
        )
    )
    assert record["patient"]["date_of_birth"] == "1984-08-09"
    assert record["patient"]["last_name"] == "Dahl" and record["patient"]["first_name"] == "Sunniva"


@pytest.mark.parametrize("between", ["MRN 88213", "MRN: 88213", "Acct 4471", "Chart 12-88"])
def test_the_number_of_a_chart_is_no_part_of_a_name(between: str) -> None:
    (record,) = read(
        lines(
            f"Patient: Lowell Pfister  {between}", "DOB: 07/07/1949   Sex: M", "Diagnosis: M54.50", "Referral to: physical therapy"
        )
    )
    assert (record["patient"]["first_name"], record["patient"]["last_name"]) == ("Lowell", "Pfister")


@pytest.mark.parametrize("dob", ["D.O.B.", "DOB", "D.O.B"])
def test_labels_without_colons_are_known_by_what_follows_them(dob: str) -> None:
    (record,) = read(
        lines(f"Patient Sunniva Dahl {dob} 8/9/84 Tel 608 555 0138", "Dx R49.0", "Reason: hoarse for months", "Referral to: SLP")
    )
    assert record["patient"]["last_name"] == "Dahl" and record["patient"]["date_of_birth"] == "1984-08-09"
    assert record["patient"]["phone"] == "+16085550138"


@pytest.mark.parametrize("title", ["Patient Information", "Patient Care Center", "Patient Portal Services", "Patient History Form"])
def test_a_heading_about_patients_names_nobody(title: str) -> None:
    records = read(lines(title, "DOB: 07/07/1949   Sex: M", "Diagnosis: M54.50", "Referral to: physical therapy"))
    assert "last_name" not in records[0].get("patient", {})


def cells(rows: list[list[tuple[str, str]]], *, under: bool) -> Form:
    """A grid; in each cell a value with its label under it, or over it."""
    form = Form()
    lefts = (160, 700, 1150, 1600)
    for number, row in enumerate(rows):
        top = 400 + 110 * number
        form.rule(lefts[0] - 20, top - 14, lefts[-1], top - 12)
        for left, (value, label) in zip(lefts, row, strict=False):
            form.text(left, top, value if under else label, 32 if under else 22)
            form.text(left, top + 46, label if under else value, 22 if under else 32)
        for left in lefts:
            form.rule(left - 20, top - 14, left - 18, top + 96)
    bottom = 400 + 110 * len(rows)
    return form.rule(lefts[0] - 20, bottom - 14, lefts[-1], bottom - 12)


ROWS = [
    [("Vasquez-Trent, Marguerite", "Patient (Last, First)"), ("04/17/1962", "Birth date"), ("F", "Sex")],
    [("88 Quarry Rd, Middleton WI 53562", "Address"), ("608-555-0131", "Home"), ("Spanish", "Language")],
    [("Quartz", "Primary plan"), ("QZ 5530 1187", "Subscriber no."), ("M65.4", "Diagnosis")],
]


@pytest.mark.parametrize("under", [True, False], ids=["labels under", "labels over"])
def test_in_a_grid_a_value_is_told_from_its_neighbours_by_what_it_can_be(under: bool) -> None:
    (record,) = read(cells(ROWS, under=under))
    patient = record["patient"]
    assert (patient["last_name"], patient["date_of_birth"], patient["sex"]) == ("Vasquez-Trent", "1962-04-17", "female")
    assert (patient["street"], patient["phone"]) == ("88 Quarry Rd", "+16085550131")
    assert record["payer"]["member_id"].replace(" ", "") == "QZ55301187"


@pytest.mark.parametrize(
    "words",
    [
        "CONFIDENTIAL. If received in error call 608-555-0170.",
        "Please sign and return to Cedar Street Therapy.",
        "Juniper Bend Family Medicine",
        "This fax is intended for the addressee only",
    ],
)
def test_what_forms_say_to_whoever_receives_them_is_no_complaint(words: str) -> None:
    (record,) = read(
        lines("Patient: Ida Roth", "DOB: 3/4/1958", "Phone: (406) 555-0142", "Referral to: physical therapy", words)
    )
    assert words[:12] not in record.get("concern", "")
