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
from firstvisit.people.models import WAITING, ContactPoint, Guardian, Person, PossibleMatch, Restriction
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

Way = tuple[uuid.UUID, uuid.UUID | None, str]
"""The patient a message is about, the person it goes to (None: a referrer), and the address."""


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
        address=reach(address) if address else None,
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


def forbidden(ways: Iterable[Way]) -> set[Way]:
    """Of the ways a message may go those that a restriction about the patient forbids: to somebody who may not be
    told or whom the talk-to list leaves out, to any address they were ever reached by, whoever gives it now, or to
    an address to avoid. A possible match counts as the same person until somebody decides. Six questions at most.
    """
    asked = set(ways)
    if not asked:
        return set()
    same = _maybe_same({patient for patient, _, _ in asked} | {person for _, person, _ in asked if person})
    about = {record for patient, _, _ in asked for record in same[patient]}
    rows = Restriction.objects.filter(patient__in=about, lifted_at__isnull=True)
    told_not = {(row.patient_id, row.person_id) for row in rows if row.person_id is not None}
    avoided = {(row.patient_id, row.address) for row in rows if row.address is not None}
    told_not |= set(Guardian.objects.filter(patient__in=about, may_be_told=False).values_list("patient", "guardian"))
    theirs: dict[uuid.UUID, set[uuid.UUID]] = {}
    points = ContactPoint.objects.filter(person__in={person for _, person in told_not}) if told_not else ()
    for point in points:
        theirs.setdefault(point.person_id, set()).add(point.token)
    avoided |= {(patient, mark) for patient, person in told_not for mark in theirs.get(person, ())}
    return {
        (patient, person, address)
        for patient, person, address in asked
        if (person and any((p, r) in told_not for p in same[patient] for r in same[person]))
        or any((p, reach(address)) in avoided for p in same[patient])
    }


def reach(address: str) -> uuid.UUID:
    """The blind token of a phone number or e-mail address, as contact points have it."""
    return token("reach", address.casefold())


def _maybe_same(ids: set[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """For each record those of the same person and those that may be, as long as nobody decided."""
    sure = same_people(ids)
    near = {record for group in sure.values() for record in group}
    pairs = PossibleMatch.objects.filter(Q(known__in=near) | Q(newcomer__in=near), status__in=WAITING)
    links = list(pairs.values_list("known", "newcomer"))
    beyond = same_people({record for pair in links for record in pair}) if links else {}
    return {
        each: group.union(*(beyond[a] | beyond[b] for a, b in links if a in group or b in group))
        for each, group in sure.items()
    }
