"""Who is at their desk: seen within the last minutes and not away. What balance and broken clocks choose from."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count

from firstvisit.journey.case import Member
from firstvisit.kernel import audit, clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.models import Lease
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.routing.policy import Routing

PRESENT: Final = "present"
AWAY: Final = "away"
TO_CALL: Final = ("leads.work", "identity.see", "narrative.see")
"""What somebody needs who takes calls and calls families."""
LONGEST_AWAY: Final = timedelta(hours=16)
RENEW_AFTER: Final = timedelta(minutes=1)
AT_ONCE: Final = 100
"""Leads with a broken clock that are looked at when somebody comes; the others wait for their turn."""

_renewed: dict[uuid.UUID, datetime] = {}
"""When this process last wrote that somebody is there: at most one write a minute and person."""


def seen(user: User) -> None:
    """Somebody who works on leads looked at a page of the desk (Today, a lead, a call), or such a page of theirs asked
    what changed."""
    if not user.may("leads.work"):
        return
    now, last = clock.now(), _renewed.get(user.id)
    if last is not None and timedelta() <= now - last < RENEW_AFTER:
        return
    minutes = policy().section(Routing).present_minutes
    came = user.id not in leases.held(PRESENT, [user.id], now=now)
    leases.take(PRESENT, user.id, user.id, now=now, minutes=minutes)
    _renewed[user.id] = now
    if came:
        _look_at_broken_clocks(now)


def _look_at_broken_clocks(now: datetime) -> None:
    """Somebody came: leads whose clock broke and whom nobody present has are looked at again at once, safety first."""
    present = Lease.objects.filter(kind=PRESENT, until__gt=now).values_list("subject", flat=True)
    waiting = (
        Task.objects.filter(status="open", breached_at__isnull=False, lead__closed_at=None)
        .exclude(lead__owner_user__in=list(present))
        .order_by("-safety", "due_at")
        .values_list("lead", flat=True)[:AT_ONCE]
    )
    Lead.objects.filter(id__in=list(waiting)).update(look_again_at=now)


def go_away(user: User, *, actor: Actor) -> None:
    """Nothing new is given to this person until they are back, or until tomorrow."""
    with transaction.atomic():
        minutes = int(LONGEST_AWAY.total_seconds() // 60)
        leases.take(AWAY, user.id, user.id, now=clock.now(), minutes=minutes)
        audit.note(actor, "went_away", "user", [user.id])


def come_back(user: User, *, actor: Actor) -> None:
    """This person takes part again."""
    with transaction.atomic():
        leases.give_back(AWAY, user.id, user.id)
        audit.note(actor, "came_back", "user", [user.id])


def is_away(user: User, *, now: datetime) -> bool:
    """Whether somebody said that they are away."""
    return user.id in leases.held(AWAY, [user.id], now=now)


def members(now: datetime) -> tuple[Member, ...]:
    """Everybody present who works on leads, with how many open leads they have. Six questions at most."""
    rows = Lease.objects.filter(kind__in=(PRESENT, AWAY), until__gt=now).values_list("kind", "subject")
    there: set[uuid.UUID] = set()
    away: set[uuid.UUID] = set()
    for kind, subject in rows:
        (there if kind == PRESENT else away).add(subject)
    if not there - away:
        return ()
    users = (
        User.objects.filter(id__in=there - away, is_active=True)
        .select_related("role", "resource")
        .prefetch_related("sites", "queues")
    )
    working = [user for user in users if user.may("leads.work") and user.may("leads.see")]
    loads: dict[uuid.UUID | None, int] = dict(
        Lead.objects.filter(owner_user__in=[user.id for user in working], closed_at__isnull=True)
        .values_list("owner_user")
        .annotate(n=Count("*"))
    )
    resources = practice().resources
    found = []
    for user in working:
        resource = resources.get(user.resource.slug) if user.resource else None
        found.append(
            Member(
                user=str(user.id),
                sites=frozenset(site.slug for site in user.sites.all()),
                queues=frozenset(queue.slug for queue in user.queues.all()),
                sees_site=user.may("leads.see_site"),
                reviews=user.may("clinical.review"),
                calls=all(user.may(needed) for needed in TO_CALL),
                payers=frozenset(resource.payers) if resource else frozenset(),
                languages=frozenset(resource.languages) if resource else frozenset(),
                leads=loads.get(user.id, 0),
            )
        )
    return tuple(found)
