"""Somebody decides about treatment that its evaluation does not lead any more: all of it is cancelled, or it stands."""

from __future__ import annotations

import uuid
from datetime import datetime

from firstvisit.journey.adrift import Adrift, adrift, following
from firstvisit.journey.booking import visits
from firstvisit.journey.booking.seen import appointments_of_lead
from firstvisit.journey.plan.treatment import RULED
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads.models import Lead, Ruling
from firstvisit.practice.models import User
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment


def asked_of(lead: Lead, *, now: datetime) -> Adrift | None:
    """What of a lead's treatment waits for a decision; None where nobody has to decide, or somebody has."""
    found = adrift(appointments_of_lead(lead.id), now=now)
    if found is None:
        return None
    ruled = Ruling.objects.filter(lead=lead, what=RULED, withdrawn_at__isnull=True).order_by("-at").first()
    return None if ruled is not None and ruled.value.get("cause") == found.cause else found


def followers(lead: Lead, *, now: datetime) -> dict[uuid.UUID, int]:
    """Of each first visit of a lead that is booked, how much treatment would have no evaluation without it."""
    seen = appointments_of_lead(lead.id)
    return {each.id: len(following(each, seen, now=now)) for each in seen if each.status == "booked"}


def cancel_it(lead: Lead, *, cause: str, why: str, by: User, actor: Actor) -> None:
    """Call off the treatment that was asked about, with one reason. BadInput without one, Conflict where it is another
    question by now; pressed twice it is cancelled once."""
    if why not in {reason.code for reason in REASONS if reason.by != "system"}:
        raise BadInput([Problem("why", "Choose why the visits are cancelled.")])

    def write(locked: Lead, now: datetime) -> None:
        if (found := _same(locked, cause, now)) is not None:
            rows = list(Appointment.objects.filter(id__in=[each.id for each in found.visits]))
            for row in claims.cancel_all(rows, why=why, now=now):
                visits.note(locked, visits.event_of("cancelled", row), actor, row, now, data={"why": why})

    visits.act(lead, by, write)


def let_stand(lead: Lead, *, cause: str, by: User, actor: Actor) -> None:
    """It stays booked as it is; nobody is asked again until something else is the matter."""

    def write(locked: Lead, now: datetime) -> None:
        if _same(locked, cause, now) is not None:
            visits.let_stand(locked, cause, by, actor, now)

    visits.act(lead, by, write)


def _same(locked: Lead, cause: str, now: datetime) -> Adrift | None:
    """The question that was answered; None where it has an answer already."""
    found = asked_of(locked, now=now)
    if found is not None and found.cause != cause:
        raise Conflict("this has changed meanwhile: look again")
    return found
