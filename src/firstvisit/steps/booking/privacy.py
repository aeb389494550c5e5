"""What erasing a person does here: nothing of the calendar names anybody, so its rows stay as counts, without what was
still to come.

What the EMR was told is sealed under the reading's key and goes with that key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from firstvisit.leads.models import Lead
from firstvisit.steps.booking.claims import cancel
from firstvisit.steps.booking.models import Appointment


def let_go(leads: Iterable[Lead], *, at: datetime) -> int:
    """Call off what is held or booked on these closed leads; how many. Whoever erases has the leads locked."""
    open_ = Appointment.objects.filter(lead__in=list(leads), status__in=("held", "booked")).order_by("lead", "id")
    return len([cancel(row, why="lead_closed", now=at) for row in open_])
