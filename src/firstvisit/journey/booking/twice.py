"""Somebody says which of two first visits is kept; the other is cancelled as booked twice, or both stand."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.booking import visits
from firstvisit.journey.booking.seen import appointments_of_lead
from firstvisit.journey.twice import BOOKED_TWICE, twice
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict
from firstvisit.leads import services
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment


def asked(lead: Lead) -> bool:
    """Whether somebody is asked which of a lead's first visits is kept."""
    return Task.objects.filter(lead=lead, kind=BOOKED_TWICE, status="open").exists()


def keep(visit: Appointment, *, by: User, actor: Actor) -> None:
    """This one stays, the others of its therapy are cancelled. Pressed twice it is done once; Conflict where it is none
    of two any more."""

    def write(locked: Lead, now: datetime) -> None:
        found = twice(appointments_of_lead(locked.id), now=now)
        others = [each.id for each in found if each.id != visit.id]
        if len(others) == len(found):
            if Appointment.objects.filter(id=visit.id, lead=locked, status="booked").exists():
                return  # pressed twice
            raise Conflict("this visit does not stand any more: look again")
        rows = list(Appointment.objects.filter(id__in=others))
        for row in claims.cancel_all(rows, why=BOOKED_TWICE, now=now):
            visits.note(locked, visits.event_of("cancelled", row), actor, row, now, data={"why": BOOKED_TWICE})

    visits.act(Lead.objects.get(id=visit.lead_id), by, write)


def both_stand(lead: Lead, *, by: User, actor: Actor) -> None:
    """They come to each of them; nobody asks again."""

    def write(locked: Lead, now: datetime) -> None:
        for task in Task.objects.select_for_update(of=("self",)).filter(lead=locked, kind=BOOKED_TWICE, status="open"):
            services.end_task(task, result="done", by=by, at=now)
            services.noted(locked, "both_visits_stand", actor, at=now)

    visits.act(lead, by, write)
