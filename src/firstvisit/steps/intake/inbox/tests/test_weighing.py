"""What a person is asked of a reading, in which order, what follows pages that move, and what is filed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.inbox.alternatives import alternatives
from firstvisit.steps.intake.inbox.arranging import cut, merged, moved
from firstvisit.steps.intake.inbox.filing import referral_of
from firstvisit.steps.intake.inbox.taking import place_of, taken
from firstvisit.steps.intake.inbox.values import Value, as_json, from_json
from firstvisit.steps.intake.inbox.weighing import Answer, Part, parts_of
from firstvisit.steps.intake.pages.page import Box, Page
from firstvisit.steps.intake.policy import InboxRules
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import settle

TODAY = dt.date(2026, 11, 17)
RULES = InboxRules()
BOX = Box(0.1, 0.2, 0.4, 0.25)


def value(path: str, what: Any, confidence: float = 0.97, *, page: int | None = 1, **more: Any) -> Value:
    return Value(path, what, confidence, Place(page, BOX) if page else None, str(what), "label", **more)


def parts(
    *values: Value, answers: tuple[Answer, ...] = (), pages: dict[int, int] | None = None, **more: Any
) -> tuple[Part, ...]:
    read = {1: 0}
    return parts_of(values, read=more.pop("read", read), now=pages or read, answers=answers, rules=RULES, **more)


def test_fields_of_one_kind_stand_as_a_form_has_them() -> None:
    [one] = parts(
        *(
            value(path, "x")
            for path in (
                "patient.postal_code", "referrer.name", "events.0.date", "payers.0.member_id", "patient.street",
                "contact.phone", "events.0.kind", "payers.0.name", "patient.city", "contact.name", "referrer.fax",
            )
        )
    )  # fmt: skip
    assert [field.path for field in one.fields] == [
        "contact.name", "contact.phone", "events.0.kind", "events.0.date", "payers.0.name", "payers.0.member_id",
        "referrer.name", "referrer.fax", "patient.street", "patient.city", "patient.postal_code",
    ]  # fmt: skip


def test_doubtful_values_come_first_and_then_who_it_is() -> None:
    [one] = parts(
        value("concern", "falls"),
        value("patient.phone", "+16085550147"),
        value("payers.0.member_id", "NHP40081772", 0.5),
        value("patient.last_name", "Brandt"),
        value("diagnoses.0.code", "S66.121A", 0.85),
    )
    assert [field.path for field in one.fields] == [
        "payers.0.member_id", "diagnoses.0.code", "patient.last_name", "patient.phone", "concern",
    ]  # fmt: skip
    assert [field.level for field in one.fields] == ["doubtful", "likely", "clear", "clear", "clear"]


def test_a_reason_makes_a_sure_value_doubtful() -> None:
    [one] = parts(value("referrer.npi", "1184059870", 0.99, doubt="Its check digit fails."))
    assert one.fields[0].level == "doubtful"


def test_what_differs_from_what_is_on_file_is_doubtful_and_names_ours() -> None:
    [one] = parts(value("patient.date_of_birth", "1968-04-11"), ours={(0, "patient.date_of_birth"): "1968-04-17"})
    assert (one.fields[0].level, one.fields[0].ours) == ("doubtful", "1968-04-17")
    [same] = parts(value("patient.last_name", "BRANDT"), ours={(0, "patient.last_name"): "Brandt"})
    assert (same.fields[0].level, same.fields[0].ours) == ("clear", None)


def test_a_correction_stands_in_the_place_of_what_was_read() -> None:
    [one] = parts(
        value("patient.phone", "+16085550147", 0.4),
        answers=(Answer(0, "patient.phone", "corrected", "+16085550141"),),
    )
    assert (one.fields[0].value, one.left) == ("+16085550141", ())


def test_what_was_not_read_can_be_typed() -> None:
    [one] = parts(answers=(Answer(0, "patient.phone", "corrected", "+16085550141"),))
    assert one.value("patient.phone") == "+16085550141"


def test_a_value_follows_its_page_to_another_person() -> None:
    read = {1: 0, 2: 0, 3: 0}
    values = (value("patient.last_name", "Brandt"), value("patient.last_name", "Solheim", page=3))
    first, second = parts(*values, read=read, pages=cut(read, 3, 1))
    assert (first.value("patient.last_name"), second.value("patient.last_name")) == ("Brandt", "Solheim")
    assert (first.pages, second.pages) == ((1, 2), (3,))


def test_two_people_on_one_page_stay_two_when_another_page_moves() -> None:
    read = {1: 0, 2: 0}
    values = (value("patient.last_name", "Brandt"), value("patient.last_name", "Solheim", patient=1))
    first, second = parts(*values, read=read, pages=cut(read, 2, 1))
    assert (first.value("patient.last_name"), second.value("patient.last_name")) == ("Brandt", "Solheim")


def test_what_has_no_page_goes_with_all_pages_of_its_person() -> None:
    read = {1: 0, 2: 1}
    values = (value("patient.last_name", "Brandt"), value("program", "hand_therapy", page=None, patient=1))
    assert [part.number for part in parts(*values, read=read, pages=merged(read, 1))] == [0]
    first, second = parts(*values, read=read, pages=read)
    assert (first.value("program"), second.value("program")) == (None, "hand_therapy")


def test_pages_merge_move_and_are_never_lost() -> None:
    pages = {1: 0, 2: 0, 3: 1, 4: 2}
    assert merged(pages, 1) == {1: 0, 2: 0, 3: 0, 4: 2}
    assert moved(pages, 2, 1, {0, 1, 2}) == {1: 0, 2: 1, 3: 1, 4: 2}
    wrong = (
        lambda: cut(pages, 1, 3), lambda: merged(pages, 0), lambda: moved(pages, 9, 0, {0, 1, 2}),
        lambda: moved(pages, 1, 7, {0, 1, 2}),
    )  # fmt: skip
    for each in wrong:
        with pytest.raises(ValueError):
            each()


def test_what_is_filed_is_the_settled_record_with_who_confirmed_it() -> None:
    [one] = parts(
        value("patient.first_name", "Walter"),
        value("patient.last_name", "Brandt"),
        value("patient.sex", "male"),
        value("events.0.kind", "injury"),
        value("events.1.kind", "surgery"),
        value("events.1.date", "2026-11-12"),
        value("disciplines", ["OT"]),
        answers=(
            Answer(0, "patient.sex", "not_stated"),
            Answer(0, "events.0.kind", "unreadable"),
            Answer(0, "events.1.date", "confirmed"),
            Answer(0, "patient.phone", "corrected", "(608) 555-0147"),
        ),
    )
    made = referral_of(one, item="i", channel="fax", today=TODAY, programs=None, by="dana")
    assert made.patient.phone == "+16085550147"
    assert made.patient.sex is None
    assert made.events is not None and [str(event.date) for event in made.events] == ["2026-11-12"]
    assert made.disciplines == ("OT",)
    sure = made.evidence["events.0.date"]
    assert (sure.place, sure.confidence, sure.confirmed_by) == ("page 1 box 0.100,0.200,0.400,0.250", 0.97, "dana")
    assert made.evidence["patient.phone"].place == "typed"
    assert made.evidence["patient.last_name"].confirmed_by is None


def test_a_correction_that_cannot_be_is_refused_with_its_field() -> None:
    [one] = parts(answers=(Answer(0, "patient.phone", "corrected", "12"),))
    with pytest.raises(BadInput) as refused:
        referral_of(one, item="i", channel="fax", today=TODAY, programs=None, by="dana")
    assert [problem.field for problem in refused.value.problems] == ["patient.phone"]


def test_what_a_reader_understood_is_kept_with_places_doubts_and_other_readings() -> None:
    def at(path: str, what: object, confidence: float, page: int, patient: int = 0) -> Found:
        return Found(path, what, confidence, Place(page, BOX), str(what), "label", patient)

    understood = settle(
        [
            at("patient.last_name", "Brandt", 0.97, 1),
            at("patient.phone", "12", 0.9, 1),
            at("events", {"kind": "surgery", "date": "2026-11-12"}, 0.95, 2),
            at("patient.last_name", "Solheim", 0.97, 3, 1),
        ],
        channel="fax",
        received_on=TODAY,
    )
    pages = tuple(Page(number, 1700, 2200, (), "text_layer") for number in (1, 2, 3, 4))
    whole = taken(understood, texts={}, pages=pages, number="+16085550117", engine="test")
    assert from_json(as_json(whole)) == whole
    assert [leaf.part for leaf in whole.leaves] == [0, 0, 1, 1]
    assert whole.people == 2
    by_path = {(each.patient, each.path): each for each in whole.values}
    assert by_path[0, "events.0.date"].quote
    assert by_path[0, "events.0.date"].place == Place(2, BOX)
    refused = by_path[0, "patient.phone"]
    assert refused.value == "12" and refused.doubt
    assert by_path[1, "patient.last_name"].value == "Solheim"


def test_a_family_that_names_its_doctor_has_sent_it_itself() -> None:
    def sender(kind: str) -> str:
        said = {
            "lead_kind": kind,
            "contact.name": "Heather Lindstrom",
            "referrer.name": "Paula Reyes",
            "referrer.organization": "Minnehaha Pediatrics",
        }
        found = [Found(path, what, 0.97, Place(1, BOX), what, "label") for path, what in said.items()]
        understood = settle(found, channel="email", received_on=TODAY)
        return taken(understood, texts={}, pages=(), sender="heather@example.org").sender

    assert sender("referral_partner") == "Minnehaha Pediatrics"
    assert sender("caregiver") == sender("patient") == "Heather Lindstrom"


@pytest.mark.parametrize("sort", ["records_request", "vendor", "misdirected"])
def test_whoever_is_named_in_a_letter_of_strangers_did_not_send_it(sort: Any) -> None:
    def sender(way: str, **said: str) -> str:
        said = {"lead_kind": "patient", "patient.first_name": "Arvid", "patient.last_name": "Sandell",
                "contact.name": "Arvid Sandell", **said}  # fmt: skip
        found = [Found(path, what, 0.97, Place(1, BOX), what, "label") for path, what in said.items()]
        return taken(settle(found, channel="fax", received_on=TODAY, sort=sort), texts={}, pages=(), sender=way).sender

    assert sender("") == ""
    assert sender("desk@example.org") == "desk@example.org"
    assert sender("", **{"referrer.organization": "Henley & Brooke LLP"}) == "Henley & Brooke LLP"


def test_a_doubtful_word_of_a_list_is_asked_about_with_its_list() -> None:
    weak = Found("disciplines", "OT", 0.5, Place(1, BOX), "OT", "guessed")
    understood = settle([weak], channel="fax", received_on=TODAY)
    whole = taken(understood, texts={}, pages=(Page(1, 10, 10, (), "text_layer"),))
    assert [(each.path, each.value) for each in whole.values] == [("disciplines", ["OT"])]


def test_other_readings_of_a_number_are_offered() -> None:
    assert alternatives("payers.0.member_id", "NUMBER4RT7-XW29", "number 4RT7-XW29.") == ("4RT7-XW29",)
    assert alternatives("patient.phone", "+16085550147", "call 608-555-0147 or 608-555-0199") == ("608-555-0199",)
    assert alternatives("patient.last_name", "Brandt", "Brandt 12345") == ()


@pytest.mark.parametrize(
    ("smudged", "offered"),
    [
        ("12/22/202", ("12/22/2025", "12/22/2024", "12/22/2023", "12/22/2022", "12/22/2021", "12/22/2020")),
        ("0?/30/1961", ()),
        ("2/3~/1961", ()),
        ("?2/30/1961", ("12/30/1961",)),
        ("1~/31/2024", ("12/31/2024", "10/31/2024")),
        ("07/1~/19€1", ()),
        ("12/22/19", ()),
        ("words", ()),
    ],
)
def test_the_days_that_a_smudged_birth_date_may_be_are_a_key_away_where_they_are_few(
    smudged: str, offered: tuple[str, ...]
) -> None:
    assert alternatives("patient.date_of_birth", smudged, smudged, TODAY) == offered


def test_an_npi_whose_check_digit_fails_has_its_look_alikes_that_pass() -> None:
    offered = alternatives("referrer.npi", "1366712162", "NPI 1366712162")
    assert "1366712762" in offered
    assert alternatives("referrer.npi", "1366712762", "NPI 1366712762") == ()


def test_a_place_is_read_as_evidence_writes_it() -> None:
    for place in (Place(2, BOX), Place(None, None, "body", (4, 12)), Place(3, None, "order.pdf", (0, 5))):
        assert place_of(str(place)) == place
    assert place_of("typed") is None
