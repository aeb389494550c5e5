"""Rows of many ids are asked for with one value."""

from __future__ import annotations

import uuid

import pytest
from django.db.models import Q

from firstvisit.kernel.models import DataKey


@pytest.mark.django_db
def test_it_finds_what_in_finds() -> None:
    keys = [DataKey.objects.create(master="test") for _ in range(3)]
    wanted = [keys[0].id, keys[2].id, uuid.uuid4()]
    found = DataKey.objects.filter(id__among=wanted)
    assert {key.id for key in found} == {keys[0].id, keys[2].id}
    assert set(found) == set(DataKey.objects.filter(id__in=wanted))


@pytest.mark.django_db
def test_none_finds_nothing_and_leaves_an_alternative_alone() -> None:
    key = DataKey.objects.create(master="test")
    assert not DataKey.objects.filter(id__among=[])
    assert list(DataKey.objects.filter(Q(id__among=[]) | Q(master="test", id=key.id))) == [key]


@pytest.mark.django_db
def test_what_is_no_id_is_refused() -> None:
    with pytest.raises(AttributeError):
        list(DataKey.objects.filter(id__among=["7"]))
