"""Times that were held and that nobody took: free again, and on the timeline of whom they were held for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.steps.booking import claims


def let_go(*, now: datetime) -> int:
    """End each hold that ran out a while ago, one a transaction; how many there were."""
    ended = 0
    for row in claims.run_out(now):
        with transaction.atomic():
            lead = Lead.objects.select_for_update(of=("self",)).get(id=row.lead_id)
            after = claims.lapse(row, now=now)
            if after.status == "lapsed":
                data = {"appointment": str(row.id), "at": row.starts_at.isoformat(), "site": row.site}
                subject = ("appointment", row.id)
                services.noted(lead, "visit_lapsed", SYSTEM, at=now, data=data, subject=subject)
                ended += 1
    return ended
