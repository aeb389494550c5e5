"""Who may decide for a patient, who may be told, and what must not happen: authority and restrictions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db.models import Q

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.ids import new_id
from firstvisit.people.models import WAITING, ContactPoint, Guardian, Person, PossibleMatch, Restriction
from firstvisit.people.queries import identities, same_people
from firstvisit.practice.models import User
from firstvisit.referral.vocabulary import as_read

log = structlog.get_logger("people")

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

NOT_TOLD: Final = "Not on the talk-to list"

Way = tuple[uuid.UUID, uuid.UUID | None, str]
"""The patient a message is about, the person it goes to (None: a referrer), and the address."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A restriction in force, opened: whom it is about, if anybody, the address nothing may go to, and why."""

    id: uuid.UUID
    kind: str
    person: uuid.UUID | None
    address: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Restricted:
    """One thing that must not happen, in words: `text` whole, `what` for whom names and words are hidden."""

    what: str
    text: str


def standing(patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Standing]]:
    """The restrictions in force about each patient, by whichever of their records, oldest first; two questions
    however many patients, and only those are named about whom there are any."""
    same = same_people(patients)
    about = {record for records in same.values() for record in records}
    rows = Restriction.objects.filter(patient__in=about, lifted_at__isnull=True)
    opened: dict[uuid.UUID, list[Standing]] = {}
    for row in rows.select_related("patient__key", "by").order_by("at", "id"):
        said = _opened(row)
        one = Standing(row.id, row.kind, row.person_id, said["address"], said["words"], row.at, row.by.name)
        opened.setdefault(row.patient_id, []).append(one)
    found = {
        patient: sorted((each for record in records for each in opened.get(record, ())), key=lambda each: each.at)
        for patient, records in same.items()
    }
    return {patient: those for patient, those in found.items() if those}


def _opened(row: Restriction) -> dict[str, str]:
    """Why, and the address; of one that does not open it is said that it is there, for nobody must overlook it."""
    try:
        key = seal.open_key(row.patient.key)
        said: dict[str, str] = seal.unseal_json(key, "people_restriction", "sealed", row.id, row.sealed)
    except SealBroken as error:
        log.error("restriction_does_not_open", restriction=str(row.id), exc_info=error)
        return {"words": "Its words cannot be read; ask whoever wrote it", "address": ""}
    return said


def not_to_be_told(patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Who speaks for each patient and is not on the talk-to list; two questions."""
    same = same_people(patients)
    about = {record for records in same.values() for record in records}
    pairs = Guardian.objects.filter(patient__in=about, may_be_told=False).order_by("id")
    those = list(pairs.values_list("patient", "guardian"))
    found = {patient: [who for of, who in those if of in records] for patient, records in same.items()}
    return {patient: who for patient, who in found.items() if who}


def in_words(patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Restricted]]:
    """What must not happen about each patient, oldest first, then who is not on the talk-to list.

    Five questions however many patients; only those are named about whom there is something.
    """
    wanted = set(patients)
    found, untold = standing(wanted), not_to_be_told(wanted)
    people = {each.person for those in found.values() for each in those if each.person}
    people |= {person for those in untold.values() for person in those}
    names = {person: who.name for person, (who, _) in identities(people).items()} if people else {}
    said: dict[uuid.UUID, list[Restricted]] = {}
    for patient in wanted & (found.keys() | untold.keys()):
        told = {each.person for each in found.get(patient, ()) if each.kind == "may_not_be_told"}
        said[patient] = [_sentence(each, names) for each in found.get(patient, ())]
        for person in dict.fromkeys(untold.get(patient, ())):
            if person not in told:
                said[patient].append(Restricted(f"{NOT_TOLD}.", f"{NOT_TOLD}: {names.get(person, 'a guardian')}."))
    return said


def _sentence(each: Standing, names: Mapping[uuid.UUID, str]) -> Restricted:
    head = RESTRICTIONS[each.kind]
    place = each.address if "@" in each.address else as_read(each.address)
    whom = ", ".join(part for part in (names.get(each.person, "") if each.person else "", place) if part)
    text = f"{head}{f': {whom}' if whom else ''}. {each.words.rstrip('.')} ({each.by})."
    return Restricted(f"{head}.", text)


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
        sealed=seal.seal_json(
            key, "people_restriction", "sealed", row_id, {"words": words, "address": address}
        ),
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
