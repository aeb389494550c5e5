"""Visits that supply no longer allows are called off by us, and each family is offered new times."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import NamedTuple

from firstvisit.journey.booking import visits
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict
from firstvisit.leads.scope import leads_for
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import CANCELLED_AS, Unfit, unfit


class Reoffered(NamedTuple):
    """Codes of leads: who is offered new times now, who must be called (treatment of a closed lead: it is offered no
    times), and whose visit somebody else changed meanwhile."""

    done: tuple[str, ...]
    to_call: tuple[str, ...]
    not_done: tuple[str, ...]


def affected(by: User) -> list[Unfit]:
    """The visits to come that supply no longer allows, of the leads that somebody sees; the soonest first."""
    seen = leads_for(by).values_list("id", flat=True)
    return unfit(practice(), policy().section(Booking), now=clock.now(), leads=seen)


def reoffer(appointments: Iterable[uuid.UUID], *, by: User, actor: Actor) -> Reoffered:
    """Cancel these visits as ours to answer for, each in a transaction of its own; the plan then offers new times as it
    does to whoever waits for some. A visit that fits again by now is left alone."""
    wanted, done, to_call, not_done = set(appointments), list[str](), list[str](), list[str]()
    for one in affected(by):
        if one.appointment.id not in wanted:
            continue
        code = f"L-{one.appointment.lead.number}"
        if one.appointment.lead.closed_at is not None:
            to_call.append(code)  # it stays until somebody has agreed another time with them
            continue
        try:
            # The evaluation is to be booked anew, so what follows it is asked about, not called off.
            visits.cancel(one.appointment, why=CANCELLED_AS[one.why], by=by, actor=actor, treatment="ask")
        except (Conflict, BadInput):
            not_done.append(code)
        else:
            done.append(code)
    return Reoffered(tuple(done), tuple(to_call), tuple(not_done))
