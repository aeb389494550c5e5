"""Not this person: what a request that was taken for somebody known brought to their record goes from it again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from firstvisit.kernel import clock, seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.people.identity import Identity
from firstvisit.people.marks import Marks, marks_of
from firstvisit.people.matching.verdict import compare
from firstvisit.people.models import (
    NOT_THEIRS,
    ConsentEntry,
    ContactPoint,
    Guardian,
    Insurance,
    Person,
    PersonKey,
    PossibleMatch,
    Restriction,
)
from firstvisit.people.policy import Matching
from firstvisit.people.recognising import opened_candidates
from firstvisit.people.records import opened, reseal
from firstvisit.people.services import lock_tokens
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.referral.record import Referral


@dataclass(frozen=True, slots=True)
class Request:
    """One request taken for a person's: its item, what it says, and whether it stays theirs."""

    item: uuid.UUID
    referral: Referral
    stays: bool


def lock_for_parting(records: Iterable[Person], requests: Iterable[Request]) -> None:
    """Lock what the records are found by together with what the requests name, as a way in does: before any lead."""
    held = PersonKey.objects.filter(person__in=list(records)).values_list("token", flat=True)
    going = (mark for request in requests if not request.stays for mark in marks_of(request.referral).all)
    lock_tokens((*(key.int >> 65 for key in held), *going))


def part_from(
    records: Sequence[Person], newcomer: Person, requests: Sequence[Request], *, by: User, at: datetime
) -> PossibleMatch:
    """Take from these locked records of one person what only requests that go said; `newcomer` is who they are about.

    The pair is kept as two people.
    """
    forget(records, newcomer, requests, at=at)
    return tell_apart(records, newcomer, by=by, at=at)


def forget(
    records: Sequence[Person], newcomer: Person | None, requests: Sequence[Request], *, at: datetime
) -> list[Person]:
    """Take from these locked records what only requests that go said. What a request that stays says too stays. Who
    spoke in those that go alone speaks for the newcomer, with what staff noted of them, and for nobody where there is
    none. Those who spoke so."""
    went = [(r.referral, marks_of(r.referral)) for r in requests if not r.stays]
    stay = [(r.referral, marks_of(r.referral)) for r in requests if r.stays]
    gone, rest = [marks for _, marks in went], [marks for _, marks in stay]
    for record in records:
        _forget(record, gone, rest)
        mine = Insurance.objects.filter(person=record, token__in=_cards(went) - _cards(stay))
        mine.delete()
    spoke = _guardians(records, newcomer, gone, rest)
    _consents(records, requests, at)
    return spoke


def empty(person: Person, requests: Sequence[Request], *, at: datetime) -> None:
    """Take everything from the locked record of somebody of whom only requests that go told anything: it names nobody
    and is found by nothing. The row stays, for letters and the log point at it."""
    reseal(person, seal.open_key(person.key), Identity(), ())
    PersonKey.objects.filter(person=person).delete()
    ContactPoint.objects.filter(person=person).delete()
    _consents([person], requests, at)


def bar_too(records: Sequence[Person], newcomer: Person, named: Iterable[uuid.UUID], referral: Referral) -> None:
    """Whoever asks in `referral` is one of those `named` in restrictions about these records, or left out of their
    talk-to list; that holds for the newcomer too, under whichever record asks now."""
    speak = Guardian.objects.filter(patient=newcomer).select_related("guardian").order_by("id")
    asks = contact_among([pair.guardian for pair in speak], referral)
    if asks is None:
        return
    for person in named:
        _restrictions(records, newcomer, person, held_by=asks)
    left_out = Guardian.objects.filter(patient__in=records, guardian__in=set(named), may_be_told=False)
    if left_out.exists():
        speak.filter(guardian=asks).update(may_be_told=False)


def contact_among(speakers: Iterable[Person], referral: Referral) -> Person | None:
    """Which of those who speak for a patient a request names to get back to."""
    marks = marks_of(referral)
    return next((person for person in speakers if _is_contact(_found_by(person), marks)), None)


def _forget(record: Person, gone: Sequence[Marks], rest: Sequence[Marks]) -> None:
    key = seal.open_key(record.key)
    was = opened(record, key)
    left = _left(was, [m.patient for m in gone if m.patient], [m.patient for m in rest if m.patient])
    blocks = {mark for m in gone for mark in m.blocks} - {mark for m in rest for mark in m.blocks}
    keys = {mark for m in gone for mark in m.patient_keys} - {mark for m in rest for mark in m.patient_keys}
    reach = _reach(m.patient for m in gone) - _reach(m.patient for m in rest)
    reseal(record, key, left, set(record.blocks) - blocks)
    PersonKey.objects.filter(person=record, token__in=keys).delete()
    ContactPoint.objects.filter(person=record, token__in=reach).delete()


def _left(was: Identity, gone: Sequence[Identity], rest: Sequence[Identity]) -> Identity:
    """Each value that only those who go said falls back to what was said last by those who stay."""
    left: dict[str, Any] = was.as_json()
    for name in [name for name in left if name not in ("stated_in", "former_homes", "also_stated")]:
        said = [value for each in rest if (value := getattr(each, name)) is not None]
        if left[name] in {getattr(each, name) for each in gone} - set(said):
            left[name] = said[-1] if said else None
    left_over = Identity(**left)
    theirs = {one.home for one in gone} - {one.home for one in rest} | {left_over.home}
    homes = tuple(home for home in left_over.former_homes or () if home not in theirs)
    theirs_alone = {said for one in gone for said in one.naming} - {said for one in rest for said in one.naming}
    also = left_over.beside(said for said in left_over.also_stated or () if said not in theirs_alone)
    left_over = replace(left_over, former_homes=homes or None, also_stated=also or None)
    return left_over if left_over.age_years is not None else replace(left_over, stated_in=None)


