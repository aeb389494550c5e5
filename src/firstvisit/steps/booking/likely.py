"""One more offer for somebody who may not come to those they were given. Pure.

How likely somebody is to come never takes a time away from them and never moves one down (docs/why/0028; 45 CFR
92.210). It may add one: the soonest there is, or one at a site that is nearer to them, because a visit that is soon and
near is kept more often.
"""

from __future__ import annotations

from collections.abc import Sequence

from firstvisit.steps.booking.shapes import Slot, Want, Why


def with_one_more(
    offers: Sequence[Slot], others: Sequence[Slot], want: Want, chance: float, *, below: float
) -> tuple[Slot, ...]:
    """The offers as they are, and where the `chance` (0 to 1) that the person comes is `below` so much, one more of the
    `others` behind them: one that begins before all of them, else one that is nearer than all of them."""
    given = tuple(offers)
    if not given or chance >= below:
        return given
    near = {site: number for number, site in enumerate(want.sites)}
    far = len(near)
    soonest, nearest = min(slot.start for slot in given), min(near.get(slot.site, far) for slot in given)
    earlier = [slot for slot in others if slot.start < soonest]
    nearer = [slot for slot in others if near.get(slot.site, far) < nearest]
    if earlier:
        return *given, _because(
            min(earlier, key=lambda slot: (slot.start, near.get(slot.site, far))), "earlier"
        )
    if nearer:
        return *given, _because(
            min(nearer, key=lambda slot: (near.get(slot.site, far), slot.start)), "nearer"
        )
    return given


def _because(slot: Slot, code: str) -> Slot:
    return slot._replace(why=(*slot.why, Why(code)))
