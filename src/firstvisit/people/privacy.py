"""Erasing a person: every record that stands for them, their key, and every token they were found by."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Q

from firstvisit.kernel import erasure, seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.people.barring import only_named
from firstvisit.people.identity import Identity
from firstvisit.people.keys import strong_keys
from firstvisit.people.models import (
    ContactPoint,
    Guardian,
    Insurance,
    Person,
    PersonKey,
    PossibleMatch,
    Restriction,
)
from firstvisit.people.records import opened


def records_of(person: Person) -> list[Person]:
    """Every record of one person: the one that stands and all that were merged into it, locked, by id."""
    found = {person.id}
    while True:
        standing = Person.objects.filter(Q(also__in=found) | Q(same_as__in=found)).values_list(
            "id", flat=True
        )
        more = set(standing) - found
        if not more:
            return list(Person.objects.select_for_update().filter(id__in=found).order_by("id"))
        found |= more


def erase(records: Iterable[Person], *, at: datetime) -> int:
    """Destroy the keys of these records and delete what they are found by; the number of keys destroyed.

    The consent ledger keeps its lines and loses their addresses, except where an address was stopped: that
    one must stay stopped. Runs in the caller's transaction.
    """
    records = list(records)
    ids = [record.id for record in records]
    _forget_reach(records)
    PersonKey.objects.filter(person__in=ids).delete()
    ContactPoint.objects.filter(person__in=ids).delete()
    Insurance.objects.filter(person__in=ids).delete()
    Guardian.objects.filter(Q(patient__in=ids) | Q(guardian__in=ids)).delete()
    theirs = Restriction.objects.filter(patient__in=ids)
    named = {person for person in theirs.values_list("person", flat=True) if person is not None}
    theirs.delete()
    PossibleMatch.objects.filter(Q(known__in=ids) | Q(newcomer__in=ids)).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_forget_addresses(%s::uuid[])", [ids])
    Person.objects.filter(id__in=ids).update(erased_at=at, blocks=[], finders=[])
    if alone := only_named(named - set(ids)):
        erase(alone, at=at)  # known by what was said of the person who is erased, and by nothing else
    return erasure.destroy((record.key_id for record in records), at=at)


def _forget_reach(records: list[Person]) -> None:
    """Patients are found by their name with the phone of whoever speaks for them too: that token goes."""
    guarded = Guardian.objects.filter(guardian__in=records).exclude(patient__in=records)
    for pair in guarded.select_related("patient__key", "guardian__key"):
        speaker, patient = _identity(pair.guardian), _identity(pair.patient)
        if speaker is None or patient is None:
            continue
        reach = [value for value in (speaker.phone, speaker.email) if value]
        theirs: set[uuid.UUID] = strong_keys(patient, reached_by=reach) - strong_keys(patient)
        PersonKey.objects.filter(person=pair.patient, token__in=theirs).delete()


def _identity(person: Person) -> Identity | None:
    try:
        return opened(person, seal.open_key(person.key))
    except SealBroken:
        return None
