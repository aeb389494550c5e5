"""A lead that is closed keeps no time: what was booked or held for it is called off with it."""

from __future__ import annotations

from datetime import datetime

from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead
from firstvisit.leads.services import noted
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment

WHY = "lead_closed"


def give_back_times(locked: Lead, *, actor: Actor, at: datetime) -> None:
    """Call off the visits to come and the holds of a locked lead that is about to be closed. What has begun stays: it
    was, or somebody says what became of it."""
    to_come = Appointment.objects.filter(lead=locked, status__in=("held", "booked"), starts_at__gt=at)
    for row in to_come.order_by("starts_at"):
        was = row.status
        claims.cancel(row, why=WHY, now=at)
        if was == "booked":
            data = {"appointment": str(row.id), "at": row.starts_at.isoformat(), "site": row.site, "why": WHY}
            noted(locked, "visit_cancelled", actor, at=at, data=data, subject=("appointment", row.id))
