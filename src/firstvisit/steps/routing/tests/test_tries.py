"""The sequences by table: when the next try, the reminder and the close-out come."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.routing.tries import Sequence, Tries, Try, course, open_day

SITES = read_folder(SAMPLE).practice(1).sites
MADISON, MARQUETTE = SITES["madison"], SITES["marquette"]
TRIES = Tries()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADISON.tz)


@pytest.mark.parametrize(
    ("class_", "tried", "next_try"),
    [
        ("high_intent", ["2026-11-30T08:20"], "2026-11-30T16:30"),
        ("high_intent", ["2026-11-30T08:20", "2026-11-30T16:35"], "2026-12-01T12:00"),
        ("high_intent", ["2026-11-30T17:00"], "2026-12-01T09:00"),
        ("standard", ["2026-11-30T09:00"], "2026-12-01T12:00"),
        ("standard", ["2026-11-27T09:00"], "2026-11-30T12:00"),
        ("partner", ["2026-11-30T09:00", "2026-12-01T12:10"], "2026-12-02T09:00"),
        ("urgent", ["2026-11-30T08:10"], "2026-11-30T12:30"),
        ("urgent", ["2026-11-30T08:10", "2026-11-30T12:30"], "2026-11-30T16:30"),
    ],
)
def test_the_next_try_comes_at_another_time_of_day(class_: str, tried: list[str], next_try: str) -> None:
    ahead = course(TRIES.of(class_), [at(t) for t in tried], TRIES.gap_minutes, MADISON)  # type: ignore[arg-type]
    assert ahead.next_try == at(next_try)
    assert ahead.number == len(tried) + 1


def test_after_the_last_try_come_the_reminder_and_the_close_out_on_open_days() -> None:
    tried = [at("2026-11-30T08:20") + timedelta(hours=n) for n in range(5)]
    ahead = course(TRIES.high_intent, tried, TRIES.gap_minutes, MADISON)
    assert ahead.next_try is None
    assert (ahead.remind_at, ahead.close_at) == (at("2026-12-09T09:00"), at("2026-12-14T09:00"))


def test_a_holiday_is_no_day_of_the_sequence() -> None:
    assert open_day(at("2026-11-25T10:00"), 1, time(9), MADISON).date() == at("2026-11-30T09:00").date()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tries": [{"day": 1, "at": "12:00"}, {"day": 1, "at": "09:00"}], "close_day": 5}, "does not come after"),
        ({"tries": [{"day": 4, "at": "12:00"}], "close_day": 3}, "close_day"),
        ({"tries": [{"day": 4, "at": "12:00"}], "reminder_day": 2, "close_day": 9}, "reminder_day"),
        ({"tries": [{"day": 0, "at": "12:00+02:00"}], "close_day": 9}, "without an offset"),
        ({"tries": [], "close_day": 0}, "close_day"),
    ],
)
def test_a_sequence_out_of_order_is_refused_and_named(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Sequence.model_validate(wrong)


def test_the_section_reads_what_it_writes() -> None:
    assert Tries.model_validate(TRIES.model_dump(mode="json")) == TRIES


moments = st.integers(0, 330 * 24 * 60).map(lambda minutes: at("2026-01-01T00:00") + timedelta(minutes=minutes))
days = st.lists(st.builds(Try, day=st.integers(0, 9), at=st.times().map(lambda t: t.replace(tzinfo=None))),
                max_size=5, unique_by=lambda t: (t.day, t.at))  # fmt: skip


@given(first=moments, tries=days, made=st.integers(1, 6), site=st.sampled_from([MADISON, MARQUETTE]))
def test_every_next_try_lies_ahead_in_opening_hours(first: datetime, tries: list[Try], made: int, site: object) -> None:
    place = MADISON if site is MADISON else MARQUETTE
    sequence = Sequence(tries=tuple(sorted(tries, key=lambda t: (t.day, t.at))), close_day=12)
    tried = [first + timedelta(hours=n) for n in range(made)]
    ahead = course(sequence, tried, 90, place)
    assert ahead.close_at > tried[-1]
    if made <= len(sequence.tries):
        assert ahead.next_try is not None and ahead.next_try > tried[-1]
        local = ahead.next_try.astimezone(place.tz)
        assert any(begins <= ahead.next_try <= ends for begins, ends in place.openings(local.date()))
    else:
        assert ahead.next_try is None
