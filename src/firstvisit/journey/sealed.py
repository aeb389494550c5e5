"""Every sealed column of the database, and under which key each of its values lies.

`check` opens a share of them; the erasure test opens all of them. A table with a sealed column that is not
listed here is a fault that `check` reports.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models

from firstvisit.documents.models import Document
from firstvisit.kernel import seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.models import DataKey
from firstvisit.leads.models import Event, LeadMerge, LeadReferral, Ruling, UndoStep
from firstvisit.messages.models import Message
from firstvisit.people.models import (
    ContactPoint,
    Insurance,
    Organization,
    OrganizationPerson,
    Person,
    Restriction,
)
from firstvisit.steps.booking.models import Feed, Outgoing
from firstvisit.steps.coverage.models import AuthorizationRequest, Check, Estimate, VerifiedConnector
from firstvisit.steps.intake.models import (
    CallCard,
    FieldAnswer,
    ImportRun,
    Item,
    ItemPage,
    ItemReading,
    SenderLayout,
    WayIn,
)

SMALLEST: Final = 28
"""Bytes of a sealed empty value: nonce and tag."""


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column: `key` is the path to its data key, `row_id` the field that its place names. A column whose
    rows lie under one of two keys stands in the list twice."""

    model: type[models.Model]
    key: str
    row_id: str = "id"
    name: str = "sealed"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def values(self, *, newest: int | None = None) -> Iterator[tuple[uuid.UUID, bytes, uuid.UUID]]:
        """(row id, sealed bytes, id of the data key), newest first; None is every row, streamed."""
        rows = (
            self.model._default_manager.filter(**{f"{self.name}__isnull": False, f"{self.key}__isnull": False})
            .order_by("-pk")
            .values_list(self.row_id, self.name, self.key)
        )
        yield from rows[:newest] if newest is not None else rows.iterator(chunk_size=500)


COLUMNS: Final = (
    Column(Person, "key_id"),
    Column(ContactPoint, "person__key_id"),
    Column(Insurance, "person__key_id"),
    Column(Restriction, "patient__key_id"),
    Column(Organization, "key_id"),
    Column(OrganizationPerson, "key_id"),
    Column(Document, "key_id"),
    Column(LeadReferral, "key_id", "lead_id"),
    Column(LeadMerge, "staying__reading__key_id"),
    Column(Ruling, "lead__reading__key_id"),
    Column(UndoStep, "lead__reading__key_id"),
    Column(Event, "lead__reading__key_id", "event_id"),
    Column(Message, "person__key_id"),
    Column(Message, "referrer__key_id"),
    Column(Message, "person__key_id", name="words"),
    Column(Message, "referrer__key_id", name="words"),
    Column(ImportRun, "key_id"),
    Column(CallCard, "key_id"),
    Column(Item, "key_id"),
    Column(ItemReading, "item__key_id", "item_id"),
    Column(ItemReading, "item__key_id", "item_id", name="confirmed"),
    Column(ItemPage, "item__key_id"),
    Column(FieldAnswer, "item__key_id"),
    Column(SenderLayout, "key_id", "sender"),
    Column(WayIn, "key_id"),
    Column(Feed, "key_id"),
    Column(WayIn, "key_id", name="recorded"),
    Column(Check, "key_row_id", name="request"),
    Column(Check, "key_row_id", name="reply"),
    Column(Check, "key_row_id", name="told"),
    Column(AuthorizationRequest, "lead__reading__key_id", name="details"),
    Column(AuthorizationRequest, "lead__reading__key_id", name="request"),
    Column(AuthorizationRequest, "lead__reading__key_id", name="reply"),
    Column(Estimate, "lead__reading__key_id"),
    Column(Outgoing, "lead__reading__key_id", name="payload"),
    Column(Outgoing, "lead__reading__key_id", name="reply"),
    Column(Outgoing, "lead__reading__key_id", name="said"),
    Column(VerifiedConnector, "key_id", name="request"),
    Column(VerifiedConnector, "key_id", name="reply"),
)


def unlisted() -> list[str]:
    """Sealed columns of the models that are not in COLUMNS, as table.column."""
    known = {(column.table, column.name) for column in COLUMNS}
    return [
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.BinaryField)
        and model is not DataKey
        and (model._meta.db_table, field.name) not in known
    ]


def opens(key: seal.OpenKey, column: Column, row_id: uuid.UUID, value: Any) -> bool:
    """Whether a value opens in its place."""
    try:
        seal.unseal(key, column.table, column.name, row_id, value)
    except SealBroken:
        return False
    return True
