"""One person's record: made, completed with what was newly stated, opened again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import models

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.kernel.ids import new_id
from firstvisit.people.finding import finders_of
from firstvisit.people.identity import Identity
from firstvisit.people.models import ContactPoint, Insurance, Person, PersonKey
from firstvisit.referral.record import Referral


@dataclass(slots=True)
class Known:
    """One person of a referral: found or new, with the open data key and the identity as now known."""

    person: Person
    key: seal.OpenKey
    identity: Identity
    new: bool


def known(person: Person) -> Known:
    """A person who stands, opened."""
    standing = person.same_as or person
    key = seal.open_key(standing.key)
    return Known(standing, key, opened(standing, key), False)


def another(was: Identity, now: Identity) -> bool:
    """True when a first name or birth date now stated cannot be the same person's.

    Twins share the birth date and often the member number. An initial (M.) or a nearly whole form of the name
    (Mirabel, Mirabelle) is the same name; Sam and Samantha may be twins.
    """
    return other_name(was, now) or was.contradicts(now)


def other_name(was: Identity, now: Identity) -> bool:
    """True when a first name now stated cannot be the same person's."""
    if was.first_name and now.first_name:
        short, long = sorted((folded(was.first_name), folded(now.first_name)), key=len)
        alike = len(short) == 1 or len(long) - len(short) <= UNFINISHED
        if not (alike and long.startswith(short)):
            return True
    return False


UNFINISHED: Final = 3
"""Letters that may be missing at the end of a first name."""


def make(
    who: Identity, keys: set[uuid.UUID], rows: list[models.Model], blocks: Iterable[int] = ()
) -> Known:
    """Somebody new, with their own data key; the new rows join `rows` in insertable order."""
    key_row, key = seal.new_key()
    row_id = new_id()
    person = Person(
        id=row_id,
        key=key_row,
        sealed=_sealed(row_id, key, who),
        finders=finders_of(who),
        blocks=sorted(set(blocks)),
    )
    rows += [key_row, person, *(PersonKey(token=k, person_id=row_id) for k in keys)]
    rows += _contact_points(person, key, who, set())
    return Known(person, key, who, True)


def gives_other_ways(known: Identity, who: Identity) -> bool:
    """Whether somebody takes themselves for a person whom we can reach, and states no phone or e-mail address of theirs
    but another. A name and a birth date are known to many: they change nothing of whom we call and write to."""
    ways = [((known.phone or "").casefold(), who.phone), ((known.email or "").casefold(), who.email)]
    shared = any(theirs and theirs.casefold() == ours for ours, theirs in ways)
    return any(ours for ours, _ in ways) and any(theirs for _, theirs in ways) and not shared


def complete(
    known: Known,
    who: Identity,
    keys: set[uuid.UUID],
    rows: list[models.Model],
    blocks: Iterable[int] = (),
    *,
    keeps: bool = False,
    same_ways: bool = False,
) -> Known:
    """A person found again, with what was newly stated; `keeps`: the name and birth date known stay. With `same_ways`
    they go on being reached as they were, and another phone or e-mail address is kept beside."""
    stated = who
    if same_ways:
        on_file = known.identity
        who = replace(who, phone=on_file.phone, extension=on_file.extension, email=on_file.email)
    person, identity = known.person, known.identity.completed_by(who, keeps=keeps)
    together = sorted({*person.blocks, *blocks})
    if identity != known.identity or together != person.blocks:
        reseal(person, known.key, identity, together)
    held = set(PersonKey.objects.filter(person=person, token__in=keys).values_list("token", flat=True))
    rows += [PersonKey(token=key, person=person) for key in keys - held]
    reach = set(person.contact_points.values_list("token", flat=True))
    rows += _contact_points(person, known.key, stated if same_ways else identity, reach)
    return Known(person, known.key, identity, False)


def reseal(person: Person, key: seal.OpenKey, identity: Identity, blocks: Iterable[int]) -> None:
    """A person's record, written again with this identity and these blocks."""
    person.sealed = _sealed(person.id, key, identity)
    person.finders, person.blocks = finders_of(identity), sorted(blocks)
    person.save(update_fields=["sealed", "finders", "blocks"])


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
            rows.append(ContactPoint(id=row_id, person_id=person.id, kind=kind, sealed=sealed, token=mark))
    return rows


def insured(patient: Known, referral: Referral) -> list[models.Model]:
    """Rows of the member numbers that a referral states of a known patient and that are not yet kept."""
    rows: list[models.Model] = []
    insure(patient, referral, rows)
    return rows


def insure(known: Known, referral: Referral, rows: list[models.Model]) -> None:
    """Member numbers that the referral states and that are not yet kept of this person join `rows`."""
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
        rows.append(Insurance(id=row_id, person_id=known.person.id, sealed=sealed, token=mark))
