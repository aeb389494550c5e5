"""The visits of leads as the plan sees them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from firstvisit.journey.case import AppointmentSeen
from firstvisit.steps.booking.models import Appointment

_COLUMNS = (
    "id", "service", "status", "status_at", "starts_at", "ends_at", "site", "clinician__slug", "made_at", "sequence",
    "held_until", "booked_at", "confirmed_at", "why", "made_by", "setting",
)  # fmt: skip
"""In the order of `AppointmentSeen`."""


def appointments_of(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[AppointmentSeen, ...]]:
    """The visits of these leads, of those that have any, in the order they were made; one question."""
    found: dict[uuid.UUID, list[AppointmentSeen]] = defaultdict(list)
    rows = Appointment.objects.filter(lead__among=list(leads)).order_by("made_at", "id")
    for lead, *columns in rows.values_list("lead_id", *_COLUMNS):
        seen = AppointmentSeen(*columns)
        found[lead].append(seen if seen.clinician else seen._replace(clinician=""))
    return {lead: tuple(seen) for lead, seen in found.items()}
