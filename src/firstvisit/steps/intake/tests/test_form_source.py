"""From the answers of the public form to the record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.sources import form, parse

TODAY = date(2026, 11, 21)
PROGRAMS = ("early_language", "hand_therapy")
ROSA: dict[str, Any] = {
    "who": "child",
    "name": "Rosa Delgado",
    "phone": "(608) 555-0142",
    "email": "rosa@example.org",
    "may_email": "yes",
}


def read(**answers: Any) -> Any:
    return form.read(answers, today=TODAY, programs=PROGRAMS)


def problems(**answers: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as bad:
        read(**answers)
    return {problem.field: problem.message for problem in bad.value.problems}


def test_step_one_is_incomplete_and_step_two_complete() -> None:
    assert parse("form", form.kept(1, ROSA), today=TODAY, programs=PROGRAMS).complete is False
    assert parse("form", form.kept(2, ROSA), today=TODAY, programs=PROGRAMS).complete is True


def test_the_same_answers_are_kept_as_the_same_bytes() -> None:
    assert form.kept(1, ROSA) == form.kept(1, dict(reversed(ROSA.items())))


def test_a_parent_asks_for_a_child() -> None:
    record = read(**ROSA, patient_first_name="Mia", patient_last_name="Delgado", birth_date="02/08/2024")
    assert record.lead_kind == "caregiver"
    assert (record.contact.name, record.contact.relationship) == ("Rosa Delgado", "parent")
    assert (record.patient.first_name, record.patient.last_name) == ("Mia", "Delgado")
    assert record.patient.date_of_birth == date(2024, 2, 8)
    assert record.contact.phone == "+16085550142"
    assert record.patient.phone is None


def test_who_asks_for_themselves_is_the_patient_whatever_else_was_sent() -> None:
    other = {"patient_first_name": "Else", "patient_last_name": "Body", "birth_date": "1980-01-02"}
    record = read(**{**ROSA, "who": "me"}, **other)
    assert record.lead_kind == "patient"
    assert record.contact.relationship == "self"
    assert record.patient.first_name is None
    assert record.patient.date_of_birth == date(1980, 1, 2)


@pytest.mark.parametrize(
    "typed", ["02/08/2024", "2-8-2024", "2024-02-08", "02082024", "02 08 2024", "02.08.2024"]
)
def test_a_birth_date_is_read_in_every_way_a_phone_types_it(typed: str) -> None:
    assert read(**ROSA, birth_date=typed).patient.date_of_birth == date(2024, 2, 8)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("02/30/2024", "no such day"),
        ("01/01/2030", "in the future"),
        ("01/01/1850", "120 years"),
        ("01/01/24", "four digits"),
        ("spring", "cannot be read"),
        ("13132024", "no such day"),
    ],
)
def test_a_birth_date_that_cannot_be_is_named(typed: str, says: str) -> None:
    found = problems(**ROSA, birth_date=typed)
    assert says in found["birth_date"]


def test_nothing_entered_names_each_field_once() -> None:
    assert problems() == {
        "who": "Choose who needs care.",
        "name": "Enter your first and last name.",
        "phone": "Enter a phone number or an e-mail address so that we can answer.",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "555"),
        ("email", "rosa@"),
        ("zip", "5370"),
        ("program", "low_vision"),
        ("times", ["mon_am", "some_time"]),
        ("name", "12"),
        ("name", ", MD"),
        ("name", "x" * 101),
        ("name", "Ro\x00sa"),
        ("concern", "x" * 4001),
        ("insurance", "x" * 121),
        ("member_id", "9" * 51),
        ("patient_first_name", "\x1b[31m"),
        ("language", "x" * 61),
        ("event_date", "02/30/2026"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_under_its_own_field(field: str, value: Any) -> None:
    answers = {**ROSA, field: value}
    if field == "event_date":
        answers["event_kind"] = "surgery"
    assert set(problems(**answers)) == {field}


def test_a_date_needs_its_kind_and_a_kind_its_date() -> None:
    assert set(problems(**ROSA, event_kind="surgery")) == {"event_date"}
    assert set(problems(**ROSA, event_date="11/18/2026", event_kind="none")) == {"event_kind"}
    assert set(problems(**ROSA, event_date="11/18/2026")) == {"event_kind"}
    assert read(**ROSA, event_kind="none").events is None
    assert read(**ROSA, event_kind="surgery", event_date="11182026").events[0].date == date(2026, 11, 18)


def test_boxes_left_empty_are_a_no_and_say_which_words_were_shown() -> None:
    record = read(**ROSA)
    assert [(c.channel, c.given, c.wording) for c in record.consents] == [
        ("email", True, form.CONSENT_EMAIL),
        ("sms", False, form.CONSENT_TEXT),
    ]


def test_nobody_is_asked_about_a_way_they_did_not_give() -> None:
    record = read(who="me", name="Paul Verhage", phone="608-555-0118", may_email="yes")
    assert [c.channel for c in record.consents] == ["sms"]


def test_a_member_number_alone_is_kept() -> None:
    assert read(**ROSA, member_id="NH-1").payers[0].member_id == "NH-1"


@pytest.mark.parametrize(
    "words", ["self pay", "Self-pay.", "I am self pay", "We will pay cash", "no insurance", "no tengo seguro"]
)
def test_who_writes_that_they_pay_themselves_is_nobody_s_member(words: str) -> None:
    (payer,) = read(**ROSA, insurance=words).payers
    assert (payer.kind, payer.name) == ("private_pay", None)


@pytest.mark.parametrize("words", ["Aetna, no insurance card", "Private Healthcare Systems", "Cash Pay Health Plan"])
def test_a_plan_that_is_named_stays_a_plan(words: str) -> None:
    (payer,) = read(**ROSA, insurance=words).payers
    assert (payer.kind, payer.name) == (None, words)


def test_not_sure_and_empty_answers_say_nothing() -> None:
    record = read(**ROSA, therapy="", program="", times=[], zip="", insurance="none", language="")
    assert record.disciplines is None and record.program is None and record.availability is None
    assert record.payers is None and record.patient.postal_code is None


def test_script_is_text_like_any_other() -> None:
    assert read(**ROSA, concern="<script>alert(1)</script>").concern == "<script>alert(1)</script>"


@pytest.mark.parametrize("timing", ["asap", "two_weeks", "within_month", "later", "not_sure"])
def test_when_they_would_like_to_begin_fills_the_record(timing: str) -> None:
    assert read(**ROSA, timing=timing).timing == timing


def test_a_beginning_that_nobody_offers_is_refused_at_its_field() -> None:
    assert set(problems(**ROSA, timing="someday")) == {"timing"}
    assert read(**ROSA).timing is None
