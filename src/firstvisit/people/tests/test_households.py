"""A household is read from who speaks for whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from firstvisit.people.households import kin_of, others_at_home
from firstvisit.people.models import Guardian, Person
from firstvisit.people.tests.test_services import MOTHER, person, request, resolved
from firstvisit.referral.record import Contact

pytestmark = pytest.mark.django_db


def test_siblings_whom_one_mother_speaks_for_are_at_home_with_each_other() -> None:
    one, other = person(resolved(request("Thaddeus"))), person(resolved(request("Lorenzo")))
    assert others_at_home(one) == {other}
    assert others_at_home(other) == {one}


def test_a_child_of_two_homes_stands_in_both() -> None:
    one = person(resolved(request("Thaddeus")))
    brother = person(resolved(request("Lorenzo")))
    father = Contact(name="Bertrand Quill", relationship="father", phone="+16085550144")
    half_sister = person(resolved(request("Ottoline", "2020-01-02", contact=father)))
    assert others_at_home(one) == {brother}
    speaks = Guardian.objects.get(patient=half_sister)
    Guardian.objects.create(patient_id=one, guardian_id=speaks.guardian_id, relationship="father")
    assert others_at_home(one) == {brother, half_sister}
    assert others_at_home(half_sister) == {one}


def test_those_whom_a_case_manager_speaks_for_share_no_home() -> None:
    manager = MOTHER.model_copy(update={"relationship": "case_manager"})
    one = person(resolved(request("Thaddeus", contact=manager)))
    resolved(request("Lorenzo", contact=manager))
    assert others_at_home(one) == set()


def test_a_merged_record_stands_for_the_person_it_was_merged_into() -> None:
    one, other = person(resolved(request("Thaddeus"))), person(resolved(request("Lorenzo")))
    again = person(resolved(request("Lorenz", "2020-01-02")))
    Person.objects.filter(id=again).update(same_as=other)
    assert others_at_home(one) == {other}
    assert others_at_home(again) == {one}


def test_an_erased_sibling_is_not_named() -> None:
    one, other = person(resolved(request("Thaddeus"))), person(resolved(request("Lorenzo")))
    Person.objects.filter(id=other).update(erased_at="2026-11-24T10:00:00Z")
    assert others_at_home(one) == set()


def test_one_who_speaks_for_two_reads_for_both_though_nobody_said_how_they_are_related() -> None:
    unsaid = MOTHER.model_copy(update={"relationship": None})
    one, other = (person(resolved(request(name, contact=unsaid))) for name in ("Thaddeus", "Lorenzo"))
    speaker = Guardian.objects.get(patient=one).guardian_id
    assert others_at_home(one) == set()
    assert kin_of([one])[one].others == {other: other, speaker: speaker}
    assert kin_of([one, other])[other].others == {one: one, speaker: speaker}


def test_a_case_manager_shares_nobodys_mailbox() -> None:
    manager = MOTHER.model_copy(update={"relationship": "case_manager"})
    one = person(resolved(request("Thaddeus", contact=manager)))
    resolved(request("Lorenzo", contact=manager))
    assert (kin_of([one])[one].own, kin_of([one])[one].others) == ({one}, {})


def test_every_record_of_a_merged_brother_is_kin_and_own_records_are_not() -> None:
    one, other = person(resolved(request("Thaddeus"))), person(resolved(request("Lorenzo")))
    again = person(resolved(request("Lorenz", "2020-01-02")))
    mine = person(resolved(request("Teo", "2020-01-02")))
    Person.objects.filter(id=again).update(same_as=other)
    Person.objects.filter(id=mine).update(same_as=one)
    found = kin_of([mine])[mine]
    assert found.own == {one, mine}
    assert {record: who for record, who in found.others.items() if record in (other, again)} == {
        other: other, again: other,
    }  # fmt: skip


def test_a_mother_who_is_a_patient_herself_is_kin_of_her_child() -> None:
    child = person(resolved(request("Thaddeus")))
    mother = Guardian.objects.get(patient=child).guardian_id
    assert mother in kin_of([child])[child].others
    assert child in kin_of([mother])[mother].others


def test_nobody_is_asked_about_nobody(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with django_assert_num_queries(0):
        assert kin_of([]) == {}
