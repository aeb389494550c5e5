"""What the machine leaves to a person at the door: another last name, and whom somebody is still asked about."""

from __future__ import annotations

import pytest

from firstvisit.kernel import writes
from firstvisit.people.identity import Identity
from firstvisit.people.matching.described import described
from firstvisit.people.matching.places import compare_addresses
from firstvisit.people.models import Person, PossibleMatch
from firstvisit.people.services import resolve
from firstvisit.referral.record import Contact, Patient, Payer, Referral

BORN = "1975-02-03"


def arrives(first: str, last: str, *, phone: str = "+16085550180", born: str = BORN, **more: str) -> Person:
    """Somebody by the door of every way in; the person they were taken for or made into."""
    patient = Patient.model_validate({"first_name": first, "last_name": last, "date_of_birth": born, "phone": phone})
    payers = [Payer(member_id=more["member"])] if "member" in more else None
    found = resolve(Referral(channel="web", patient=patient, contact=Contact(relationship="self"), payers=payers))
    writes.insert(found.rows)
    assert found.patient is not None
    return Person.objects.get(id=found.patient.person.id)


@pytest.mark.django_db
def test_one_rare_first_name_birth_date_and_phone_under_four_last_names_is_for_a_person() -> None:
    people = {arrives("Payer", last).id for last in ("Kvocati", "Kemploy", "Kauto", "Kmedic")}
    assert len(people) == 4
    assert PossibleMatch.objects.filter(status="open").count() >= 3


@pytest.mark.django_db
def test_a_member_number_and_birth_date_under_another_last_name_are_for_a_person() -> None:
    one = arrives("Winifred", "Alderbrink", member="NH7788112")
    two = arrives("Winifred", "Ostrowicz", phone="+16085550181", member="NH7788112")
    assert one != two
    assert PossibleMatch.objects.get().status == "open"


@pytest.mark.django_db
def test_the_same_name_birth_date_and_phone_is_known_without_asking() -> None:
    assert arrives("Winifred", "Alderbrink") == arrives("Winifred", "Alderbrink")


@pytest.mark.django_db
def test_whoever_comes_while_two_are_compared_decides_nothing_for_either() -> None:
    william = arrives("William", "Harpersted", born="1960-01-02")
    bill = arrives("Bill", "Harpersted", born="1960-01-02")
    assert PossibleMatch.objects.get().status == "open"
    billy = arrives("Billy", "Harpersted", phone="+16085550199", born="1960-01-02")
    assert len({william.id, bill.id, billy.id}) == 3
    assert PossibleMatch.objects.get(newcomer=billy).known == william
    assert arrives("William", "Harpersted", born="1960-01-02") == william, "written alike it is nobody's guess"


@pytest.mark.parametrize(
    ("other", "same"), [("3 Twin St", True), ("9 Twin St", False), ("13 Twin St", False), ("3 Twin St Apt 2", True)]
)
def test_another_house_number_is_another_address(other: str, same: bool) -> None:
    one, two = (
        described(Identity(street=street, city="Madison", state="WI", postal_code="53703"))
        for street in ("3 Twin St", other)
    )
    found = compare_addresses(one, two)
    assert (found.agreement == "same") is same
    assert same or found.text == "Same street, another house number"
