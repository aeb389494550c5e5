"""Appointments as FHIR R4, read and searched by id, patient and day. They name a patient by reference alone."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from firstvisit.kernel import clock
from firstvisit.leads.queries import code
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.endings import reason
from firstvisit.steps.booking.models import Appointment

Json = dict[str, Any]
STATUS: Final = {
    "held": "pending",
    "booked": "booked",
    "arrived": "arrived",
    "completed": "fulfilled",
    "missed": "noshow",
    "left": "cancelled",
    "cancelled": "cancelled",
}
"""Appointment.status by ours. For whoever left before being seen there is no code: cancelled, with that reason."""
SERVICES: Final[dict[str, str]] = {
    "evaluation": "First visit, evaluation",
    "treatment": "Treatment",
    "group": "Group treatment",
}
_DATE: Final = re.compile(r"(eq|ge|gt|le|lt)?(\d{4}-\d{2}-\d{2})")


def searched(asked: dict[str, str], start: int, count: int) -> tuple[list[Json], int]:
    """A page of appointments, the latest first, and how many there are. ValueError for a `date` that is none. A hold
    stands there while it lasts; one that nobody took never was an appointment."""
    rows = (
        Appointment.objects.filter(Q(status__in=STATUS) & (~Q(status="held") | Q(held_until__gt=clock.now())))
        .exclude(status="cancelled", booked_at__isnull=True)
        .select_related("lead", "clinician")
        .order_by("-starts_at", "id")
    )
    if "_id" in asked:
        rows = _by(rows, "id", asked["_id"])
    if "patient" in asked:
        rows = _by(rows, "lead__patient", asked["patient"].rpartition("/")[2])
    for text in asked.get("date", "").split():  # each given day holds (FHIR R4, 3.1.1.3: repeated is AND)
        rows = rows.filter(**_days(text))
    if "date" in asked and not asked["date"].strip():
        raise ValueError("date")
    return [resource(row) for row in rows[start : start + count]], rows.count()


def resource(row: Appointment) -> Json:
    """One appointment. Whoever comes is `Patient/<id>`, whom it is with and where stand there in words."""
    shape = practice()
    program, site = shape.programs.get(row.program), shape.sites.get(row.site)
    ended = reason(row.why).words if row.why else "Left before being seen" if row.status == "left" else ""
    taking = "accepted" if row.status != "held" else "tentative"
    who: list[Json] = []
    if row.lead.patient_id is not None:
        who.append({"actor": {"reference": f"Patient/{row.lead.patient_id}"}, "status": taking})
    if row.clinician is not None:
        who.append({"actor": {"display": row.clinician.data.get("name", "")}, "status": taking})
    if site is not None and row.setting == "clinic":
        who.append({"actor": {"display": site.name}, "status": "accepted"})
    made: Json = {
        "resourceType": "Appointment",
        "id": str(row.id),
        "identifier": [{"value": str(row.id)}],
        "status": STATUS[row.status],
        "serviceType": [{"text": program.name}] if program is not None else None,
        "appointmentType": {"text": SERVICES.get(row.service, row.service)},
        "basedOn": [{"reference": f"ServiceRequest/{row.lead_id}", "display": code(row.lead.number)}],
        "start": row.starts_at.astimezone(UTC).isoformat(),
        "end": row.ends_at.astimezone(UTC).isoformat(),
        "minutesDuration": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "created": row.made_at.astimezone(UTC).isoformat(),
        "cancelationReason": {"text": ended} if ended and STATUS[row.status] in ("cancelled", "noshow") else None,
        "participant": who,
    }
    return {name: value for name, value in made.items() if value not in (None, [])}


def _by(rows: QuerySet[Appointment], column: str, text: str) -> QuerySet[Appointment]:
    try:
        return rows.filter(**{column: uuid.UUID(text)})
    except ValueError:
        return rows.none()


def _days(text: str) -> dict[str, datetime]:
    """Whole days of the home site's calendar: 2026-12-01, ge2026-12-01 ..."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    shape = practice()
    day = date.fromisoformat(found[2])
    zone = shape.sites[shape.identity.home_site].tz
    begins = datetime.combine(day, time(), zone)
    ends = datetime.max.replace(tzinfo=UTC)
    if day < date.max:  # with 9999-12-31 many say that an end is open
        ends = datetime.combine(day + timedelta(days=1), time(), zone)
    how = found[1] or "eq"
    return {
        "eq": {"starts_at__gte": begins, "starts_at__lt": ends},
        "ge": {"starts_at__gte": begins},
        "gt": {"starts_at__gte": ends},
        "le": {"starts_at__lt": ends},
        "lt": {"starts_at__lt": begins},
    }[how]
