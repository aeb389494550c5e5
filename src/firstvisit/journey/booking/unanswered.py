"""Visits that are over and of which nobody said what became of them: listed each morning for the desk of their site.

One task a site and day, gone once the list is empty; each visit is answered with one press (`visits`, `ended`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.kernel import clock
from firstvisit.leads import scope
from firstvisit.leads.models import Lead, Task
from firstvisit.people.identity import Identity
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import Unfit, could_not_be
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

KIND: Final = "answer_visits"
ABOUT: Final = "visits"
"""What the task is about: the visits of a site."""
MORNING: Final = time(5)
"""From when a day's list is made: before any site opens."""
OPEN: Final = ("booked", "arrived")
MOST: Final = 200
_SITES: Final = uuid.UUID("b7c1b3f4-5f0e-4f39-9d52-3a1c9d7a4e10")
"""The namespace of a site's id in a task, which has none of its own."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One visit, with whose it was as far as the person may see it, and why it could not be as supply was that day."""

    visit: Appointment
    lead: Lead
    site: Site
    patient: Identity | None
    unfit: Unfit | None


def unanswered(user: User, *, now: datetime) -> list[Unanswered]:
    """First visits of days before today that somebody of this person's leads had, the oldest first."""
    shape = practice()
    rows = _past(now).filter(lead__in=scope.leads_for(user)).select_related("lead", "clinician")[:MOST]
    found = [row for row in rows if row.site in shape.sites and _is_past(row, shape, now)]
    people = [row.lead.patient_id for row in found if row.lead.patient_id] if user.may("identity.see") else []
    who = {person: identity for person, (identity, _) in identities(people).items()}
    booked = [row for row in found if row.status == "booked"]
    unfit = could_not_be(shape, policy().section(Booking), booked)
    return [
        Unanswered(
            row,
            row.lead,
            shape.sites[row.site],
            who.get(row.lead.patient_id) if row.lead.patient_id else None,
            unfit.get(row.id),
        )
        for row in found
    ]


@transaction.atomic
def ask_each_morning(*, now: datetime | None = None) -> int:
    """A task for each site with such visits, once a day, with their number; what is answered is asked no more. The
    number of tasks that stand."""
    now, shape = now or clock.now(), practice()
    waiting: dict[str, int] = {}
    for row in _past(now):
        if row.site in shape.sites and _is_past(row, shape, now):
            waiting[row.site] = waiting.get(row.site, 0) + 1
    standing = set[str]()
    for slug, count in waiting.items():
        site = shape.sites[slug]
        if now.astimezone(site.tz).time() >= MORNING:
            standing.add(_ask(site, count, shape, now))
        else:
            standing |= {key for key in _open().filter(site=slug).values_list("key", flat=True) if key}
    _open().exclude(key__in=standing).update(status="withdrawn", ended_at=now)
    return len(standing)


def _ask(site: Site, count: int, shape: Practice, now: datetime) -> str:
    routing = policy().section(Routing)
    key = f"visits:{KIND}:{site.slug}:{now.astimezone(site.tz).date()}"
    many = "1 visit is" if count == 1 else f"{count} visits are"
    reason = f"{site.name}: {many} over, and nobody has said what became of them"
    queue = queue_for("person_looks", None, site.slug, routing, shape)
    minutes = routing.standard_minutes
    task, new = Task.objects.get_or_create(
        key=key,
        defaults={
            "about_kind": ABOUT,
            "about_id": uuid.uuid5(_SITES, site.slug),
            "site": site.slug,
            "kind": KIND,
            "reason": reason,
            "made_at": now,
            "due_at": clocks.due(now, minutes, site),
            "minutes": minutes,
            "owner_queue_id": queue_ids()[queue],
        },
    )
    if not new and task.status in ("open", "withdrawn") and (task.reason, task.status) != (reason, "open"):
        Task.objects.filter(id=task.id).update(reason=reason, status="open", ended_at=None)
    return key


def _past(now: datetime) -> QuerySet[Appointment]:
    stands = Q(lead__closed_at__isnull=True) | Q(lead__closed_how__in=VISIT_STAYS)
    rows = Appointment.objects.filter(stands, service="evaluation", status__in=OPEN, ends_at__lt=now)
    return rows.order_by("starts_at", "id")


def _is_past(row: Appointment, shape: Practice, now: datetime) -> bool:
    """Whether its day is over at its site: of today's visits the desk may still be busy."""
    tz = shape.sites[row.site].tz
    return row.starts_at.astimezone(tz).date() < now.astimezone(tz).date()


def _open() -> QuerySet[Task]:
    return Task.objects.filter(kind=KIND, about_kind=ABOUT, status="open")
