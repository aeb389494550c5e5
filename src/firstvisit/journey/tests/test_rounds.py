"""Which item began the present round: what was planned for it is not wanted a second time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from firstvisit.journey.loading import round_of

FIRST, SECOND, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))
START = datetime(2026, 11, 24, 15, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_the_first_item_begins_the_round_and_a_second_step_does_not_begin_another() -> None:
    assert round_of([(FIRST, at(0)), (SECOND, at(2))], []) == (FIRST, at(0))


def test_a_try_ends_no_round_by_itself() -> None:
    assert round_of([(FIRST, at(0)), (SECOND, at(2))], [at(30)]) == (FIRST, at(0))


def test_the_first_item_after_a_try_begins_the_next_round() -> None:
    items = [(FIRST, at(0)), (SECOND, at(40)), (THIRD, at(50))]
    assert round_of(items, [at(30)]) == (SECOND, at(40))
    assert round_of(items, [at(30), at(60)]) == (SECOND, at(40))


def test_without_items_there_is_no_round() -> None:
    assert round_of([], [at(30)]) is None
