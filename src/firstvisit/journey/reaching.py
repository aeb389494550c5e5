"""Whether a lead can be reached at all: restrictions may forbid every way that is known."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.db import models

from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.people.forbidding import Way, forbidden, forbids_any
from firstvisit.people.households import kin_of
from firstvisit.people.identity import Identity
from firstvisit.people.models import Guardian
from firstvisit.people.queries import identities, same_people


def notice(leads: Iterable[Lead]) -> list[uuid.UUID]:
    """Write on locked leads whether every known way to reach them is forbidden; the ids of those for whom that changed.

    Where somebody else speaks for the patient who may be reached, the lead writes to them from now on. One question
    where no restriction is in force anywhere.
    """
    about = [lead for lead in leads if lead.patient_id is not None]
    any_at_all = bool(about) and (forbids_any() or any(lead.unreachable for lead in about))
    if not any_at_all:
        return []
    opened = identities({p for lead in about for p in (lead.patient_id, lead.contact_id) if p})
    who: dict[uuid.UUID | None, Identity] = {person: one for person, (one, _) in opened.items()}
    barred = forbidden(way for lead in about for way in ways_of(lead, who))
    changed: list[uuid.UUID] = []
    turned: list[uuid.UUID] = []
    for lead in about:
        ways = ways_of(lead, who)
        unreachable = bool(ways) and barred.issuperset(ways)
        if unreachable and (other := _another(lead)) is not None:
            lead.contact_id, unreachable = other, False
            Lead.objects.filter(id=lead.id).update(contact=other)
            services.noted(lead, "contact_turned", SYSTEM, at=clock.now())
            if not lead.unreachable:
                turned.append(lead.id)
        if unreachable != lead.unreachable:
            lead.unreachable = unreachable
            changed.append(lead.id)
    Lead.objects.filter(id__in=changed).update(unreachable=~models.F("unreachable"))
    return changed + turned


def _another(lead: Lead) -> uuid.UUID | None:
    """The first of those who speak for the patient to whom something may go."""
    patient = lead.patient_id
    assert patient is not None
    speak = Guardian.objects.filter(patient__in=same_people([patient])[patient]).order_by("id")
    ids = list(speak.exclude(guardian=lead.contact_id).values_list("guardian", flat=True))
    who = {person: one for person, (one, _) in identities(ids).items()}
    ways = [(patient, person, way) for person, one in who.items() for way in (one.phone, one.email) if way]
    free = {person for _, person, _ in set(ways) - forbidden(ways)}
    return next((person for person in ids if person in free), None)


def ways_of(lead: Lead, who: Mapping[uuid.UUID | None, Identity]) -> list[Way]:
    """The ways to reach contact and patient of a lead, as the gate is asked about them."""
    people = [(person, who[person]) for person in (lead.contact_id, lead.patient_id) if person in who]
    return [
        (lead.patient_id, person, way)
        for person, one in people
        for way in (one.phone, one.email)
        if way and lead.patient_id is not None
    ]


def concerned(patient: uuid.UUID) -> list[Lead]:
    """The open leads, locked, of a patient and of the others who share a mailbox with them."""
    kin = kin_of([patient])[patient]
    open_leads = Lead.objects.select_for_update(of=("self",)).filter(closed_at__isnull=True)
    return list(open_leads.filter(patient__in={*kin.own, *kin.others}).order_by("id"))
