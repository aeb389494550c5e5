"""Whether the road from a therapist's visit before and to the one after leaves the time. Looked at under the locks of
`taking`, so of two who take neighbouring visits at once the second sees the first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from firstvisit.practice.queries import policy, practice, resource_slugs
from firstvisit.steps.booking.busy import homes_of
from firstvisit.steps.booking.finding import ROAD
from firstvisit.steps.booking.models import TAKES_TIME, Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.roads import Roads
from firstvisit.steps.booking.shapes import Place
from firstvisit.steps.booking.taking import Taken

_STANDS = """
    SELECT lead_id, site, setting, lower(claimed), upper(claimed) FROM booking_appointment
    WHERE clinician_id = %(clinician)s AND claimed IS NOT NULL AND id <> %(own)s AND status = ANY(%(takes)s)
    AND (status <> 'held' OR held_until > %(now)s) AND starts_at > %(since)s AND starts_at < %(until)s
"""
_NEIGHBOURS = f"""
    ({_STANDS} AND upper(claimed) <= %(begins)s ORDER BY upper(claimed) DESC LIMIT 1)
    UNION ALL ({_STANDS} AND lower(claimed) >= %(ends)s ORDER BY lower(claimed) LIMIT 1)
"""


def keep_road(row: Appointment, *, now: datetime) -> None:
    """Taken("road") when the visit's therapist could not drive to it in time, or from it to the next. Minutes as the
    search has them, but no service is asked: a road that it does not know yet is estimated."""
    if row.setting == "telehealth" or row.clinician_id is None or row.claimed is None:
        return
    several = _works_at_several(row.clinician_id)
    apart = [
        one
        for one in _neighbours(row, now)
        if "home" in (row.setting, one[2]) or (several and one[1] != row.site)
    ]
    if not apart:
        return
    at_home = {lead for lead, _, setting, *_ in apart if setting == "home"}
    homes = homes_of(at_home | ({row.lead_id} if row.setting == "home" else set()))
    here, minutes = _place(row.lead_id, row.site, row.setting, homes), Roads(policy().section(Booking))
    for lead, site, setting, begins, ends in apart:
        there = _place(lead, site, setting, homes)
        if here is None or there is None:
            continue
        before = ends <= row.claimed.lower
        left = row.claimed.lower - ends if before else begins - row.claimed.upper
        if left < timedelta(minutes=minutes(there, here) if before else minutes(here, there)):
            raise Taken("road")


def _neighbours(row: Appointment, now: datetime) -> list[tuple[UUID, str, str, datetime, datetime]]:
    span, far = row.claimed, timedelta(minutes=ROAD)
    said: dict[str, Any] = {
        "clinician": row.clinician_id, "own": row.id, "takes": list(TAKES_TIME), "now": now,
        "begins": span.lower, "ends": span.upper, "since": span.lower - far - timedelta(days=1),
        "until": span.upper + far,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, said)
        found: list[tuple[UUID, str, str, datetime, datetime]] = cursor.fetchall()
    return found


def _works_at_several(clinician: int) -> bool:
    who = practice().resources.get(resource_slugs().get(clinician, ""))
    return who is not None and len(who.sites) > 1


def _place(lead: UUID, site: str, setting: str, homes: dict[UUID, Place]) -> Place | None:
    """Where a visit is; None where that is not known."""
    if setting == "home":
        return homes.get(lead)
    known = practice().sites.get(site)
    return Place(known.latitude, known.longitude) if known is not None else None
