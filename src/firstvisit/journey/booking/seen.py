"""The visits of leads, and what the EMR was told of them, as the plan sees them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Q

from firstvisit.journey.booking.known import carried_now
from firstvisit.journey.case import AppointmentSeen
from firstvisit.kernel import seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.leads.models import LeadReferral
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.emr.carried import differing
from firstvisit.steps.booking.emr.owed import OF_FACTS, Stands, Told
from firstvisit.steps.booking.models import Appointment, Outgoing
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import unfit

_COLUMNS = (
    "id", "service", "status", "status_at", "starts_at", "ends_at", "site", "clinician__slug", "made_at", "sequence",
    "held_until", "booked_at", "confirmed_at", "why", "made_by", "setting",
    "discipline", "cancelled_by", "came_from",
)  # fmt: skip
"""In the order of `AppointmentSeen`."""


def with_unfit(
    visits: Mapping[uuid.UUID, tuple[AppointmentSeen, ...]], *, now: datetime
) -> dict[uuid.UUID, tuple[AppointmentSeen, ...]]:
    """The same visits, marked where one of the days that reminders look ahead cannot be as supply is now; no question
    where none is so near, six at most however many are."""
    booking = policy().section(Booking)
    until = now + timedelta(days=max(booking.reminder_days, default=0) + 1)
    near = [
        lead
        for lead, seen in visits.items()
        if any(each.status == "booked" and now < each.starts_at < until for each in seen)
    ]
    if not near:
        return dict(visits)
    gone = {one.appointment.id for one in unfit(practice(), booking, now=now, leads=near, until=until)}
    marked = {lead: tuple(each._replace(unfit=each.id in gone) for each in visits[lead]) for lead in near}
    return {**visits, **marked}


def appointments_of(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[AppointmentSeen, ...]]:
    """The visits of these leads, of those that have any, in the order they were made; one question."""
    found: dict[uuid.UUID, list[AppointmentSeen]] = defaultdict(list)
    rows = Appointment.objects.filter(lead__among=list(leads)).order_by("made_at", "id")
    for lead, *columns in rows.values_list("lead_id", *_COLUMNS):
        seen = AppointmentSeen(*columns)
        found[lead].append(seen._replace(clinician=seen.clinician or "", came_from=tuple(seen.came_from)))
    return {lead: tuple(seen) for lead, seen in found.items()}


def appointments_of_lead(lead: uuid.UUID) -> tuple[AppointmentSeen, ...]:
    """The visits of one lead in the order they were made."""
    return appointments_of([lead]).get(lead, ())


_TOLD = (
    "id", "key", "what", "way", "status", "number", "wanted_at", "appointment_id", "kind", "sequence", "told_start",
    "tries", "why", "lead_id", "revision", "corrects", "written",
)  # fmt: skip
"""In the order of `Told`."""
_READING: Final = "lead__reading__revision"


class Telling(NamedTuple):
    """What the EMR was told of a lead, and where its facts are to be looked at beside that, how they stand."""

    told: tuple[Told, ...] = ()
    stands: Stands | None = None


def told_of(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, Telling]:
    """What the EMR was told and is to be told of these leads, in its order; one question, and some more for each lead
    whose reading changed since. What was told of a visit that came along from another lead was told of it here, before
    what was told here: of the person counts what was told last of this one."""
    found: dict[uuid.UUID, list[Told]] = defaultdict(list)
    revisions: dict[uuid.UUID, int] = {}
    ids = list(leads)
    rows = Outgoing.objects.filter(Q(appointment__lead__among=ids) | Q(appointment=None, lead__among=ids))
    columns_of = ("lead_id", "appointment__lead_id", _READING, f"appointment__{_READING}", *_TOLD)
    rows = rows.annotate(written=Q(payload__isnull=False)).order_by("number")
    for lead, now_of, own, theirs, *columns in rows.values_list(*columns_of):
        row = Told(*columns)
        found[now_of or lead].append(row._replace(corrects=tuple(row.corrects)))
        revisions[now_of or lead] = theirs if now_of else own
    for lead, told in found.items():
        told.sort(key=lambda each, lead=lead: each.lead == lead)  # type: ignore[misc]
    return {lead: Telling(tuple(told), _stands(lead, told, revisions[lead])) for lead, told in found.items()}


def _stands(lead: uuid.UUID, told: list[Told], revision: int | None) -> Stands | None:
    """How the facts stand beside what was last told of them; None where that is known, or was never kept."""
    spoken = [each for each in told if each.what in OF_FACTS and each.status != "withdrawn"]
    if not spoken or revision is None:
        return None
    last, known = spoken[-1], [each for each in spoken if not each.unsaid and each.status != "refused"]
    if not known or (last.lead, last.revision) == (lead, revision):
        return None
    base = Outgoing.objects.select_related("lead__reading__key").get(id=known[-1].id)
    if base.said is None:
        return None
    reading = LeadReferral.objects.select_related("key", "lead__facts").get(lead=lead)
    try:
        said = outgoing.said_of(base, seal.open_key(base.lead.reading.key))
        fields = differing(said, carried_now(reading, seal.open_key(reading.key), last.appointment))
    except SealBroken:  # they were forgotten
        return None
    if last.lead != lead and fields == (last.corrects if last.unsaid else ()):
        return None  # its revision is that of the reading of the lead that goes on in this one
    return Stands(revision, fields)
