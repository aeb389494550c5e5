"""Who may decide for a patient, who may be told, and what must not happen: authority and restrictions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.ids import new_id
from firstvisit.people.models import Guardian, Person, Restriction
from firstvisit.people.queries import same_people
from firstvisit.practice.models import User

AUTHORITIES: Final[dict[str, str]] = {
    "": "not asked",
    "may_consent": "parent or guardian, may consent",
    "no_authority": "no authority to consent",
    "foster": "foster parent, within the placement",
    "court_order": "as a court order says",
}
RESTRICTIONS: Final[dict[str, str]] = {
    "court_order": "Court order",
    "avoid_address": "Address to avoid",
    "may_not_be_told": "May not be told",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A restriction in force, opened: whom it is about, if anybody, and why."""

    id: uuid.UUID
    kind: str
    person: uuid.UUID | None
    words: str
    at: datetime
    by: str


def standing(patient: Person) -> list[Standing]:
    """The restrictions in force about a patient, by whichever of their records, oldest first."""
    rows = Restriction.objects.filter(patient__in=same_people([patient.id])[patient.id], lifted_at__isnull=True)
    found = []
    for row in rows.select_related("patient__key", "by").order_by("at", "id"):
        key = seal.open_key(row.patient.key)
        words = seal.unseal(key, "people_restriction", "sealed", row.id, row.sealed).decode()
        found.append(Standing(row.id, row.kind, row.person_id, words, row.at, row.by.name))
    return found


def restrict(
    patient: Person, *, kind: str, person: Person | None, address: str, words: str, by: User, at: datetime
) -> Restriction:
    """Write a restriction. `address` is a phone or e-mail address that nothing may go to, "" for none."""
    row_id, key = new_id(), seal.open_key(patient.key)
    return Restriction.objects.create(
        id=row_id,
        patient=patient,
        kind=kind,
        person=person,
        address=token("reach", address.casefold()) if address else None,
        sealed=seal.seal(key, "people_restriction", "sealed", row_id, words.encode()),
        by=by,
        at=at,
    )


def lift(restriction: uuid.UUID, patient: Person, *, by: User, at: datetime) -> bool:
    """A restriction ends; False when it is not in force or not about this patient."""
    theirs = Restriction.objects.filter(
        id=restriction, patient__in=same_people([patient.id])[patient.id], lifted_at__isnull=True
    )
    return theirs.update(lifted_at=at, lifted_by=by) == 1


def authorize(patient: Person, guardian: uuid.UUID, *, authority: str, may_be_told: bool | None) -> bool:
    """What somebody who speaks for a patient may decide and be told; False when they do not speak for them."""
    pair = Guardian.objects.filter(patient=patient, guardian=guardian)
    return pair.update(authority=authority, may_be_told=may_be_told) == 1


def forbidden(pairs: Iterable[tuple[uuid.UUID, uuid.UUID, str]]) -> set[tuple[uuid.UUID, uuid.UUID, str]]:
    """Of (patient, recipient, address) those that a restriction forbids: somebody who may not be told, an address to
    avoid, or somebody whom the talk-to list leaves out. Three questions, however many."""
    asked = set(pairs)
    if not asked:
        return set()
    same = same_people({patient for patient, _, _ in asked} | {person for _, person, _ in asked})
    patients = {record for patient, _, _ in asked for record in same[patient]}
    rows = Restriction.objects.filter(patient__in=patients, lifted_at__isnull=True)
    told_not = {(r.patient_id, r.person_id) for r in rows if r.person_id is not None}
    avoided = {(r.patient_id, r.address) for r in rows if r.address is not None}
    left_out = Guardian.objects.filter(patient__in=patients).filter(Q(may_be_told=False))
    told_not |= set(left_out.values_list("patient", "guardian"))
    return {
        (patient, person, address)
        for patient, person, address in asked
        if any((p, r) in told_not for p in same[patient] for r in same[person])
        or any((p, token("reach", address.casefold())) in avoided for p in same[patient])
    }
