"""Whoever may not come gets one more time, earlier or nearer, and loses none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firstvisit.steps.booking.likely import with_one_more
from firstvisit.steps.booking.shapes import Slot
from firstvisit.steps.booking.tests.slots import WANT

PERSON = WANT._replace(sites=("near", "middle", "far"))


def slot(start: int, site: str = "near") -> Slot:
    return Slot(start, start + 45, (start, start + 55), site, "clinic", 1, (1,), 0, ())


places = st.sampled_from(["near", "middle", "far", "elsewhere"])
slots = st.lists(st.builds(slot, st.integers(0, 50), places), max_size=6)


@given(slots, slots, st.floats(0, 1), st.floats(0, 1))
def test_nothing_is_taken_away_or_moved_and_what_is_added_is_earlier_or_nearer(
    offers: list[Slot], others: list[Slot], chance: float, below: float
) -> None:
    found = with_one_more(offers, others, PERSON, chance, below=below)
    assert list(found[: len(offers)]) == offers
    near = {"near": 0, "middle": 1, "far": 2, "elsewhere": 3}
    for added in found[len(offers) :]:
        assert chance < below and len(found) == len(offers) + 1
        assert added._replace(why=()) in others
        assert all(added.start < each.start for each in offers) or all(
            near[added.site] < near[each.site] for each in offers
        )


def test_the_soonest_goes_before_the_nearest_and_says_why() -> None:
    offers = [slot(30, "middle"), slot(20, "far")]
    (added,) = with_one_more(offers, [slot(40), slot(10, "far"), slot(15)], PERSON, 0.4, below=0.6)[2:]
    assert (added.start, [why.code for why in added.why]) == (10, ["earlier"])
    (added,) = with_one_more(offers, [slot(40)], PERSON, 0.4, below=0.6)[2:]
    assert (added.start, [why.code for why in added.why]) == (40, ["nearer"])
    assert with_one_more(offers, [slot(10)], PERSON, 0.7, below=0.6) == tuple(offers)
