"""Hours of the day as people write them."""

from __future__ import annotations

import pytest

from firstvisit.referral import hours


@pytest.mark.parametrize(
    ("text", "kept", "words"),
    [
        ("1 pm to 4 pm", "13:00-16:00", "1:00 pm to 4:00 pm"),
        ("between 9:30 am and noon", "09:30-12:00", "9:30 am to 12:00 pm"),
        ("13:00-16:00", "13:00-16:00", "1:00 pm to 4:00 pm"),
        ("13:00-24:00", "13:00-24:00", "from 1:00 pm"),
        ("after 1 PM", "13:00-24:00", "from 1:00 pm"),
        ("until noon", "00:00-12:00", "until 12:00 pm"),
        ("any hour", "00:00-24:00", "any hour"),
    ],
)
def test_hours_are_kept_in_one_form_and_read_back_from_their_words(text: str, kept: str, words: str) -> None:
    assert hours.stated(text) == kept
    assert hours.in_words(kept) == words
    assert hours.stated(words) == kept


@pytest.mark.parametrize("text", ["4 pm to 1 pm", "1:00 to 4:00", "9 to 5", "25:00-26:00", "13 pm to 14 pm", "soon"])
def test_what_cannot_be_meant_is_refused_with_what_to_enter(text: str) -> None:
    with pytest.raises(ValueError, match=r"am or pm|1 pm to 4 pm"):
        hours.stated(text)


def test_the_whole_day_is_no_wish() -> None:
    assert hours.between("00:00-24:00") is None and hours.between(None) is None
    assert hours.between("13:00-16:30") == (780, 990)
