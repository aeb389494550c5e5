"""Who is the same person: strong keys by table."""

from __future__ import annotations

import json

import pytest

from firstvisit.people.identity import Identity, patient_of
from firstvisit.people.keys import strong_keys
from firstvisit.referral.record import Patient, Referral

MIA = Identity(first_name="Mirabelle", last_name="Quisenberry", date_of_birth="2023-09-14")
MOTHER = "+16085550101"


def same(one: set[object], two: set[object]) -> bool:
    return bool(one & two)


@pytest.mark.parametrize(
    ("other", "reached_by", "alike"),
    [
        (MIA, [], True),
        (Identity(first_name="MIRABELLE", last_name="quisenberry", date_of_birth="2023-09-14"), [], True),
        (Identity(first_name="Mirabellé", last_name="Quisen-Berry", date_of_birth="2023-09-14"), [], True),
        (Identity(first_name="Mirabelle", last_name="Quisenberry"), [MOTHER], True),
        (Identity(first_name="Mirabelle", last_name="Quisenberry"), [], False),
        (
            Identity(first_name="Thaddeus", last_name="Quisenberry", date_of_birth="2023-09-14"),
            [MOTHER],
            False,
        ),
        (Identity(first_name="Mirabelle", date_of_birth="2023-09-14"), [MOTHER], False),
        (Identity(), [MOTHER], False),
    ],
)
def test_people_are_found_by_full_name_with_birth_date_or_with_the_contacts_phone(
    other: Identity, reached_by: list[str], alike: bool
) -> None:
    known = strong_keys(MIA, reached_by=[MOTHER])
    assert same(known, strong_keys(other, reached_by=reached_by)) == alike


def test_a_member_number_is_strong_only_with_the_birth_date() -> None:
    nameless = Identity(date_of_birth="2023-09-14")
    assert same(strong_keys(MIA, member_ids=["NHQ-7731-55"]), strong_keys(nameless, member_ids=["nhq773155"]))
    assert not strong_keys(Identity(), member_ids=["NHQ-7731-55"])


def test_two_birth_dates_are_two_people_whatever_else_agrees() -> None:
    younger = Identity(first_name="Mirabelle", last_name="Quisenberry", date_of_birth="2025-01-02")
    assert MIA.contradicts(younger)
    assert not MIA.contradicts(Identity(first_name="Mirabelle"))


def test_what_is_newly_stated_completes_and_nothing_known_is_lost() -> None:
    completed = MIA.completed_by(Identity(phone=MOTHER, last_name="Quisenberry-Vance"))
    assert (completed.first_name, completed.last_name, completed.phone, completed.date_of_birth) == (
        "Mirabelle", "Quisenberry-Vance", MOTHER, "2023-09-14",
    )  # fmt: skip


def test_a_son_is_called_junior_wherever_his_suffix_was_written() -> None:
    beside = Patient(first_name="Robert", last_name="Hale", suffix="Jr.")
    within = Patient(first_name="Robert", last_name="Hale Jr", suffix="JR")
    for stated in (beside, within):
        who = patient_of(Referral(channel="web", patient=stated), 2026)
        assert who is not None and who.name == "Robert Hale Jr"
        assert who.completed_by(Identity(first_name="Robert", last_name="Hale")).name == "Robert Hale Jr"
        assert not strong_keys(who, reached_by=[MOTHER]) & strong_keys(
            Identity(first_name="Robert", last_name="Hale"), reached_by=[MOTHER]
        )


def test_whoever_writes_first_and_last_name_in_each_others_field_renames_nobody() -> None:
    robert = Identity(first_name="Robert", last_name="Hale Jr")
    assert robert.completed_by(Identity(first_name="HALE", last_name="Robert", phone=MOTHER)).name == "Robert Hale Jr"
    assert robert.completed_by(Identity(first_name="Hale", last_name="Roberts")).name == "Hale Roberts"
    thomas = Identity(first_name="Thomas", last_name="Thomas")
    assert thomas.completed_by(Identity(first_name="Thómas", last_name="Thomas")).first_name == "Thómas"


@pytest.mark.parametrize(
    ("stated", "before"),
    [
        ({"street": "440 Elm Street", "postal_code": "53593"}, [("12 Birch Lane", "Madison", None, "53713")]),
        ({"street": "12 Birch Lane", "postal_code": "53713-2210"}, None),
        ({"street": "12 birch lane."}, None),
        ({"city": "Fitchburg"}, None),
        ({"postal_code": "49855"}, [("12 Birch Lane", "Madison", None, "53713")]),
    ],
)
def test_where_they_lived_before_is_kept_when_they_move(
    stated: dict[str, str], before: list[tuple[str | None, ...]] | None
) -> None:
    lived = Identity(street="12 Birch Lane", city="Madison", postal_code="53713")
    now = lived.completed_by(Identity(**stated))
    assert now.former_homes == (tuple(before) if before else None)
    assert Identity(**json.loads(json.dumps(now.as_json()))) == now, "as it is sealed and opened"


def test_whoever_moves_back_lives_there_again_and_only_the_last_homes_are_kept() -> None:
    lived = Identity(street="12 Birch Lane")
    for street in ("1 Oak", "2 Oak", "3 Oak", "4 Oak", "5 Oak", "12 Birch Lane"):
        lived = lived.completed_by(Identity(street=street))
    assert lived.street == "12 Birch Lane"
    assert [home[0] for home in lived.former_homes or ()] == ["2 Oak", "3 Oak", "4 Oak", "5 Oak"]
