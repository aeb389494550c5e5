"""The household cases through the real door: strong keys, blocks, opened records and rules on the real database."""

from __future__ import annotations

import itertools

import pytest
from django.db import transaction

from firstvisit.kernel import writes
from firstvisit.people.identity import Identity
from firstvisit.people.matching.tests.families import KINDS, PairCase, cases
from firstvisit.people.services import resolve
from firstvisit.referral.record import Contact, Patient, Payer, Referral

pytestmark = pytest.mark.django_db
CASES = cases(200, seed=11)


def referral(case: PairCase, who: Identity) -> Referral:
    """What a door makes of one record: the patient, and whoever speaks for them where the case has a shared reach."""
    stated = {name: value for name, value in who.as_json().items() if name in Patient.model_fields}
    phone = next((each for each in case.shared if "@" not in each), None)
    email = next((each for each in case.shared if "@" in each), None)
    contact = Contact(relationship="self")
    if case.shared:
        contact = Contact(name="Odalys Ferreira", relationship="mother", phone=phone, email=email)
    payers = [Payer(member_id=number) for number in case.member_ids]
    return Referral(channel="web", patient=Patient.model_validate(stated), contact=contact, payers=payers or None)


def one_record(case: PairCase) -> bool:
    """Whether the machine makes one person of both records. Nothing is kept."""
    with transaction.atomic():
        people = []
        for who in (case.one, case.two):
            found = resolve(referral(case, who))
            writes.insert(found.rows)
            assert found.patient is not None
            people.append(found.patient.person.id)
        transaction.set_rollback(True)
    return people[0] == people[1]


def test_the_set_has_two_hundred_cases_of_every_kind() -> None:
    assert len(CASES) == 200
    assert len({case.kind for case in CASES}) == len(KINDS)


def test_no_family_is_merged_at_the_door() -> None:
    assert [case.kind for case in CASES if not case.one_person and one_record(case)] == []


def test_whoever_comes_again_is_recognised_at_the_door() -> None:
    again = [case for case in CASES if case.one_person]
    asked = {case.kind for case in again if not one_record(case)}
    assert asked == {"remarried"}, "with another last name a person says who it is"


def test_it_does_not_matter_who_of_a_family_came_first() -> None:
    for case in itertools.islice(CASES, 2 * len(KINDS)):
        turned = case._replace(one=case.two, two=case.one)
        assert one_record(turned) == one_record(case), case.kind
