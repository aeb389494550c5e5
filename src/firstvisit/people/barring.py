"""People who are named in a restriction and may never have written to us: found again when they call or ask."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import models

from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.people.finding import finders_of
from firstvisit.people.identity import Identity
from firstvisit.people.keys import strong_keys
from firstvisit.people.models import ContactPoint, Guardian, Person, PersonKey, Restriction
from firstvisit.people.queries import identities, same_people
from firstvisit.people.records import Known, another, known, make

PEOPLE: Final = ("court_order", "may_not_be_told")
"""The kinds of restriction that are about a person and not about an address."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody named in a restriction in force about `patient`. `sure`: it is that very person or their phone or e-mail
    address; else only the name is the same."""

    patient: uuid.UUID
    kind: str
    name: str
    sure: bool


def barred(who: Iterable[Identity], ids: Iterable[uuid.UUID] = ()) -> list[Barred]:
    """The restrictions in force that name any of these people, by who they are, how they are reached, or first and last
    name. Five questions at most, two where nobody is named anywhere."""
    asked = list(who)
    by_id = {record for records in same_people(ids).values() for record in records}
    marks = {token("reach", way.casefold()) for one in asked for way in (one.phone, one.email) if way}
    by_id |= set(ContactPoint.objects.filter(token__in=marks).values_list("person", flat=True)) if marks else set()
    names = [one for one in asked if one.first_name and one.last_name]
    named = models.Q(person__in=by_id)
    for one in names:
        finders = finders_of(Identity(first_name=one.first_name, last_name=one.last_name))
        named |= models.Q(person__finders__contains=finders)
    rows = list(Restriction.objects.filter(named, lifted_at=None, person__isnull=False).order_by("at", "id"))
    people = {person: one for person, (one, _) in identities({r.person_id for r in rows if r.person_id}).items()}
    found = []
    for row in rows:
        person = people.get(row.person_id) if row.person_id else None
        sure = row.person_id in by_id
        if person is not None and (sure or any(_same_name(person, one) for one in names)):
            found.append(Barred(row.patient_id, row.kind, person.name, sure))
    return list(dict.fromkeys(found))


def named(patient: Person, who: Identity, rows: list[models.Model]) -> Known:
    """The person that a restriction about a patient is to name: somebody who speaks for the patient, or is named about
    them already, or is known by a phone or e-mail address with the name; else somebody new, whose rows join `rows`."""
    records = same_people([patient.id])[patient.id]
    near = set(Guardian.objects.filter(patient__in=records).values_list("guardian", flat=True))
    near |= _named_about(records)
    if (found := _of_that_name(near, who)) is not None:
        return found
    keys = strong_keys(who)
    by_key = PersonKey.objects.filter(token__in=keys).values_list("person", flat=True) if keys else ()
    return _of_that_name(set(by_key), who) or make(who, keys, rows)


def same_as_barred(patient: Person, who: Identity) -> Known | None:
    """Whoever now asks about a patient and bears the name of somebody whom a restriction about that patient names."""
    return _of_that_name(_named_about(same_people([patient.id])[patient.id]), who)


def bars(patients: Iterable[uuid.UUID], who: Identity) -> set[uuid.UUID]:
    """The people whom restrictions in force about these patients name, or whom the talk-to list leaves out, and who
    `who` is: by first and last name, or by a phone or e-mail address unless it comes with another first name. Two
    questions where nobody is named."""
    records = {record for same in same_people(patients).values() for record in same}
    ids = _named_about(records, PEOPLE)
    ids |= set(Guardian.objects.filter(patient__in=records, may_be_told=False).values_list("guardian", flat=True))
    if not ids:
        return set()
    marks = {token("reach", way.casefold()) for way in (who.phone, who.email) if way}
    reached = set(ContactPoint.objects.filter(person__in=ids, token__in=marks).values_list("person", flat=True))
    return {
        person
        for person, (one, _) in identities(ids).items()
        if _same_name(one, who) or (person in reached and not another(one, who))
    }


def only_named(people: Iterable[uuid.UUID]) -> list[Person]:
    """Of these people those who were named in restrictions alone: nobody else's record mentions them."""
    alone = Person.objects.filter(id__in=set(people), erased_at=None, named_in=None, speaks_for=None, guardians=None)
    return list(alone.filter(leads=None, speaks_on=None, messages=None, consents=None, same_as=None, also=None))


def _named_about(records: Iterable[uuid.UUID], kinds: Iterable[str] = ()) -> set[uuid.UUID]:
    rows = Restriction.objects.filter(patient__in=set(records), lifted_at=None, person__isnull=False)
    rows = rows.filter(kind__in=kinds) if kinds else rows
    return {person for person in rows.values_list("person", flat=True) if person is not None}


def _of_that_name(ids: set[uuid.UUID], who: Identity) -> Known | None:
    people = Person.objects.filter(id__in=ids, erased_at=None).select_related("key", "same_as__key").order_by("id")
    opened = (known(person) for person in people)
    return next((one for one in opened if _same_name(one.identity, who) and not another(one.identity, who)), None)


def _same_name(one: Identity, other: Identity) -> bool:
    mine, theirs = (tuple(folded(part or "") for part in (w.first_name, w.last_name)) for w in (one, other))
    return mine == theirs and all(mine)
