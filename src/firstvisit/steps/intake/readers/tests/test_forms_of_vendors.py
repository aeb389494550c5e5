"""Notes as makers of forms send them: XML, a table's row under a line, one label for several values, rows that go on."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.readers import Document, read
from firstvisit.steps.intake.readers.kind import text_kind
from firstvisit.steps.intake.understanding.values.contact_points import marked


def said(text: str) -> Referral:
    return read(Document("n.txt", "text/plain", text.encode(), dt.date(2026, 6, 1))).understood.patients[0].referral


def test_xml_is_read_by_its_elements_and_attributes() -> None:
    note = said(
        '<?xml version="1.0"?><form id="7"><student><last>Quill</last><first>Ada</first><dob>02/11/2018</dob></student>'
        '<parent phone="503-555-0144">Rosa Quill (mom)</parent><service>Speech</service></form>'
    )
    assert (note.patient.first_name, note.patient.last_name, str(note.patient.date_of_birth)) == ("Ada", "Quill", "2018-02-11")
    assert (note.contact.name, note.contact.phone) == ("Rosa Quill", "+15035550144")


@pytest.mark.parametrize("text", ["<staff> Therapy, who is calling?\n<guest> Ada Quill.\n<staff> And the number?\n<guest> 503 555 0101."])
def test_marks_of_speakers_are_no_xml(text: str) -> None:
    assert text_kind(text) == "transcript"


def test_xml_that_declares_entities_is_read_as_words() -> None:
    assert said('<!DOCTYPE a [<!ENTITY b "Ada">]>\n<form><name>&b;</name><phone>503-555-0144</phone></form>').patient.first_name is None


def test_html_is_a_note_whatever_its_first_words_say() -> None:
    assert text_kind("<html><body><p>You have a new message from Refer a Patient.</p><table><tr><td>Name</td></tr></table></body></html>") == "note"


def test_a_row_stands_under_its_head_whatever_stands_above() -> None:
    note = said('New row 318\n\nTimestamp,Patient (Last First),DOB,Phone,Claim #\n5/30/2026,"Quill Ada",8/12/1979,503-555-0144,C-7719\n')
    assert (note.patient.first_name, note.patient.last_name, note.patient.phone) == ("Ada", "Quill", "+15035550144")


def test_one_label_asks_for_several_values() -> None:
    note = said("Referring provider: Ira Bohm, MD\nPhone / Fax: 503-555-0110 / 503-555-0111\nPatient: Quill, Ada Mae\nDOB / age / sex: 8/12/1979 / 46 / F\n")
    assert (note.patient.age_years, note.patient.sex, note.referrer.fax) == (46, "female", "+15035550111")
    assert (note.patient.first_name, note.patient.last_name) == ("Ada Mae", "Quill")


def test_a_row_without_a_label_goes_on_with_the_one_above() -> None:
    rows = ("| Patient | Ada Quill |", "| Address | 12 Elm St |", "|  | Salem OR 97301 |", "| Dx | M25.511 |")
    note = said("\n".join(rows))
    assert (note.patient.street, note.patient.city, note.patient.postal_code) == ("12 Elm St", "Salem", "97301")


@pytest.mark.parametrize(
    ("behind", "papers"),
    [
        ("order.pdf; op_note.pdf", {"order", "operative_note"}),
        ("IEP_2025.pdf | Speech_eval_2022.pdf", {"iep", "prior_evaluation"}),
        ("op report, order", {"order", "operative_note"}),
        ("dc_summary.docx", {"discharge_summary"}),
        ("none", set()),
    ],
)
def test_files_behind_a_label_are_papers(behind: str, papers: set[str]) -> None:
    assert set(said(f"Patient: Ada Quill\nDOB: 8/12/1979\nUploaded: {behind}\n").documents or ()) == papers


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Camila Armenta Soto", "Camila", "Armenta Soto"),
        ("Orlando Baca y Trujillo", "Orlando", "Baca y Trujillo"),
        ("Wellington Teixeira da Silva", "Wellington", "Teixeira da Silva"),
        ("María José de la Cruz", "María José", "de la Cruz"),
        ("Wilma Jean Strickland", "Wilma Jean", "Strickland"),
        ("Anna Lee Brown", "Anna Lee", "Brown"),
        ("Tou Ger Moua", "Tou Ger", "Moua"),
        ("Harold J. Quill", "Harold", "Quill"),
    ],
)
def test_a_surname_in_the_middle_is_no_given_name(written: str, first: str, last: str) -> None:
    note = said(f"Patient name: {written}\nDOB: 8/12/1979\nPhone: 503-555-0144\nReason: sore knee\n")
    assert (note.patient.first_name, note.patient.last_name) == (first, last)


def test_a_form_is_a_form_though_it_says_message_from() -> None:
    assert text_kind("Message from: Ada Quill\nReply-to: ada@example.org\nPhone: 503-555-0144\nCity/Zip: Salem 97301\nInsurance:\nMessage: sore knee\n") == "note"


def test_labels_in_capitals_stand_apart_by_spaces_among_other_columns() -> None:
    note = said(
        'VA (best)       20/200     20/160\nField           scotoma    scotoma\n\nPATIENT   Quill, Adelina "Kay"   b. 04/13/1941\n'
        "PAYER     Keystone Golden   ID KG5500712\nDX        H35.3231 wet AMD * H54.2X11? -- strike that, billing says leave it off\n"
        "RX        OT low vision, evaluate & treat. Signed 10/19/26.\n"
    )
    assert (note.patient.first_name, note.patient.last_name, note.order_signed) == ("Adelina", "Quill", True)
    assert [each.code for each in note.diagnoses or ()] == ["H35.3231"]


@pytest.mark.parametrize(
    "numbers",
    ["503-555-0146 (h)   503-555-0144 (Rosa cell - use)", "503-555-0144 (preferred), 503-555-0146", "503-555-0146 / 503-555-0144 (best)"],
)
def test_the_number_that_is_marked_is_the_one_to_use(numbers: str) -> None:
    assert [each.value for each in marked(numbers)] == ["+15035550144"]


def test_numbers_that_nobody_marks_stay() -> None:
    assert len(marked("503-555-0146 (home), 503-555-0144 (cell)")) == 2
