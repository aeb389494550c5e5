"""The clock: real time in a practice, moved for everybody at once in the demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from firstvisit.config.committed import in_threads
from firstvisit.kernel import clock
from firstvisit.kernel.models import ClockOffset

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_a_moved_clock_is_read_with_its_offset(settings: Any) -> None:
    settings.CLOCK_MOVES = True
    clock.move(timedelta(days=2))
    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=2)) < SECOND
    clock.move(timedelta(days=-2))
    assert abs(clock.now() - datetime.now(UTC)) < SECOND


@pytest.mark.django_db
def test_the_clock_of_a_practice_is_never_moved(settings: Any) -> None:
    settings.CLOCK_MOVES = True
    clock.move(timedelta(days=2))
    settings.CLOCK_MOVES = False
    assert abs(clock.now() - datetime.now(UTC)) < SECOND
    with pytest.raises(RuntimeError, match="never moved"):
        clock.move(SECOND)


def test_two_moves_at_once_both_count(committed: psycopg.Connection[Any], settings: Any) -> None:
    settings.CLOCK_MOVES = True
    clock.move(timedelta(0))
    in_threads(4, lambda _: clock.move(timedelta(hours=1)))
    assert ClockOffset.objects.get().seconds == 4 * 3600
    clock.forget()
    assert abs(clock.now() - datetime.now(UTC) - timedelta(hours=4)) < SECOND


@pytest.mark.django_db
def test_the_offset_is_kept_for_a_moment_and_forgotten_on_demand(settings: Any) -> None:
    settings.CLOCK_MOVES = True
    clock.move(timedelta(0))
    clock.now()
    ClockOffset.objects.update(seconds=3600)
    assert abs(clock.now() - datetime.now(UTC)) < SECOND
    clock.forget()
    assert abs(clock.now() - datetime.now(UTC) - timedelta(hours=1)) < SECOND
