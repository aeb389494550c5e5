"""Reads of people; batch first, identities opened in memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import structlog
from django.db.models import Q
from django.db.models.functions import Coalesce

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import SealBroken
from firstvisit.people.identity import Identity
from firstvisit.people.models import (
    NOT_THEIRS,
    OWN_WORDS,
    WAITING,
    ConsentEntry,
    ContactPoint,
    Insurance,
    Person,
    PossibleMatch,
)
from firstvisit.people.records import opened

log = structlog.get_logger("people")


def birth_date_of(person: Person | None) -> date | None:
    """The birth date that stands for a person, in the record that theirs is one with."""
    if person is None:
        return None
    one = person.same_as or person
    return opened(one, seal.open_key(one.key)).born


def identities(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Identity, seal.OpenKey]]:
    """Identity and open key of many people in one query; erased people are left out.

    One that does not open (a damaged row, a key that is missing) is left out too and logged by its id, so
    that a list with it still shows the others; `firstvisit check` names it.
    """
    people = Person.objects.filter(id__in=set(ids), erased_at__isnull=True).select_related("key")
    found = {}
    for person in people:
        try:
            key = seal.open_key(person.key)
            found[person.id] = (opened(person, key), key)
        except SealBroken as error:
            log.error("identity_does_not_open", person=str(person.id), exc_info=error)
    return found


def member_numbers(person: uuid.UUID) -> list[tuple[str, str]]:
    """Payer and member number of every card on file of a person, the newest last."""
    found = []
    for row in Insurance.objects.filter(person=person).select_related("person__key").order_by("id"):
        stated = seal.unseal_json(seal.open_key(row.person.key), "people_insurance", "sealed", row.id, row.sealed)
        found.append((str(stated.get("name") or ""), str(stated.get("member_id") or "")))
    return found


def opened_way(point: ContactPoint) -> str | None:
    """A phone or e-mail address on file; `point` with its person's key. One that does not open is None, and logged by
    its id, so that what else is known still counts; `firstvisit check` names it."""
    try:
        key = seal.open_key(point.person.key)
        return seal.unseal(key, "people_contactpoint", "sealed", point.id, point.sealed).decode()
    except SealBroken as error:
        log.error("contact_point_does_not_open", contact_point=str(point.id), exc_info=error)
        return None


def email_addresses(person: Person, key: seal.OpenKey) -> set[str]:
    """Every e-mail address that a person was ever reached by."""
    return {
        seal.unseal(key, "people_contactpoint", "sealed", point.id, point.sealed).decode()
        for point in person.contact_points.filter(kind="email")
    }


def same_people(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """For each record every record of the same person, itself among them, in one question."""
    wanted = set(ids)
    standing = Person.objects.filter(id__among=wanted).values(stands=Coalesce("same_as", "id"))
    groups: dict[uuid.UUID, set[uuid.UUID]] = {}
    for record, stands in Person.objects.filter(same_as__in=standing).values_list("id", "same_as"):
        if stands is not None:
            groups.setdefault(stands, {stands}).add(record)
    found = {record: group for group in groups.values() for record in group}
    return {each: found.get(each, {each}) for each in wanted}


def possible_matches(newcomers: Iterable[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, datetime]]:
    """Pairs that wait for a person to compare them: (newcomer, pair, when it was found), in one question."""
    waiting = PossibleMatch.objects.filter(newcomer__among=set(newcomers), status__in=WAITING)
    return list(waiting.order_by("found_at", "id").values_list("newcomer", "id", "found_at"))


def told_apart(people: Iterable[uuid.UUID], *, asked: bool = False) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Of these people the pairs of whom a person said that they are two, each both ways round, with whoever else they
    were told apart from; with `asked` also those of whom a person is still asked. In one question."""
    ids, statuses = set(people), ("different", *(WAITING if asked else ()))
    told = PossibleMatch.objects.filter(Q(known__in=ids) | Q(newcomer__in=ids), status__in=statuses)
    pairs = set(told.values_list("known", "newcomer"))
    return pairs | {(other, one) for one, other in pairs}


def consents(ids: Iterable[uuid.UUID], channel: str) -> dict[uuid.UUID, bool]:
    """The latest word of each person on a channel; absent when they were never asked."""
    rows = (
        ConsentEntry.objects.filter(person__in=set(ids), channel=channel)
        .order_by("person", "-id")
        .distinct("person")
    )
    return {row.person_id: row.given for row in rows if row.wording != NOT_THEIRS}


def stopped(addresses: Iterable[str]) -> set[str]:
    """The addresses whose holder took consent back and has not given it again since, whoever's they are.

    Only the word of the person who stopped lifts it; a partner who reports consent does not, nor does somebody
    else who enters the same address.
    """
    tokens: dict[uuid.UUID, set[str]] = {}
    for address in addresses:
        tokens.setdefault(token("reach", address.casefold()), set()).add(address)
    latest = (
        ConsentEntry.objects.filter(address__in=tokens, given=False, wording="stop")
        .order_by("address", "-id")
        .distinct("address")
    )
    found = {row.address: row for row in latest}
    if not found:
        return set()
    again = (
        ConsentEntry.objects.filter(
            id__gt=min(row.id for row in latest),
            address__in=list(found),
            given=True,
            source_kind__in=OWN_WORDS,
        )
        .order_by("address", "person", "-id")
        .distinct("address", "person")
    )
    later = {(row.address, row.person_id): row.id for row in again}
    return {
        address
        for mark, row in found.items()
        if mark is not None and later.get((mark, row.person_id), 0) < row.id
        for address in tokens[mark]
    }
