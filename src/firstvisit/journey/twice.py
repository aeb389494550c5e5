"""A first visit that is booked twice since two requests became one. Pure; plan and screens ask here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from firstvisit.journey.case import AppointmentSeen

BOOKED_TWICE: Final = "booked_twice"
"""The kind of the task, and why the one that is not kept is cancelled."""


def twice(visits: Sequence[AppointmentSeen], *, now: datetime) -> tuple[AppointmentSeen, ...]:
    """The evaluations of one therapy that are to come, the soonest first, where they are more than one and one of them
    came along from another request. What was booked so on purpose is nobody's question."""
    if len(visits) < 2:
        return ()
    coming = [each for each in visits if each.service == "evaluation" and each.status == "booked"]
    for first in coming:
        alike = [each for each in coming if each.discipline == first.discipline and each.starts_at > now]
        if len(alike) > 1 and any(each.came_from for each in alike):
            return tuple(sorted(alike, key=lambda each: each.starts_at))
    return ()
