"""Treatment after the first visit: looked for as steady patterns to choose from, one booked whole, or said until when
it is full."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.core import signing

from firstvisit.journey.adrift import COURSE
from firstvisit.journey.booking.offering import Offer, named_by, within
from firstvisit.journey.booking.offering import still_there as still_there_first
from firstvisit.journey.booking.therapists import treated_until
from firstvisit.journey.booking.visits import act, ends_call, note
from firstvisit.journey.booking.wanting import EVALUATED, Wanted, wanted
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, resource_slugs
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.series import Steady, steady, still_there
from firstvisit.steps.booking.shapes import Slot, Want
from firstvisit.steps.booking.spans import minute, moment
from firstvisit.steps.booking.taking import Taken

SALT: Final = "firstvisit.booking.treatment"
MOST_A_WEEK: Final = 5
MOST_WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was found for one lead. `evaluation` is the visit that stands, or `offer` the time it would be booked at;
    with neither there is nothing to begin after, or `wanted.why_not` says why. `tokens` name the patterns found.
    `until`: the last day on which anybody can treat, where it is not after the evaluation and nothing was found."""

    wanted: Wanted
    visits_a_week: int
    weeks: int
    evaluation: Appointment | None = None
    offer: Offer | None = None
    want: Want | None = None
    found: Steady | None = None
    tokens: tuple[str, ...] = ()
    until: date | None = None

    @property
    def begins(self) -> Slot | None:
        """The time of the evaluation."""
        if self.evaluation is not None:
            return _slot(self.evaluation)
        return self.offer.slot if self.offer is not None else None


def look(
    lead: Lead,
    *,
    now: datetime,
    slot: str = "",
    visits_a_week: int = 2,
    weeks: int = 0,
    only: str = "",
    not_before: date | None = None,
) -> Treatment:
    """Treatment after the first visit that stands, else after the one at the time `slot` names. `weeks` 0: as many as
    the rules say; `only` of one therapist (a slug). BadInput for more than there can be."""
    weeks = weeks or policy().section(Booking).series_weeks
    if not (1 <= visits_a_week <= MOST_A_WEEK and 1 <= weeks <= MOST_WEEKS):
        raise BadInput([Problem("a_week", f"Up to {MOST_A_WEEK} visits a week for up to {MOST_WEEKS} weeks.")])
    after = _after(lead, slot, visits_a_week, weeks, now)
    if after.begins is None or after.want is None:
        return after
    found = steady(
        after.begins, within(after.want, not_before, None), visits_a_week=visits_a_week, weeks=weeks, shape=practice(),
        booking=policy().section(Booking), now=now, only=only,
    )  # fmt: skip
    slugs = resource_slugs()
    named = ([slot, slugs[pattern.clinician], [visit.start for visit in pattern.visits]] for pattern in found.patterns)
    until = None if found.patterns else treated_until(after.want._replace(service="evaluation"), now=now)
    until = until if until is not None and _day(after.begins) >= until else None
    return replace(after, found=found, tokens=tuple(signing.dumps(each, salt=SALT) for each in named), until=until)


def book(lead: Lead, token: str, *, by: User, actor: Actor) -> tuple[Appointment, ...]:
    """Book the pattern that was chosen, with the first visit where that does not stand yet: all of it or nothing. Taken
    where it is not just so any more. Pressed twice it is booked once."""
    try:
        slot, clinician, starts = signing.loads(token[:4000], salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise BadInput([Problem("pattern", "Look for treatment once more.")]) from error
    made: list[Appointment] = []

    def write(locked: Lead, now: datetime) -> None:
        if same := _standing(locked, clinician, starts):
            made.extend(same)
            return
        seen = _after(locked, slot, 0, 0, now)
        if seen.begins is None or seen.want is None:
            raise Taken
        shape, booking = practice(), policy().section(Booking)
        pattern = still_there(seen.begins, seen.want, starts, clinician, shape=shape, booking=booking, now=now)
        if pattern is None:
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
            "with": clinician, "series": str(treated[0].series),
            "all_at": [each.starts_at.isoformat() for each in treated],
        }  # fmt: skip
        services.noted(locked, "treatment_booked", actor, at=now, data=data)
        made.extend(treated)

    act(lead, by, write, closed=(EVALUATED,))
    return tuple(made)


def _after(lead: Lead, slot: str, visits_a_week: int, weeks: int, now: datetime) -> Treatment:
    """What treatment would follow, and what is needed for it; nothing looked for yet."""
    needs = wanted(lead, now=now, service="treatment")
    evaluation = _evaluation(lead)
    there = still_there_first(lead, named_by(slot), now=now) if slot and evaluation is None else None
    offer = None if isinstance(there, str) else there
    discipline = evaluation.discipline if evaluation is not None else offer.want.discipline if offer is not None else ""
    want = next((each for each in needs.wants if each.discipline == discipline), None)
    return Treatment(needs, visits_a_week, weeks, evaluation, offer, want)


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


def _day(visit: Slot) -> date:
    """The day of a visit at its site."""
    return moment(visit.start).astimezone(practice().sites[visit.site].tz).date()


def _standing(lead: Lead, clinician: str, starts: list[int]) -> list[Appointment]:
    """The very visits, where they stand already."""
    rows = Appointment.objects.filter(lead=lead, service="treatment", status="booked", clinician__slug=clinician)
    had = {minute(row.starts_at): row for row in rows}
    return [had[start] for start in sorted(starts)] if starts and had.keys() >= set(starts) else []
