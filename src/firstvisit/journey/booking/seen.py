"""The visits of leads, and what the EMR was told of them, as the plan sees them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from firstvisit.journey.case import AppointmentSeen
from firstvisit.steps.booking.emr.owed import Told
from firstvisit.steps.booking.models import Appointment, Outgoing

_COLUMNS = (
    "id", "service", "status", "status_at", "starts_at", "ends_at", "site", "clinician__slug", "made_at", "sequence",
    "held_until", "booked_at", "confirmed_at", "why", "made_by", "setting",
    "discipline",
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


def appointments_of_lead(lead: uuid.UUID) -> tuple[AppointmentSeen, ...]:
    """The visits of one lead in the order they were made."""
    return appointments_of([lead]).get(lead, ())


_TOLD = (
    "id", "key", "what", "way", "status", "number", "wanted_at", "appointment_id", "kind", "sequence", "told_start",
    "tries", "why",
)  # fmt: skip
"""In the order of `Told`."""


def told_of(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Told, ...]]:
    """What the EMR was told and is to be told of these leads, in its order; one question. What was told of a visit that
    came along from another lead was told of it here."""
    found: dict[uuid.UUID, list[Told]] = defaultdict(list)
    ids = list(leads)
    rows = Outgoing.objects.filter(Q(appointment__lead__among=ids) | Q(appointment=None, lead__among=ids))
    for lead, now_of, *columns in rows.order_by("number").values_list("lead_id", "appointment__lead_id", *_TOLD):
        found[now_of or lead].append(Told(*columns))
    return {lead: tuple(told) for lead, told in found.items()}
