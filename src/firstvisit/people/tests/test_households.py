"""A household is read from who speaks for whom."""

from __future__ import annotations

import pytest

from firstvisit.people.households import others_at_home
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
