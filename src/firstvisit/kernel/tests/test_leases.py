"""A lease is held by one, renewed by its holder, and lapses by itself."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from firstvisit.config.committed import in_threads
from firstvisit.kernel import leases
from firstvisit.kernel.models import Lease

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANA, BEN, LEAD = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


@pytest.mark.django_db
def test_the_first_has_it_until_it_lapses() -> None:
    assert leases.take("lead", LEAD, ANA, now=NOW, minutes=5).holder == ANA
    assert leases.take("lead", LEAD, BEN, now=NOW + timedelta(minutes=4), minutes=5).holder == ANA
    assert leases.take("lead", LEAD, BEN, now=NOW + timedelta(minutes=5), minutes=5).holder == BEN


@pytest.mark.django_db
def test_its_holder_renews_it() -> None:
    leases.take("lead", LEAD, ANA, now=NOW, minutes=5)
    leases.take("lead", LEAD, ANA, now=NOW + timedelta(minutes=4), minutes=5)
    assert leases.take("lead", LEAD, BEN, now=NOW + timedelta(minutes=8), minutes=5).holder == ANA


@pytest.mark.django_db
def test_only_its_holder_gives_it_back() -> None:
    leases.take("lead", LEAD, ANA, now=NOW, minutes=5)
    leases.give_back("lead", LEAD, BEN)
    assert LEAD in leases.held("lead", [LEAD], now=NOW)
    leases.give_back("lead", LEAD, ANA)
    assert leases.held("lead", [LEAD], now=NOW) == {}


@pytest.mark.django_db
def test_kinds_do_not_meet_and_lapsed_ones_are_not_held() -> None:
    leases.take("lead", LEAD, ANA, now=NOW, minutes=5)
    assert leases.held("item", [LEAD], now=NOW) == {}
    assert leases.held("lead", [LEAD], now=NOW + timedelta(minutes=5)) == {}


@pytest.mark.django_db
def test_the_sweep_leaves_what_lapsed_within_a_day() -> None:
    leases.take("lead", LEAD, ANA, now=NOW, minutes=5)
    assert leases.sweep(now=NOW + timedelta(days=1)) == 0
    assert leases.sweep(now=NOW + timedelta(days=1, minutes=6)) == 1
    assert not Lease.objects.exists()


def test_of_many_who_ask_at_once_one_gets_it(committed: psycopg.Connection[Any]) -> None:
    people = [uuid.uuid4() for _ in range(6)]
    held = in_threads(6, lambda n: leases.take("lead", LEAD, people[n], now=NOW, minutes=5))
    holders = {lease.holder for lease in held}
    assert len(holders) == 1
    assert Lease.objects.get().holder in holders
