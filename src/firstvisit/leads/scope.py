"""Which leads a person may see. Everything else answers 404 and leaves an audit row."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from firstvisit.kernel import leases
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import user_scope

BREAK_GLASS = "break_glass"
"""Kind of lease under which one lead outside the scope stays open for its holder."""
BREAK_GLASS_MINUTES = 60
_COMES = ("booked", "arrived", "completed", "missed", "left")
"""Statuses of a visit (`steps.booking.models.Appointment`) by which somebody is a clinician's own case."""
UNMASKED = "unmasked"
"""Kind of lease under which one lead's identities are shown to somebody whose view is masked, for as long."""


def leads_for(user: User) -> QuerySet[Lead]:
    """The leads inside a person's scope: those of own sites, or own cases and queues alone (a clinician, a
    partner liaison). Whoever works in the queue of a lead's route sees it also while somebody else has it, and in the
    queue in which something of it is to be done, until that is done.

    Whoever may judge red flags sees every lead of own sites that waits for it, in whatever queue it stands; and a
    clinician every lead that has a visit with them.

    Without the capability to see leads the set is empty.
    """
    leads = Lead.objects.all()
    if not user.may("leads.see"):
        return leads.none()
    sites = user_scope(user)
    if sites is not None:
        leads = leads.filter(site__in=sites)
    if not user.may("leads.see_site"):
        queues = user.queues.all()
        theirs = Q(owner_user=user) | Q(owner_queue__in=queues) | Q(route_queue__in=queues)
        open_there = Task.objects.filter(owner_queue__in=queues, status="open", lead__isnull=False)
        theirs |= Q(id__in=open_there.values("lead"))
        if user.may("clinical.review"):
            theirs |= Q(outcome="clinician_review")
        if user.resource_id is not None:  # whoever comes to them is a case of theirs
            to_them = Lead.objects.filter(appointments__clinician=user.resource_id, appointments__status__in=_COMES)
            theirs |= Q(id__in=to_them.values("id"))
        leads = leads.filter(theirs)
    return leads


def works_at(user: User, site: str) -> bool:
    """Whether a person works with the leads of a site: one of theirs, or every one when none is named."""
    slugs = {row.slug for row in user.sites.all()}
    return not slugs or site in slugs


def sees(user: User, lead: Lead, *, now: datetime) -> bool:
    """Whether this lead is inside the person's scope or opened by breaking the glass."""
    return leads_for(user).filter(id=lead.id).exists() or glass_broken(user.id, lead.id, now=now)


def glass_broken(user_id: uuid.UUID, lead_id: uuid.UUID, *, now: datetime) -> bool:
    held = leases.held(BREAK_GLASS, [pair(user_id, lead_id)], now=now)
    return bool(held)


def unmasked(user_id: uuid.UUID, lead_id: uuid.UUID, *, now: datetime) -> bool:
    """Whether a person whose view is masked has given a reason to see who this lead is about."""
    return bool(leases.held(UNMASKED, [pair(user_id, lead_id)], now=now))


def pair(user_id: uuid.UUID, lead_id: uuid.UUID) -> uuid.UUID:
    """One id for a person and a lead together, so that several people may each break the same glass."""
    return uuid.uuid5(lead_id, user_id.hex)
