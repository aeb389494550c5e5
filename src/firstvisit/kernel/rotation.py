"""A new master key: into the key file first, then every data key wrapped again, then the old one out.

Killed at any moment it goes on where it stood: two master keys in the file mean an unfinished rotation.
Other processes read the file again when it changes, so they go on working. One of them may have wrapped a
data key with the old master key a moment before and insert it a moment later; so before the old key leaves
the file, a constraint makes the database refuse every data key under it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection, transaction
from psycopg import sql

from firstvisit.kernel import audit, keyring, seal
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict
from firstvisit.kernel.keyring import Keyring
from firstvisit.kernel.models import DataKey

BATCH = 1000
LOCK_SECONDS = 5
"""How long taking the table for the constraint may hold others up; then the old key stays for this time."""
CONSTRAINT = "datakey_master_retired"
_LOCK = 0x66760002

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. `left` are old master keys still in the file, because something was in the way."""

    current: str
    wrapped: int
    retired: tuple[str, ...]
    left: tuple[str, ...]


def rotate(
    path: Path,
    owner: psycopg.Connection[tuple[object, ...]],
    *,
    actor: Actor,
    progress: Progress | None = None,
) -> Rotated:
    """Rotate the master key of the key file at `path`, or finish an interrupted rotation.

    `owner` is an autocommit connection of the role that owns the tables. `progress` is told data keys done
    and all there are. Conflict while another rotation runs; SealBroken when a data key does not open with
    this file, and then nothing leaves the file.
    """
    with _alone(owner):
        ring = keyring.read(path)
        if len(ring.master) == 1:
            ring = ring.rotated()
            keyring.write(ring, path)
            audit.note(actor, "master_key_added", "master_key", [ring.current], why="command")
        old = tuple(sorted(set(ring.master) - {ring.current}, key=int))
        wrapped = _wrap_all(ring, progress)
        if not _refuse(owner, tuple(str(version) for version in range(1, int(ring.current)))):
            return Rotated(ring.current, wrapped, (), old)
        wrapped += _wrap_all(ring, None)  # what was inserted between the last batch and the constraint
        owner.execute(
            sql.SQL("ALTER TABLE kernel_datakey VALIDATE CONSTRAINT {}").format(sql.Identifier(CONSTRAINT))
        )
        keyring.write(ring.without(set(old)), path)
        audit.note(actor, "master_key_retired", "master_key", old, why="command")
        return Rotated(ring.current, wrapped, old, ())


@contextmanager
def _alone(owner: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
    if owner.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
        raise Conflict("another rotation is running")
    try:
        yield
    finally:
        owner.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _wrap_all(ring: Keyring, progress: Progress | None) -> int:
    """Wrap every data key that stands under another master key again; the number wrapped."""
    waiting = DataKey.objects.filter(wrapped__isnull=False).exclude(master=ring.current)
    total = waiting.count() if progress else 0
    done = 0
    while number := _wrap_some(ring):
        done += number
        if progress:
            progress(done, max(total, done))
    return done


def _wrap_some(ring: Keyring) -> int:
    with transaction.atomic():
        rows = list(
            DataKey.objects.select_for_update()
            .filter(wrapped__isnull=False)
            .exclude(master=ring.current)
            .order_by("id")[:BATCH]
        )
        if not rows:
            return 0
        fresh = [seal.wrap(seal.unwrap(row, ring), row.id, ring) for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_datakey SET wrapped = fresh.wrapped, master = %s"
                " FROM unnest(%s::uuid[], %s::bytea[]) AS fresh(id, wrapped) WHERE kernel_datakey.id = "
                "fresh.id",
                [ring.current, [row.id for row in rows], fresh],
            )
        return len(rows)


def _refuse(owner: psycopg.Connection[tuple[object, ...]], old: tuple[str, ...]) -> bool:
    """Let the database refuse data keys under old master keys; False when the table could not be had.

    The lock waits for every transaction that has written a data key, so after it nothing old is under way.
    Every version below the newest is refused, those retired long ago too.
    """
    constraint = sql.Identifier(CONSTRAINT)
    statement = sql.SQL(
        "ALTER TABLE kernel_datakey DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name}"
        " CHECK (wrapped IS NULL OR master NOT IN ({old})) NOT VALID"
    ).format(name=constraint, old=sql.SQL(", ").join(sql.Literal(version) for version in old))
    deadline = time.monotonic() + 6 * LOCK_SECONDS
    owner.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{LOCK_SECONDS}s")))
    try:
        while True:
            try:
                owner.execute(statement)
                return True
            except psycopg.errors.LockNotAvailable:
                if time.monotonic() > deadline:
                    return False
    finally:
        owner.execute("RESET lock_timeout")
