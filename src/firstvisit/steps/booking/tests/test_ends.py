"""What an EMR says of a visit's end: rows, messages and notes, and what is none."""

from __future__ import annotations

from datetime import date

import hl7
import pytest

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.booking.ends import ccda, hl7_notes
from firstvisit.steps.booking.ends.kinds import kind_of
from firstvisit.steps.booking.ends.rows import columns_of, mapping_of, told

VISIT = "0192f0a0-0000-7000-8000-000000000001"


def mdm(title: str = "PT Initial Evaluation", status: str = "LA", available: str = "AV", code: str = "") -> hl7.Message:
    return hl7.parse(
        "MSH|^~\\&|EMR|CLINIC|FIRSTVISIT||20261123090000||MDM^T02|C1|P|2.5\r"
        "EVN|T02|20261123090000\r"
        "PID|1||88123^^^EMR^MR||Rivers^Odalys||19800412|F\r"
        f"PV1|1|O|||||||||||||||||{VISIT}\r"
        f"TXA|1|{code}^{title}|FT|20261123083000||||||||D77|||||{status}||{available}\r"
        "OBX|1|TX|||Seen and evaluated.||||||F\r"
    )


def oru(title: str = "18735-1^Physical therapy Initial evaluation note^LN", status: str = "F") -> hl7.Message:
    return hl7.parse(
        "MSH|^~\\&|EMR|CLINIC|FIRSTVISIT||20261123090000||ORU^R01|C2|P|2.5\r"
        "PID|1||88123||Rivers^Odalys||19800412\r"
        f"OBR|1|{VISIT}|F9|{title}|||20261123083000||||||||||||||||||{status}\r"
        "OBX|1|TX|||Text||||||F\r"
    )


def test_a_signed_evaluation_note_completes_the_evaluation() -> None:
    end = hl7_notes.read(mdm(), "MDM^T02", "C1")
    assert end is not None
    assert (end.what, end.on, end.mark, end.signed) == ("evaluation_completed", date(2026, 11, 23), "D77", "yes")
    assert VISIT in end.numbers
    assert (end.last_name, end.first_name, end.born) == ("Rivers", "Odalys", date(1980, 4, 12))


@pytest.mark.parametrize(
    ("status", "signed"), [("AU", "yes"), ("LA", "yes"), ("", "unknown"), ("DI", "no"), ("IP", "no"), ("PA", "no")]
)
def test_a_note_on_its_way_is_not_signed(status: str, signed: str) -> None:
    end = hl7_notes.read(mdm(status=status), "MDM^T02", "C1")
    assert end is not None and end.signed == signed


def test_a_deleted_note_ends_nothing() -> None:
    assert hl7_notes.read(mdm(available="CA"), "MDM^T02", "C1") is None


def test_a_final_observation_ends_what_its_code_says() -> None:
    end = hl7_notes.read(oru(), "ORU^R01", "C2")
    assert end is not None and end.what == "evaluation_completed" and end.mark == "F9" and VISIT in end.numbers
    preliminary = hl7_notes.read(oru(status="P"), "ORU^R01", "C2")
    assert preliminary is not None and preliminary.signed == "no"
    assert hl7_notes.read(oru("718-7^Hemoglobin^LN"), "ORU^R01", "C2") is None


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("PT Initial Evaluation", "evaluation_completed"),
        ("OT Eval", "evaluation_completed"),
        ("Evaluation and plan of care", "evaluation_completed"),
        ("Plan of Care", "plan_of_care_sent"),
        ("POC - signed", "plan_of_care_sent"),
        ("Discharge Summary", "discharged"),
        ("D/C note", "discharged"),
        ("PT Re-Evaluation", None),
        ("Reevaluation", None),
        ("Progress note", None),
        ("Daily note", None),
        ("Evaluation addendum", None),
        ("Medieval history", None),
        ("", None),
        ("PT Evaluation - patient no show", None),
        ("Cancelled evaluation note", None),
        ("OT evaluation not completed", None),
        ("Missed evaluation", None),
        ("Evaluation deferred, patient unable", None),
        ("Request for speech evaluation", None),
        ("Discharge summary (template)", None),
    ],
)
def test_what_a_note_is_by_its_title(title: str, what: str | None) -> None:
    found = kind_of((), (title,))
    assert (found.what if found else None) == what


@pytest.mark.parametrize(
    ("title", "therapies", "besides"),
    [
        ("PT vestibular evaluation", ("PT",), ()),
        ("Occupational Therapy Initial Evaluation and Plan of Care", ("OT",), ()),
        ("Speech-Language Evaluation", ("SLP",), ()),
        ("OT/PT evaluation", ("PT", "OT"), ()),
        ("Initial Evaluation, 97162", (), ()),
        ("Pt evaluation", (), ()),
        ("Hearing evaluation", (), ("hearing",)),
        ("Physical examination and occupational health evaluation", (), ("physical", "occupational", "health")),
    ],
)
def test_whose_evaluation_it_is_by_its_title(title: str, therapies: tuple[str, ...], besides: tuple[str, ...]) -> None:
    found = kind_of((), (title,))
    assert found is not None and (found.therapies, found.besides) == (therapies, besides)


