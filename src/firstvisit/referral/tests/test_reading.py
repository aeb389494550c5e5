"""A JSON body becomes a Referral with evidence, or every problem in it at once."""

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.kernel.errors import BadInput
from firstvisit.referral import fields
from firstvisit.referral.reading import MOST_PROBLEMS, read_record
from firstvisit.referral.record import Payer, Referral
from firstvisit.referral.tests import samples

TODAY = dt.date(2026, 11, 21)
PROGRAMS = {"hand_therapy", "early_language", "screening", "vestibular"}


def read(body: Any, **changed: Any) -> Referral:
    return read_record(
        body, **{"channel": "web", "today": TODAY, "item": "item-7", "known_programs": PROGRAMS, **changed}
    )


def problems(body: Any, **changed: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        read(body, **changed)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_values_are_kept_in_their_one_form() -> None:
    referral = read(
        {
            "discipline": ["ot", "OT", "PT"],
            "program": "Hand Therapy",
            "patient": {
                "date_of_birth": "7/21/1968", "phone": "(608) 555-0123", "state": "Wisconsin",
                "sex": "Female",
            },
            "referrer": {"role": "case manager", "npi": "1234 567 893"},
            "diagnoses": ["m5450", "M54.50"],
            "events": [{"kind": "surgery", "date": "11/16/2026"}],
        }
    )  # fmt: skip
    assert referral.disciplines == ("OT", "PT")
    assert referral.program == "hand_therapy"
    assert referral.patient.date_of_birth == dt.date(1968, 7, 21)
    assert referral.patient.phone == "+16085550123"
    assert referral.patient.state == "WI"
    assert referral.patient.sex == "female"
    assert referral.referrer.role == "case_manager"
    assert referral.referrer.npi == "1234567893"
    assert referral.diagnoses is not None and [each.code for each in referral.diagnoses] == ["M54.50"]
    assert referral.events is not None and referral.events[0].date == dt.date(2026, 11, 16)


def test_each_stated_value_has_evidence_and_nothing_else_has() -> None:
    body = {
        "discipline": ["OT"],
        "patient": {"first_name": "Rosa", "last_name": None, "email": " "},
        "event": {"kind": "surgery", "date": "2026-11-16"},
        "events": [{"kind": "injury"}],
        "payers": [{"kind": "medicare"}],
        "diagnoses": ["M54.50"],
        "consents": [{"channel": "sms", "given": False, "wording": "sms:2"}],
        "order_signed": False,
    }
    evidence = read(body).evidence
    assert {path: each.place for path, each in evidence.items()} == {
        "disciplines": "$.discipline",
        "patient.first_name": "$.patient.first_name",
        "events.0.kind": "$.event.kind",
        "events.0.date": "$.event.date",
        "events.1.kind": "$.events[0].kind",
        "payers.0.kind": "$.payers[0].kind",
        "diagnoses.0.code": "$.diagnoses[0]",
        "consents.0.channel": "$.consents[0].channel",
        "consents.0.given": "$.consents[0].given",
        "consents.0.wording": "$.consents[0].wording",
        "order_signed": "$.order_signed",
    }
    assert {each.item for each in evidence.values()} == {"item-7"}
    assert {each.confidence for each in evidence.values()} == {1.0}


def test_null_and_empty_say_nothing() -> None:
    empty: dict[str, Any] = {
        "lead_kind": None, "concern": "", "patient": {}, "contact": None, "diagnoses": [],
        "event": {"kind": None}, "events": [{}], "payer": {}, "availability": "  ", "discipline": [],
        "frequency": {"weeks": ""},
    }  # fmt: skip
    assert read(empty) == Referral(channel="web") == read({})


def test_the_single_event_and_payer_come_before_the_listed_ones() -> None:
    referral = read(
        {
            "payers": [{"kind": "medicaid"}],
            "payer": {"kind": "medicare"},
            "events": [{"kind": "injury"}],
            "event": {"kind": "surgery"},
        }
    )
    assert referral.payers == (Payer(kind="medicare"), Payer(kind="medicaid"))
    assert referral.events is not None and [each.kind for each in referral.events] == ["surgery", "injury"]


def test_the_channel_is_the_one_it_came_by_whatever_the_body_says() -> None:
    assert read({"channel": "fax"}, channel="email").channel == "email"
    assert "web, phone, email, fax" in problems({"channel": "pigeon"})["channel"]


def test_all_problems_are_told_at_once_each_under_its_field() -> None:
    found = problems(
        {
            "lead_kind": "robot",
            "discipline": ["OT", "DC"],
            "program": "hand_terapy",
            "patient": {
                "date_of_birth": "02/30/1990", "age_years": "58", "phone": 6085550123,
                "emial": "rosa@example.org",
            },
            "contact": "Luz",
            "referrer": {"npi": "1234567890", "email": "office"},
            "diagnoses": ["M54.50", "Q99.99X", 7],
            "event": {"date": "2026-11-16"},
            "payers": [{"kind": "gold"}],
            "consents": [{"channel": "email", "wording": "email-receipt:1"}],
            "order_signed": "yes",
            "frequency": {"visits_per_week": "3-2", "weeks": 0, "total_visits": 1.5},
            "availability": ["monday morning"],
            "additional_records": [{}],
            "patinet": {},
        }
    )  # fmt: skip
    assert set(found) == {
        "lead_kind", "discipline.1", "program", "patient.date_of_birth", "patient.age_years", "patient.phone",
        "patient.emial", "contact", "referrer.npi", "referrer.email", "diagnoses.1", "diagnoses.2",
        "event.kind", "payers.0.kind", "consents.0.given", "order_signed", "frequency.visits_per_week",
        "frequency.weeks", "frequency.total_visits", "availability.0", "additional_records", "patinet",
    }  # fmt: skip
    assert "patient, caregiver, referral_partner, organization" in found["lead_kind"]
    assert "hand_therapy" in found["program"]
    assert "email" in found["patient.emial"]
    assert "beside the first record" in found["additional_records"]
    assert all(message.endswith(".") for message in found.values())


def test_an_unknown_program_names_a_few_known_ones() -> None:
    assert "early_language, hand_therapy, screening" in problems({"program": "zumba"})["program"]
    assert "none is offered" in problems({"program": "zumba"}, known_programs=[])["program"]
    assert read({"program": "zumba"}, known_programs=None).program == "zumba"


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("patient", "age_years", True),
        ("patient", "age_years", float("nan")),
        ("patient", "age_years", float("inf")),
        ("patient", "age_years", -1),
        pytest.param("patient", "age_years", 10**400, id="a huge age"),
        ("patient", "city", "Madi\x00son"),
        ("patient", "city", "Madi\ud800son"),
        ("patient", "city", "x" * 101),
        pytest.param("patient", "street", "x" * 1_000_000, id="a huge street"),
        ("patient", "first_name", "Rosa\nBcc"),
        ("patient", "first_name", ["Rosa"]),
        ("patient", "postal_code", 53703),
        ("frequency", "visits_per_week", float("nan")),
        ("frequency", "visits_per_week", float("-inf")),
        pytest.param("frequency", "visits_per_week", 10**400, id="huge visits"),
        ("frequency", "visits_per_week", False),
        ("frequency", "weeks", "12"),
        ("payer", "member_id", "x" * 51),
    ],
)
def test_a_value_of_the_wrong_kind_or_size_is_a_problem_of_its_field(
    part: str, name: str, value: object
) -> None:
    assert set(problems({part: {name: value}})) == {f"{part}.{name}"}


