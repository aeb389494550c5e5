"""Where visits booked so far ahead are often missed there is one more time, earlier or nearer, and none is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firstvisit.steps.booking.likely import with_one_more
from firstvisit.steps.booking.shapes import Share, Slot, Why
from firstvisit.steps.booking.tests.slots import WANT

PERSON = WANT._replace(sites=("near", "middle", "far"))


def slot(start: int, site: str = "near") -> Slot:
    return Slot(start, start + 45, (start, start + 55), site, "clinic", 1, (1,), 0, (Why("soonest"),))


places = st.sampled_from(["near", "middle", "far", "elsewhere"])
slots = st.lists(st.tuples(st.integers(0, 5000), places).map(lambda drawn: slot(*drawn)), max_size=6)
counts = st.tuples(st.integers(11, 200), st.integers(0, 200))
shares = st.none() | counts.map(lambda drawn: Share(15, None, drawn[0], min(drawn)))


@given(slots, slots, shares, st.integers(0, 100))
def test_nothing_is_taken_away_or_moved_and_what_is_added_is_earlier_or_nearer(
    offers: list[Slot], others: list[Slot], share: Share | None, below: int
) -> None:
    found = with_one_more(offers, others, PERSON, share, below=below)
    assert list(found[: len(offers)]) == offers
    near = {"near": 0, "middle": 1, "far": 2, "elsewhere": 3}
    for added in found[len(offers) :]:
        assert share is not None and share.percent < below and len(found) == len(offers) + 1
        assert added._replace(why=(Why("soonest"),)) in others
        assert all(added.start + 1440 <= each.start for each in offers) or all(
            near[added.site] < near[each.site] for each in offers
        )


def test_the_soonest_goes_before_the_nearest_and_says_why() -> None:
    offers, often = [slot(3000, "middle"), slot(2000, "far")], Share(15, None, 84, 34)
    (added,) = with_one_more(offers, [slot(4000), slot(560, "far"), slot(600), slot(1990)], PERSON, often, below=60)[2:]
    assert (added.start, [why.code for why in added.why]) == (560, ["earlier"])
    assert dict(added.why[0].data) == {"booked": "84", "came": "34", "since": "15", "before": "0"}
    (added,) = with_one_more(offers, [slot(1500)], PERSON, often, below=60)[2:]
    assert (added.start, [why.code for why in added.why]) == (1500, ["nearer"])
    assert with_one_more([slot(2000)], [slot(600)], PERSON, often, below=60) == (slot(2000),), "the same day, nearly"
    assert with_one_more(offers, [slot(500)], PERSON, Share(15, None, 84, 71), below=60) == tuple(offers)
    assert with_one_more(offers, [slot(500)], PERSON, None, below=100) == tuple(offers)
