"""The verbs of an appointment: hold, book, take, move, cancel, and what became of it.

Each runs inside the caller's transaction under a savepoint and locks the lead first, so double taps find what the first
one did and change nothing. One verb a transaction: `taking` says why. None writes to the timeline or tells anybody:
that is the journey's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from firstvisit.kernel.errors import Conflict
from firstvisit.kernel.ids import new_id
from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import policy
from firstvisit.steps.booking import endings, groups
from firstvisit.steps.booking.limits import keep_limits
from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Claim, Group
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.road_left import keep_road_of
from firstvisit.steps.booking.shapes import Slot, Want
from firstvisit.steps.booking.spans import moment
from firstvisit.steps.booking.taking import (
    Taken,
    Wanted,
    claim,
    kept,
    lock_days,
    lock_lead,
    make_room,
    others_claim,
    span,
    wanted,
)

__all__ = [
    "AlreadyBooked", "Taken", "arrived", "book", "book_series", "cancel", "cancel_all", "completed", "confirmed",
    "hold", "join", "lapse", "left", "missed", "move", "not_completed", "run_out", "take",
]  # fmt: skip

MadeBy = Literal["desk", "family", "call"]
KINDLY: Final = timedelta(minutes=15)
"""For so long after its end a hold can still be taken if nobody else wanted the time; then the sweep ends it."""
MOST_AT_ONCE: Final = 200
COMES: Final = ("booked", "arrived")
"""Statuses of a visit to which somebody comes, or has come."""


class AlreadyBooked(Conflict):
    """The lead has this evaluation to come already: `appointment`. It is moved, not booked twice."""

    def __init__(self, appointment: Appointment) -> None:
        self.appointment = appointment
        super().__init__("an evaluation is booked already; move it instead")


def hold(slot: Slot, lead: Lead, want: Want, *, until: datetime, made_by: MadeBy, now: datetime) -> Appointment:
    """Keep a slot for a lead until a moment, beside others that are held for it. The same one again is the same hold,
    with the later end. Taken when somebody else has it, AlreadyBooked where that evaluation stands at another time."""
    return _place(slot, lead, want, until=until, made_by=made_by, now=now)


def book(slot: Slot, lead: Lead, want: Want, *, made_by: MadeBy, now: datetime) -> Appointment:
    """Book a slot for a lead; its holds for the same service are let go. The same slot again is the same appointment.
    Taken when somebody else has it, AlreadyBooked where that evaluation stands at another time."""
    return _place(slot, lead, want, until=None, made_by=made_by, now=now)


def book_series(
    visits: Sequence[tuple[Slot, Want]],
    lead: Lead,
    *,
    beside: Appointment | None = None,
    made_by: MadeBy,
    now: datetime,
) -> tuple[Appointment, ...]:
    """An evaluation and the first weeks of treatment, all of them or nothing; those that stand already stay. `beside`:
    the evaluation of the lead that treatment joins. Taken when somebody else has one of the times, AlreadyBooked where
    the evaluation stands at another."""
    stretches = [wanted(slot) for slot, _ in visits]
    _nobody_else(stretches, lead.id, min((slot for slot, _ in visits), key=lambda slot: slot.start), now=now)
    with transaction.atomic():
        lock_lead(lead)
        own = list(Appointment.objects.filter(lead=lead, status__in=TAKES_TIME))
        wants = {want for _, want in visits}
        goes = [row for row in own if any(_lets_go(row, want) for want in wants)]
        lock_days([*stretches, *filter(None, map(kept, goes))])
        stands = [_standing(own, slot, want) for slot, want in visits]
        for (_, want), row in zip(visits, stands, strict=True):
            if row is None:
                _not_twice(own, want)
        _let_go(goes, now=now)
        own_series = [row.series for row in (beside, *stands) if row is not None and row.series]
        series = own_series[0] if own_series else new_id()
        if beside is not None:
            Appointment.objects.filter(id=beside.id, lead=lead).update(series=series)
        rows = []
        for (slot, want), stretch, stood in zip(visits, stretches, stands, strict=True):
            row = stood or _made(lead, want, until=None, made_by=made_by, now=now)
            row.series = series
            if stood is None:
                _put(row, slot, stretch)
                _keep_apart(row, own)
                _keep_limits(row, slot, now=now)
                keep_road_of(row, now=now)
            row.save(force_insert=stood is None)
            rows.append(row)
        new = [(stretch, row.id) for stretch, row, stood in zip(stretches, rows, stands, strict=True) if stood is None]
        if new:
            make_room([stretch for stretch, _ in new], now=now)
            claim(new)
        return tuple(rows)


def join(
    group: Group, lead: Lead, want: Want, *, until: datetime | None = None, made_by: MadeBy, now: datetime
) -> Appointment:
    """A seat in a session, held until a moment or booked; who sits in it already keeps theirs. Taken("full") without a
    free seat."""
    with transaction.atomic():
        lock_lead(lead)
        own = Appointment.objects.filter(lead=lead, group=group, status__in=TAKES_TIME).first()
        if own is not None:
            return _again(own, until=until, now=now)
        clinician = _leads_it(group)
        row = _made(lead, want, until=until, made_by=made_by, now=now)
        row.setting, row.clinician_id = want.setting, clinician
        groups.sit(row, group, now=now)
        _keep_apart(row)
        row.save(force_insert=True)
        return row


def take(appointment: Appointment, *, now: datetime) -> Appointment:
    """A hold becomes a visit, and other holds for the same are let go. After its end too, as long as nobody else took
    any of its time; else Taken. AlreadyBooked where that evaluation was booked at another time meanwhile."""
    with transaction.atomic():
        lock_lead(appointment.lead_id)
        own = list(Appointment.objects.filter(lead=appointment.lead_id, status__in=TAKES_TIME))
        goes = [row for row in own if row.id != appointment.id and _lets_go(row, appointment)]
        row = _locked(appointment, and_days=[*filter(None, map(kept, goes))])
        if row.status in ("held", "lapsed"):
            _let_go(goes, now=now)
            return _taken(row, until=None, now=now)
        if row.status not in TAKES_TIME:
            raise Conflict(f"the appointment is {row.status}")
        return row


def move(appointment: Appointment, slot: Slot, *, now: datetime) -> Appointment:
    """The same appointment at another time, the old one freed and the new taken at once; to where it is already changes
    nothing. Nobody has said yet that they come then or there; with another therapist at the same hour they have. Taken
    when somebody else has the new time: the old one stands."""
    stretch = wanted(slot)
    if appointment.service != "group":
        _nobody_else([stretch], appointment.lead_id, slot, now=now)
    with transaction.atomic():
        row = _locked(appointment, and_days=(stretch,))
        if row.status not in ("held", "booked"):
            raise Conflict(f"the appointment is {row.status}")
        if _stands_at(row, slot):
            return row
        if row.status == "booked" and row.starts_at <= now:
            raise Conflict("this visit has begun: say first what became of it")
        if row.held_until is not None and row.held_until <= now:
            raise Taken("over")
        if (row.starts_at, row.site, row.setting) != (moment(slot.start), slot.site, slot.setting):
            row.confirmed_at = None
        if row.group_id is not None:
            assert row.group is not None
            _sit_at(row, slot, program=row.program, seats=row.group.seats, now=now)
            _keep_apart(row)
        else:
            Claim.objects.filter(appointment=row).delete()
            make_room([stretch], now=now)
            _keep_limits(row, slot, now=now)
            claim([(stretch, row.id)], until=row.held_until)
            _put(row, slot, stretch)
            _keep_apart(row)
            keep_road_of(row, now=now)
        row.sequence += 1
        row.moved_at = now
        row.save()
        return row


def cancel(appointment: Appointment, *, why: str, now: datetime) -> Appointment:
    """A visit or a hold is called off and its time is free. `why` is a code of `endings`. Again changes nothing."""
    (row,) = cancel_all([appointment], why=why, now=now)
    return row


def cancel_all(
    appointments: Sequence[Appointment], *, why: str, by_family: bool = False, now: datetime
) -> list[Appointment]:
    """Several visits of one lead are called off together: all their days are locked before the first is freed.
    `by_family`: on their own page, where nobody of ours spoke with them."""
    endings.reason(why)
    with transaction.atomic():
        lead = appointments[0].lead_id
        lock_lead(lead)
        rows = list(Appointment.objects.filter(id__in=[each.id for each in appointments]).order_by("starts_at", "id"))
        if any(row.lead_id != lead for row in rows):
            raise Conflict("their request goes on in another one; open it there")
        lock_days([*filter(None, map(kept, rows))])
        for row in rows:
            if row.status == "cancelled":
                continue
            _may(row, "cancelled")
            Claim.objects.filter(appointment=row).delete()
            row.status, row.status_at, row.held_until, row.why = "cancelled", now, None, why
            row.cancelled_by = "family" if by_family else ""
            row.sequence += 1
            row.save()
        return rows


def confirmed(appointment: Appointment, *, now: datetime) -> Appointment:
    """The family says that they come. The first time counts."""
    with transaction.atomic():
        row = _locked(appointment)
        if row.status != "booked":
            raise Conflict(f"the appointment is {row.status}")
        if row.confirmed_at is None:
            row.confirmed_at = now
            row.save(update_fields=["confirmed_at"])
        return row


def arrived(appointment: Appointment, *, now: datetime) -> Appointment:
    """They are here; also after they were called missed."""
    return _became(appointment, "arrived", now)


def completed(appointment: Appointment, *, now: datetime) -> Appointment:
    """The visit is done: a clinician says so, or the EMR."""
    return _became(appointment, "completed", now)


def not_completed(appointment: Appointment, *, was: str, since: datetime) -> Appointment:
    """A visit that was called done by mistake is again what it `was` before, `since` then; one that is not done any
    more stays as it is."""
    with transaction.atomic():
        row = _locked(appointment)
        if row.status == "completed" and endings.may_follow("completed", was):
            row.status, row.status_at = was, since
            row.save(update_fields=["status", "status_at"])
        return row


def left(appointment: Appointment, *, now: datetime) -> Appointment:
    """They went before they were seen."""
    return _became(appointment, "left", now)


def missed(appointment: Appointment, *, now: datetime) -> Appointment:
    """They did not come. Conflict before the visit begins."""
    return _became(appointment, "missed", now)


def run_out(now: datetime) -> list[Appointment]:
    """The holds that ran out more than `KINDLY` ago, the oldest first."""
    over = Appointment.objects.filter(status="held", held_until__lte=now - KINDLY)
    return list(over.order_by("held_until")[:MOST_AT_ONCE])


def lapse(appointment: Appointment, *, now: datetime) -> Appointment:
    """End a hold that ran out; one that was taken, prolonged or ended meanwhile stays as it is."""
    with transaction.atomic():
        row = _locked(appointment)
        if row.status == "held" and row.held_until is not None and row.held_until <= now - KINDLY:
            _let_go([row], now=now)
            row.status, row.status_at, row.held_until = "lapsed", now, None
        return row


def _place(
    slot: Slot, lead: Lead, want: Want, *, until: datetime | None, made_by: MadeBy, now: datetime
) -> Appointment:
    stretch, shared = wanted(slot), want.service == "group"
    if not shared:
        _nobody_else([stretch], lead.id, slot, now=now)
    with transaction.atomic():
        lock_lead(lead)
        theirs = list(Appointment.objects.filter(lead=lead, status__in=TAKES_TIME))
        own = [row for row in theirs if row.service == want.service]
        goes = [row for row in own if until is None and _lets_go(row, want)]
        lock_days([stretch, *filter(None, map(kept, goes))])
        same = next((row for row in own if _stands_at(row, slot)), None)
        if same is not None:
            _let_go([row for row in goes if row is not same], now=now)
            return _again(same, until=until, now=now)
        _not_twice(own, want)
        _let_go(goes, now=now)
        row = _made(lead, want, until=until, made_by=made_by, now=now)
        if shared:
            _sit_at(row, slot, program=want.program, seats=_seats(want), now=now)
            _keep_apart(row, theirs)
            row.save(force_insert=True)
            return row
        _put(row, slot, stretch)
        _keep_apart(row, theirs)
        make_room([stretch], now=now)
        _keep_limits(row, slot, now=now)
        keep_road_of(row, now=now)
        row.save(force_insert=True)
        claim([(stretch, row.id)], until=until)
        return row


def _made(lead: Lead, want: Want, *, until: datetime | None, made_by: MadeBy, now: datetime) -> Appointment:
    """An appointment without a time, not yet saved."""
    return Appointment(
        id=new_id(),
        lead=lead,
        kind=want.kind,
        service=want.service,
        program=want.program,
        discipline=want.discipline,
        new_patient=want.new_patient and want.service == "evaluation",
        status="booked" if until is None else "held",
        status_at=now,
        held_until=until,
        made_by=made_by,
        made_at=now,
        booked_at=now if until is None else None,
    )


def _again(row: Appointment, *, until: datetime | None, now: datetime) -> Appointment:
    """The same asked for once more: a hold becomes a visit or lasts longer, anything else stands."""
    if row.status != "held" or (until is not None and _lasts(row, until, now)):
        return row
    return _taken(row, until=until, now=now)


def _sit_at(row: Appointment, slot: Slot, *, program: str, seats: int, now: datetime) -> None:
    """A seat in the session that the slot names, else in the one that stands there or is opened."""
    group = (
        Group(id=UUID(slot.group))
        if slot.group
        else groups.find_or_open(slot, kind=row.kind, program=program, seats=seats, now=now)
    )
    row.setting, row.clinician_id = slot.setting, slot.clinician
    groups.sit(row, group, now=now)


def _seats(want: Want) -> int:
    """The seats of a kind of group, as the rules have them."""
    kinds = {kind.slug: kind for kind in policy().section(Booking).kinds}
    return kinds[want.kind].seats if want.kind in kinds else 1


def _leads_it(group: Group) -> int | None:
    """The therapist of a session."""
    people = {each.id for each in Resource.objects.filter(claims__group=group) if each.data.get("kind") == "clinician"}
    return min(people, default=None)


def _let_go(holds: list[Appointment], *, now: datetime) -> None:
    """End holds of a lead that chose another time. Lead and days are locked."""
    if not holds:
        return
    ids = [row.id for row in holds]
    Claim.objects.filter(appointment__in=ids).delete()
    Appointment.objects.filter(id__in=ids).update(status="lapsed", status_at=now, held_until=None)


def _put(row: Appointment, slot: Slot, stretch: Wanted) -> None:
    row.site, row.setting, row.clinician_id = slot.site, slot.setting, slot.clinician
    row.starts_at, row.ends_at = moment(slot.start), moment(slot.end)
    row.resources, row.claimed = list(stretch.resources), span(stretch)


def _locked(appointment: Appointment, and_days: Iterable[Wanted] = ()) -> Appointment:
    """The appointment as it is now, with its lead and its days locked."""
    lock_lead(appointment.lead_id)
    row = Appointment.objects.get(id=appointment.id)
    if row.lead_id != appointment.lead_id:
        raise Conflict("their request goes on in another one; open it there")
    lock_days([*filter(None, [kept(row)]), *and_days])
    return row


def _taken(row: Appointment, *, until: datetime | None, now: datetime) -> Appointment:
    """A hold made anew, as a visit or with another end; lead and days are locked."""
    if row.starts_at <= now:
        raise Taken("over")
    if until is None:  # a longer hold promises nothing more
        _not_twice(Appointment.objects.filter(lead=row.lead_id, status__in=COMES).exclude(id=row.id), row)
    stretch = kept(row)
    if stretch is None:
        assert row.group is not None
        groups.sit(row, row.group, now=now)
    else:
        _claim_again(row, stretch, until=until, now=now)
    row.status, row.status_at, row.held_until = "booked" if until is None else "held", now, until
    if until is None:
        row.booked_at = now
    row.save()
    return row


def _claim_again(row: Appointment, stretch: Wanted, *, until: datetime | None, now: datetime) -> None:
    _keep_apart(row)
    Claim.objects.filter(appointment=row).delete()
    make_room([stretch], now=now)
    if row.service == "evaluation" and row.clinician_id is not None:
        keep_limits(row.clinician_id, row.starts_at, row.site, new_patient=row.new_patient, now=now, but=[row.id])
    keep_road_of(row, now=now)
    claim([(stretch, row.id)], until=until)


def _became(appointment: Appointment, status: str, now: datetime) -> Appointment:
    with transaction.atomic():
        row = _locked(appointment)
        if row.status == status:
            return row
        _may(row, status)
        if status == "missed" and row.starts_at > now:
            raise Conflict("the visit has not begun")
        row.status, row.status_at = status, now
        row.save(update_fields=["status", "status_at"])
        return row


def _may(row: Appointment, status: str) -> None:
    if not endings.may_follow(status, row.status):
        raise Conflict(f"the appointment is {row.status}")


def _nobody_else(stretches: list[Wanted], lead: UUID, slot: Slot, *, now: datetime) -> None:
    """Taken at once, before any lock, when somebody else has it."""
    if moment(slot.start) <= now:
        raise Taken("over")
    if others_claim(stretches, now=now) - {lead}:
        raise Taken


def _keep_apart(row: Appointment, own: Iterable[Appointment] | None = None) -> None:
    """Taken("own") where the lead has another visit at that time; `own`: its appointments, where they are known. Its
    row is locked. A hold promises nothing and stands in no way."""
    others = own if own is not None else Appointment.objects.filter(lead=row.lead_id, status__in=COMES)
    for other in others:
        beside = other.ends_at <= row.starts_at or row.ends_at <= other.starts_at
        if other.id != row.id and other.status in COMES and not beside:
            raise Taken("own")


def _keep_limits(row: Appointment, slot: Slot, *, now: datetime) -> None:
    if row.service == "evaluation":
        starts = moment(slot.start)
        keep_limits(slot.clinician, starts, slot.site, new_patient=row.new_patient, now=now, but=[row.id])


def _stands_at(row: Appointment, slot: Slot) -> bool:
    return row.clinician_id == slot.clinician and row.starts_at == moment(slot.start)


def _standing(own: list[Appointment], slot: Slot, want: Want) -> Appointment | None:
    """The visit of the same service that is booked there already."""
    same = (row for row in own if row.service == want.service and row.status != "held" and _stands_at(row, slot))
    return next(same, None)


def _lasts(row: Appointment, until: datetime, now: datetime) -> bool:
    """Whether a hold lives and lasts at least as long."""
    return row.held_until is not None and row.held_until > now and row.held_until >= until


def _lets_go(row: Appointment, want: Want | Appointment) -> bool:
    """Whether it is a hold for the same, of which a visit lets go."""
    needs = (row.service, row.discipline, row.program)
    return row.status == "held" and needs == (want.service, want.discipline, want.program)


def _not_twice(own: Iterable[Appointment], want: Want | Appointment) -> None:
    """An evaluation of a therapy in a program is booked once; two taps on two times are one appointment. One that was,
    and of which nobody has noted how it ended, stands too: nothing says yet that another is needed."""
    if want.service != "evaluation":
        return
    for row in own:
        alike = (row.discipline, row.program) == (want.discipline, want.program)
        if alike and row.status in ("booked", "arrived"):
            raise AlreadyBooked(row)
