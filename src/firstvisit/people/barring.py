"""People who are named in a restriction and may never have written to us: found again when they call or ask."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import models

from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.people.finding import finders_of
from firstvisit.people.households import kin_of
from firstvisit.people.identity import Identity
from firstvisit.people.keys import strong_keys
from firstvisit.people.mailboxes import mailbox, spellings
from firstvisit.people.models import (
    ContactPoint,
    Guardian,
    OrganizationPerson,
    Person,
    PersonKey,
    Restriction,
)
from firstvisit.people.queries import identities, opened_way, same_people
from firstvisit.people.records import Known, known, make
from firstvisit.people.referrers import identity_of
from firstvisit.people.same_name import another_first_name, goes_by, may_go_by

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
    """The restrictions in force that name any of these people, by who they are, how they are reached, or a form of
    first and last name, an initial among them. Six questions at most, two where nobody is named anywhere."""
    asked = list(who)
    by_id = {record for records in same_people(ids).values() for record in records}
    by_id |= reached_by(way for one in asked for way in (one.phone, one.email) if way)
    names = [one for one in asked if one.first_name and one.last_name]
    near = models.Q(person__in=by_id)
    for one in names:
        for part in (one.last_name, one.first_name):
            near |= models.Q(person__finders__contains=finders_of(Identity(last_name=part)))
    rows = list(Restriction.objects.filter(near, lifted_at=None, person__isnull=False).order_by("at", "id"))
    people = {person: one for person, (one, _) in identities({r.person_id for r in rows if r.person_id}).items()}
    found = []
    for row in rows:
        person = people.get(row.person_id) if row.person_id else None
        sure = row.person_id in by_id
        if person is not None and (sure or any(may_go_by(person, one) for one in names)):
            found.append(Barred(row.patient_id, row.kind, person.name, sure))
    return list(dict.fromkeys(found))


def named_among(asked: Mapping[uuid.UUID, Iterable[Identity]]) -> dict[uuid.UUID, bool]:
    """Of those who speak in each of several things the ones of whom somebody is named in a restriction in force, as
    `barred` says, and whether by a phone or mailbox, and so surely. Three questions however many things."""
    in_force = Restriction.objects.filter(lifted_at=None, person__isnull=False).values_list("person", flat=True)
    opened = identities({person for person in in_force if person is not None}) if asked else {}
    ways = _ways(opened) if opened else {}
    theirs = set().union(*ways.values())
    found = {}
    for one, who in asked.items():
        speak = list(who)
        sure = any(mailbox(way) in theirs for each in speak for way in (each.phone, each.email) if way)
        both = [each for each in speak if each.first_name and each.last_name]
        if sure or any(may_go_by(person, each) for person, _ in opened.values() for each in both):
            found[one] = sure
    return found


def reached_by(ways: Iterable[str]) -> set[uuid.UUID]:
    """Who was ever reached by one of these phones or mailboxes, however the address was written; of those who are no
    party to a restriction only by the spellings on file. Two questions at most."""
    asked = set(ways)
    if not asked:
        return set()
    marks = {token("reach", each) for way in asked for each in spellings(way)}
    found = set(ContactPoint.objects.filter(token__in=marks).values_list("person", flat=True))
    boxes = {_mark(way) for way in asked if "@" in way}
    if boxes:
        found |= set(PersonKey.objects.filter(token__in=boxes).values_list("person", flat=True))
    return found


def box_keys(person: Person, addresses: Iterable[str]) -> list[PersonKey]:
    """New keys by which somebody named in a restriction is found under their mailboxes, however they are written."""
    held = set(PersonKey.objects.filter(person=person).values_list("token", flat=True))
    return [PersonKey(token=mark, person=person) for mark in sorted({_mark(each) for each in addresses} - held)]


def _mark(address: str) -> uuid.UUID:
    return token("mailbox", mailbox(address))


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
    """Whoever now asks about a patient by a form of the name of somebody named in a restriction about that patient."""
    near = _named_about(same_people([patient.id])[patient.id])
    return _of_that_name(near, who, goes_by)


def bars(patients: Iterable[uuid.UUID], who: Identity) -> set[uuid.UUID]:
    """The people whom restrictions in force about these patients or others of their household name, or whom their
    talk-to lists leave out, and who `who` is or may be: by any form of the name, or by a phone or mailbox.

    Somebody else who speaks for the patient, known by name and by how they are reached, is nobody else, also where
    they write an initial or from a phone that both share; nor is whoever staff put on the patient's talk-to list.
    Three questions where nobody is named.
    """
    kin = list(kin_of(patients).values())
    if not kin:
        return set()
    own = {record for one in kin for record in one.own}
    home = own | {record for one in kin for record in one.others}
    speak = list(Guardian.objects.filter(patient__in=home).values_list("patient", "guardian", "may_be_told"))
    ids = _named_about(home, PEOPLE) | {guardian for _, guardian, told in speak if told is False}
    listed = {guardian for patient, guardian, told in speak if told and patient in own}
    listed -= _named_about(own, PEOPLE) if listed else set()
    if not (ids := ids - listed):
        return set()
    others = {guardian for patient, guardian, _ in speak if patient in own} - ids
    opened = identities({*ids, *others})
    ways = _ways(opened)
    asked = {mailbox(way) for way in (who.phone, who.email) if way}
    barring = {person: opened[person][0] for person in ids if person in opened}
    for person in others & opened.keys():
        one = opened[person][0]
        known = one.is_named and ways[person] & asked and may_go_by(one, who)
        if known and (person in listed or not any(may_go_by(each, one) for each in barring.values())):
            return set()
    return {person for person, one in barring.items() if may_go_by(one, who) or ways[person] & asked}


def barred_referrers(asked: Mapping[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]) -> set[uuid.UUID]:
    """Of those who referred (by any id: the patient, and the row of `OrganizationPerson`) the ones whom a restriction
    about that patient or their household names: they are told nothing of it. Three questions where nobody is."""
    kin = kin_of({patient for patient, _ in asked.values()})
    records = {record for one in kin.values() for record in (*one.own, *one.others)}
    about = set(_named(records, PEOPLE).values_list("patient", flat=True)) if records else set()
    left_out = Guardian.objects.filter(patient__in=records, may_be_told=False)
    about |= set(left_out.values_list("patient", flat=True)) if records else set()
    near = {one for one, (patient, _) in asked.items() if about & {*kin[patient].own, *kin[patient].others}}
    rows = OrganizationPerson.objects.filter(id__in={asked[one][1] for one in near}).select_related("key")
    who = {row.id: identity_of(row) for row in rows} if near else {}
    found = set()
    for one in near:
        patient, row = asked[one]
        said = who.get(row)
        if said is not None and bars([patient], said):
            found.add(one)
    return found


def named_anywhere(who: Identity, patients: Iterable[uuid.UUID], refers: uuid.UUID | None = None) -> bool:
    """Whether `who` is or may be somebody who may be told nothing about some patient, whoever that is: by a phone or
    mailbox unless it comes with another first name, for families share phones, or by a form of first and last name.

    So whoever is named by name alone is answered alike for a child who is here and for one whom they invent. Whoever
    staff put on the talk-to list of `patients` may ask about them. A namesake is whoever had referred somebody as
    `refers` (the token of an `OrganizationPerson`) before the restriction was written. Two questions where nobody is
    named anywhere.
    """
    in_force = Restriction.objects.filter(kind__in=PEOPLE, lifted_at=None, person__isnull=False)
    since = dict(in_force.order_by("-at").values_list("person", "at"))
    ids = {*since, *Guardian.objects.filter(may_be_told=False).values_list("guardian", flat=True)}
    if not ids:
        return False
    ids -= set(Guardian.objects.filter(patient__in=patients, may_be_told=True).values_list("guardian", flat=True))
    named = {person: one for person, (one, _) in identities(ids).items()}
    reached = reached_by(way for way in (who.phone, who.email) if way) & named.keys()
    if any(not another_first_name(named[person], who) for person in reached):
        return True
    if not (who.first_name and who.last_name):
        return False
    alike = [since.get(person) for person, one in named.items() if may_go_by(one, who)]
    return bool(alike) and not _referred_before(refers, alike)


def _referred_before(refers: uuid.UUID | None, written: list[datetime | None]) -> bool:
    """Whether whoever is found by this token had referred somebody before any of this was written; where it is not
    known when that was, they had not."""
    known = [at for at in written if at is not None]
    if refers is None or len(known) < len(written):
        return False
    earlier = OrganizationPerson.objects.filter(token=refers, referred__received_at__lt=min(known))
    return earlier.exists()


def only_named(people: Iterable[uuid.UUID]) -> list[Person]:
    """Of these people those who were named in restrictions alone: nobody else's record mentions them."""
    alone = Person.objects.filter(id__in=set(people), erased_at=None, named_in=None, speaks_for=None, guardians=None)
    return list(alone.filter(leads=None, speaks_on=None, messages=None, consents=None, same_as=None, also=None))


