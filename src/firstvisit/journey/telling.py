"""What an EMR tells of a patient and asks for nothing: it informs an open lead of somebody known and opens none."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.joining import join
from firstvisit.kernel import audit, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead
from firstvisit.people import services as people
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.sources import Reading


def tell(item: Item, reading: Reading, shape: Practice, now: datetime) -> Lead | None:
    """Join the open lead of the patient it is about, with what became of a visit on the timeline. Of somebody who has
    none here nothing but the item is kept: its part is answered. Runs in the transaction that claimed the item."""
    resolved = people.resolve(reading.referral)
    lead = None
    if resolved.patient is not None and not resolved.patient.new:
        lead = leads.find_open(resolved, reading.referral, received_at=now)
    if lead is None:
        logged = audit.row(SYSTEM, "answered", "item", [item.id])
        writes.insert([Part(item=item, end="answered", at=now), logged])
        return None
    lead, _ = join(item, reading, resolved, lead, shape)
    if reading.visit is not None:
        writes.insert([leads.record(lead, "visit_told", SYSTEM, at=now, data=dict(reading.visit))])
        lead.save(update_fields=["look_again_at"])
    return lead