def test_whole_numbers_may_be_written_as_json_likes() -> None:
    assert read({"patient": {"age_years": 7.0}}).patient.age_years == 7


def test_an_age_that_contradicts_the_date_of_birth_is_told() -> None:
    born = {"date_of_birth": "1968-07-21"}
    for age in (57, 58, 59):
        assert read({"patient": {**born, "age_years": age}}).patient.age_years == age
    for age in (56, 60):
        assert "do not agree" in problems({"patient": {**born, "age_years": age}})["patient.age_years"]


def test_yes_and_no_to_one_channel_is_told() -> None:
    yes = {"channel": "sms", "given": True, "wording": "sms:2"}
    assert "both yes and no to sms" in problems({"consents": [yes, {**yes, "given": False}]})["consents"]
    assert len(read({"consents": [yes, {**yes, "channel": "email", "given": False}]}).consents) == 2


@pytest.mark.parametrize(
    "name", ["discipline", "diagnoses", "events", "payers", "consents", "documents", "availability"]
)
def test_a_list_that_is_too_long_is_refused_whole(name: str) -> None:
    assert "too many entries" in problems({name: [{}] * 1000})[name]


@pytest.mark.parametrize(
    "name", ["discipline", "diagnoses", "events", "payers", "consents", "documents", "availability"]
)
def test_what_should_be_a_list_and_is_none_is_told(name: str) -> None:
    assert "must be a list" in problems({name: {"0": "OT"}})[name]


