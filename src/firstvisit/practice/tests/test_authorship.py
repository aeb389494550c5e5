"""Who wrote what of a draft differs from the rules it was begun from."""

from __future__ import annotations

import pytest

from firstvisit.practice.authorship import Hands, authors, carried, written

BASE = {"routing": {"urgent": 15, "routes": [1]}}


def drafted(*steps: tuple[str, dict[str, object]]) -> Hands:
    """The hands after each of these changed fields, one after the other."""
    hands, now = Hands(), BASE
    for by, changes in steps:
        after = {"routing": {**now["routing"], **changes}}
        hands, now = written(hands, BASE, now, after, by), after
    return hands


@pytest.mark.parametrize(
    ("steps", "who"),
    [
        ((), ""),
        ((("mei", {"urgent": 20}),), "mei"),
        ((("mei", {"urgent": 20}), ("ruth", {"urgent": 25})), "mei ruth"),
        ((("mei", {"urgent": 20}), ("ruth", {"urgent": 25}), ("ruth", {"urgent": 20})), "mei"),
        ((("mei", {"urgent": 20}), ("ruth", {"urgent": 25}), ("mei", {"urgent": 20})), "mei"),
        ((("mei", {"urgent": 20}), ("ruth", {"urgent": 15})), ""),
        ((("mei", {"urgent": 20}), ("ruth", {"routes": [2]}), ("ruth", {"routes": [1]})), "mei"),
        ((("mei", {"urgent": 20}), ("ruth", {"routes": [2]}), ("mei", {"urgent": 15})), "ruth"),
        ((("", {"urgent": 20}),), ""),
    ],
)
def test_whoever_wrote_what_is_left_has_a_hand_in_it(
    steps: tuple[tuple[str, dict[str, object]], ...], who: str
) -> None:
    assert authors(drafted(*steps)) == set(who.split())


def test_over_to_another_base_goes_what_still_differs_from_it() -> None:
    hands = drafted(("mei", {"urgent": 20}), ("ruth", {"routes": [2]}))
    base = {"routing": {"urgent": 20, "routes": [1]}}
    now = {"routing": {"urgent": 20, "routes": [2]}}
    assert authors(carried(hands, base, now)) == {"ruth"}
