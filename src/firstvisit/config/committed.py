"""A pytest fixture for tests that need transactions of their own: several connections, commits, threads.

Django's test client of transactions empties tables as the role it works with, and ours may not. This one
works on the run's database without an outer transaction and empties the tables as the owner.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

KEPT = ("django_migrations", "django_content_type", "people_consentwording")
"""Tables whose rows belong to the migrated database."""
TRIES = 5


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection[Any]]:
    """The database with real commits; yields the owner's connection. Everything is empty again afterwards."""
    from django.conf import settings
    from django.db import connections

    from firstvisit.config import database

    with django_db_blocker.unblock(), database.as_owner(settings.ENVIRONMENT) as owner:
        yield owner
        for connection in connections.all(initialized_only=True):
            connection.close()
        empty(owner)


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0..count-1)` at the same moment, each with a connection of its own; results or errors."""
    from django.db import connections

    gate, results = threading.Barrier(count), list[Any]([None] * count)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = work(number)
        except Exception as error:  # noqa: BLE001  whatever a thread raises is its result
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def empty(owner: psycopg.Connection[Any]) -> None:
    """Every table that a test can have filled, and what its rows changed in the schema, as after the migrations.

    A request or a thread of the test may still be reading, in another order than this one locks; of such a deadlock
    the server ends either, so this tries again.
    """
    rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    tables = [sql.Identifier(name) for (name,) in rows if name not in KEPT]
    truncate = sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(tables))
    for left in range(TRIES - 1, -1, -1):
        try:
            owner.execute(truncate)
            break
        except psycopg.errors.DeadlockDetected:
            if not left:
                raise
    owner.execute("ALTER TABLE kernel_auditrow ALTER COLUMN era SET DEFAULT 1")
    owner.execute("ALTER TABLE kernel_datakey DROP CONSTRAINT IF EXISTS datakey_master_retired")
