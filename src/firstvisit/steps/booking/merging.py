"""A lead that is continued in another takes its visits along, and has them back when the two are parted."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from firstvisit.leads.models import Lead
from firstvisit.steps.booking.models import TAKES_TIME, Appointment


def follow(going: Lead, staying: Lead) -> int:
    """The visits of a lead are those of the one it goes on in, ids and times as they were; how many. Both locked."""
    rows = list(Appointment.objects.filter(lead=going).order_by("id"))
    for row in rows:
        row.lead, row.came_from = staying, [*row.came_from, going.id]
    Appointment.objects.bulk_update(rows, ["lead", "came_from"])
    return len(rows)


def part(going: Lead, staying: Lead) -> int:
    """What came along from `going` is its own again; what was booked since stays. Both are locked."""
    rows = [row for row in Appointment.objects.filter(lead=staying).order_by("id") if row.came_from[-1:] == [going.id]]
    for row in rows:
        row.lead, row.came_from = going, row.came_from[:-1]
    Appointment.objects.bulk_update(rows, ["lead", "came_from"])
    return len(rows)


def with_visits(leads: Iterable[UUID]) -> set[UUID]:
    """Those of these leads that have a visit, or had one that took place."""
    rows = Appointment.objects.filter(lead__in=list(leads), status__in=TAKES_TIME).exclude(status="held")
    return set(rows.values_list("lead", flat=True))
