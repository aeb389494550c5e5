"""A family's own page of its visit: whom the link opens for, and what stands on the page beside the times."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from firstvisit.journey.adrift import COURSE
from firstvisit.journey.booking.offering import Offer, Offers, offers
from firstvisit.journey.booking.wanting import wanted_for
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.policy import Switches
from firstvisit.kernel import clock, seal
from firstvisit.kernel.audit import Actor
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadMerge, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.people.barring import bars
from firstvisit.people.queries import birth_date_of, identities, same_people
from firstvisit.practice.queries import policy, practice
from firstvisit.referral import hours
from firstvisit.referral.record import Referral
from firstvisit.steps.booking.links import Given, book_mark
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.coverage import estimate_words, estimates
from firstvisit.steps.coverage.estimate_words import Language
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.qualify.rules import BOOKS

STANDS: Final = ("held", "booked")
"""Statuses of an appointment that is still to come."""
Paper = Literal["order", "order_not_stated", "authorization"]


class Own(NamedTuple):
    """What a link leads to. Nothing of it is shown before the birth date was given in this browser."""

    given: Given
    lead: Lead
    key: seal.OpenKey
    birth_date: date
    first_name: str

    @property
    def may_choose(self) -> bool:
        """Whether a first visit may be chosen: the lead is open and the decision allows it."""
        return self.lead.closed_at is None and self.lead.outcome in BOOKS

    @property
    def visit_stays(self) -> bool:
        """Whether a first visit that is booked is theirs to move and cancel: the lead is open, or so closed that its
        visit stays."""
        return self.lead.closed_at is None or self.lead.closed_how in VISIT_STAYS

    @property
    def may_move(self) -> bool:
        """Whether another time may be chosen for it."""
        return self.visit_stays and self.lead.outcome in BOOKS


class Cost(NamedTuple):
    """The family's sentence of the newest estimate, and its row, to whose page a link leads."""

    sentence: str
    estimate: uuid.UUID


def address_of(lead: Lead, *, at: datetime) -> str:
    """The whole link of a lead, as it stands in what we write to the family."""
    return f"{settings.ENVIRONMENT.address}/book/{mark_of(lead, at=at)}"


def mark_of(lead: Lead, *, at: datetime) -> str:
    """The signed part of the link: given to whoever we write to about the lead."""
    return book_mark(lead.id, lead.writes_to_id, at=at)


def own(given: Given) -> Own | None:
    """What a link leads to; None where the record was erased, where no birth date is known by which it could open, and
    where a restriction names whoever it was given to. A lead that a merge continued in another leads there."""
    lead = _standing(given.lead)
    if lead is None or lead.kind == "organization" or lead.patient_id is None:
        return None
    row = LeadReferral.objects.select_related("key").filter(lead=lead, key__wrapped__isnull=False).first()
    if row is None or not _may_be_told(lead.patient_id, given.to):
        return None
    key = seal.open_key(row.key)
    patient = read(row, key).patient
    born = birth_date_of(lead.patient)
    if born is None:
        return None
    return Own(given, lead, key, born, patient.preferred_name or patient.first_name or "")


def visit_of(lead: Lead, *, now: datetime) -> Appointment | None:
    """The lead's first visit that is still to come or runs now: a booked one before a hold that has not ended."""
    rows = Appointment.objects.select_related("clinician").filter(lead=lead, status__in=STANDS, ends_at__gt=now)
    firsts = rows.exclude(service__in=COURSE)
    good = [row for row in firsts if row.status == "booked" or (row.held_until and row.held_until > now)]
    return min(good, key=lambda row: (row.status != "booked", row.starts_at), default=None)


def begun_of(lead: Lead, *, now: datetime) -> Appointment | None:
    """The first visit whose hour is over, or at which they have arrived, and of which nobody has noted an end yet: no
    second one is chosen meanwhile."""
    over = Q(status="booked", ends_at__lte=now) | Q(status="arrived")
    return Appointment.objects.filter(over, lead=lead, service="evaluation").order_by("-starts_at").first()


def course_of(lead: Lead, *, now: datetime) -> list[Appointment]:
    """The treatment of a lead that is still to come, the soonest first."""
    rows = Appointment.objects.select_related("clinician").filter(lead=lead, service__in=COURSE, status="booked")
    return list(rows.filter(ends_at__gt=now).order_by("starts_at"))


def scheduled_at(lead: Lead) -> datetime | None:
    """When the first visit was booked that stands or took place; what was agreed on the phone where no visit of it was
    ever kept here. None where it fell through."""
    firsts = Appointment.objects.filter(lead=lead, service="evaluation", booked_at__isnull=False)
    kept = list(firsts.order_by("booked_at").values_list("status", "booked_at"))
    if kept:
        return next((at for status, at in kept if status in ("booked", "arrived", "completed")), None)
    agreed = Task.objects.filter(lead=lead, result="reached_booked").order_by("ended_at").first()
    return agreed.ended_at if agreed is not None else None


def hold_of(lead: Lead, *, now: datetime) -> Appointment | None:
    """The newest time that was kept for them and is still to come, also where that ended a moment ago."""
    rows = Appointment.objects.filter(lead=lead, status__in=("held", "lapsed"), starts_at__gt=now)
    return rows.order_by("-made_at").first()


def ended_visits(lead: Lead) -> list[Appointment]:
    """What was cancelled last, the first visit before what fell with it: for the file that takes it out of a
    calendar."""
    rows = Appointment.objects.select_related("clinician").filter(lead=lead, status="cancelled")
    last = rows.order_by("-status_at").values_list("status_at", flat=True)[:1]
    return list(rows.filter(status_at__in=last).order_by("service", "starts_at"))


