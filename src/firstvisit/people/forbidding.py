"""Which ways a message or a call may not go: what restrictions and the talk-to list forbid, in tokens, for the gate."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Final

import structlog
from django.db import connection
from django.db.models import Q, QuerySet

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import SealBroken
from firstvisit.people.households import kin_of
from firstvisit.people.identity import Identity
from firstvisit.people.mailboxes import mailbox
from firstvisit.people.models import WAITING, ContactPoint, Guardian, PossibleMatch, Restriction
from firstvisit.people.queries import identities, opened_way, same_people
from firstvisit.people.same_name import may_go_by

log = structlog.get_logger("people")

AVOID: Final = "avoid_address"
"""The kind of restriction that holds for the whole household: the same letter goes to the same mailbox."""

Way = tuple[uuid.UUID, uuid.UUID | None, str]
"""The patient a message is about, the person it goes to (None: a referrer), and the address."""
Mark = uuid.UUID | str
"""By what an address is known: the token of its very spelling, or the number or mailbox it leads to."""


def forbidden(ways: Iterable[Way]) -> set[Way]:
    """Of the ways a message may go those that a restriction forbids: to somebody who may not be told about the patient
    or whom the talk-to list leaves out, to any address they were ever reached by, whoever gives it now and
    however it is written, or to an address to avoid, of the patient or of anybody of their household. A possible match
    counts as the same person until somebody decides. Ten questions at most, five where nothing is forbidden.
    """
    asked = set(ways)
    if not asked:
        return set()
    same = _maybe_same({patient for patient, _, _ in asked} | {person for _, person, _ in asked if person})
    about = {record for patient, _, _ in asked for record in same[patient]}
    rows = list(_in_force().filter(patient__among=about))
    told_not = {(row.patient_id, row.person_id) for row in rows if row.person_id is not None}
    avoided = {(row.patient_id, mark) for row in rows for mark in _marks(row)} | _avoided_at_home(about)
    told_not |= set(Guardian.objects.filter(patient__among=about, may_be_told=False).values_list("patient", "guardian"))
    told_not |= _under_the_same_name(told_not, asked, same)
    theirs = _ways({person for _, person in told_not}) if told_not else {}
    avoided |= {(patient, mark) for patient, person in told_not for mark in theirs.get(person, ())}
    return {
        (patient, person, address)
        for patient, person, address in asked
        if (person and any((p, r) in told_not for p in same[patient] for r in same[person]))
        or any((p, mark) in avoided for p in same[patient] for mark in (reach(address), mailbox(address)))
    }


def _in_force() -> QuerySet[Restriction]:
    return Restriction.objects.filter(lifted_at__isnull=True).select_related("patient__key")


def _marks(row: Restriction) -> Iterator[Mark]:
    """By what the address is known that nothing may go to by this restriction. One that does not open holds by the very
    spelling alone, and a log says so: no message may leave because a row is broken, and none may wait for it."""
    if row.address is None:
        return
    yield row.address
    try:
        key = seal.open_key(row.patient.key)
        address = seal.unseal_json(key, "people_restriction", "sealed", row.id, row.sealed)["address"]
    except SealBroken as error:
        log.error("restriction_does_not_open", restriction=str(row.id), exc_info=error)
    else:
        yield mailbox(address)


def _ways(people: set[uuid.UUID]) -> dict[uuid.UUID, set[Mark]]:
    """By what each way is known by which these people were ever reached; of one that does not open its spelling."""
    found: dict[uuid.UUID, set[Mark]] = {}
    for point in ContactPoint.objects.filter(person__in=people).select_related("person__key"):
        marks = found.setdefault(point.person_id, set())
        marks.add(point.token)
        if (way := opened_way(point)) is not None:
            marks.add(mailbox(way))
    return found


def _avoided_at_home(about: set[uuid.UUID]) -> set[tuple[uuid.UUID, Mark]]:
    """With each record what is to be avoided for others of its household."""
    if not Restriction.objects.filter(kind=AVOID, lifted_at__isnull=True).exists():
        return set()
    kin = kin_of(about)
    marks: dict[uuid.UUID, set[Mark]] = {}
    for row in _in_force().filter(kind=AVOID, patient__among={other for one in kin.values() for other in one.others}):
        marks.setdefault(row.patient_id, set()).update(_marks(row))
    return {(record, mark) for record, one in kin.items() for other in one.others for mark in marks.get(other, ())}


def _under_the_same_name(
    told_not: set[tuple[uuid.UUID, uuid.UUID]], asked: Iterable[Way], same: dict[uuid.UUID, set[uuid.UUID]]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Of those asked about who go by a form of the name of somebody barred about the same patient: a new number makes
    nobody somebody else. Whoever staff put on the talk-to list stands."""
    barred: dict[uuid.UUID, set[uuid.UUID]] = {}
    for patient, person in told_not:
        barred.setdefault(patient, set()).add(person)
    pairs = {
        (record, person, other)
        for patient, person, _ in asked
        for record in same[patient]
        for other in barred.get(record, ())
        if person is not None and person != other and person not in same[patient]
    }
    if not pairs:
        return set()
    listed = Guardian.objects.filter(patient__in={record for record, _, _ in pairs}, may_be_told=True)
    told = set(listed.values_list("patient", "guardian"))
    names = identities({each for _, a, b in pairs for each in (a, b)})
    return {
        (record, person)
        for record, person, other in pairs
        if person in names
        and other in names
        and _by_both_names(names[person][0])
        and (record, person) not in told
        and may_go_by(names[other][0], names[person][0])
    }


def _by_both_names(who: Identity) -> bool:
    """Whoever is on file by one name alone may be anybody of the family."""
    return bool(who.first_name and who.last_name)


def forbids_any() -> bool:
    """Whether anything at all is forbidden to anybody, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM people_restriction WHERE lifted_at IS NULL)"
            " OR EXISTS (SELECT FROM people_guardian WHERE may_be_told = FALSE)"
        )
        row: tuple[bool] = cursor.fetchone()
        return row[0]


def maybe_barred(people: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of new people those about whom `forbidden` may say anything: they may be somebody known, or an address of theirs
    is one to avoid or somebody's who may not be told. Two questions."""
    wanted = list(people)
    standing = Restriction.objects.filter(lifted_at__isnull=True)
    told_not = standing.filter(person__isnull=False).values("person")
    left_out = Guardian.objects.filter(may_be_told=False).values("guardian")
    theirs = ContactPoint.objects.filter(Q(person__in=told_not) | Q(person__in=left_out)).values("token")
    avoided = standing.filter(address__isnull=False).values("address")
    reached = ContactPoint.objects.filter(Q(token__in=avoided) | Q(token__in=theirs), person__among=wanted)
    pairs = PossibleMatch.objects.filter(newcomer__among=wanted, status__in=WAITING)
    return {*reached.values_list("person", flat=True), *pairs.values_list("newcomer", flat=True)}


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
