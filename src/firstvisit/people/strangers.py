"""Strangers: those of whom nothing but their own word says that they belong to a patient who is known.

Whoever states a name and a birth date is taken for somebody who asks about that patient; many know those. So they stay
strangers to the patient until they give a phone or mailbox of the family, or a person has said that they belong to
them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from django.db import models

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.people.identity import Identity
from firstvisit.people.mailboxes import mailbox, spellings
from firstvisit.people.models import ContactPoint, Guardian, Person
from firstvisit.people.queries import same_people
from firstvisit.people.records import Known, make, opened, reseal
from firstvisit.people.resolved import Resolved
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


def patients_asked_about(asks: uuid.UUID) -> set[uuid.UUID]:
    """The records of the patients to whom somebody is on file as a stranger."""
    named = Guardian.objects.filter(guardian=asks, stranger=True).values_list("patient", flat=True)
    return {each for records in same_people(set(named)).values() for each in records}


def stranger_in(resolved: Resolved, referral: Referral, *, begun: Known | None) -> bool | None:
    """Whether whoever asks about a known patient is a stranger to them; None where that is not asked: of a patient
    whom nobody knew, or whom the first step of the same form made."""
    patient, contact = resolved.patient, resolved.contact
    if patient is None or patient.new or (begun is not None and resolved.instead_of is None):
        return None
    asks = contact.person.id if contact is not None else None
    ways = ways_of(referral)
    itself = resolved.speaks is None
    # Somebody who asks for themselves and says nothing of how they are reached is told nothing by which they could be.
    begun_as = resolved.instead_of.id if resolved.instead_of is not None else None
    known = belongs(patient.person.id, ways, None if itself else asks, but=begun_as)
    stranger = not known and bool(ways or not itself)
    if stranger and resolved.instead_of is not None:
        mark_begun(resolved.instead_of, asks)
    return stranger


def beside(resolved: Resolved, begun: Known | None) -> Known | None:
    """The record of whoever asks in the name of a known patient and states another mailbox: what answers their request
    goes there. The one that the first step of their form made (`begun`), that of an earlier request, or a new one;
    None where they state no mailbox, or the patient's own."""
    patient, said = resolved.patient, resolved.marks.patient if resolved.marks else None
    if patient is None or patient.new or said is None or not said.email:
        return None
    if mailbox(said.email) == mailbox(patient.identity.email or ""):
        return None
    if begun is not None and resolved.instead_of is not None:
        return begun
    others = same_people([patient.person.id])[patient.person.id] - {patient.person.id}
    reached = ContactPoint.objects.filter(person__in=others, token=token("reach", said.email.casefold()))
    earlier = Person.objects.filter(id__in=reached.values("person"), erased_at=None).select_related("key")
    if (person := earlier.order_by("id").first()) is not None:
        key = seal.open_key(person.key)
        return Known(person, key, opened(person, key), False)
    theirs = ("first_name", "last_name", "language", "phone", "extension", "email")
    made: list[models.Model] = []
    found = make(Identity(**{name: getattr(said, name) for name in theirs}), set(), made)
    found.person.same_as = patient.person
    for row in made:
        if isinstance(row, ContactPoint):
            row.whose = STRANGERS
    resolved.rows += made
    return found


def keep_known(resolved: Resolved) -> None:
    """What a stranger said of a known patient fills what nobody had said and changes nothing. Whether they are one
    shows only once the lead is found that they join, so what was known is put back. Of a patient who is reached through
    somebody who speaks for them no phone or mailbox is missing: a stranger's stays beside."""
    patient, before = resolved.patient, resolved.before
    if patient is None or before is None:
        return
    for row in resolved.rows:
        if isinstance(row, ContactPoint) and row.person_id == patient.person.id:
            row.whose = STRANGERS
    kept = before.filled_by(patient.identity)
    as_before = replace(kept, phone=before.phone, extension=before.extension, email=before.email)
    if resolved.stranger and as_before != kept and _is_spoken_for(patient.person.id):
        kept, resolved.other_ways = as_before, True
    if kept != patient.identity:
        reseal(patient.person, patient.key, kept, patient.person.blocks)
    resolved.patient = Known(patient.person, patient.key, kept, False)


def _is_spoken_for(patient: uuid.UUID) -> bool:
    """Whether somebody who belongs to a patient speaks for them and can be reached."""
    speak = Guardian.objects.filter(patient__in=same_people([patient])[patient], stranger=False)
    return ContactPoint.objects.filter(person__in=speak.values("guardian")).exists()


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
