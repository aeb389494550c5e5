"""What is taken, as calendars read it: batch first."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Claim


def claims_between(resources: Collection[int], start: datetime, end: datetime, *, now: datetime) -> list[Claim]:
    """Every claim of these resources in a stretch, with its appointment or group, in the order of time. A hold that has
    run out is nobody's any more."""
    found = Claim.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        resource__in=resources,
        during__overlap=TimestamptzRange(start, end),
    )
    return list(found.select_related("appointment", "group").order_by("during", "id"))


def visited_at(site: str, start: datetime, end: datetime, *, but: Collection[int]) -> set[int]:
    """The resources of visits and groups at a site in a stretch, without those in `but`: whoever is no longer of the
    site, or of the practice, and has visits there all the same."""
    known = list(but)
    visits = Appointment.objects.filter(
        site=site, starts_at__gte=start, starts_at__lt=end, status__in=TAKES_TIME, group=None
    ).exclude(resources__contained_by=known)
    sessions = Claim.objects.filter(group__site=site, group__starts_at__gte=start, group__starts_at__lt=end)
    found = {number for row in visits.values_list("resources", flat=True) for number in row}
    found.update(sessions.exclude(resource__in=known).values_list("resource", flat=True))
    return found - set(known)


def booked_at(lead: uuid.UUID) -> list[datetime]:
    """When visits of a lead were booked, whatever became of them."""
    rows = Appointment.objects.filter(lead=lead).exclude(booked_at=None)
    return [at for at in rows.values_list("booked_at", flat=True) if at is not None]
