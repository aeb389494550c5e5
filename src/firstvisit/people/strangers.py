"""Strangers: those of whom nothing but their own word says that they belong to a patient who is known.

Whoever states a name and a birth date is taken for somebody who asks about that patient; many know those. So they stay
strangers to the patient until they give a phone or mailbox of the family, or a person has said that they belong to
them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from firstvisit.kernel.blind import token
from firstvisit.people.mailboxes import spellings
from firstvisit.people.models import ContactPoint, Guardian, Person
from firstvisit.people.queries import same_people
from firstvisit.referral.record import Referral

STRANGERS: Final = "stranger"
"""Whose a phone or mailbox of a patient is (`ContactPoint.whose`) that a stranger stated for them."""


def ways_of(referral: Referral) -> list[str]:
    """The phones and mailboxes that a request gives of the patient and of whoever asks."""
    own, contact = referral.patient, referral.contact
    return [way for way in (own.phone, own.email, contact.phone, contact.email) if way]


def belongs(
    patient: uuid.UUID, ways: Iterable[str], asks: uuid.UUID | None = None, *, but: uuid.UUID | None = None
) -> bool:
    """Whether somebody belongs to a patient's family: they speak for the patient (`asks` is their id) and are no
    stranger, or one of these ways is the family's. `but` is a record that their own request made."""
    records = same_people([patient])[patient] - {but}
    speak = Guardian.objects.filter(patient__in=records, stranger=False)
    family = {*records, *speak.values_list("guardian", flat=True)}
    if asks in family:
        return True
    marks = {token("reach", each) for way in ways for each in spellings(way)}
    theirs = ContactPoint.objects.filter(person__in=family, token__in=marks).exclude(whose=STRANGERS)
    return bool(marks) and theirs.exists()


def is_stranger_to(patient: uuid.UUID, asks: uuid.UUID) -> bool:
    """Whether somebody is on file as a stranger to a patient."""
    records = same_people([patient])[patient]
    return Guardian.objects.filter(patient__in=records, guardian=asks, stranger=True).exists()


def mark_begun(begun: Person, asks: uuid.UUID | None) -> None:
    """What a stranger stated in the first step of their form of a patient whom the second step names."""
    Guardian.objects.filter(patient=begun, guardian=asks).update(stranger=True)
    ContactPoint.objects.filter(person=begun).update(whose=STRANGERS)


def welcome(patient: uuid.UUID, asks: Iterable[uuid.UUID], ways: Iterable[str]) -> None:
    """A person has said that these people belong to the patient, and these ways that they gave."""
    records = same_people([patient])[patient]
    Guardian.objects.filter(patient__in=records, guardian__in=set(asks)).update(stranger=False)
    marks = {token("reach", each) for way in ways for each in spellings(way)}
    ContactPoint.objects.filter(person__in=records, whose=STRANGERS, token__in=marks).update(whose="")
