"""Files of leads and what became of their rows: keeping, moving on, looking up, forgetting."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstvisit.documents.services import body as body_of
from firstvisit.documents.services import kept
from firstvisit.kernel import audit, erasure, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.blind import token
from firstvisit.practice.models import User
from firstvisit.steps.intake.file.rows import Refused
from firstvisit.steps.intake.file.table import Row
from firstvisit.steps.intake.models import ImportRow, ImportRun

Status = ImportRun.Status


def keep(body: bytes, *, name: str, by: User | None, actor: Actor, at: datetime) -> ImportRun:
    """A file as it came, sealed, with a run that waits for its mapping."""
    key_row, key = seal.new_key()
    document = kept(key=key, body=body, media_type="text/csv")
    run = ImportRun(key=key_row, document=document, digest=file_digest(body), made_by=by, made_at=at)
    run.sealed = seal.seal_json(key, "intake_importrun", "sealed", run.id, {"name": name[:200]})
    logged = audit.row(actor, "file_received", "import", [run.id])
    with transaction.atomic():
        writes.insert([key_row, document, run, logged])
    return run


def file_digest(body: bytes) -> uuid.UUID:
    """What a file is known by later, as a blind token."""
    return token("file", hashlib.sha256(body).hexdigest())


def same_file(body: bytes) -> ImportRun | None:
    """The newest run of this very file that began to go in."""
    begun = ImportRun.objects.filter(digest=file_digest(body), started_at__isnull=False)
    return begun.order_by("-made_at").first()


def file_of(run: ImportRun) -> bytes:
    """The file again, byte for byte. SealBroken once it was forgotten."""
    return body_of(run.document, seal.open_key(run.key))


def name_of(run: ImportRun) -> str:
    """The file's name; a word for it once it was forgotten."""
    if run.key.wrapped is None:
        return "a file that was forgotten"
    value: dict[str, Any] = seal.unseal_json(
        seal.open_key(run.key), "intake_importrun", "sealed", run.id, run.sealed
    )
    return str(value["name"])


def hold(run: ImportRun) -> bool:
    """Lock the run for a batch; False when it is no longer where this process left it."""
    stands = ImportRun.objects.select_for_update().filter(id=run.id, status=Status.IMPORTING)
    return stands.values_list("position", flat=True).first() == run.position


def moved(run: ImportRun, *, to: int, counts: Counter[str]) -> None:
    """The position behind a batch, and what became of its rows, on the held run."""
    run.position = to
    run.counts = dict(Counter(run.counts) + counts)
    run.save(update_fields=["position", "counts"])


def rows_in(digests: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the rows that are in already, by this file or another."""
    found = ImportRow.objects.filter(digest__in=list(digests), end__in=["opened", "joined"])
    return set(found.values_list("digest", flat=True))


def refused(
    run: ImportRun, row: Row | Refused, digest: uuid.UUID, problems: Sequence[tuple[str, str]]
) -> ImportRow:
    """A refused row, not yet written."""
    said = [[column[:100], sentence[:300]] for column, sentence in problems]
    return ImportRow(
        run_id=run.id, number=row.number, line=row.line, digest=digest, end="refused", problems=said
    )


def forget(run: ImportRun, *, actor: Actor, at: datetime) -> None:
    """Destroy the file's key: its rows stand as items of their own; those refused cannot be given back any more."""
    with transaction.atomic():
        if erasure.destroy([run.key_id], at=at):
            writes.insert([audit.row(actor, "file_forgotten", "import", [run.id])])
