"""An end that was noted by mistake: taken back with a reason, by whoever may note one, and by undoing the click.

The visit is as it was before, the lead is open as it stood, and the timeline keeps both entries. Whoever referred and
was told already hears that it was a mistake (`journey.plan.partner`); an EMR was told nothing of a completed visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from firstvisit.journey.booking.ended import CAPABILITY, ENDS, EVALUATED, known_ends
from firstvisit.journey.plan.partner import TAKEN_BACK
from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import services
from firstvisit.leads.models import Event, Lead
from firstvisit.practice.models import User
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.endings import FOLLOWS
from firstvisit.steps.booking.models import Appointment

EVALUATION: Final = "evaluation_completed"
CALLED: Final = {"visit_arrived": "arrived", "visit_left": "left", "visit_missed": "missed"}
"""What a visit was called on the timeline, as its status."""


def noted_ends(lead: Lead) -> list[str]:
    """What stands as ended, in the order of the screen; a lead closed as evaluated is so whoever closed it."""
    known = known_ends(lead)
    return [what for what in ENDS if what in known or (what == EVALUATION and lead.closed_how == EVALUATED)]


def take_back(lead: Lead, by: User, *, actor: Actor, what: str, reason: str) -> None:
    """What was noted as ended was not. With the evaluation goes what followed from it. BadInput where nothing of the
    kind is noted."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        noted = noted_ends(locked)
        if what not in noted:
            raise BadInput([Problem("end", "Choose what was noted by mistake.")])
        ends = noted if what == EVALUATION else [what]
        if what == EVALUATION:
            _visit_as_before(locked, now)
            if locked.closed_how == EVALUATED:
                services.open_as_it_stood(locked, at=now)
        services.rule(lead=locked, what=TAKEN_BACK, value={"ends": ends}, reason=words, by=by, actor=actor, at=now)

    act_on(lead, by, CAPABILITY, write, closed=True)


def clicked_since(lead: Lead, upto: int) -> list[str]:
    """The ends that somebody noted by a click after an entry of the timeline."""
    clicked = Event.objects.filter(lead=lead, id__gt=upto, name__in=ENDS, data__source="click")
    return list(clicked.order_by("id").values_list("name", flat=True))


def visits_now(lead: Lead) -> dict[str, tuple[str, datetime]]:
    """How the visits of a lead stand that an end may complete: status, and since when."""
    rows = Appointment.objects.filter(lead=lead, status__in=FOLLOWS["completed"])
    return {str(row.id): (row.status, row.status_at) for row in rows}


def put_back(lead: Lead, before: Mapping[str, Sequence[str]]) -> None:
    """The visits that were completed since stand as they stood (`visits_now`, as text)."""
    for number, (status, at) in before.items():
        done = Appointment.objects.filter(id=number, lead=lead, status="completed").first()
        if done is not None:
            claims.not_completed(done, was=status, since=datetime.fromisoformat(at))


def _visit_as_before(locked: Lead, now: datetime) -> None:
    """The visit that the evaluation completed is again what it was called last."""
    done = Appointment.objects.filter(lead=locked, service="evaluation", status="completed")
    noted = Event.objects.filter(lead=locked, name=EVALUATION, subject_kind="appointment").order_by("-id").first()
    row = done.filter(id=noted.subject_id).first() if noted is not None else done.order_by("-starts_at").first()
    if row is not None:
        called = Event.objects.filter(lead=locked, subject_id=row.id, name__in=CALLED).order_by("-id").first()
        claims.not_completed(row, was=CALLED[called.name] if called is not None else "booked", since=now)
