"""Finding or making the people of a referral, and keeping their consent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import connection, models

from firstvisit.kernel import clock, seal
from firstvisit.kernel.blind import folded, token
from firstvisit.kernel.ids import new_id
from firstvisit.people.identity import Identity, contact_of, patient_of, strong_keys
from firstvisit.people.models import (
    ConsentEntry,
    ContactPoint,
    Guardian,
    Insurance,
    Organization,
    OrganizationPerson,
    Person,
    PersonKey,
)
from firstvisit.referral.record import Referral

_Row = TypeVar("_Row", Organization, OrganizationPerson)


@dataclass(slots=True)
class Known:
    """One person of a referral: found or new, with the open data key and the identity as now known."""

    person: Person
    key: seal.OpenKey
    identity: Identity
    new: bool


@dataclass(slots=True)
class Resolved:
    """The people of one referral. `rows` are new rows in insertable order, not yet written.

    `instead_of` is the record made for the first step of a form whose second step names somebody known: it is
    now the same as `patient`.
    """

    patient: Known | None
    contact: Known | None
    organization: Organization | None
    referrer: OrganizationPerson | None
    rows: list[models.Model] = field(default_factory=list)
    instead_of: Person | None = None

    @property
    def reachable(self) -> Known | None:
        """Whom to write to: the contact, else the patient."""
        return self.contact or self.patient


def known(person: Person) -> Known:
    """A person who stands, opened."""
    standing = person.same_as or person
    key = seal.open_key(standing.key)
    return Known(standing, key, opened(standing, key), False)


def resolve(referral: Referral, *, continues: Known | None = None) -> Resolved:
    """Find each person of the referral by exact strong keys, or make them.

    `continues` is the patient of the request that this one goes on with (step 2 of a form): the same
    person unless a name or birth date now stated says otherwise, or names somebody who is known already.

    Runs inside the caller's transaction. Before it looks it takes advisory transaction locks on all strong
    keys in sorted order, so of two ways in at once the second sees what the first wrote.
    """
    patient, contact = patient_of(referral, clock.now().year), contact_of(referral)
    member_ids = [p.member_id for p in referral.payers or () if p.member_id]
    reached_by = [reach for reach in (contact.phone, contact.email) if reach] if contact else []
    patient_keys = strong_keys(patient, reached_by=reached_by, member_ids=member_ids) if patient else set()
    contact_keys = strong_keys(contact) if contact else set()
    organization_token = _organization_token(referral)
    referrer_token = _referrer_token(referral)
    _lock([*patient_keys, *contact_keys, *(t for t in (organization_token, referrer_token) if t)])
    found = _by_keys(patient_keys | contact_keys)

    resolved = Resolved(None, None, None, None)
    if patient is not None:
        if continues is None or another(continues.identity, patient):
            resolved.patient = _find_or_make(patient, patient_keys, found, resolved.rows)
        elif known_before := _known_before(continues, patient, patient_keys, found):
            resolved.patient = _find_or_make(patient, patient_keys, known_before, resolved.rows)
            resolved.instead_of = _same_as(continues.person, resolved.patient.person)
        else:
            resolved.patient = _complete(continues, patient, patient_keys, resolved.rows)
        _insure(resolved.patient, referral, resolved.rows)
    if contact is not None:
        taken = resolved.patient.person.id if resolved.patient else None
        others = [candidate for candidate in found if candidate.person.id != taken]
        resolved.contact = _find_or_make(contact, contact_keys, others, resolved.rows)
    if resolved.patient and resolved.contact:
        _guard(resolved.patient, resolved.contact, referral.contact.relationship or "other", resolved.rows)
    _refer(resolved, referral, organization_token, referrer_token)
    return resolved


def settle_on(resolved: Resolved, patient: Known, referral: Referral) -> None:
    """The request left the patient open and turned out to be about `patient`: nobody new is made for it."""
    blank = resolved.patient
    if blank is None or not blank.new:
        return
    dropped = {blank.person.id, blank.key.id}
    resolved.rows = [
        row
        for row in resolved.rows
        if row.pk not in dropped
        and not dropped & {getattr(row, name, None) for name in ("person_id", "patient_id")}
    ]
    resolved.patient = patient
    _insure(patient, referral, resolved.rows)
    if resolved.contact:
        _guard(patient, resolved.contact, referral.contact.relationship or "other", resolved.rows)


def consented(
    known: Known, referral: Referral, *, source_kind: str, source_id: uuid.UUID, at: datetime
) -> list[ConsentEntry]:
    """Ledger lines for what was agreed to or refused on this occasion, not yet written.

    `source_kind` is the way in; what came in the person's own words (`OWN_WORDS`) weighs more than what
    somebody reports of them.
    """
    addresses = {"email": known.identity.email, "sms": known.identity.phone, "phone": known.identity.phone}
    return [
        ConsentEntry(
            person=known.person,
            channel=consent.channel,
            given=consent.given,
            wording=consent.wording,
            address=token("reach", address.casefold())
            if (address := addresses.get(consent.channel))
            else None,
            source_kind=source_kind,
            source_id=source_id,
            at=at,
        )
        for consent in referral.consents
    ]


def withdraw_consent(
    *, person: Person, channel: str, address: str, source_id: uuid.UUID, at: datetime
) -> None:
    """Stop a channel for an address, for everyone who shares it, at once."""
    ConsentEntry(
        person=person,
        channel=channel,
        given=False,
        wording="stop",
        address=token("reach", address.casefold()),
        source_kind="preferences",
        source_id=source_id,
        at=at,
    ).save(force_insert=True)


UNFINISHED: Final = 3
"""Letters that may be missing at the end of a first name."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    person: Person
    key: seal.OpenKey
    identity: Identity
    tokens: frozenset[uuid.UUID]


