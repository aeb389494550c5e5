"""Sessions of groups to come, and how many seats are left in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Group


class Session(NamedTuple):
    """A group to come: what it takes, and how many seats are left of how many."""

    group: Group
    resources: tuple[int, ...]
    claimed: tuple[datetime, datetime]
    left: int


def sessions(
    kinds: Collection[str], sites: Collection[str], begins: datetime, ends: datetime, *, now: datetime
) -> list[Session]:
    """The groups of these kinds and sites that begin in a stretch, the soonest first, full ones too. Two questions."""
    groups = Group.objects.filter(kind__in=kinds, site__in=sites, cancelled_at=None)
    found = groups.filter(starts_at__gte=begins, starts_at__lt=ends).order_by("starts_at", "id")
    taken = seats_taken(found, now=now)
    told = []
    for group in found.prefetch_related("claims"):
        claims = sorted(group.claims.all(), key=lambda each: each.resource_id)
        if not claims:
            continue
        span = claims[0].during
        resources = tuple(each.resource_id for each in claims)
        told.append(Session(group, resources, (span.lower, span.upper), group.seats - taken.get(group.id, 0)))
    return told


def seats_taken(groups: Collection[UUID] | QuerySet[Group], *, now: datetime) -> Mapping[UUID, int]:
    """How many seats of these groups (ids, or a query of them) are somebody's."""
    seats = sitting(now).filter(group__in=groups).values_list("group", flat=True)
    return Counter(group for group in seats if group is not None)


def sitting(now: datetime) -> QuerySet[Appointment]:
    """Seats that are somebody's: of visits, and of holds that have not ended."""
    live = ~Q(status="held") | Q(held_until__gt=now)
    return Appointment.objects.filter(live, group__isnull=False, status__in=TAKES_TIME)
