"""Which visit stood on a family's page, and at which of its times: what is pressed there is said of that one alone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest

from firstvisit.steps.booking.models import Appointment

FIELD: Final = "shown"
NEVER: Final = -1
"""A sequence that no visit has: another one stood on the page."""


def mark(one: Appointment) -> str:
    """A visit as it stands: each of its times has another mark."""
    return f"{one.id}.{one.sequence}"


def marks(request: HttpRequest) -> frozenset[str]:
    """What stood on the page that was pressed; empty where it does not say."""
    return frozenset(request.POST.getlist(FIELD))


def sequence(request: HttpRequest, one: Appointment) -> int:
    """How often a visit was moved when it stood on the page that was pressed; `NEVER` where another visit did. A page
    that does not say is of the visit as it stands."""
    said = marks(request)
    if not said:
        return one.sequence
    number, _, count = min(said).rpartition(".")
    return int(count) if number == str(one.id) and count.isdecimal() and len(count) < 6 else NEVER


def cancelled(request: HttpRequest, of: UUID) -> bool:
    """Whether what stood on the page is cancelled: the button was pressed twice. `of`: the lead's id."""
    said = marks(request)
    rows = Appointment.objects.filter(lead_id=of, status="cancelled", booked_at__isnull=False)
    return bool(said) and any(min(said).startswith(f"{row}.") for row in rows.values_list("id", flat=True))
