"""How long it takes from one place to another: great circle, a factor for roads, a speed."""

from __future__ import annotations

import math
from collections.abc import Callable

from firstvisit.reference import zips
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Place

Travel = Callable[[Place, Place], int]
"""Minutes from one place to another, never too few by rounding."""


def miles(a: Place, b: Place) -> float:
    """As the crow flies."""
    found = zips.miles(a, b)
    assert found is not None
    return found


def estimated(booking: Booking) -> Travel:
    """Minutes by the rules' road factor and speed; none between a place and itself."""
    minutes_a_mile = booking.road_factor * 60 / booking.miles_an_hour

    def minutes(a: Place, b: Place) -> int:
        return 0 if a == b else math.ceil(miles(a, b) * minutes_a_mile)

    return minutes