def times_of(lead: Lead, *, now: datetime, count: int, moving: Appointment | None = None) -> Offers:
    """The best times of a lead; other ones than that of the visit they are `moving`."""
    known = wanted_for(moving, lead, now=now) if moving is not None else None
    return offers(lead, now=now, count=count, moving=moving, known=known, alone=True)


def first_times(lead: Lead, *, now: datetime, count: int, most: int) -> tuple[list[Offer], bool]:
    """The first `count` that are a choice (`spread`) of the best `most`, and whether there are more. Where they lie in
    so many half days, a search for the best of each half day tells the same and reads fewer days."""
    best = offers(lead, now=now, count=count, alone=True, a_half_day=1)
    if best.more and len({_half_day(each.starts_at) for each in best.offers}) == count:
        return list(best.offers), True
    found = offers(lead, now=now, count=most, alone=True, known=best.wanted).offers
    chosen = spread(found, count)
    return chosen, len(found) > len(chosen)


def elsewhere_first(found: Sequence[Offer], moving: Appointment) -> list[Offer]:
    """Times for whoever moves a visit: those of its own half day last, for it is that half day which does not suit."""
    site = practice().sites.get(moving.site)
    at = moving.starts_at.astimezone(site.tz) if site is not None else moving.starts_at
    return sorted(found, key=lambda each: _half_day(each.starts_at) == _half_day(at))


def _half_day(at: datetime) -> tuple[date, bool]:
    return at.date(), at.hour < 12


def spread(found: Sequence[Offer], count: int) -> list[Offer]:
    """The first `count` that are a choice: the best of each half day before the second of any, in their order."""
    seen: set[tuple[date, bool]] = set()
    apart = []
    for each in found:
        half_day = _half_day(each.starts_at)
        if half_day not in seen:
            seen.add(half_day)
            apart.append(each)
    chosen = [*apart, *(each for each in found if each not in apart)][:count]
    return [each for each in found if each in chosen]


def by_day(found: Sequence[Offer]) -> list[Offer]:
    """A dozen times in the order of the calendar, as somebody looks for a day."""
    return sorted(found, key=lambda each: each.starts_at)


def cost_of(found: Own, language: Language) -> Cost | None:
    """What the visit costs, as the estimate that holds says it; None where nobody has made one."""
    row = estimates.newest(found.lead.id)
    made = estimates.reckoned(row, found.key).get(language) if row is not None else None
    if row is None or made is None or made.high is None:
        return None
    return Cost(estimate_words.sentence(made, language), row.id)


def after_form(lead: Lead, item: Item, *, now: datetime) -> Own | None:
    """What whoever has just sent this form may choose from: the form opened the lead, the decision allows a first visit
    and the practice offers times by itself; None where somebody looks first.

    Of a lead that stood before, whoever knows name and birth date would see a visit that is not theirs to see: that
    takes the link.
    """
    if policy().section(Switches).offer != "do":
        return None
    steps = [each for each in (item.id, item.continues_id) if each is not None]
    if not Part.objects.filter(lead=lead, end="opened", item__in=steps).exists():
        return None
    found = own(Given(lead.id, lead.writes_to_id, now))
    return found if found is not None and found.may_choose else None


def papers_of(lead: Lead) -> list[Paper]:
    """The papers that are still missing, as far as the family may want to see to them."""
    waits = {what for what, *_ in lead.blockers}
    found: list[Paper] = []
    if waits & {"order", "order_unsigned"}:
        found.append("order")
    elif "order_not_stated" in waits:
        found.append("order_not_stated")
    if "authorization" in waits:
        found.append("authorization")
    return found


def hours_of(found: Own) -> tuple[int, int] | None:
    """Between which hours of the day they said that they can come, in minutes; None where at any."""
    return hours.between(_stated(found).hours)


def half_days_of(found: Own) -> tuple[str, ...]:
    """The half days ("mon_am") at which they said that they can come; none where they said nothing of it."""
    stated = _stated(found).availability
    return stated if isinstance(stated, tuple) else ()


def _stated(found: Own) -> Referral:
    row = LeadReferral.objects.select_related("key").get(lead=found.lead)
    return read(row, found.key)


def say_hours(found: Own, between: tuple[int, int], *, actor: Actor) -> None:
    """That no time fitted, and between which hours of the day they can come (in minutes), on the timeline for whoever
    calls them; what they stated holds from then on like any wish of theirs."""
    with transaction.atomic():
        locked = Lead.objects.select_for_update().get(id=found.lead.id)
        data = {"from": between[0], "until": between[1]}
        services.noted(locked, "visit_hours_stated", actor, at=clock.now(), data=data)


def _standing(lead: uuid.UUID) -> Lead | None:
    """The lead, or the one in which merges continue it."""
    seen: set[uuid.UUID] = set()
    while lead not in seen:
        seen.add(lead)
        going = LeadMerge.objects.filter(going=lead, undone_at__isnull=True).values_list("staying", flat=True).first()
        if going is None:
            break
        lead = going
    with_patient = Lead.objects.select_related("facts", "patient__key", "patient__same_as__key")
    return with_patient.filter(id=lead).first()


def _may_be_told(patient: uuid.UUID, to: uuid.UUID | None) -> bool:
    """Whether no restriction about the patient names whoever the link was given to. The patient is nobody else."""
    if to in (None, patient) or to in _records(patient):
        return True
    known = identities([to])
    return to in known and not bars([patient], known[to][0])


def _records(person: uuid.UUID) -> Sequence[uuid.UUID]:
    return list(same_people([person])[person])
