"""What a lead says of a contact who is erased while the patient's record stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from firstvisit.kernel import seal
from firstvisit.leads.models import Lead, LeadMerge, LeadReferral, UndoStep
from firstvisit.leads.services import read, reading_row
from firstvisit.referral.record import Contact


def forget_contact(leads: Iterable[Lead]) -> int:
    """Seal the readings of these locked leads anew without their contact; the number of readings changed."""
    changed = 0
    by_id: dict[uuid.UUID, Lead] = {lead.id: lead for lead in leads}
    # What a reading was before a merge, or before something was noted, names the contact too; without it the leads
    # stay as they are.
    LeadMerge.objects.filter(staying__in=by_id).delete()
    UndoStep.objects.filter(lead__in=by_id, sealed__isnull=False).delete()
    for reading in LeadReferral.objects.filter(lead__in=by_id, key__wrapped__isnull=False).select_related(
        "key"
    ):
        key = seal.open_key(reading.key)
        referral = read(reading, key)
        evidence = {
            place: e for place, e in referral.evidence.items() if place.partition(".")[0] != "contact"
        }
        kept = referral.model_copy(update={"contact": Contact(), "evidence": evidence})
        if kept != referral:
            sealed = reading_row(by_id[reading.lead_id], key, kept).sealed
            LeadReferral.objects.filter(lead=reading.lead_id).update(sealed=sealed)
            changed += 1
    return changed
