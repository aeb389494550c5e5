"""What wants a look: nothing is wrong yet, and somebody should do something."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.looks import looks
from firstvisit.practice.shape import Practice, Shape

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def practice() -> Practice:
    return read_folder(SAMPLE).practice()


def said(practice: Practice, today: date = TODAY) -> list[str]:
    return [f"{look.name}: {look.words}" for look in looks(practice, practice.queues, today)]


def but(practice: Practice, collection: str, slug: str, **other: Any) -> Practice:
    entries: dict[str, Shape] = getattr(practice, collection)
    changed = entries[slug].model_copy(update=other)
    return practice.model_copy(update={collection: {**entries, slug: changed}})


def test_the_sample_wants_none_today(practice: Practice) -> None:
    assert said(practice) == []


def test_a_holiday_list_of_another_year_is_told_sixty_days_before(practice: Practice) -> None:
    this_year = [holiday for holiday in practice.sites["madison"].holidays if holiday.on.year == 2026]
    short = but(practice, "sites", "madison", holidays=tuple(this_year))
    assert any("no holidays of 2027 are entered" in words for words in said(short))
    assert not any("holidays" in words for words in said(short, date(2026, 10, 1)))


def test_a_queue_that_nobody_is_in_is_told(practice: Practice) -> None:
    found = looks(practice, set(practice.queues) - {"partners"}, TODAY)
    assert [(look.slug, look.words) for look in found] == [
        ("partners", "nobody is in it: its work is on the list of those alone who see every lead of its site")
    ]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"signed_on": None, "valid_until": None}, "is not signed"),
        ({"valid_until": date(2026, 11, 20)}, "ended on 2026-11-20"),
        ({"valid_until": date(2026, 12, 31)}, "ends on 2026-12-31"),
    ],
)
def test_an_agreement_that_does_not_hold_for_long_is_told(
    practice: Practice, other: dict[str, Any], words: str
) -> None:
    assert any(words in one for one in said(but(practice, "agreements", "lakeside_mail", **other)))


def test_what_was_checked_long_ago_and_a_waitlist_that_ended_are_told(practice: Practice) -> None:
    old = but(practice, "places", "four_lakes_seating", verified_on=date(2026, 1, 2))
    assert any("was last checked on 2026-01-02" in words for words in said(old))
    over = but(practice, "programs", "voice", status="waitlist", status_until=date(2026, 11, 20))
    assert any("its waitlist ended on 2026-11-20" in words for words in said(over))
