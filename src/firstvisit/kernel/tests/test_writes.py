"""New rows of one transaction arrive together or not at all."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, transaction

from firstvisit.documents.models import Document
from firstvisit.documents.services import body, kept
from firstvisit.kernel import audit, seal, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import AuditRow, DataKey, Lease


def test_outside_a_transaction_nothing_is_written(committed: psycopg.Connection[Any]) -> None:
    with pytest.raises(RuntimeError, match="atomic"):
        writes.insert([audit.row(SYSTEM, "x", "lead", [])])
    assert not AuditRow.objects.exists()


@pytest.mark.django_db
def test_rows_of_several_tables_arrive_in_their_order() -> None:
    key_row, key = seal.new_key()
    documents = [kept(key=key, body=f"letter {n}".encode(), media_type="text/plain") for n in range(3)]
    with transaction.atomic():
        writes.insert([key_row, *documents, audit.row(SYSTEM, "received", "item", [1, 2])])
    stored = Document.objects.select_related("key")
    assert {body(row, seal.open_key(row.key)) for row in stored} == {b"letter 0", b"letter 1", b"letter 2"}
    row = AuditRow.objects.get()
    assert (row.actor, row.verb, row.subjects, row.era) == ("system", "received", ["1", "2"], 1)
    assert row.transaction > 0
    assert row.at is not None


@pytest.mark.django_db
def test_one_refused_row_refuses_all() -> None:
    row, _ = seal.new_key()
    fresh, _ = seal.new_key()
    row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        writes.insert([fresh, audit.row(SYSTEM, "x", "lead", []), row])
    assert list(DataKey.objects.values_list("id", flat=True)) == [row.id]
    assert not AuditRow.objects.exists()


@pytest.mark.django_db
def test_generated_ids_are_left_to_the_database() -> None:
    now = audit_moment()
    rows = [Lease(kind="lead", subject=new_id(), holder=new_id(), until=now) for _ in range(2)]
    with transaction.atomic():
        writes.insert(rows)
    assert len(set(Lease.objects.values_list("id", flat=True))) == 2


def audit_moment() -> Any:
    with transaction.atomic():
        audit.note(SYSTEM, "now", "lead", [])
    return AuditRow.objects.get().at


@pytest.mark.django_db
def test_a_field_that_there_is_not_is_an_error_and_not_left_out() -> None:
    key_row, key = seal.new_key()
    document = kept(key=key, body=b"letter", media_type="text/plain")
    with transaction.atomic():
        writes.insert([key_row, document])
        document.media_type, document.size = "application/pdf", 7
        writes.update(Document, [document], "media_type")
        with pytest.raises(KeyError, match="sizes"):
            writes.update(Document, [document], "media_type", "sizes")
    stored = Document.objects.get()
    assert (stored.media_type, stored.size) == ("application/pdf", len(b"letter"))
