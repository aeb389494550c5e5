"""A rotation may be killed at any moment, and nobody who works meanwhile loses a value."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count

from firstvisit.config import database
from firstvisit.config.committed import in_threads
from firstvisit.kernel import keyring, rotation, seal
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict, SealBroken
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import AuditRow, DataKey

Owner = psycopg.Connection[Any]


@pytest.fixture
def path(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A key file of this test's own."""
    copy = tmp_path / "keys.json"
    shutil.copy(settings.KEY_FILE, copy)
    copy.chmod(0o600)
    settings.KEY_FILE = copy
    yield copy


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 5)


def values(count: int) -> list[tuple[Any, bytes]]:
    """Sealed values under as many new data keys."""
    made = []
    for number in range(count):
        row, key = seal.new_key()
        row.save(force_insert=True)
        made.append((row.id, seal.seal(key, "t", "c", row.id, f"value {number}".encode())))
    return made


def all_open(made: list[tuple[Any, bytes]]) -> bool:
    return opened(made) == [f"value {number}".encode() for number in range(len(made))]


def opened(made: list[tuple[Any, bytes]]) -> list[bytes]:
    """What stands in sealed values, each under its data key as it is now."""
    keys = {row.id: seal.open_key(row) for row in DataKey.objects.filter(id__in=[row for row, _ in made])}
    return [seal.unseal(keys[row], "t", "c", row, value) for row, value in made]


def masters() -> dict[str, int]:
    return dict(DataKey.objects.values_list("master").annotate(n=Count("*")))


def test_every_value_opens_before_and_after(committed: Owner, path: Path, small_batches: None) -> None:
    made = values(12)
    told: list[tuple[int, int]] = []
    done = rotation.rotate(path, committed, actor=SYSTEM, progress=lambda n, of: told.append((n, of)))
    assert (done.wrapped, done.retired, done.left) == (12, ("1",), ())
    assert told == [(5, 12), (10, 12), (12, 12)]
    assert masters() == {"2": 12}
    assert set(keyring.read(path).master) == {"2"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert all_open(made)
    assert set(AuditRow.objects.values_list("verb", flat=True)) == {"master_key_added", "master_key_retired"}


class Killed(BaseException):
    """Stands for kill -9: nothing of ours may catch it."""


@pytest.mark.parametrize("after", [5, 10])
def test_an_interrupted_rotation_is_finished_by_the_next(
    committed: Owner, path: Path, small_batches: None, after: int
) -> None:
    made = values(12)

    def kill(done: int, _: int) -> None:
        if done == after:
            raise Killed

    with pytest.raises(Killed):
        rotation.rotate(path, committed, actor=SYSTEM, progress=kill)
    assert set(keyring.read(path).master) == {"1", "2"}
    assert masters() == {"1": 12 - after, "2": after}
    assert all_open(made)
    done = rotation.rotate(path, committed, actor=SYSTEM)
    assert (done.current, done.wrapped, done.retired) == ("2", 12 - after, ("1",))
    assert all_open(made)


def test_killed_before_the_first_batch_it_makes_no_second_key(committed: Owner, path: Path) -> None:
    made = values(1)
    keyring.write(keyring.read(path).rotated(), path)
    assert rotation.rotate(path, committed, actor=SYSTEM).current == "2"
    assert all_open(made)


def test_a_data_key_wrapped_before_and_inserted_after_is_refused(committed: Owner, path: Path) -> None:
    """Rather an error that the sender sees than a value that nobody can open."""
    late, _ = seal.new_key()
    rotation.rotate(path, committed, actor=SYSTEM)
    with pytest.raises(IntegrityError, match=rotation.CONSTRAINT):
        late.save(force_insert=True)
    rotation.rotate(path, committed, actor=SYSTEM)
    with pytest.raises(IntegrityError, match=rotation.CONSTRAINT):
        late.save(force_insert=True)


def test_destroyed_keys_stay_destroyed(committed: Owner, path: Path) -> None:
    DataKey.objects.create(id=new_id(), wrapped=None, master="1")
    rotation.rotate(path, committed, actor=SYSTEM)
    assert list(DataKey.objects.values_list("wrapped", "master")) == [(None, "1")]


def test_a_key_that_does_not_open_keeps_the_old_master_key(committed: Owner, path: Path) -> None:
    values(3)
    DataKey.objects.create(id=new_id(), wrapped=b"\0" * 60, master="1")
    with pytest.raises(SealBroken):
        rotation.rotate(path, committed, actor=SYSTEM)
    assert set(keyring.read(path).master) == {"1", "2"}


def test_a_transaction_in_the_way_leaves_the_old_key_in_the_file(
    committed: Owner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "LOCK_SECONDS", 0.05)
    made = values(2)
    with database.as_owner(settings.ENVIRONMENT) as reader:
        reader.autocommit = False
        reader.execute("SELECT count(*) FROM kernel_datakey")
        done = rotation.rotate(path, committed, actor=SYSTEM)
        assert (done.wrapped, done.left) == (2, ("1",))
        reader.rollback()
    assert set(keyring.read(path).master) == {"1", "2"}
    assert rotation.rotate(path, committed, actor=SYSTEM).retired == ("1",)
    assert all_open(made)


def test_two_rotations_at_once_are_refused(committed: Owner, path: Path) -> None:
    with database.as_owner(settings.ENVIRONMENT) as other, rotation._alone(other), pytest.raises(Conflict):
        rotation.rotate(path, committed, actor=SYSTEM)


def test_others_work_on_while_keys_are_rotated(committed: Owner, path: Path, small_batches: None) -> None:
    made = values(60)

    def work(number: int) -> Any:
        if number == 0:
            with database.as_owner(settings.ENVIRONMENT) as owner:
                return [rotation.rotate(path, owner, actor=SYSTEM).current for _ in range(3)]
        kept = []
        for _ in range(40):
            row, key = seal.new_key()
            try:
                row.save(force_insert=True)
            except IntegrityError as error:
                assert rotation.CONSTRAINT in str(error)
                continue
            kept.append((row.id, seal.seal(key, "t", "c", row.id, b"later")))
        return kept

    rotated, *kept = in_threads(4, work)
    assert rotated == ["2", "3", "4"]
    assert not [result for result in kept if isinstance(result, Exception)], kept
    assert masters().keys() == {"4"}
    later = [pair for some in kept for pair in some]
    assert set(opened(later)) == {b"later"}
    assert all_open(made)


def test_a_data_key_committed_at_the_last_moment_is_wrapped_too(committed: Owner, path: Path) -> None:
    """The constraint waits for whoever is inserting; what they leave is wrapped before it is proven."""
    late, key = seal.new_key()
    sealed = seal.seal(key, "t", "c", late.id, b"value 0")
    with database.as_owner(settings.ENVIRONMENT) as writer:
        writer.autocommit = False
        insert = "INSERT INTO kernel_datakey (id, wrapped, master) VALUES (%s, %s, '1')"
        writer.execute(insert, [late.id, late.wrapped])

        def work(number: int) -> Any:
            if number == 0:
                with database.as_owner(settings.ENVIRONMENT) as owner:
                    return rotation.rotate(path, owner, actor=SYSTEM)
            waiting = (
                "SELECT count(*) FROM pg_locks WHERE relation = 'kernel_datakey'::regclass AND NOT granted"
            )
            while committed.execute(waiting).fetchone() == (0,):
                pass
            writer.commit()
            return None

        done, _ = in_threads(2, work)
    assert (done.wrapped, done.retired) == (1, ("1",))
    assert all_open([(late.id, sealed)])
