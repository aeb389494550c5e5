"""Who could be given a time that is open: leads of these programs that wait for a first visit."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.leads.scope import leads_for
from firstvisit.people.identity import Identity
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.steps.booking.models import TAKES_TIME, Appointment
from firstvisit.steps.qualify.rules import BOOKS

MOST = 25


@dataclass(frozen=True, slots=True)
class Waits:
    """One lead that a time could be given to."""

    lead: uuid.UUID
    code: str
    who: Identity | None
    contact: Identity | None
    program: str
    received_at: datetime


def waiting(user: User, *, site: str, programs: Collection[str]) -> list[Waits]:
    """The leads that this person may book into a time of these programs, whoever has waited longest first; the first
    `MOST`."""
    visits = Appointment.objects.filter(lead=OuterRef("id"), service="evaluation", status__in=TAKES_TIME)
    found = (
        leads_for(user)
        .filter(~Exists(visits), site=site, closed_at__isnull=True, outcome__in=BOOKS, facts__program__in=programs)
        .select_related("facts")
        .order_by("received_at", "id")[:MOST]
    )
    leads: list[Lead] = list(found)
    people = {who for lead in leads for who in (lead.patient_id, lead.contact_id) if who}
    known: dict[uuid.UUID, Identity] = {}
    if user.may("identity.see"):
        known = {who: identity for who, (identity, _) in identities(people).items()}
    return [
        Waits(
            lead.id,
            code(lead.number),
            known.get(lead.patient_id) if lead.patient_id else None,
            known.get(lead.contact_id) if lead.contact_id else None,
            lead.facts.program or "",
            lead.received_at,
        )
        for lead in leads
    ]
