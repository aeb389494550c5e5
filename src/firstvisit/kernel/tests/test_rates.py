"""How often somebody may do a thing, counted for all processes together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from firstvisit.config.committed import in_threads
from firstvisit.kernel import rates
from firstvisit.kernel.blind import token
from firstvisit.kernel.models import Counter

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_within_the_limit_and_beyond_it() -> None:
    key = token("form", "192.0.2.7")
    assert [rates.within(key, limit=3, per=MINUTE, now=NOW) for _ in range(5)] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.django_db
def test_the_next_stretch_counts_anew_and_others_count_apart() -> None:
    key = token("form", "192.0.2.7")
    assert rates.within(key, limit=1, per=MINUTE, now=NOW)
    assert not rates.within(key, limit=1, per=MINUTE, now=NOW + timedelta(seconds=59))
    assert rates.within(key, limit=1, per=MINUTE, now=NOW + MINUTE)
    assert rates.within(token("form", "192.0.2.8"), limit=1, per=MINUTE, now=NOW)


@pytest.mark.django_db
def test_the_sweep_leaves_the_last_day() -> None:
    rates.within(token("a"), limit=1, per=MINUTE, now=NOW)
    rates.within(token("b"), limit=1, per=MINUTE, now=NOW + timedelta(hours=2))
    assert rates.sweep(now=NOW + timedelta(days=1, hours=1)) == 1
    assert Counter.objects.get().key == token("b")


def test_many_at_once_are_all_counted(committed: psycopg.Connection[Any]) -> None:
    key = token("form", "192.0.2.7")
    results = in_threads(8, lambda _: [rates.within(key, limit=20, per=MINUTE, now=NOW) for _ in range(5)])
    assert sum(answer for some in results for answer in some) == 20
    assert Counter.objects.get().count == 40
