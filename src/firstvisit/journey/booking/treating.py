"""Treatment after the first visit: looked for as one steady pattern, booked whole, or said until when it is full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core import signing

from firstvisit.journey.adrift import COURSE
from firstvisit.journey.booking.offering import Offer, named_by, still_there
from firstvisit.journey.booking.visits import act, ends_call, note
from firstvisit.journey.booking.wanting import Wanted, wanted
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, resource_slugs
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.series import Full, Series, steady
from firstvisit.steps.booking.shapes import Slot, Want
from firstvisit.steps.booking.spans import minute
from firstvisit.steps.booking.taking import Taken

SALT: Final = "firstvisit.booking.treatment"
MOST_A_WEEK: Final = 5
MOST_WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was found for one lead. `evaluation` is the visit that stands, or `offer` the time it would be booked at;
    with neither there is nothing to begin after, or `wanted.why_not` says why."""

    wanted: Wanted
    visits_a_week: int
    weeks: int
    evaluation: Appointment | None = None
    offer: Offer | None = None
    want: Want | None = None
    found: Series | Full | None = None
    token: str = ""


def look(lead: Lead, *, now: datetime, slot: str = "", visits_a_week: int = 2, weeks: int = 0) -> Treatment:
    """Treatment after the first visit that stands, else after the one at the time `slot` names. `weeks` 0: as many as
    the rules say. BadInput for more than there can be."""
    weeks = weeks or policy().section(Booking).series_weeks
    if not (1 <= visits_a_week <= MOST_A_WEEK and 1 <= weeks <= MOST_WEEKS):
        raise BadInput([Problem("a_week", f"Up to {MOST_A_WEEK} visits a week for up to {MOST_WEEKS} weeks.")])
    needs = wanted(lead, now=now, service="treatment")
    evaluation = _evaluation(lead)
    there = still_there(lead, named_by(slot), now=now) if slot and evaluation is None else None
    offer = None if isinstance(there, str) else there
    begins = _slot(evaluation) if evaluation is not None else offer.slot if offer is not None else None
    discipline = evaluation.discipline if evaluation is not None else offer.want.discipline if offer is not None else ""
    want = next((each for each in needs.wants if each.discipline == discipline), None)
    if begins is None or want is None:
        return Treatment(needs, visits_a_week, weeks, evaluation, offer, want)
    found = steady(
        begins, want, visits_a_week=visits_a_week, weeks=weeks, shape=practice(), booking=policy().section(Booking),
        now=now,
    )  # fmt: skip
    pattern = found.until if isinstance(found, Full) else found
    token = "" if pattern is None else signing.dumps([slot, visits_a_week, weeks, _starts(pattern)], salt=SALT)
    return Treatment(needs, visits_a_week, weeks, evaluation, offer, want, found, token)


def book(lead: Lead, token: str, *, by: User, actor: Actor) -> tuple[Appointment, ...]:
    """Book the pattern that was shown, with the first visit where that does not stand yet: all of it or nothing. Taken
    where it is not just so any more. Pressed twice it is booked once."""
    try:
        slot, visits_a_week, weeks, starts = signing.loads(token[:4000], salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise BadInput([Problem("pattern", "Look for treatment once more.")]) from error
    made: list[Appointment] = []

    def write(locked: Lead, now: datetime) -> None:
        if same := _standing(locked, starts):
            made.extend(same)
            return
        seen = look(locked, now=now, slot=slot, visits_a_week=visits_a_week, weeks=weeks)
        pattern = seen.found.until if isinstance(seen.found, Full) else seen.found
        if pattern is None or seen.want is None or _starts(pattern) != starts:
            raise Taken
        treatment = [(each, seen.want) for each in pattern.visits]
        first = [] if seen.offer is None else [(seen.offer.slot, seen.offer.want)]
        rows = claims.book_series([*first, *treatment], locked, beside=seen.evaluation, made_by="desk", now=now)
        if first:
            ends_call(locked, by, rows[0], now)
            note(locked, "visit_booked", actor, rows[0], now)
        treated = rows[len(first) :]
        data = {
            "visits": len(treated), "at": treated[0].starts_at.isoformat(), "site": treated[0].site,
            "with": resource_slugs().get(treated[0].clinician_id or 0, ""), "series": str(treated[0].series),
            "all_at": [each.starts_at.isoformat() for each in treated],
        }  # fmt: skip
        services.noted(locked, "treatment_booked", actor, at=now, data=data)
        made.extend(treated)

    act(lead, by, write, treatment=True)
    return tuple(made)


def booked(lead: Lead) -> list[Appointment]:
    """The treatment of a lead that is to come or was, seats in groups too, in its order."""
    rows = Appointment.objects.filter(lead=lead, service__in=COURSE).exclude(status__in=("held", "lapsed"))
    return list(rows.order_by("starts_at"))


def _evaluation(lead: Lead) -> Appointment | None:
    """The first visit that stands or took place."""
    rows = Appointment.objects.filter(lead=lead, service="evaluation", status__in=("booked", "arrived", "completed"))
    return rows.order_by("-starts_at").first()


def _slot(row: Appointment) -> Slot:
    start, end = minute(row.starts_at), minute(row.ends_at)
    who = row.clinician_id or 0
    return Slot(start, end, (start, end), row.site, row.setting, who, (who,), 0, ())


def _starts(pattern: Series) -> list[list[int]]:
    return [[visit.start, visit.clinician] for visit in pattern.visits]


def _standing(lead: Lead, starts: list[list[int]]) -> list[Appointment]:
    """The very visits, where they stand already."""
    rows = Appointment.objects.filter(lead=lead, service="treatment", status="booked").order_by("starts_at")
    had = {(minute(row.starts_at), row.clinician_id): row for row in rows}
    found = [had.get((start, who)) for start, who in starts]
    return [row for row in found if row is not None] if all(found) else []