def _named_about(records: Iterable[uuid.UUID], kinds: Iterable[str] = ()) -> set[uuid.UUID]:
    return {person for person in _named(records, kinds).values_list("person", flat=True) if person is not None}


def _named(records: Iterable[uuid.UUID], kinds: Iterable[str] = ()) -> models.QuerySet[Restriction]:
    rows = Restriction.objects.filter(patient__in=set(records), lifted_at=None, person__isnull=False)
    return rows.filter(kind__in=kinds) if kinds else rows


def _of_that_name(
    ids: set[uuid.UUID], who: Identity, alike: Callable[[Identity, Identity], bool] | None = None
) -> Known | None:
    people = Person.objects.filter(id__in=ids, erased_at=None).select_related("key", "same_as__key").order_by("id")
    alike = alike or _same_name
    opened = (known(person) for person in people)
    return next((one for one in opened if alike(one.identity, who)), None)


def _same_name(one: Identity, other: Identity) -> bool:
    mine, theirs = (tuple(folded(part or "") for part in (w.first_name, w.last_name)) for w in (one, other))
    return mine == theirs and all(mine) and not one.contradicts(other)


def _ways(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The phones and mailboxes by which each of these was ever reached."""
    found: dict[uuid.UUID, set[str]] = {person: set() for person in people}
    for point in ContactPoint.objects.filter(person__in=found).select_related("person__key"):
        if (way := opened_way(point)) is not None:
            found[point.person_id].add(mailbox(way))
    return found
