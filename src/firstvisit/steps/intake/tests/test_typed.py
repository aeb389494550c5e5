"""What staff type while somebody speaks becomes a record in which nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest

from firstvisit.kernel.errors import BadInput
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.sources import parse, typed
from firstvisit.steps.qualify.facts import red_flags_of

DANA = typed.By("0198-dana", "Dana Whitlock")
TODAY = date(2026, 11, 24)


def readable(**answers: object) -> tuple[Referral, dict[str, str]]:
    referral, wrong = typed.readable(answers, by=DANA, channel="phone", today=TODAY, programs=())
    return referral, {problem.field: problem.message for problem in wrong}


def test_a_mother_on_the_phone() -> None:
    referral, wrong = readable(
        who="child",
        relationship="mother",
        caller="Rosa Example",
        phone="(608) 555-0142",
        first_name="Mia",
        last_name="Example",
        birth_date="02/08/2024",
        concern="Few words",
        therapy="SLP",
        times=["tue_am"],
    )
    assert not wrong
    assert (referral.lead_kind, referral.channel, referral.disciplines) == ("caregiver", "phone", ("SLP",))
    assert (referral.contact.relationship, referral.contact.phone) == ("mother", "+16085550142")
    assert referral.patient.date_of_birth == date(2024, 2, 8)


def test_each_value_says_who_typed_it() -> None:
    referral, _ = readable(caller="Rosa Example", phone="6085550142")
    assert referral.evidence
    assert {(e.place, e.confirmed_by) for e in referral.evidence.values()} == {
        ("typed by Dana Whitlock", "0198-dana")
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "555"),
        ("birth_date", "spring 1950"),
        ("zip", "537"),
        ("email", "rosa at home"),
        ("times", ["someday"]),
        ("claim", "7" * 80),
        ("program", "no such thing"),
    ],
)
def test_what_cannot_be_read_yet_is_named_and_kept_as_words(field: str, value: object) -> None:
    said = {"caller": "Rosa Example", "injury": "work", field: value}
    referral, wrong = readable(**said)
    assert list(wrong) == [field]
    assert referral.contact.name == "Rosa Example"
    told = value[0] if isinstance(value, list) else value
    assert f"{field.replace('_', ' ')} as told: {told}" in str(referral.asks)


def test_an_office_that_calls_is_the_referrer() -> None:
    referral, wrong = readable(
        who="office", caller="Lenore Castellanos", phone="6085550109", office="Mendota", last_name="Nyk"
    )
    assert not wrong
    assert (referral.lead_kind, referral.referrer.organization) == ("referral_partner", "Mendota")
    assert referral.contact.name is None


def test_an_answer_on_consent_names_the_wording_that_was_read_out() -> None:
    referral, _ = readable(caller="Rosa Example", may_text="yes", may_voicemail="no")
    assert [(c.channel, c.given, c.wording) for c in referral.consents] == [
        ("sms", True, "call-text:1"),
        ("voicemail", False, "call-voicemail:1"),
    ]


def test_work_comes_before_the_plan_on_the_card() -> None:
    referral, _ = readable(caller="Rosa Example", injury="work", claim="WC-77", payer="Northfield Health")
    assert referral.payers is not None
    accident, plan = referral.payers
    assert (referral.cause, accident.kind, accident.claim_number) == ("work", "workers_comp", "WC-77")
    assert (accident.name, plan.name, plan.claim_number) == (None, "Northfield Health", None)


@pytest.mark.parametrize(
    ("field", "value"), [("member_id", "7" * 80), ("adjuster_phone", "555"), ("claim", "7" * 80)]
)
def test_what_cannot_be_read_of_two_payers_is_named_where_it_was_typed(field: str, value: str) -> None:
    said = {"caller": "Rosa Example", "injury": "auto", "claim": "C-1", "payer": "Northfield Health", field: value}
    referral, wrong = readable(**said)
    assert list(wrong) == [field]
    assert [payer.kind for payer in referral.payers or ()] == ["auto", None]


def test_the_kept_bytes_give_the_same_record_again() -> None:
    answers = {"caller": "Rosa Example", "phone": "6085550142", "birth_date": "not known", "note.order": "soon"}
    body = typed.kept(answers, by=DANA, channel="phone")
    again = parse("call", body, today=TODAY, programs=()).referral
    assert again == readable(**answers)[0]
    assert again.asks == "Asked about order: soon\nbirth date as told: not known"


def test_a_note_is_kept_under_the_words_of_its_question() -> None:
    said = {"caller": "Rosa Example", "phone": "6085550142", "note.authority": "he has had chest pain"}
    referral = readable(**said)[0]
    assert referral.asks is not None and "authority" not in referral.asks
    assert red_flags_of(referral) == ("chest_pain",)


def test_a_form_that_is_typed_in_one_go_is_read_strictly() -> None:
    with pytest.raises(BadInput) as bad:
        typed.read({"email": "no"}, by=DANA, channel="phone", today=TODAY, programs=())
    assert [problem.field for problem in bad.value.problems] == ["caller", "email"]
