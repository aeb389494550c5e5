"""Whom the end of a visit may be about that an EMR tells and that is not sure: the leads a person chooses from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from firstvisit.journey.booking.ends import numbered
from firstvisit.journey.finding import alike
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.people.identity import Identity
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.steps.booking.ends import End
from firstvisit.steps.booking.models import Appointment

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """One lead that an end may be of, with the patient and the first visits that stand or stood there. `why` where it
    is more than a name."""

    lead: Lead
    patient: Identity | None
    why: str
    visits: tuple[Appointment, ...]


def candidates(end: End, user: User, *, now: datetime) -> list[Candidate]:
    """The leads inside somebody's scope: that of our own number, then those of the same name, or of the same birth date
    and a name that begins alike; closed ones too."""
    found: dict[Lead, str] = {}
    if (own := numbered(end)) is not None and scope.sees(user, own, now=now):
        found[own] = "its number"
    first, last, born = end.first_name, end.last_name, end.born.isoformat() if end.born is not None else ""
    for names in ((first, last, born), (first, last, ""), ("", last, born), (first, "", born)):
        if all(names[:2]) or names[2]:
            asked = dict(zip(("first", "last", "born"), names, strict=True))
            for each in alike(user, phone="", today=now.date(), **asked):
                found.setdefault(each.lead, "")
    leads = list(found)[:MOST]
    who = identities([lead.patient_id for lead in leads if lead.patient_id])
    rows = Appointment.objects.filter(lead__in=leads, service="evaluation").exclude(status__in=("held", "lapsed"))
    visits = list(rows.exclude(why="another_time").order_by("starts_at"))
    return [
        Candidate(
            lead,
            who[lead.patient_id][0] if lead.patient_id in who else None,
            found[lead],
            tuple(row for row in visits if row.lead_id == lead.id),
        )
        for lead in leads
    ]