def _lock(tokens: Iterable[uuid.UUID]) -> None:
    keys = sorted({t.int >> 65 for t in tokens})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(k) FROM (SELECT unnest(%s::bigint[]) k ORDER BY 1) s", [keys]
            )


def _by_keys(tokens: set[uuid.UUID]) -> list[_Candidate]:
    """The people behind any of the keys, merged records followed to the one that stands, oldest first.

    Most newcomers are new: the first question touches one index alone and usually ends it.
    """
    if not tokens:
        return []
    by_person: dict[uuid.UUID, set[uuid.UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, token FROM people_personkey WHERE token = ANY(%s)", [list(tokens)])
        for person_id, mark in cursor.fetchall():
            by_person.setdefault(person_id, set()).add(mark)
    if not by_person:
        return []
    standing: dict[uuid.UUID, tuple[Person, set[uuid.UUID]]] = {}
    people = Person.objects.filter(id__in=by_person, erased_at__isnull=True)
    for found in people.select_related("key", "same_as__key").order_by("id"):
        person = found.same_as or found
        standing.setdefault(person.id, (person, set()))[1].update(by_person[found.id])
    return [
        _Candidate(person, key := seal.open_key(person.key), opened(person, key), frozenset(marks))
        for person, marks in standing.values()
    ]


def _find_or_make(
    who: Identity, keys: set[uuid.UUID], found: list[_Candidate], rows: list[models.Model]
) -> Known:
    same = [c for c in found if c.tokens & keys and not another(c.identity, who)]
    if not same:
        return _make(who, keys, rows)
    # A record with the very birth date goes before one that never stated any: completing the latter would
    # make two records of one name and birth date.
    best = max(
        same,
        key=lambda candidate: (
            who.date_of_birth is not None and candidate.identity.date_of_birth == who.date_of_birth,
            len(candidate.tokens & keys),
        ),
    )
    return _complete(Known(best.person, best.key, best.identity, False), who, keys, rows)


def _known_before(
    begun: Known, who: Identity, keys: set[uuid.UUID], found: list[_Candidate]
) -> list[_Candidate]:
    """Those known before a form was begun whom its second step names, where the first step could not tell: it
    named nobody, or gave no birth date and theirs is the one now stated."""
    named = bool(begun.identity.first_name or begun.identity.last_name)
    return [
        other
        for other in found
        if other.person.id != begun.person.id
        and other.tokens & keys
        and not another(other.identity, who)
        and (
            not named
            or (
                begun.identity.date_of_birth is None
                and who.date_of_birth is not None
                and other.identity.date_of_birth == who.date_of_birth
            )
        )
    ]


def _same_as(person: Person, standing: Person) -> Person:
    """Two records turned out to be one person's; no sealed row is moved, so that it can be undone. Records that
    pointed at the first point at the one that stands."""
    Person.objects.filter(same_as=person).update(same_as=standing)
    person.same_as = standing
    person.save(update_fields=["same_as"])
    return person


def _complete(known: Known, who: Identity, keys: set[uuid.UUID], rows: list[models.Model]) -> Known:
    """A person found again, with what was newly stated."""
    person, identity = known.person, known.identity.completed_by(who)
    if identity != known.identity:
        person.sealed = _sealed(person.id, known.key, identity)
        person.save(update_fields=["sealed"])
    held = set(PersonKey.objects.filter(person=person, token__in=keys).values_list("token", flat=True))
    rows += [PersonKey(token=key, person=person) for key in keys - held]
    reach = set(person.contact_points.values_list("token", flat=True))
    rows += _contact_points(person, known.key, identity, reach)
    return Known(person, known.key, identity, False)


def another(was: Identity, now: Identity) -> bool:
    """True when a first name or birth date now stated cannot be the same person's.

    Twins share the birth date and often the member number. An initial (M.) or a nearly whole form of the name
    (Mirabel, Mirabelle) is the same name; Sam and Samantha may be twins.
    """
    if was.first_name and now.first_name:
        short, long = sorted((folded(was.first_name), folded(now.first_name)), key=len)
        alike = len(short) == 1 or len(long) - len(short) <= UNFINISHED
        if not (alike and long.startswith(short)):
            return True
    return was.contradicts(now)


def _make(who: Identity, keys: set[uuid.UUID], rows: list[models.Model]) -> Known:
    key_row, key = seal.new_key()
    row_id = new_id()
    person = Person(id=row_id, key=key_row, sealed=_sealed(row_id, key, who))
    rows += [key_row, person, *(PersonKey(token=k, person=person) for k in keys)]
    rows += _contact_points(person, key, who, set())
    return Known(person, key, who, True)


def opened(person: Person, key: seal.OpenKey) -> Identity:
    """A person's identity in the clear."""
    return Identity(**seal.unseal_json(key, "people_person", "sealed", person.id, person.sealed))


def _sealed(row_id: uuid.UUID, key: seal.OpenKey, who: Identity) -> bytes:
    return seal.seal_json(key, "people_person", "sealed", row_id, who.as_json())


def _contact_points(
    person: Person, key: seal.OpenKey, who: Identity, held: set[uuid.UUID]
) -> list[models.Model]:
    rows: list[models.Model] = []
    for kind, value in (("phone", who.phone), ("email", who.email)):
        if value and (mark := token("reach", value.casefold())) not in held:
            row_id = new_id()
            sealed = seal.seal(key, "people_contactpoint", "sealed", row_id, value.encode())
            rows.append(ContactPoint(id=row_id, person=person, kind=kind, sealed=sealed, token=mark))
    return rows


def _insure(known: Known, referral: Referral, rows: list[models.Model]) -> None:
    numbers = {token("member", folded(p.member_id)): p for p in referral.payers or () if p.member_id}
    if numbers and not known.new:
        held = Insurance.objects.filter(person=known.person, token__in=numbers).values_list(
            "token", flat=True
        )
        for mark in held:
            del numbers[mark]
    for mark, payer in numbers.items():
        row_id = new_id()
        value: dict[str, Any] = payer.model_dump(mode="json", exclude_none=True)
        sealed = seal.seal_json(known.key, "people_insurance", "sealed", row_id, value)
        rows.append(Insurance(id=row_id, person=known.person, sealed=sealed, token=mark))


def _guard(patient: Known, contact: Known, relationship: str, rows: list[models.Model]) -> None:
    both_known = not (patient.new or contact.new)
    if both_known and Guardian.objects.filter(patient=patient.person, guardian=contact.person).exists():
        return
    word = relationship if relationship in RELATIONSHIPS else "other"
    rows.append(Guardian(patient=patient.person, guardian=contact.person, relationship=word))


RELATIONSHIPS = frozenset(
    "mother father parent guardian foster_parent grandparent spouse partner daughter son child sibling "
    "relative friend case_manager social_worker nurse teacher other".split()
)


def _organization_token(referral: Referral) -> uuid.UUID | None:
    name = referral.referrer.organization
    return token("organization", folded(name)) if name and folded(name) else None


def _referrer_token(referral: Referral) -> uuid.UUID | None:
    referrer = referral.referrer
    if referrer.npi:
        return token("npi", referrer.npi)
    if not referrer.name or not folded(referrer.name):
        return None
    return token("referrer", folded(referrer.name), folded(referrer.organization or ""), referrer.phone or "")


def _one(model: type[_Row], mark: uuid.UUID) -> _Row | None:
    return next(iter(model.objects.filter(token=mark)), None)


def _refer(
    resolved: Resolved,
    referral: Referral,
    organization_token: uuid.UUID | None,
    referrer_token: uuid.UUID | None,
) -> None:
    referrer = referral.referrer
    if organization_token is not None:
        resolved.organization = _one(Organization, organization_token)
        if resolved.organization is None:
            key_row, key = seal.new_key()
            row_id = new_id()
            value = {"name": referrer.organization, "phone": referrer.phone, "fax": referrer.fax}
            sealed = seal.seal_json(key, "people_organization", "sealed", row_id, value)
            resolved.organization = Organization(
                id=row_id, key=key_row, sealed=sealed, token=organization_token, role=referrer.role or "other"
            )
            resolved.rows += [key_row, resolved.organization]
    if referrer_token is not None:
        resolved.referrer = _one(OrganizationPerson, referrer_token)
        if resolved.referrer is None:
            key_row, key = seal.new_key()
            row_id = new_id()
            value = referrer.model_dump(mode="json", exclude_none=True)
            sealed = seal.seal_json(key, "people_organizationperson", "sealed", row_id, value)
            resolved.referrer = OrganizationPerson(
                id=row_id,
                organization=resolved.organization,
                key=key_row,
                sealed=sealed,
                token=referrer_token,
            )
            resolved.rows += [key_row, resolved.referrer]
