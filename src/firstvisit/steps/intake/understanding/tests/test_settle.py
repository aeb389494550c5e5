"""From values as found to one record: agreement, contradiction, refusal, and what is sure enough to be printed."""

from __future__ import annotations

import datetime as dt
from itertools import count

from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import Understood, settle, sure

TODAY = dt.date(2026, 4, 2)
_at = count(0, 100)


def found(path: str, value: object, confidence: float = 0.95, patient: int = 0) -> Found:
    start = next(_at)
    place = Place(span=(start, start + 10))
    return Found(path, value, confidence, place, str(value), "label", patient)


def settled(*each: Found) -> Understood:
    return settle(each, channel="email", received_on=TODAY)


def test_a_value_is_normalised_and_points_at_its_place() -> None:
    phone = found("patient.phone", "(608) 555-0142")
    one = settled(phone).patients[0]
    assert one.referral.patient.phone == "+16085550142"
    assert one.referral.evidence["patient.phone"].place == str(phone.place)
    assert one.doubts == ()


def test_two_places_that_agree_are_surer_than_one() -> None:
    one = settled(found("patient.phone", "608-555-0142", 0.8), found("patient.phone", "6085550142", 0.8))
    assert one.patients[0].referral.evidence["patient.phone"].confidence > 0.85


def test_two_places_that_contradict_each_other_leave_a_doubt_with_its_reason() -> None:
    one = settled(found("patient.phone", "608-555-0142"), found("patient.phone", "608-555-0143", 0.9))
    doubt = one.patients[0].doubts[0]
    assert doubt.path == "patient.phone" and "different" in doubt.reason
    assert sure(one.patients[0].referral).patient.phone is None


def test_what_a_reader_refuses_is_a_doubt_and_not_in_the_record() -> None:
    one = settled(found("referrer.npi", "1234567890")).patients[0]
    assert one.referral.referrer.npi is None
    assert one.doubts[0].value == "1234567890" and "check digit" in one.doubts[0].reason


def test_a_weak_value_is_in_the_record_but_not_among_the_sure_ones() -> None:
    one = settled(found("program", "hand_therapy", 0.5), found("setting", "clinic")).patients[0]
    assert one.referral.program == "hand_therapy"
    assert (sure(one.referral).program, sure(one.referral).setting) == (None, "clinic")


def test_the_fuller_name_is_kept_where_one_place_says_only_a_part() -> None:
    one = settled(found("referrer.name", "Cho", 0.97), found("referrer.name", "Evelyn Cho", 0.9))
    assert one.patients[0].referral.referrer.name == "Evelyn Cho"
    assert one.patients[0].doubts == ()


def test_words_of_a_list_settle_one_by_one() -> None:
    one = settled(found("disciplines", "OT"), found("disciplines", "PT", 0.4), found("disciplines", "OT", 0.9))
    referral = one.patients[0].referral
    assert referral.disciplines == ("OT", "PT")
    assert sure(referral).disciplines == ("OT",)


def test_an_event_and_its_date_said_apart_are_one_event() -> None:
    one = settled(found("events", {"kind": "surgery"}), found("events", {"kind": "surgery", "date": "2026-03-03"}))
    events = one.patients[0].referral.events
    assert events is not None and len(events) == 1 and events[0].date == dt.date(2026, 3, 3)


def test_two_different_diagnoses_stay_two() -> None:
    one = settled(found("diagnoses", {"code": "G56.01"}), found("diagnoses", {"code": "M65.4"}))
    assert [each.code for each in one.patients[0].referral.diagnoses or ()] == ["G56.01", "M65.4"]


def test_frequency_said_in_two_parts_is_one() -> None:
    one = settled(found("frequencies", {"visits_per_week": 2.0}), found("frequencies", {"weeks": 6}))
    frequency = (one.patients[0].referral.frequencies or ())[0]
    assert (frequency.visits_per_week, frequency.weeks) == (2.0, 6)


def test_a_zip_in_another_state_than_stated_is_doubted_and_one_that_fits_is_surer() -> None:
    wrong = settled(found("patient.postal_code", "53703"), found("patient.state", "MI")).patients[0]
    assert any("another state" in doubt.reason for doubt in wrong.doubts)
    right = settled(found("patient.postal_code", "53703", 0.8), found("patient.city", "Madison", 0.8)).patients[0]
    assert right.doubts == ()


def test_an_age_that_does_not_fit_the_date_of_birth_is_doubted() -> None:
    one = settled(found("patient.age_years", 9), found("patient.date_of_birth", "03/04/2011")).patients[0]
    assert {doubt.path for doubt in one.doubts} == {"patient.age_years", "patient.date_of_birth"}


def test_each_patient_of_an_item_is_a_record_of_its_own() -> None:
    both = settled(found("patient.first_name", "Ada"), found("patient.first_name", "Bo", patient=1))
    assert [each.referral.patient.first_name for each in both.patients] == ["Ada", "Bo"]


def test_nothing_found_is_one_empty_record() -> None:
    assert settled().patients[0].referral.patient.last_name is None


def test_two_payers_stay_two() -> None:
    one = settled(found("payers.0.kind", "medicare"), found("payers.1.name", "Golden Elm")).patients[0]
    assert [payer.kind for payer in one.referral.payers or ()] == ["medicare", None]
