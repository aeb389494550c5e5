"""Erasing a person across all steps, after the retention check."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from django.db import transaction
from django.db.models import Q

from firstvisit.kernel import audit, clock, erasure, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads import privacy as lead_privacy
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.queries import code
from firstvisit.leads.services import record
from firstvisit.messages import privacy as message_privacy
from firstvisit.people import privacy as people_privacy
from firstvisit.people.models import Person
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import privacy as booking_privacy
from firstvisit.steps.intake import privacy as intake_privacy

Who = Literal["patient", "contact"]
REASONS: Final[dict[str, str]] = {
    "asked": "the person asked for it",
    "retention_over": "the time for keeping the record is over",
    "ordered": "a court or an authority ordered it",
}
"""Why somebody is erased; codes, because words about an erased person would have to be erased too."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure takes: records of the person, leads about them, originals, and what it must leave."""

    records: int
    leads: tuple[str, ...]
    originals: int
    shared_originals: int
    readings_without_contact: int


def erase(lead: Lead, who: Who, *, reason: str, actor: Actor, only_look: bool = False) -> Reach:
    """Erase the patient or the contact of a lead, wherever they appear. `only_look` says what would go.

    The person's data keys are destroyed, with them identity, readings, narrative and messages; so are the
    keys of originals in which nobody else has a part. Rows, the timeline, the audit chain and all counts
    stay. A contact's details also go out of the readings of patients they spoke for; the originals of those
    leads belong to the patient's record and stay.

    Conflict while a lead of the person is open or the practice's retention time has not passed since the
    last one closed. BadInput for a lead without such a person, an erased one, and an unknown reason.
    """
    person = lead.patient if who == "patient" else lead.contact
    if person is None:
        raise BadInput([Problem("person", f"{code(lead.number)} has no {who}")])
    if reason not in REASONS:
        raise BadInput([Problem("reason", f"is one of {', '.join(REASONS)}")])
    now = clock.now()
    with transaction.atomic():
        records = people_privacy.records_of(person)
        if all(one.erased_at is not None for one in records):
            raise BadInput([Problem("person", "was erased already")])
        leads = list(
            Lead.objects.select_for_update()
            .filter(Q(patient__in=records) | Q(contact__in=records))
            .order_by("number")
        )
        _retained(leads, now)
        about = [one for one in leads if _is_about(one, records)]
        spoken_for = [one for one in leads if not _is_about(one, records)]
        alone, shared = intake_privacy.items_of(one.id for one in about)
        reach = Reach(
            len(records), tuple(code(one.number) for one in about), len(alone), len(shared), len(spoken_for)
        )
        if only_look:
            return reach
        intake_privacy.erase(alone, at=now)
        booking_privacy.let_go(about, at=now)
        message_privacy.forget(one.id for one in about)
        lead_privacy.forget_contact(spoken_for)
        people_privacy.erase(records, at=now)
        erasure.destroy(_own_keys(about), at=now)
        events = [
            record(one, "person_erased", actor, at=now, data={"who": who, "why": reason}) for one in leads
        ]
        logged = audit.row(actor, "person_erased", "person", [one.id for one in records], why=reason)
        writes.insert([*events, logged])
    return reach


def erasable_from(closed: datetime, years: int) -> date:
    """The first day on which a record whose last lead closed at `closed` may be erased."""
    day = closed.date()
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # February 29
        return day.replace(year=day.year + years, day=28)


def _retained(leads: list[Lead], now: datetime) -> None:
    still_open = [code(lead.number) for lead in leads if lead.closed_at is None]
    if still_open:
        raise Conflict(f"still open: {', '.join(still_open)}. Close it with a reason first.")
    closed = max((lead.closed_at for lead in leads if lead.closed_at is not None), default=None)
    if closed is None:
        return
    years = practice().identity.retention_years
    day = erasable_from(closed, years)
    if now.date() < day:
        raise Conflict(
            f"the practice keeps records for {years} years after the last lead closed: not before {day}"
        )


def _is_about(lead: Lead, records: list[Person]) -> bool:
    """A lead is its patient's; without a patient it is its contact's."""
    ids = {one.id for one in records}
    return lead.patient_id in ids if lead.patient_id is not None else lead.contact_id in ids


def _own_keys(leads: list[Lead]) -> list[uuid.UUID]:
    """Keys of readings that are sealed under neither a patient's nor a contact's key."""
    people = Person.objects.values("key")
    return list(
        LeadReferral.objects.filter(lead__in=leads).exclude(key__in=people).values_list("key", flat=True)
    )
