"""Who refers: organizations and the people of them, found or made."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey
from firstvisit.people.identity import Identity, refers
from firstvisit.people.models import Organization, OrganizationPerson
from firstvisit.referral.record import Referral

_Row = TypeVar("_Row", Organization, OrganizationPerson)


@dataclass(frozen=True, slots=True)
class WhoRefers:
    """Organizations and people who refer, by their tokens."""

    organizations: dict[uuid.UUID, Organization] = field(default_factory=dict)
    people: dict[uuid.UUID, OrganizationPerson] = field(default_factory=dict)


def refer_tokens(referral: Referral) -> tuple[uuid.UUID, ...]:
    """The tokens of the organization and of the person that refer, as far as stated."""
    return tuple(mark for mark in (organization_token(referral), referrer_token(referral)) if mark)


def referred(referral: Referral, known: WhoRefers) -> list[models.Model]:
    """New rows of whoever refers and is not among `known`; they are known from now on."""
    organization, person, rows = find_or_make(referral, known)
    if organization is not None:
        known.organizations[organization.token] = organization
    if person is not None:
        known.people[person.token] = person
    return rows


def organization_token(referral: Referral) -> uuid.UUID | None:
    """By what an organization is found: its name."""
    name = referral.referrer.organization
    return token("organization", folded(name)) if name and folded(name) else None


def referrer_token(referral: Referral) -> uuid.UUID | None:
    """By what somebody who refers is found: the NPI, else name, organization and phone together."""
    referrer = referral.referrer
    if referrer.npi:
        return token("npi", referrer.npi)
    if not referrer.name or not folded(referrer.name):
        return None
    return token("referrer", folded(referrer.name), folded(referrer.organization or ""), referrer.phone or "")


def npi_of(organization: str, name: str) -> str | None:
    """The NPI on file of somebody of this name at an organization of this name; None where there is none, or several
    that differ."""
    people = OrganizationPerson.objects.filter(organization__token=token("organization", folded(organization)))
    found = set()
    for row in people.select_related("key"):
        stated = seal.unseal_json(seal.open_key(row.key), "people_organizationperson", "sealed", row.id, row.sealed)
        if stated.get("npi") and folded(str(stated.get("name", ""))) == folded(name):
            found.add(str(stated["npi"]))
    return found.pop() if len(found) == 1 else None


def identity_of(row: OrganizationPerson) -> Identity | None:
    """Somebody who refers, opened; `row` with its key."""
    stated = seal.unseal_json(seal.open_key(row.key), "people_organizationperson", "sealed", row.id, row.sealed)
    return refers(stated.get("name"), stated.get("phone"), stated.get("email"))


def _one(model: type[_Row], mark: uuid.UUID) -> _Row | None:
    return next(iter(model.objects.filter(token=mark)), None)


def find_or_make(
    referral: Referral, known: WhoRefers | None = None
) -> tuple[Organization | None, OrganizationPerson | None, list[models.Model]]:
    """The organization and the person that refer, as far as stated, and the rows of whoever is new, not yet written.
    Looked for among `known`, or in the database where none are given."""
    referrer, rows = referral.referrer, list[models.Model]()
    organization: Organization | None = None
    person: OrganizationPerson | None = None
    if (mark := organization_token(referral)) is not None:
        organization = _one(Organization, mark) if known is None else known.organizations.get(mark)
        if organization is None:
            value = {"name": referrer.organization, "phone": referrer.phone, "fax": referrer.fax}
            row_id, key, sealed = _sealed("people_organization", value)
            role = referrer.role or "other"
            organization = Organization(id=row_id, key=key, sealed=sealed, token=mark, role=role)
            rows += [key, organization]
    if (mark := referrer_token(referral)) is not None:
        person = _one(OrganizationPerson, mark) if known is None else known.people.get(mark)
        if person is None:
            stated = referrer.model_dump(mode="json", exclude_none=True)
            row_id, key, sealed = _sealed("people_organizationperson", stated)
            person = OrganizationPerson(
                id=row_id, organization=organization, key=key, sealed=sealed, token=mark
            )
            rows += [key, person]
    return organization, person, rows


def _sealed(table: str, value: dict[str, Any]) -> tuple[uuid.UUID, DataKey, bytes]:
    """A new row's id, its own data key, and what is sealed under it."""
    key_row, key = seal.new_key()
    row_id = new_id()
    return row_id, key_row, seal.seal_json(key, table, "sealed", row_id, value)
