"""The log: append-only for the application, chained without gaps, and every change of it is found."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from firstvisit.config import database
from firstvisit.config.committed import in_threads
from firstvisit.kernel import audit
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.kernel.models import AuditBlock, AuditRow

Owner = psycopg.Connection[Any]


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "heads" / "audit-heads.txt"


def write(*verbs: str) -> None:
    for verb in verbs:
        audit.note(Actor("api", "k", "192.0.2.7"), verb, "lead", ["a", "b"], why="test")


def close(heads: Path) -> AuditBlock | None:
    return audit.close(heads, now=timezone.now())


def unguarded(owner: Owner, statement: str) -> None:
    """What somebody does who has become the owner: switch the guard off and change the log."""
    for table in ("kernel_auditrow", "kernel_auditblock"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(statement)
    for table in ("kernel_auditrow", "kernel_auditblock"):
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_closed_rows_verify_and_later_ones_wait_for_the_next_block(committed: Owner, heads: Path) -> None:
    write("one", "two")
    first = close(heads)
    write("three")
    second = close(heads)
    assert first is not None
    assert second is not None
    assert (first.rows, second.rows) == (2, 1)
    assert close(heads) is None
    assert audit.verify(heads) == []
    assert heads.read_text() == f"1 {first.head}\n2 {second.head}\n"


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE kernel_auditrow SET actor = 'user:x' WHERE verb = 'two'", "block 1 was changed"),
        ("UPDATE kernel_auditrow SET at = at + interval '1 s' WHERE verb = 'three'", "block 2 was changed"),
        ("UPDATE kernel_auditrow SET subjects = '{a}' WHERE verb = 'one'", "block 1 was changed"),
        ("UPDATE kernel_auditrow SET address = '192.0.2.8' WHERE verb = 'one'", "block 1 was changed"),
        ("UPDATE kernel_auditrow SET why = '' WHERE verb = 'one'", "block 1 was changed"),
        ("DELETE FROM kernel_auditrow WHERE verb = 'one'", "block 1 has 1 rows where 2 were closed"),
        (
            "INSERT INTO kernel_auditrow (actor, verb, subject_kind, subjects, why, address, transaction)"
            " SELECT actor, 'slipped in', subject_kind, subjects, why, address, transaction"
            " FROM kernel_auditrow WHERE verb = 'one'",
            "block 1 has 3 rows where 2 were closed",
        ),
        (
            "UPDATE kernel_auditblock SET head = repeat('0', 64) WHERE number = 1",
            "block 1 differs from the head noted",
        ),
        ("DELETE FROM kernel_auditblock WHERE number = 1", "block 2 has 3 rows where 1 were closed"),
    ],
)
def test_every_change_of_the_log_is_found(committed: Owner, heads: Path, tampering: str, found: str) -> None:
    write("one", "two")
    close(heads)
    write("three")
    close(heads)
    assert audit.verify(heads) == []
    unguarded(committed, tampering)
    assert any(found in sentence for sentence in audit.verify(heads)), audit.verify(heads)


def test_a_chain_made_anew_does_not_fit_the_file(committed: Owner, heads: Path) -> None:
    write("one", "two")
    close(heads)
    unguarded(committed, "DELETE FROM kernel_auditblock; UPDATE kernel_auditrow SET verb = 'other'")
    forged = close(heads.with_name("elsewhere.txt"))
    assert forged is not None
    assert audit.verify(heads.with_name("elsewhere.txt")) == []
    assert audit.verify(heads) == ["audit block 1 differs from the head noted in audit-heads.txt"]


def test_a_head_noted_before_a_crash_does_no_harm(committed: Owner, heads: Path) -> None:
    write("one")
    close(heads)
    with heads.open("a") as file:
        file.write("2 " + "f" * 64 + "\n")
    assert audit.verify(heads) == []
    write("two")
    close(heads)
    assert audit.verify(heads) == []


def test_blocks_missing_at_the_end_are_found(committed: Owner, heads: Path) -> None:
    for verb in ("one", "two", "three"):
        write(verb)
        close(heads)
    unguarded(committed, "DELETE FROM kernel_auditblock WHERE number > 1")
    assert audit.verify(heads) == ["audit block 3 is noted in audit-heads.txt but missing from the database"]


def test_a_row_committed_late_is_in_a_later_block(committed: Owner, heads: Path) -> None:
    """The closer stops below the oldest running transaction, so nothing slips in behind it."""
    with database.as_owner(settings.ENVIRONMENT) as slow:
        slow.autocommit = False
        slow.execute(
            "INSERT INTO kernel_auditrow (actor, verb, subject_kind, subjects, why, address)"
            " VALUES ('system', 'slow', 'lead', '{}', '', '')"
        )
        write("fast")
        assert close(heads) is None
        slow.commit()
    block = close(heads)
    assert block is not None
    assert block.rows == 2
    assert audit.verify(heads) == []


def test_the_closer_skips_no_row_of_many_writers(committed: Owner, heads: Path) -> None:
    writers, each, done = 6, 25, threading.Event()

    def work(number: int) -> int:
        if number == writers:
            blocks = 0
            while not done.is_set():
                blocks += close(heads) is not None
            return blocks
        for turn in range(each):
            with transaction.atomic():
                audit.note(SYSTEM, f"w{number}", "lead", [turn])
                audit.note(SYSTEM, f"w{number}", "lead", [turn])
        if AuditRow.objects.count() >= 2 * writers * each:
            done.set()
        return 0

    results = in_threads(writers + 1, work)
    assert not [result for result in results if isinstance(result, Exception)], results
    close(heads)
    assert sum(AuditBlock.objects.values_list("rows", flat=True)) == 2 * writers * each
    assert audit.verify(heads) == []


def test_of_two_closers_at_once_one_closes(committed: Owner, heads: Path) -> None:
    write(*(f"v{number}" for number in range(20)))
    results = in_threads(2, lambda _: close(heads))
    assert not [result for result in results if isinstance(result, Exception)], results
    close(heads)
    assert sum(AuditBlock.objects.values_list("rows", flat=True)) == 20
    assert audit.verify(heads) == []


def test_after_a_restore_the_log_goes_on_in_a_new_era(committed: Owner, heads: Path) -> None:
    """In another cluster transactions count from low numbers again; the era keeps the order."""
    write("before")
    close(heads)
    write("tail")
    committed.execute(audit.next_era())  # type: ignore[arg-type]
    committed.execute(
        "INSERT INTO kernel_auditrow (actor, verb, subject_kind, subjects, why, address, transaction)"
        " VALUES ('system', 'after', 'lead', '{}', '', '', 1)"
    )
    block = close(heads)
    assert block is not None
    assert (block.era, block.rows) == (2, 2)
    assert audit.verify(heads) == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", database.APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_applications_role_may_only_add(table: str, verb: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1", [table]
        )
        column = cursor.fetchone()[0]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(verb.format(table, column=column))


def test_the_owner_is_held_up_by_the_guard(committed: Owner) -> None:
    write("one")
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot update or delete"):
        committed.execute("DELETE FROM kernel_auditrow")
