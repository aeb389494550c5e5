"""One more offer where visits that are booked so far ahead are often missed. Pure.

How likely a visit is to take place never takes a time away from anybody and never moves one down (docs/why/0028; 45 CFR
92.210). It may add one behind the others: the soonest there is, or one at a site that is nearer to them, because a
visit that is soon and near is kept more often.
"""

from __future__ import annotations

from collections.abc import Sequence

from firstvisit.steps.booking.shapes import Share, Slot, Want, Why
from firstvisit.steps.booking.spans import DAY


def with_one_more(
    offers: Sequence[Slot], others: Sequence[Slot], want: Want, share: Share | None, *, below: float
) -> tuple[Slot, ...]:
    """The offers as they are, and where the `share` of visits that take place is `below` so many percent (None: not
    known), one more of the `others` behind them: one that begins a day or more before all of them (what is counted is
    days ahead), else one that is nearer than all of them."""
    given = tuple(offers)
    if not given or share is None or share.percent >= below:
        return given
    near = {site: number for number, site in enumerate(want.sites)}
    far = len(near)
    soonest, nearest = min(slot.start for slot in given), min(near.get(slot.site, far) for slot in given)
    earlier = [slot for slot in others if slot.start <= soonest - DAY]
    nearer = [slot for slot in others if near.get(slot.site, far) < nearest]
    if earlier:
        one = min(earlier, key=lambda slot: (slot.start, near.get(slot.site, far)))
        return *given, _because(one, "earlier", share)
    if nearer:
        one = min(nearer, key=lambda slot: (near.get(slot.site, far), slot.start))
        return *given, _because(one, "nearer", share)
    return given


def _because(slot: Slot, code: str, share: Share) -> Slot:
    """The reason first, with the counts that anybody of the practice can check."""
    counts = {"booked": share.booked, "came": share.came, "since": share.since, "before": share.before or 0}
    why = Why(code, 0, tuple((name, str(number)) for name, number in counts.items()))
    return slot._replace(why=(why, *(each for each in slot.why if each.code != "soonest")))
