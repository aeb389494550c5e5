"""What is typed finds whoever is meant, and nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.people.finding import Wanted, finders_of, wanted
from firstvisit.people.identity import Identity

KAREN = Identity(
    first_name="Karén", last_name="Nyberg-Poole", date_of_birth="1961-02-08", phone="+16085550163"
)


@pytest.mark.parametrize(
    "text",
    ["kar", "KAREN", "nyb", "Nyberg", "poole", "nyberg-p", "Poole, Karen", "karen nyb",
     "02/08/1961", "2-8-1961", "1961-02-08", "0163", "555-0163", "(608) 555-0163", "+1 608 555 0163"],
)  # fmt: skip
def test_a_person_is_found_by(text: str) -> None:
    asked = wanted(text)
    assert asked
    assert set(asked.finders()) <= set(finders_of(KAREN))
    assert asked.fits(KAREN)


@pytest.mark.parametrize("text", ["kat", "nybergs", "aren", "02/09/1961", "0164", "555-0164", "karen smith"])
def test_a_person_is_not_found_by(text: str) -> None:
    assert not wanted(text).fits(KAREN)


@pytest.mark.parametrize("text", ["", "k", "ka", "16", "163", "-", "13/45/1961x", "''"])
def test_too_little_asks_for_nothing(text: str) -> None:
    assert not wanted(text)


def test_a_day_that_does_not_exist_is_no_birth_date() -> None:
    assert wanted("02/30/1961") == Wanted()


@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_or_asks_for_nothing(text: str) -> None:
    asked = wanted(text)
    assert bool(asked.finders()) == bool(asked)


def test_a_name_tells_no_more_than_sixteen_bits() -> None:
    assert all(finder < 1 << 16 for finder in wanted("karen nyberg").finders())
    assert wanted("02/08/1961").born == date(1961, 2, 8)
