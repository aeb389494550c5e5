"""What erasing a person does here: nothing of the calendar names anybody, so its rows stay as counts, without what was
still to come.

What the EMR was told is sealed under the reading's key and goes with that key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from firstvisit.leads.models import Lead
from firstvisit.steps.booking.claims import cancel_all
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.taking import kept, lock_days


def let_go(leads: Iterable[Lead], *, at: datetime) -> int:
    """Call off what is held or booked on these closed leads; how many. Whoever erases has the leads locked, and frees
    nothing else in that transaction."""
    rows = list(Appointment.objects.filter(lead__in=list(leads), status__in=("held", "booked")).order_by("lead", "id"))
    # The days of all of them in their one order, before the first is freed (docs/why/0029).
    lock_days(filter(None, map(kept, rows)))
    for _, own in groupby(rows, key=lambda row: row.lead_id):
        cancel_all(list(own), why="lead_closed", now=at)
    return len(rows)
