"""A sentence that must fit."""

from __future__ import annotations

import pytest

from firstvisit.kernel.shortening import shortened


@pytest.mark.parametrize(
    ("text", "most", "found"),
    [
        ("It is damaged", 13, "It is damaged"),
        ("It is damaged", 12, "It is…"),
        ("It is damaged and will not open", 14, "It is damaged…"),
        ("It is damaged, and will not open", 16, "It is damaged…"),
        ("Unbreakableword", 8, "Unbreak…"),
        ("", 5, ""),
    ],
)
def test_it_ends_behind_a_whole_word_and_shows_that_something_is_missing(text: str, most: int, found: str) -> None:
    assert shortened(text, most) == found
    assert len(found) <= most
