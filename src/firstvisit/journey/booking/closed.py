"""What becomes of the visits of a lead that was closed, however it was: once nobody can undo the closing any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from firstvisit.journey.booking import visits
from firstvisit.journey.booking.ended import EVALUATED
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.policy import Cadence
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import policy
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment

GOES_ON: Final = ("continued", *VISIT_STAYS)
"""Closings after which the same person has another lead: their visit stays until somebody says otherwise."""
MOST: Final = 200


def ends_with(lead: Lead, *, now: datetime) -> list[Appointment]:
    """The visits to come that closing this open lead takes away, the soonest first: all but those of a duplicate, and
    but treatment where the evaluation is completed."""
    return list(lead.appointments.filter(status="booked", starts_at__gt=now).order_by("starts_at", "id"))


def settle_closed(*, now: datetime | None = None) -> int:
    """Complete the first visit of a lead closed as evaluated, free the time of visits to come of one closed otherwise;
    the number changed. Treatment that was booked with an evaluation stays."""
    now = now or clock.now()
    undone_by = now - timedelta(seconds=policy().section(Cadence).undo_seconds)
    rows = Appointment.objects.filter(status__in=("held", "booked", "arrived"), lead__closed_at__lte=undone_by)
    # Treatment that goes on is left out here, not below: of a practice's caseload it would fill every look.
    treatment = ~Q(service="evaluation") & Q(lead__closed_how=EVALUATED)
    rows = rows.exclude(lead__closed_how__in=GOES_ON).exclude(treatment).order_by("id")
    return sum(_settle(row, now) for row in rows[:MOST])


def _settle(row: Appointment, now: datetime) -> bool:
    """One visit, in a transaction of its own as `claims` wants it."""
    with transaction.atomic():
        lead = Lead.objects.select_for_update(of=("self",)).get(id=row.lead_id)
        evaluated = lead.closed_how == EVALUATED
        if lead.closed_at is None or (evaluated and row.service != "evaluation"):
            return False
        if row.starts_at <= now:
            if not evaluated or row.status == "held":
                return False
            claims.completed(row, now=now)
            return True
        if row.status == "arrived":
            return False
        claims.cancel(row, why="lead_closed", now=now)
        data = {"appointment": str(row.id), "at": row.starts_at.isoformat(), "site": row.site, "why": "lead_closed"}
        name = visits.event_of("cancelled", row)
        services.noted(lead, name, SYSTEM, at=now, data=data, subject=("appointment", row.id))
        return True
