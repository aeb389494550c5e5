"""Slots, wants and leads of invented people, for the tests of claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import queue_ids
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.shapes import Slot, Want

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
"""Tuesday, 9:00 in Madison."""
WANT = Want(
    service="evaluation", kind="evaluation", program="orthopedic", discipline="PT", setting="clinic", minutes=45,
    before=0, after=10, sites=("madison",),
)  # fmt: skip


def minutes(at: datetime) -> int:
    return int(at.timestamp()) // 60


def resource(slug: str) -> int:
    """The id of a clinician of the sample, or of a room made here."""
    data = {"slug": slug, "kind": "room", "name": slug, "sites": ["madison"]}
    return Resource.objects.get_or_create(slug=slug, defaults={"data": data})[0].id


def slot(begins: datetime, clinician: int, *more: int, length: int = 45, after: int = 10) -> Slot:
    start = minutes(begins)
    return Slot(
        start, start + length, (start, start + length + after), "madison", "clinic", clinician,
        tuple(sorted({clinician, *more})), 0, (),
    )  # fmt: skip


def new_lead(number: int, **said: Any) -> Lead:
    return Lead.objects.create(
        number=number, kind="patient", site="madison", stage="booking", outcome="book_now", received_at=NOW,
        owner_queue_id=next(iter(queue_ids().values())), **said,
    )  # fmt: skip


def ended(lead: Lead, number: int, status: str, starts: datetime, *, ahead: int, **fields: object) -> None:
    """So many first visits that were to begin then, booked `ahead` days before."""
    given = {
        "kind": "evaluation", "service": "evaluation", "site": "madison", "made_by": "desk", "status": status,
        "starts_at": starts, "ends_at": starts + timedelta(hours=1), "status_at": starts, "made_at": starts,
        "booked_at": starts - timedelta(days=ahead), "sequence": int(status == "cancelled"), **fields,
    }  # fmt: skip
    Appointment.objects.bulk_create([Appointment(lead=lead, **given) for _ in range(number)])