def _reach(people: Iterable[Identity | None]) -> set[uuid.UUID]:
    ways = (way for one in people if one is not None for way in (one.phone, one.email) if way)
    return {token("reach", way.casefold()) for way in ways}


def _cards(requests: Iterable[tuple[Referral, Marks]]) -> set[uuid.UUID]:
    payers = (payer for referral, _ in requests for payer in referral.payers or ())
    return {token("member", folded(payer.member_id)) for payer in payers if payer.member_id}


def _found_by(person: Person) -> set[uuid.UUID]:
    keys = set(PersonKey.objects.filter(person=person).values_list("token", flat=True))
    return keys | set(ContactPoint.objects.filter(person=person).values_list("token", flat=True))


def _is_contact(found_by: set[uuid.UUID], marks: Marks) -> bool:
    """By what is certain of a contact; one without a name is known by the number alone."""
    return bool(found_by & (marks.contact_keys or _reach([marks.contact])))


def _guardians(
    records: Sequence[Person], newcomer: Person | None, gone: Sequence[Marks], rest: Sequence[Marks]
) -> list[Person]:
    spoke = list[Person]()
    pairs = Guardian.objects.filter(patient__in=records).select_related("guardian").order_by("id")
    for pair in pairs:
        found_by = _found_by(pair.guardian)
        if not any(_is_contact(found_by, m) for m in gone) or any(_is_contact(found_by, m) for m in rest):
            continue
        if newcomer is not None:
            _speaks_for(pair, newcomer)
            _restrictions(records, newcomer, pair.guardian_id, held_by=pair.guardian)
        spoke.append(pair.guardian)
        pair.delete()
    return spoke


def _speaks_for(pair: Guardian, newcomer: Person) -> None:
    theirs, new = Guardian.objects.get_or_create(
        patient=newcomer, guardian=pair.guardian, defaults={"relationship": pair.relationship}
    )
    noted = pair.authority and not pair.authority_from
    if new or noted:
        theirs.authority, theirs.authority_from = pair.authority, pair.authority_from
        theirs.authority_at = pair.authority_at
    if theirs.may_be_told is None:
        theirs.may_be_told = pair.may_be_told
    theirs.save(update_fields=["authority", "authority_from", "authority_at", "may_be_told"])


def _restrictions(
    records: Sequence[Person], newcomer: Person, person: uuid.UUID, *, held_by: Person
) -> None:
    """What must not be told to somebody who goes along holds for the newcomer too, once; where it was set it stays."""
    has = Restriction.objects.filter(patient=newcomer, person=held_by, lifted_at__isnull=True)
    held = set(has.values_list("kind", "address"))
    rows = Restriction.objects.filter(patient__in=records, person=person, lifted_at__isnull=True)
    key = seal.open_key(newcomer.key)
    for row in rows.select_related("patient__key"):
        if (row.kind, row.address) in held:
            continue
        held.add((row.kind, row.address))
        said = seal.unseal_json(seal.open_key(row.patient.key), "people_restriction", "sealed", row.id, row.sealed)
        copy = Restriction(
            patient=newcomer, kind=row.kind, person=held_by, address=row.address, by_id=row.by_id, at=row.at
        )
        copy.sealed = seal.seal_json(key, "people_restriction", "sealed", copy.id, said)
        copy.save(force_insert=True)


def _consents(records: Sequence[Person], requests: Sequence[Request], at: datetime) -> None:
    """What those who go agreed to is no word of this person: the ledger says again what they had said before."""
    gone = {request.item for request in requests if not request.stays}
    ledger = ConsentEntry.objects.filter(person__in=records)
    for person, channel in set(ledger.filter(source_id__in=gone).values_list("person", "channel")):
        theirs = ledger.filter(person=person, channel=channel).order_by("-id")
        latest, before = theirs[0], theirs.exclude(source_id__in=gone).first()
        if latest.source_id in gone:
            ConsentEntry(
                person_id=person,
                channel=channel,
                given=before.given if before else False,
                wording=before.wording if before else NOT_THEIRS,
                address=before.address if before else None,
                source_kind="staff",
                source_id=latest.source_id,
                at=at,
            ).save(force_insert=True)


def tell_apart(records: Sequence[Person], newcomer: Person, *, by: User, at: datetime) -> PossibleMatch:
    """Keep the person of these records and the newcomer as a pair of two people: no machine takes one for the other."""
    known = next((record for record in records if record.same_as_id is None), records[0])
    described = {each[0]: each[4] for each in opened_candidates([known.id, newcomer.id], as_said=True)}
    rules = policy().section(Matching)
    found = compare(described[known.id], described[newcomer.id], rules, this_year=clock.now().year)
    both = (known, newcomer)
    pair = PossibleMatch.objects.filter(known__in=both, newcomer__in=both).first()
    pair = pair or PossibleMatch(known=known, newcomer=newcomer, found_at=at)
    pair.weight, pair.reasons = found.weight, list(found.codes)
    pair.status, pair.decided_by, pair.decided_at = "different", by, at
    pair.save()
    return pair
