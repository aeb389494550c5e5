"""The audit log: who saw or changed what, append-only and hash-chained.

Writers only insert, so they never queue for each other. A closer gathers committed rows into blocks: every
row whose transaction is older than all running ones is final, so a block takes exactly the rows between two
such horizons, and its head is SHA-256 over the previous head and the rows in order. Heads also go to a file
outside the database; a row changed, added or removed later breaks the chain, a chain made anew breaks the file.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.db import connection, transaction

from firstvisit.kernel import writes
from firstvisit.kernel.models import AuditBlock, AuditRow

GENESIS = "0" * 64
_CLOSER_LOCK = 0x66760001
_COLUMNS = "id, at, actor, verb, subject_kind, subjects, why, address, era, transaction"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user, an API key, a person at a public page, a way in, or the system itself."""

    kind: Literal["user", "api", "public", "system", "way"]
    id: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def user_id(self) -> uuid.UUID | None:
        return uuid.UUID(self.id) if self.kind == "user" else None


SYSTEM = Actor("system")


def row(actor: Actor, verb: str, subject_kind: str, subjects: Iterable[object], *, why: str = "") -> AuditRow:
    """A log row, not yet written; hand it to `kernel.writes.insert` with the rest of the transaction."""
    return AuditRow(
        actor=str(actor),
        verb=verb,
        subject_kind=subject_kind,
        subjects=[str(subject) for subject in subjects],
        why=why,
        # A family's internet address would name it in a stolen dump; staff are accountable by theirs.
        address=actor.address if actor.kind == "user" else "",
    )


def note(actor: Actor, verb: str, subject_kind: str, subjects: Iterable[object], *, why: str = "") -> None:
    """Write one log row now. A page view is one note with the ids shown."""
    with transaction.atomic():
        writes.insert([row(actor, verb, subject_kind, subjects, why=why)])


def close(heads: Path, *, now: datetime, smallest: int = 1) -> AuditBlock | None:
    """Close the rows that are final since the last block; None when fewer than `smallest` are.

    Only one closer works at a time. The head is appended to the file `heads` before the commit: after a
    crash in between the file may hold one head more than the table, which `verify` allows.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_CLOSER_LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = AuditBlock.objects.order_by("-number").first()
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, coalesce(max(era), 1) FROM kernel_auditrow"
        )
        below, era = cursor.fetchone()
        era = max(era, last.era if last else 1)
        start = (last.era, last.below) if last else (0, 0)
        head, rows = _hash(last.head if last else GENESIS, _rows(start, (era, below)))
        if rows < smallest:
            return None
        block = AuditBlock(
            number=last.number + 1 if last else 1, era=era, below=below, rows=rows, head=head, closed_at=now
        )
        block.save(force_insert=True)
        heads.parent.mkdir(parents=True, exist_ok=True)
        with heads.open("a", encoding="ascii") as file:
            file.write(f"{block.number} {head}\n")
            file.flush()
        return block


def verify(heads: Path) -> list[str]:
    """Every break of the chain, in words; an empty list when table, blocks and file agree."""
    found: list[str] = []
    noted = _noted(heads)
    before, start = GENESIS, (0, 0)
    for block in AuditBlock.objects.order_by("number").iterator():
        head, rows = _hash(before, _rows(start, (block.era, block.below)))
        if rows != block.rows:
            found.append(f"audit block {block.number} has {rows} rows where {block.rows} were closed")
        elif head != block.head:
            found.append(f"audit block {block.number} was changed after it was closed")
        if noted.get(block.number, {block.head}).isdisjoint({block.head}):
            found.append(f"audit block {block.number} differs from the head noted in {heads.name}")
        before, start = block.head, (block.era, block.below)
        noted.pop(block.number, None)
    last = AuditBlock.objects.order_by("-number").values_list("number", flat=True).first() or 0
    found += [
        f"audit block {number} is noted in {heads.name} but missing from the database"
        for number in sorted(noted)
        if number > last + 1
    ]
    return found


def next_era() -> str:
    """SQL that begins a new era; run as the owner after a restore into another cluster."""
    last = AuditBlock.objects.order_by("-number").first()
    era = max(
        last.era if last else 1, AuditRow.objects.order_by("-era").values_list("era", flat=True).first() or 1
    )
    return f"ALTER TABLE kernel_auditrow ALTER COLUMN era SET DEFAULT {era + 1}"


def _rows(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[Any, ...]]:
    """Rows from `start` up to and without `end`, in the order in which they are chained."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM kernel_auditrow"
            " WHERE (era, transaction) >= (%s, %s) AND (era, transaction) < (%s, %s)"
            " ORDER BY era, transaction, id",
            [*start, *end],
        )
        while batch := cursor.fetchmany(2000):
            yield from batch


def _hash(head: str, rows: Iterable[tuple[Any, ...]]) -> tuple[str, int]:
    chain, count = hashlib.sha256(head.encode()), 0
    for row in rows:
        chain.update(json.dumps(row, default=_plain, separators=(",", ":")).encode() + b"\n")
        count += 1
    return chain.hexdigest(), count


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _noted(heads: Path) -> dict[int, set[str]]:
    """Heads by block number; a crash before the commit may leave two for one number, both true at the time."""
    noted: dict[int, set[str]] = {}
    if heads.exists():
        for line in heads.read_text("ascii").splitlines():
            number, _, head = line.partition(" ")
            noted.setdefault(int(number), set()).add(head)
    return noted