def test_a_code_says_which_therapy_and_a_title_that_it_did_not_take_place() -> None:
    assert kind_of(("18740-1",), ("Note",)) == ("evaluation_completed", ("SLP",), ())
    assert kind_of(("18735-1",), ("PT evaluation, no-show",)) is None


def note(title: str = "Physical therapy Initial evaluation note", *, signed: bool = True, before: str = "") -> bytes:
    authenticator = "<legalAuthenticator><signatureCode code='S'/></legalAuthenticator>" if signed else ""
    return (
        f"<?xml version='1.0'?>{before}<ClinicalDocument xmlns='urn:hl7-org:v3'>"
        "<id root='1.2.3' extension='N1'/><code code='18735-1' codeSystem='2.16.840.1.113883.6.1' "
        f"displayName='{title}'/><title>{title}</title><effectiveTime value='20261124080000-0600'/>"
        "<recordTarget><patientRole><id root='2.16.840.1.113883.4.1' extension='000000000'/>"
        "<id root='1.2' extension='88123'/><patient><name><given>Odalys</given><family>Rivers</family></name>"
        f"<birthTime value='19800412'/></patient></patientRole></recordTarget>{authenticator}"
        f"<componentOf><encompassingEncounter><id root='1.3' extension='{VISIT}'/>"
        "<effectiveTime><low value='20261123083000'/></effectiveTime></encompassingEncounter></componentOf>"
        "</ClinicalDocument>"
    ).encode()


def test_a_note_says_whose_visit_it_was_and_on_which_day() -> None:
    end = ccda.read(note())
    assert end is not None
    assert (end.what, end.on, end.mark, end.signed) == ("evaluation_completed", date(2026, 11, 23), "1.2.3^N1", "yes")
    assert VISIT in end.numbers and "000000000" not in end.numbers
    assert (end.last_name, end.first_name, end.born) == ("Rivers", "Odalys", date(1980, 4, 12))
    unsigned = ccda.read(note(signed=False))
    assert unsigned is not None and unsigned.signed == "unknown"


@pytest.mark.parametrize(
    "body",
    [
        note(before="<!DOCTYPE x [<!ENTITY a 'aaaa'>]>"),
        b"<ClinicalDocument",
        b"<html/>",
        "<ClinicalDocument xmlns='urn:hl7-org:v3'/>".encode("utf-16"),
        b"",
    ],
)
def test_what_is_no_note_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        ccda.read(body)


def test_a_note_that_refers_ends_nothing() -> None:
    body = note("Referral Note").replace(b"18735-1", b"57133-1")
    assert ccda.looks_like_one(body) and ccda.read(body) is None


HEADINGS = ("Visit ID", "Patient Name", "DOB", "Visit Date", "Visit Type", "Status", "Appointment ID")


@pytest.mark.parametrize(
    ("kind", "status", "what"),
    [
        ("PT Initial Evaluation", "Completed", "evaluation_completed"),
        ("PT Initial Evaluation", "Checked Out", "evaluation_completed"),
        ("PT Initial Evaluation", "Incomplete", None),
        ("PT Initial Evaluation", "Scheduled", None),
        ("PT Initial Evaluation", "No Show", "missed"),
        ("PT Initial Evaluation", "Cancelled", None),
        ("PT Initial Evaluation", "Checked In", "arrived"),
        ("Treatment", "Completed", None),
        ("Discharge", "Signed", "discharged"),
        ("Plan of care", "Signed", "plan_of_care_sent"),
    ],
)
def test_a_row_tells_by_its_status_and_its_kind(kind: str, status: str, what: str | None) -> None:
    row = ("77", "Rivers, Odalys M", "4/12/1980", "11/23/2026 8:30 AM", kind, status, VISIT)
    end, fault = told(row, columns_of(HEADINGS), 2)
    assert not fault and (end.what if end else None) == what
    if end is not None:
        assert (end.last_name, end.first_name, end.born) == ("Rivers", "Odalys", date(1980, 4, 12))
        assert end.on == date(2026, 11, 23) and end.numbers == (VISIT, "77") and end.mark == "77"


def test_columns_are_named_in_a_mapping_where_they_are_called_otherwise() -> None:
    headings = ("Wer", "Geboren", "Tag", "Was")
    with pytest.raises(BadInput) as bad:
        columns_of(headings)
    assert "the day of the visit" in bad.value.problems[0].message
    said = mapping_of('[columns]\nWer = "name"\nGeboren = "born"\nTag = "on"\nWas = "type"\n')
    end, _ = told(("Odalys Rivers", "1980-04-12", "2026-11-23", "OT eval"), columns_of(headings, said), 2)
    assert end is not None and end.last_name == "Rivers" and end.mark == "row 2"
    with pytest.raises(BadInput):
        columns_of(headings, {"Wer": "nonsense"})


def test_a_day_that_is_none_is_said() -> None:
    rest = ("OT eval", "Completed", "")
    end, fault = told(("1", "Rivers, O", "4/12/1980", "13/45/2026", *rest), columns_of(HEADINGS), 2)
    assert end is not None and (end.on, end.born) == (None, date(1980, 4, 12))
    assert fault == "the day of the visit cannot be read"
    assert told(("1", "Rivers, O", "soon", "", *rest), columns_of(HEADINGS), 2)[1] == (
        "it does not say on which day, the birth date cannot be read"
    )
