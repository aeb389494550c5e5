"""A sealed value opens in its own place under its own key, and nowhere else."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.kernel import erasure, seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey

PLAIN = b"Rosa Delgado, 608-555-0172"


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    _, key = seal.new_key()
    row = new_id()
    assert (
        seal.unseal(
            key, "people_person", "sealed", row, seal.seal(key, "people_person", "sealed", row, plain)
        )
        == plain
    )


def test_sealed_bytes_show_nothing_and_never_repeat() -> None:
    _, key = seal.new_key()
    row = new_id()
    one, two = (seal.seal(key, "t", "c", row, PLAIN) for _ in range(2))
    assert one != two
    assert b"Delgado" not in one
    assert len(one) == len(PLAIN) + 28


@pytest.mark.parametrize("place", ["table", "column", "row", "key", "bytes"])
def test_a_value_moved_or_changed_does_not_open(place: str) -> None:
    _, key = seal.new_key()
    _, other = seal.new_key()
    row = new_id()
    sealed = seal.seal(key, "people_person", "sealed", row, PLAIN)
    tried = {
        "table": (key, "people_insurance", "sealed", row, sealed),
        "column": (key, "people_person", "name", row, sealed),
        "row": (key, "people_person", "sealed", new_id(), sealed),
        "key": (other, "people_person", "sealed", row, sealed),
        "bytes": (key, "people_person", "sealed", row, bytes([sealed[0] ^ 1]) + sealed[1:]),
    }[place]
    with pytest.raises(SealBroken):
        seal.unseal(*tried)


@pytest.mark.django_db
def test_a_wrapped_key_moved_to_another_row_does_not_open() -> None:
    row, _ = seal.new_key()
    moved = DataKey(id=uuid.uuid4(), wrapped=row.wrapped, master=row.master)
    with pytest.raises(SealBroken):
        seal.open_key(moved)


@pytest.mark.django_db
def test_a_destroyed_key_opens_nothing_and_its_row_stays() -> None:
    row, _ = seal.new_key()
    row.save(force_insert=True)
    assert erasure.destroy([row.id], at=timezone.now()) == 1
    assert erasure.destroy([row.id], at=timezone.now()) == 0
    with pytest.raises(SealBroken, match="destroyed"):
        seal.open_key(DataKey.objects.get(id=row.id))


@pytest.mark.django_db
def test_a_key_of_an_unknown_master_is_said_in_words() -> None:
    row, _ = seal.new_key()
    row.master = "99"
    with pytest.raises(SealBroken, match="needs master key 99"):
        seal.open_key(row)
