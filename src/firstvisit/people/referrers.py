"""Who refers: organizations and the people of them, found or made."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey
from firstvisit.people.identity import Identity, refers
from firstvisit.people.mailboxes import mailbox
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
    """By what somebody who refers is found: everything stated of who they are and how they are reached.

    A number alone makes nobody the same: an NPI is public, and an office often types one for all its people. Whoever
    states another name, phone, fax or e-mail address is kept by themselves, so that what a referral states holds for
    it and nothing of it goes to what somebody else once stated.
    """
    who = referral.referrer
    if not who.npi and not folded(who.name or ""):
        return None
    reached = (who.phone or "", who.fax or "", (who.email or "").casefold())
    return token("referrer", who.npi or "", folded(who.name or ""), folded(who.organization or ""), *reached)


def others_of_npi(referral: Referral) -> list[str]:
    """The names that the NPI of whoever refers was stated with before and that are not this one's, for a person to look
    at. One question where an NPI is stated with a name."""
    who = referral.referrer
    if not who.npi or not who.name:
        return []
    rows = OrganizationPerson.objects.filter(npi=token("npi", who.npi)).select_related("key").order_by("id")
    names = (str(_opened(row).get("name") or "") for row in rows)
    return list(dict.fromkeys(name for name in names if name and not _may_be_one(name, who.name)))


def _may_be_one(name: str, other: str) -> bool:
    """Whether two names have a word in common, titles and initials aside: Dr. T. Reyes may be Tomas Reyes."""
    mine, theirs = ({folded(word) for word in each.split() if len(folded(word)) > 2} for each in (name, other))
    return bool(mine & theirs)


def npi_of(organization: str, name: str) -> str | None:
    """The NPI on file of somebody of this name at an organization of this name; None where there is none, or several
    that differ."""
    people = OrganizationPerson.objects.filter(organization__token=token("organization", folded(organization)))
    found = set()
    for row in people.select_related("key"):
        stated = _opened(row)
        if stated.get("npi") and folded(str(stated.get("name", ""))) == folded(name):
            found.add(str(stated["npi"]))
    return found.pop() if len(found) == 1 else None


def ways_on_file(referral: Referral, *, before: datetime) -> frozenset[str]:
    """The phones, faxes and mailboxes by which somebody of the organization that refers had referred before then."""
    mark = organization_token(referral)
    if mark is None:
        return frozenset()
    rows = OrganizationPerson.objects.filter(organization__token=mark, referred__received_at__lt=before)
    stated = [_opened(row) for row in rows.select_related("key").distinct()]
    ways = (one.get(each) for one in stated for each in ("phone", "fax", "email"))
    return frozenset(mailbox(str(way)) for way in ways if way)


def identity_of(row: OrganizationPerson) -> Identity | None:
    """Somebody who refers, opened; `row` with its key."""
    stated = _opened(row)
    return refers(stated.get("name"), stated.get("phone"), stated.get("email"))


def _opened(row: OrganizationPerson) -> dict[str, Any]:
    key = seal.open_key(row.key)
    stated: dict[str, Any] = seal.unseal_json(key, "people_organizationperson", "sealed", row.id, row.sealed)
    return stated


def _one(model: type[_Row], mark: uuid.UUID, pending: Iterable[models.Model]) -> _Row | None:
    made = (row for row in pending if isinstance(row, model) and row.token == mark)
    return next(made, None) or model.objects.filter(token=mark).first()


def find_or_make(
    referral: Referral, known: WhoRefers | None = None, pending: Iterable[models.Model] = ()
) -> tuple[Organization | None, OrganizationPerson | None, list[models.Model]]:
    """The organization and the person that refer, as far as stated, and the rows of whoever is new, not yet written.
    Looked for among `known`, or in the database and the `pending` rows where none are given."""
    referrer, rows = referral.referrer, list[models.Model]()
    organization: Organization | None = None
    person: OrganizationPerson | None = None
    if (mark := organization_token(referral)) is not None:
        organization = _one(Organization, mark, pending) if known is None else known.organizations.get(mark)
        if organization is None:
            value = {"name": referrer.organization, "phone": referrer.phone, "fax": referrer.fax}
            row_id, key, sealed = _sealed("people_organization", value)
            role = referrer.role or "other"
            organization = Organization(id=row_id, key=key, sealed=sealed, token=mark, role=role)
            rows += [key, organization]
    if (mark := referrer_token(referral)) is not None:
        person = _one(OrganizationPerson, mark, pending) if known is None else known.people.get(mark)
        if person is None:
            stated = referrer.model_dump(mode="json", exclude_none=True)
            row_id, key, sealed = _sealed("people_organizationperson", stated)
            npi = token("npi", referrer.npi) if referrer.npi else None
            person = OrganizationPerson(
                id=row_id, organization=organization, key=key, sealed=sealed, token=mark, npi=npi
            )
            rows += [key, person]
    return organization, person, rows


def _sealed(table: str, value: dict[str, Any]) -> tuple[uuid.UUID, DataKey, bytes]:
    """A new row's id, its own data key, and what is sealed under it."""
    key_row, key = seal.new_key()
    row_id = new_id()
    return row_id, key_row, seal.seal_json(key, table, "sealed", row_id, value)
