"""The link of an appointment: ours alone, for one lead and one person, and a page opened for half an hour."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.steps.booking.links import (
    GOOD_FOR,
    OPEN_FOR,
    Given,
    book_mark,
    given_by,
    opened_mark,
    was_opened,
)

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LEAD, MOTHER, FATHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def test_a_link_says_whose_it_is_and_to_whom_it_was_given() -> None:
    assert given_by(book_mark(LEAD, MOTHER, at=NOW), now=NOW) == Given(LEAD, MOTHER, NOW)
    assert given_by(book_mark(LEAD, None, at=NOW), now=NOW) == Given(LEAD, None, NOW)


def test_a_link_ends_after_half_a_year() -> None:
    mark = book_mark(LEAD, MOTHER, at=NOW)
    assert given_by(mark, now=NOW + GOOD_FOR) is not None
    assert given_by(mark, now=NOW + GOOD_FOR + timedelta(seconds=1)) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_what_we_did_not_sign_leads_nowhere(text: str) -> None:
    assert given_by(text, now=NOW) is None


def test_a_changed_letter_leads_nowhere() -> None:
    mark = book_mark(LEAD, MOTHER, at=NOW)
    changed = (mark[:n] + ("A" if mark[n] != "A" else "B") + mark[n + 1 :] for n in range(40))
    assert all(given_by(each, now=NOW) is None for each in changed)


def test_a_page_stays_open_for_half_an_hour_for_that_lead_and_person_alone() -> None:
    ours = Given(LEAD, MOTHER, NOW - timedelta(days=3))
    kept = opened_mark(ours, at=NOW)
    assert was_opened(kept, ours, now=NOW + OPEN_FOR)
    assert was_opened(kept, ours._replace(at=NOW), now=NOW), "a newer link to the same opens too"
    assert not was_opened(kept, ours, now=NOW + OPEN_FOR + timedelta(seconds=1))
    assert not was_opened(kept, ours._replace(to=FATHER), now=NOW)
    assert not was_opened(kept, ours._replace(lead=uuid.uuid4()), now=NOW)


def test_a_link_is_no_proof_that_the_birth_date_was_given() -> None:
    ours = Given(LEAD, MOTHER, NOW)
    assert not was_opened(book_mark(LEAD, MOTHER, at=NOW), ours, now=NOW)
    assert given_by(opened_mark(ours, at=NOW), now=NOW) is None
