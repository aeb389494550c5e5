"""Visits that supply no longer allows are called off by us: each family is offered new times, or called where there are
none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

from firstvisit.journey.adrift import COURSE
from firstvisit.journey.booking import grouping, visits
from firstvisit.journey.booking.offering import offers
from firstvisit.journey.booking.wanting import EVALUATED
from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.plan.called_off import CALL, NO_TIME
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict
from firstvisit.leads import services
from firstvisit.leads.models import Lead, Task
from firstvisit.leads.scope import leads_for, works_at
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import (
    CANCELLED_AS,
    Unfit,
    UnfitSession,
    could_not_be,
    unfit,
    unfit_sessions,
)

ABLE: Final = frozenset({"full", "limit", "no_room", "outside_window"})
"""What stands in the way (`Found.missing`) where somebody could do it, had they a time."""
NO_TIME_REASON: Final = "No other time could be offered as the visit was called off"
CALL_REASON: Final = "Nobody can see to the treatment as it was booked"

LETTERS: Final = ("visit_cancelled", "visit_called_off")
"""What is written of a first visit that was called off."""
PRESSED: Final = f"{PROPOSAL}visit_letter"
"""The kind of task by which a person sends it."""

Came = Literal["offered", "nobody", "untold", "nobody_untold", "closed", "to_call", "not_done"]
"""What becomes of a lead whose visits are called off; not done: none of them is as it was listed."""
UNTOLD: Final[Mapping[Came, Came]] = {"offered": "untold", "closed": "untold", "nobody": "nobody_untold"}
"""What it is instead where no letter reaches them."""


class Reoffered(NamedTuple):
    """Codes of leads, each once: who is offered new times by a letter; for whom no time is there (`nobody`), as the
    letter says; whom no letter reaches, while times are there (`untold`) or none are (`nobody_untold`), and who must be
    called about treatment (`to_call`), each with a task; who is written to and offered none, because the lead is
    `closed` and its visit stood all the same; and whose visits somebody else changed meanwhile."""

    done: tuple[str, ...]
    nobody: tuple[str, ...]
    untold: tuple[str, ...]
    nobody_untold: tuple[str, ...]
    closed: tuple[str, ...]
    to_call: tuple[str, ...]
    not_done: tuple[str, ...]


class ClosedSessions(NamedTuple):
    """How many sessions do not take place now; codes of leads whose seat is cancelled and offered again, and of those
    that somebody else has in hand, whose session stays open."""

    sessions: int
    done: tuple[str, ...]
    not_done: tuple[str, ...]


def affected(by: User) -> list[Unfit]:
    """The visits to come that supply no longer allows, of the leads that somebody sees; the soonest first."""
    seen = leads_for(by).values_list("id", flat=True)
    return unfit(practice(), policy().section(Booking), now=clock.now(), leads=seen)


def affected_sessions(by: User) -> list[UnfitSession]:
    """The sessions of groups to come that supply no longer allows, at the sites where somebody works; the soonest
    first."""
    found = unfit_sessions(practice(), policy().section(Booking), now=clock.now())
    return [one for one in found if works_at(by, one.group.site)]


def reoffer(appointments: Iterable[uuid.UUID], *, by: User, actor: Actor) -> Reoffered:
    """Cancel these visits as ours to answer for, those of one lead together; the plan then offers new times as it does
    to whoever waits for some. Treatment of a lead that its evaluation closed stays until other times are agreed. A
    visit that fits again by now, or that was moved to where it fits while others were called off, is left alone."""
    chosen = set(appointments)
    theirs: dict[tuple[uuid.UUID, str], list[Appointment]] = {}
    for one in affected(by):
        if one.appointment.id in chosen:
            theirs.setdefault((one.appointment.lead_id, CANCELLED_AS[one.why]), []).append(one.appointment)
    came: dict[Came, list[str]] = {}
    for (_, why), rows in theirs.items():
        lead = rows[0].lead
        try:
            what: Came = _call_off(lead, [row.id for row in rows], why, by=by, actor=actor)
        except (Conflict, BadInput):
            what = "not_done"
        if what in UNTOLD and not _written_to(rows):
            what = UNTOLD[what]
        came.setdefault(what, []).append(f"L-{lead.number}")
    said = {what: tuple(dict.fromkeys(codes)) for what, codes in came.items()}
    return Reoffered(*(said.get(what, ()) for what in get_args(Came)))


def did_not_take_place(appointment: Appointment, *, by: User, actor: Actor) -> None:
    """Say of a first visit that is over, and could not be as supply was that day, that we called it off: nobody missed
    it. What follows it is asked about. Conflict where nothing that is known of its day speaks against it."""

    def write(locked: Lead, now: datetime) -> None:
        row = Appointment.objects.select_for_update(of=("self",)).get(id=appointment.id, lead=locked)
        if row.status == "cancelled":
            return  # pressed twice
        one = could_not_be(practice(), policy().section(Booking), [row]).get(row.id)
        if one is None or row.status != "booked" or row.ends_at > now:
            raise Conflict("nothing says that this visit could not be: say what became of it")
        why = CANCELLED_AS[one.why]
        (row,) = claims.cancel_all([row], why=why, now=now)
        visits.note(locked, visits.event_of("cancelled", row), actor, row, now, data={"why": why})
        if locked.closed_at is None:
            _next(locked, [row], by=by, actor=actor, now=now)

    visits.act(appointment.lead, by, write, closed=VISIT_STAYS)


def close_sessions(sessions: Iterable[uuid.UUID], *, by: User, actor: Actor) -> ClosedSessions:
    """Close these sessions as ours to answer for, each with its seats. One that fits again by now is left alone."""
    closed, done, not_done = 0, list[str](), list[str]()
    for number in dict.fromkeys(sessions):
        one = next((each for each in affected_sessions(by) if each.group.id == number), None)
        if one is not None:
            said = grouping.close(number, why=CANCELLED_AS[one.why], by=by, actor=actor)
            closed += not said.not_done
            done += said.done
            not_done += said.not_done
    return ClosedSessions(closed, tuple(dict.fromkeys(done)), tuple(dict.fromkeys(not_done)))


def _written_to(rows: Iterable[Appointment]) -> bool:
    """Whether a letter about any of these visits goes, by itself or once somebody presses it."""
    ids = [row.id for row in rows]
    letters = Message.objects.filter(cause_id__in=ids, template__in=LETTERS, status__in=("wanted", "sending", "sent"))
    asked = Task.objects.filter(lead__appointments__in=ids, kind=PRESSED, status="open")
    return letters.exists() or asked.exists()


def _call_off(lead: Lead, ids: Collection[uuid.UUID], why: str, *, by: User, actor: Actor) -> Came:
    """Call off those of these visits of one lead that still cannot be, for that reason. What follows an evaluation and
    was not chosen is asked about, not called off: the evaluation is to be booked anew."""
    came: list[Came] = []

    def write(locked: Lead, now: datetime) -> None:
        still = unfit(practice(), policy().section(Booking), now=now, leads=[locked.id])
        rows = [one.appointment for one in still if one.appointment.id in ids and CANCELLED_AS[one.why] == why]
        if rows and locked.closed_how != EVALUATED:
            booked = {row.id for row in rows if row.status == "booked"}
            rows = claims.cancel_all(rows, why=why, now=now)
            for row in rows:
                if row.id in booked:
                    visits.note(locked, visits.event_of("cancelled", row), actor, row, now, data={"why": why})
        came.append(_next(locked, rows, by=by, actor=actor, now=now))

    visits.act(lead, by, write, closed=(EVALUATED, *VISIT_STAYS))
    return came[0]


def _next(lead: Lead, rows: list[Appointment], *, by: User, actor: Actor, now: datetime) -> Came:
    """How it goes on with them: new times, or a call."""
    if not rows:
        return "not_done"
    firsts = [row for row in rows if row.service not in COURSE]
    if not firsts and lead.closed_how != EVALUATED:
        return "to_call"  # the plan wants other times offered
    if lead.closed_how in VISIT_STAYS:
        return "closed"
    if not firsts:
        value = {"visits": [_cause(row) for row in rows]}
        services.rule(lead=lead, what=CALL, value=value, reason=CALL_REASON, by=by, actor=actor, at=now)
        return "to_call"
    found = [offers(lead, now=now, count=1, discipline=row.discipline, alone=True) for row in firsts]
    if all(each.offers for each in found):
        return "offered"
    able = any(ABLE & each.missing.keys() for each in found if not each.offers)
    causes = {"causes": [_cause(row) for row in firsts], "why": "full" if able else "left"}
    services.rule(lead=lead, what=NO_TIME, value=causes, reason=NO_TIME_REASON, by=by, actor=actor, at=now)
    return "nobody"


def _cause(row: Appointment) -> str:
    return f"{row.id}:{row.sequence}"