@pytest.mark.parametrize("body", [None, [], "referral", 7, True, float("nan")])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert "JSON object" in problems(body)["body"]


def test_a_body_of_nonsense_is_answered_briefly() -> None:
    with pytest.raises(BadInput) as caught:
        read({f"nonsense{n}": n for n in range(100_000)})
    assert len(caught.value.problems) == MOST_PROBLEMS
    with pytest.raises(BadInput) as caught:
        read({"patient": {f"nonsense{n}": n for n in range(100_000)}, "contact": {"x" * 10_000: 1}})
    assert len(str(caught.value)) < 20_000


def test_a_body_as_deep_as_the_parser_takes_it_is_no_danger() -> None:
    deep = json.loads('{"patient":' * 900 + "{}" + "}" * 900)
    assert set(problems(deep)) == {"patient.patient"}


def test_problems_never_repeat_what_was_sent() -> None:
    secret = "Rosalinda"
    body = copy.deepcopy(samples.HAND_SURGEON)

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: spoil(each) for name, each in value.items()}
        if isinstance(value, list):
            return [spoil(each) for each in value]
        return f"{secret}\x00"

    with pytest.raises(BadInput) as caught:
        read(spoil(body))
    assert secret not in str(caught.value)
    assert len(caught.value.problems) > 40


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted(
    {
        *fields.TOP, "channel", "discipline", "documents", "availability", "diagnoses", "program", "event",
        "events", "payer", "payers", "consents", "patient", "contact", "referrer", "frequency", "file",
        "additional_records",
    }
)  # fmt: skip
COLUMNS = sorted({*fields.PATIENT, *fields.CONTACT, *fields.REFERRER, *fields.EVENT, *fields.PAYER,
                  *fields.FREQUENCY, *fields.CONSENT})  # fmt: skip
PLAUSIBLE = ANY_JSON | st.sampled_from(
    [
        "OT",
        "order",
        "mon_am",
        "surgery",
        "web",
        "sms",
        "2-3",
        "1968-07-21",
        "+16085550123",
        "M54.50",
        "Rosa",
        "self",
    ]
)
PARTS = st.dictionaries(st.sampled_from(COLUMNS), PLAUSIBLE, max_size=6)
BODIES = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=5),
    PLAUSIBLE | PARTS | st.lists(PLAUSIBLE | PARTS, max_size=5),
    max_size=8,
)


@settings(max_examples=400)
@given(ANY_JSON | BODIES)
def test_any_json_is_read_or_refused_as_bad_input_and_never_anything_else(body: Any) -> None:
    try:
        referral = read(body)
    except BadInput as error:
        assert error.problems
        for problem in error.problems:
            assert problem.field.isprintable() and problem.message.endswith(".")
            assert (problem.field + problem.message).encode()
    else:
        assert referral.model_dump_json()


@settings(max_examples=200)
@given(st.data())
def test_a_good_body_with_one_field_spoiled_is_read_or_refused(data: st.DataObject) -> None:
    body = copy.deepcopy(data.draw(st.sampled_from(list(samples.ALL.values()))))
    where: Any = body
    name = data.draw(st.sampled_from(sorted(body)))
    if isinstance(body[name], dict) and data.draw(st.booleans()):
        where = body[name]
        name = data.draw(st.sampled_from(sorted(where)))
    where[name] = data.draw(PLAUSIBLE)
    try:
        assert read(body).model_dump_json()
    except BadInput as error:
        assert all(problem.field.split(".")[0] in {*body, "payer", "event"} for problem in error.problems)
