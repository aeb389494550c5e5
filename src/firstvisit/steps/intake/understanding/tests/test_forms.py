"""What forms say, whatever they look like. The people are invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.labels import label_of
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.paper import Form

TODAY = dt.date(2026, 6, 1)


def read(*forms: Form) -> list[dict[str, Any]]:
    """The records that `firstvisit read` would print."""
    understood = paper.understand([form.page() for form in forms], TODAY)
    return [project(sure(patient.referral)) for patient in understood.patients]


def test_labels_beside_their_values() -> None:
    form = (
        Form()
        .text(160, 120, "Juniper Bend Rheumatology", 44)
        .text(160, 190, "Tel 406-555-0110   Fax 406-555-0111")
    )
    for n, line in enumerate(
        (
            "Client name: Odalys Ferreira-Munoz",
            "Birthdate: 3/4/1958     Gender: F",
            "Home phone: (406) 555-0142",
            "Mailing address: 88 Alder Street, Bozeman, MT 59715",
            "Treating diagnosis: M06.9",
            "Discipline requested: OT",
            "Referring provider: Hal Brandvold, MD",
            "NPI: 1245319599",
            "Primary insurance: Medicare     Member ID: 1EG4-TE5-MK73",
        )
    ):
        form.text(160, 320 + 60 * n, line)
    (record,) = read(form)
    patient, referrer = record["patient"], record["referrer"]
    assert (patient["first_name"], patient["last_name"]) == ("Odalys", "Ferreira-Munoz")
    assert patient["date_of_birth"] == "1958-03-04" and patient["sex"] == "female"
    assert patient["phone"] == "+14065550142"
    assert (patient["street"], patient["city"], patient["state"], patient["postal_code"]) == (
        "88 Alder Street",
        "Bozeman",
        "MT",
        "59715",
    )
    assert record["discipline"] == ["OT"] and record["diagnoses"] == ["M06.9"]
    assert (referrer["name"], referrer["credential"], referrer["npi"]) == (
        "Hal Brandvold",
        "MD",
        "1245319599",
    )
    assert (referrer["phone"], referrer["fax"]) == ("+14065550110", "+14065550111")
    assert referrer["organization"] == "Juniper Bend Rheumatology"
    assert record["payer"] == {"kind": "medicare", "name": "Medicare", "member_id": "1EG4-TE5-MK73"}


def test_an_empty_cell_takes_nothing_from_its_neighbours() -> None:
    form = (
        Form()
        .cell(100, 200, 800, 290, "Patient", "Ives, Marguerite")
        .cell(800, 200, 1500, 290, "DOB", "12/01/1949")
        .cell(100, 290, 800, 380, "Telephone", "")
        .cell(800, 290, 1500, 380, "Emergency contact", "Paul Ives (son) 503-555-0177")
        .cell(100, 380, 800, 470, "Therapy", "Physical Therapy")
        .cell(800, 380, 1500, 470, "Diagnosis", "R26.81 Unsteadiness on feet")
    )
    (record,) = read(form)
    assert "phone" not in record["patient"]
    assert record["contact"]["name"] == "Paul Ives" and record["contact"]["phone"] == "+15035550177"
    assert record["contact"]["relationship"] == "child"


def test_only_ticked_boxes_count_and_struck_words_do_not() -> None:
    form = (
        Form()
        .text(160, 200, "Patient name: Thelonius Quaye")
        .text(160, 260, "Date of birth: 07/19/1988")
        .text(160, 320, "Services:")
        .tick(340, 320, "OT", False)
        .tick(480, 320, "PT", True)
        .tick(620, 320, "Speech", False)
        .tick(160, 380, "Evaluation only", False)
        .tick(560, 380, "Evaluate and treat", True)
        .text(160, 440, "Phone:")
        .struck(300, 440, "503-555-0190")
        .text(560, 440, "503-555-0148")
        .text(160, 500, "Diagnosis: M25.561")
        .text(160, 560, "Physician: Runa Thorsby, DO")
        .text(160, 620, "Frequency: 2x/week x 6 weeks")
    )
    (record,) = read(form)
    assert record["discipline"] == ["PT"]
    assert record["service"] == "evaluation_and_treatment"
    assert record["patient"]["phone"] == "+15035550148"
    assert record["frequency"] == {"visits_per_week": 2, "weeks": 6}


def test_headings_say_whose_name_and_phone_it_is() -> None:
    form = Form().text(160, 200, "PATIENT INFORMATION").text(900, 200, "REFERRING PROVIDER")
    for n, (left, right) in enumerate(
        (
            ("Name: Bao Nguyen", "Name: Sylvie Marchetti, NP"),
            ("DOB: 02/28/2017", "Clinic: Lakehead Family Practice"),
            ("Phone: 218-555-0101", "Phone: 218-555-0102"),
            ("Sex: M", "Fax: 218-555-0103"),
        )
    ):
        form.text(160, 260 + 60 * n, left).text(900, 260 + 60 * n, right)
    form.text(160, 560, "REASON FOR REFERRAL: speech sounds hard to understand, F80.0")
    form.text(160, 620, "Therapy requested: Speech Therapy")
    (record,) = read(form)
    assert record["patient"]["phone"] == "+12185550101" and record["patient"]["first_name"] == "Bao"
    assert (record["referrer"]["name"], record["referrer"]["phone"], record["referrer"]["fax"]) == (
        "Sylvie Marchetti",
        "+12185550102",
        "+12185550103",
    )
    assert record["referrer"]["organization"] == "Lakehead Family Practice"


def test_a_packet_of_several_patients_becomes_several_records() -> None:
    pages = []
    for number, (name, born) in enumerate((("Ana Ruelas", "01/05/2015"), ("Tomas Ruelas", "09/30/2018")), 1):
        form = Form(number=number).text(160, 200, f"Student: {name}").text(160, 260, f"DOB: {born}")
        form.text(160, 320, "School: Pinewater Elementary").text(
            160, 380, "Service requested: Occupational Therapy"
        )
        form.text(160, 440, "Teacher: Lorna Pike").text(160, 500, "Concern: cutting and coloring")
        pages.append(form)
    records = read(*pages)
    assert [(each["patient"]["first_name"], each["patient"]["date_of_birth"]) for each in records] == [
        ("Ana", "2015-01-05"),
        ("Tomas", "2018-09-30"),
    ]


def test_a_slip_of_the_eye_is_put_right_only_where_a_check_confirms_it() -> None:
    form = Form()
    for n, line in enumerate(
        (
            "Patient: Ottoline Grahame",
            "DOB: O6/l2/1971",
            "Address: 9 Quarry Road, Decatur, CA 3O030",
            "Dx: M54.5O",
            "NPI: l245319599",
            "Provider: Wim Aerts, MD",
            "Service: PT",
        )
    ):
        form.text(160, 200 + 60 * n, line)
    (record,) = read(form)
    assert record["patient"]["date_of_birth"] == "1971-06-12"
    assert record["patient"]["state"] == "GA"
    assert record["diagnoses"] == ["M54.50"]
    assert record["referrer"]["npi"] == "1245319599"


def test_a_wrong_check_digit_is_not_printed() -> None:
    form = Form().text(160, 200, "Patient: Ottoline Grahame").text(160, 260, "DOB: 06/12/1971")
    form.text(160, 320, "Provider: Wim Aerts, MD").text(160, 380, "NPI: 1245319598").text(
        160, 440, "Dx: M54.50"
    )
    (record,) = read(form)
    assert "npi" not in record["referrer"]


def test_an_order_is_signed_where_ink_stands_on_its_line() -> None:
    def form(signature: str) -> Form:
        made = Form().text(160, 200, "Patient: Ottoline Grahame").text(160, 260, "DOB: 06/12/1971")
        made.text(160, 320, "Dx: M54.50").text(160, 380, "Referral for: PT evaluate and treat")
        made.text(160, 440, "Ordering provider: Wim Aerts, MD")
        made.text(160, 560, "Provider signature:").rule(480, 600, 1000, 600)
        return made.text(500, 555, signature) if signature else made

    assert read(form("Wim Aerts"))[0]["order_signed"] is True
    assert read(form(""))[0]["order_signed"] is False


@pytest.mark.parametrize("label", ["Signed", "Signature:", "Provider signature:"])
def test_the_printed_name_over_an_empty_line_signs_nothing(label: str) -> None:
    form = Form().text(160, 200, "Patient: Ottoline Grahame").text(160, 260, "DOB: 06/12/1971")
    form.text(160, 320, "Dx: M54.50").text(160, 380, "Referral for: PT evaluate and treat")
    form.text(160, 440, "Ordering provider: Wim Aerts, MD").text(160, 490, label)
    form.rule(480, 524, 800, 524).text(820, 490, "Date").rule(900, 524, 1100, 524)
    assert read(form)[0]["order_signed"] is False


@pytest.mark.parametrize("over", ["Wim Aerts, MD", "W Aets"])
def test_of_words_over_a_line_whose_label_stands_below_nothing_is_said(over: str) -> None:
    form = Form().text(160, 200, "Patient: Ottoline Grahame").text(160, 260, "DOB: 06/12/1971")
    form.text(160, 320, "Dx: M54.50").text(160, 380, "Referral for: PT evaluate and treat")
    form.text(160, 560, over).rule(150, 604, 700, 604).text(160, 612, "Provider signature")
    assert "order_signed" not in read(form)[0]


@pytest.mark.parametrize("size, below", [(60, "Provider signature"), (30, "Signature 05/28/2026")])
def test_a_name_by_hand_or_with_its_day_over_a_line_signs(size: int, below: str) -> None:
    form = Form().text(160, 200, "Patient: Ottoline Grahame").text(160, 260, "DOB: 06/12/1971")
    form.text(160, 320, "Dx: M54.50").text(160, 380, "Referral for: PT evaluate and treat")
    form.text(160, 600 - size, "Wim Aerts", size).rule(150, 604, 700, 604).text(160, 612, below)
    assert read(form)[0]["order_signed"] is True


def test_an_empty_line_for_an_electronic_signature_is_no_signature() -> None:
    form = Form().text(160, 200, "Patient: Ottoline Grahame").text(160, 260, "DOB: 06/12/1971")
    form.text(160, 320, "Dx: M54.50").text(160, 380, "Referral for: PT evaluate and treat")
    form.text(160, 560, "Electronically signed by: ____________ Date: ________")
    assert read(form)[0].get("order_signed") is not True


def test_papers_that_are_no_referral() -> None:
    advert = (
        Form()
        .text(200, 200, "SPRING CLEARANCE", 60)
        .text(160, 320, "Treatment tables from $299 while supplies last.")
    )
    advert.text(160, 380, "Order by phone 770-555-0133. To be removed from our list, fax this page back.")
    assert read(advert)[0]["not_a_referral"] is True


def test_a_label_in_one_cell_has_its_value_in_the_next() -> None:
    form = Form().text(160, 90, "Referral to therapy", 40)
    rows = (
        (("Patient", "Amadou Kessler"), ("DOB", "06/30/1962")),
        (("Telephone", ""), ("Insurance", "Juniper Health Plan")),
        (("Physician", "Petra Lindholm, MD"), ("Diagnosis", "M17.12")),
        (("Therapy", "PT"), ("Frequency", "2x/week x 4 weeks")),
    )
    for n, row in enumerate(rows):
        for k, (label, value) in enumerate(row):
            left, top = 100 + 740 * k, 200 + 60 * n
            form.cell(left, top, left + 240, top + 60, "", "").cell(left + 240, top, left + 740, top + 60, "", "")
            form.text(left + 12, top + 14, label, 26)
            if value:
                form.text(left + 252, top + 14, value, 26)
    (record,) = read(form)
    assert (record["patient"]["last_name"], record["patient"]["date_of_birth"]) == ("Kessler", "1962-06-30")
    assert "phone" not in record["patient"]
    assert record["payer"]["name"] == "Juniper Health Plan"
    assert record["diagnoses"] == ["M17.12"] and record["discipline"] == ["PT"]


def test_what_is_wanted_is_the_patients_whoever_was_spoken_of_before() -> None:
    form = Form()
    for n, line in enumerate(
        (
            "Patient name: Ilse Varga",
            "DOB: 02/02/1950",
            "PCP: Roderick Stone, MD",
            "Secondary insurance: Juniper Supplement",
            "Diagnosis: R26.81",
            "Therapy: PT",
            "Refer to: Cedar Street Therapy",
            "Frequency: 1x/week x 8 weeks",
            "Priority: Routine",
        )
    ):
        form.text(160, 200 + 60 * n, line)
    (record,) = read(form)
    assert record["diagnoses"] == ["R26.81"] and record["discipline"] == ["PT"]
    assert record["frequency"] == {"visits_per_week": 1, "weeks": 8}
    assert record["timing"] == "within_month"


def test_digits_in_a_comb_are_one_number_and_unsure_ones_are_not_printed() -> None:
    def form(seen: float) -> Page:
        made = Form().text(160, 200, "Patient: Ilse Varga").text(160, 320, "Therapy: PT  Diagnosis: R26.81")
        made.text(160, 260, "DOB:")
        for k, digit in enumerate("02021950"):
            made.text(260 + 52 * k, 260, digit)
        page = made.page()
        unsure = tuple(w._replace(confidence=seen) if w.text == "9" else w for w in page.words)
        return replace(page, words=unsure)

    def born(seen: float) -> object:
        (patient,) = paper.understand([form(seen)], TODAY).patients
        return project(sure(patient.referral)).get("patient", {}).get("date_of_birth")

    assert born(0.99) == "1950-02-02"
    assert born(0.6) is None


def test_whoever_signs_by_machine_orders() -> None:
    form = Form().text(160, 200, "Patient: Ilse Varga").text(160, 260, "DOB: 02/02/1950")
    form.text(160, 320, "Diagnosis: R26.81").text(160, 380, "Therapy ordered: PT")
    form.text(160, 480, "Electronically signed by: Ngozi Ballard, DO on 05/28/2026 at 4:40 PM")
    (record,) = read(form)
    assert (record["referrer"]["name"], record["referrer"]["credential"]) == ("Ngozi Ballard", "DO")
    assert record["order_signed"] is True


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("MemberID:", "member"),
        ("Dateofbirth:", "dob"),
        ("PatientName", "patient_name"),
        ("Referringprovider:", "referrer"),
        ("Groupnumber", "group"),
    ],
)
def test_a_label_whose_gaps_the_eye_missed_is_known(label: str, key: str) -> None:
    found = label_of(label)
    assert found is not None and found.key == key


@pytest.mark.parametrize("words", ["hometown", "tobacco", "whenever", "otherwise", "Krallmann"])
def test_words_of_the_language_are_no_joined_labels(words: str) -> None:
    assert label_of(words) is None


@pytest.mark.parametrize(
    ("smudge", "why"),
    [
        ("07/1~/19€1", "cannot be read"),
        ("O7/ l9 /19?1", "cannot be read"),
        ("13/41/1961", "no such day"),
        ("07/19/2061", "in the future"),
    ],
)
def test_a_birth_date_nobody_can_read_is_shown_to_a_person_and_not_passed_over(smudge: str, why: str) -> None:
    form = Form()
    for n, line in enumerate(
        ("Patient name: Bettina Krall", f"Date of birth: {smudge}", "Phone: (608) 555-0138", "Diagnosis: M17.11")
    ):
        form.text(160, 320 + 60 * n, line)
    (patient,) = paper.understand([form.page()], TODAY).patients
    assert patient.referral.patient.date_of_birth is None
    (doubt,) = [each for each in patient.doubts if each.path == "patient.date_of_birth"]
    assert doubt.value == smudge and why in doubt.reason and doubt.place.startswith("page 1 box")


def test_what_is_said_legibly_elsewhere_is_not_asked_about() -> None:
    form = Form()
    lines = ("Patient name: Bettina Krall", "DOB: 07/1~/19€1", "Date of birth: 07/19/1961", "Diagnosis: M17.11")
    for n, line in enumerate(lines):
        form.text(160, 320 + 60 * n, line)
    (patient,) = paper.understand([form.page()], TODAY).patients
    assert str(patient.referral.patient.date_of_birth) == "1961-07-19"
    assert "patient.date_of_birth" not in [each.path for each in patient.doubts]


@pytest.mark.parametrize(
    ("over", "named"),
    [("HENLEY & BROOKE LLP", "HENLEY & BROOKE LLP"), ("Save 60% on printer toner and therapy tables", None)],
)
def test_a_house_is_known_by_its_name_and_an_offer_is_no_house(over: str, named: str | None) -> None:
    form = Form().text(160, 120, over, 44).text(160, 190, "Tel 608-555-0133").text(160, 320, "Client: Arvid Sandell")
    said = paper.understand([form.page()], TODAY).patients[0].referral
    assert said.referrer.organization == named
