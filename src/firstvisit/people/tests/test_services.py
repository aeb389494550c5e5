"""Finding or making people on the real database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from firstvisit.kernel import writes
from firstvisit.people import consenting, queries, records, services
from firstvisit.people.models import ContactPoint, Guardian, Person, PersonKey
from firstvisit.people.resolved import Resolved
from firstvisit.referral.record import ConsentGiven, Contact, Patient, Payer, Referral

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
MOTHER = Contact(
    name="Odalys Quisenberry", relationship="mother", phone="+16085550101", email="odalys@example.org"
)


def request(first: str | None = "Mirabelle", born: str | None = "2023-09-14", **more: Any) -> Referral:
    patient = {"first_name": first, "last_name": "Quisenberry" if first else None, "date_of_birth": born}
    return Referral(
        channel="web", patient=Patient.model_validate(patient), contact=more.pop("contact", MOTHER), **more
    )


def resolved(referral: Referral, **more: Any) -> Resolved:
    found = services.resolve(referral, **more)
    writes.insert(found.rows)
    return found


def person(found: Resolved) -> uuid.UUID:
    assert found.patient is not None
    return found.patient.person.id


def test_the_same_family_twice_is_the_same_two_people() -> None:
    first, second = resolved(request()), resolved(request())
    assert person(first) == person(second)
    assert Person.objects.count() == 2
    assert Guardian.objects.count() == 1
    assert second.rows == []


def test_twins_on_one_phone_are_two_people_with_one_mother() -> None:
    assert person(resolved(request("Thaddeus"))) != person(resolved(request("Lorenzo")))
    assert Person.objects.count() == 3
    assert Guardian.objects.count() == 2


def test_another_birth_date_is_another_person() -> None:
    assert person(resolved(request())) != person(resolved(request(born="2025-01-02")))


def test_a_birth_date_stated_later_completes_the_person() -> None:
    first = resolved(request(born=None))
    second = resolved(request())
    assert person(first) == person(second)
    identity, _ = queries.identities([person(second)])[person(second)]
    assert identity.date_of_birth == "2023-09-14"
    assert PersonKey.objects.filter(person=person(second)).count() == 3


def test_step_two_names_the_child_that_step_one_left_open() -> None:
    first = resolved(request(None, None))
    second = resolved(request(), continues=first.patient)
    assert person(first) == person(second)
    assert second.patient is not None and second.patient.identity.first_name == "Mirabelle"


def test_step_two_about_another_child_is_another_person() -> None:
    first = resolved(request("Thaddeus", None))
    assert person(resolved(request("Lorenzo", None), continues=first.patient)) != person(first)


def test_a_merged_record_leads_to_the_one_that_stands() -> None:
    old = resolved(request())
    standing = resolved(request(born="2025-01-02"))
    Person.objects.filter(id=person(old)).update(same_as=person(standing))
    assert records.known(Person.objects.get(id=person(old))).person.id == person(standing)


def test_a_member_number_with_the_birth_date_finds_a_misspelt_child() -> None:
    payer = (Payer(name="Northfield Health", member_id="NHQ-7731-55"),)
    first = resolved(request(payers=payer))
    assert person(resolved(request("Mirabel", payers=payer, contact=Contact()))) == person(first)


def consent(given: bool) -> Referral:
    return request(consents=(ConsentGiven(channel="email", given=given, wording="email-receipt:1"),))


def agreed(known: services.Known, given: bool, source: str = "form") -> None:
    entries = consenting.consented(known, consent(given), source_kind=source, source_id=uuid.uuid4(), at=NOW)
    writes.insert(entries)


def test_the_latest_word_on_a_channel_counts() -> None:
    mother = resolved(request()).contact
    assert mother is not None
    assert queries.consents([mother.person.id], "email") == {}
    for given in (True, False):
        agreed(mother, given)
        assert queries.consents([mother.person.id], "email") == {mother.person.id: given}


def test_a_stop_holds_for_the_address_until_its_holder_agrees_anew() -> None:
    mother = resolved(request()).contact
    assert mother is not None
    agreed(mother, True)
    assert queries.stopped(["odalys@example.org"]) == set()
    consenting.withdraw_consent(
        person=mother.person, channel="email", address="Odalys@example.org", source_id=uuid.uuid4(), at=NOW
    )
    assert queries.stopped(["odalys@example.org", "other@example.org"]) == {"odalys@example.org"}
    agreed(mother, True, source="api")
    assert queries.stopped(["odalys@example.org"]) == {"odalys@example.org"}, "a partner's word lifts no stop"
    agreed(mother, True)
    assert queries.stopped(["odalys@example.org"]) == set()


def test_nothing_of_a_person_is_readable_in_its_rows() -> None:
    resolved(request())
    stored = b"".join(bytes(row.sealed) for row in [*Person.objects.all(), *ContactPoint.objects.all()])
    for word in (b"Quisenberry", b"Mirabelle", b"5550101", b"odalys", b"2023-09-14"):
        assert word not in stored
