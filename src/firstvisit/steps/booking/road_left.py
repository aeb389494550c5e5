"""Whether the road from a therapist's visit before and to the one after leaves the time. Looked at under the locks of
`taking`, so of two who take neighbouring visits at once the second sees the first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
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
    SELECT lead_id, site, setting, lower(claimed) AS begins, upper(claimed) AS ends FROM booking_appointment
    WHERE clinician_id = %(clinician)s AND claimed IS NOT NULL AND id IS DISTINCT FROM %(own)s
    AND status = ANY(%(takes)s) AND (status <> 'held' OR held_until > %(now)s)
    AND starts_at > %(since)s AND starts_at < %(until)s
    UNION ALL
    SELECT NULL, site, 'clinic', lower(during), upper(during) FROM booking_claim claim
    JOIN booking_group ON booking_group.id = claim.group_id
    WHERE resource_id = %(clinician)s AND during && tstzrange(%(since)s, %(until)s)
"""
_NEIGHBOURS = f"""
    WITH stands AS ({_STANDS})
    (SELECT * FROM stands WHERE ends <= %(begins)s ORDER BY ends DESC LIMIT 1)
    UNION ALL (SELECT * FROM stands WHERE begins >= %(ends)s ORDER BY begins LIMIT 1)
"""


class Stop(NamedTuple):
    """Where a therapist is to be, buffers included: at a visit of a lead, or at a session of a group (no `lead`).
    `own` is the visit itself, which is not its own neighbour."""

    own: UUID | None
    clinician: int | None
    lead: UUID | None
    site: str
    setting: str
    begins: datetime
    ends: datetime


def keep_road_of(row: Appointment, *, now: datetime) -> None:
    """`keep_road` of a visit; nothing where it has no time of its own, as a seat in a group."""
    if row.claimed is not None:
        begins, ends = row.claimed.lower, row.claimed.upper
        keep_road(Stop(row.id, row.clinician_id, row.lead_id, row.site, row.setting, begins, ends), now=now)


def keep_road(stop: Stop, *, now: datetime) -> None:
    """Taken("road") when the therapist could not drive to it in time, or from it to the next. Minutes as the search has
    them, but no service is asked: a road that it does not know yet is estimated."""
    if stop.setting == "telehealth" or stop.clinician is None:
        return
    several = _works_at_several(stop.clinician)
    apart = [
        one
        for one in _neighbours(stop, stop.clinician, now)
        if "home" in (stop.setting, one.setting) or (several and one.site != stop.site)
    ]
    if not apart:
        return
    homes = homes_of({one.lead for one in (stop, *apart) if one.setting == "home" and one.lead is not None})
    here, minutes = _place(stop, homes), Roads(policy().section(Booking))
    for one in apart:
        there = _place(one, homes)
        if here is None or there is None:
            continue
        before = one.ends <= stop.begins
        left = stop.begins - one.ends if before else one.begins - stop.ends
        if left < timedelta(minutes=minutes(there, here) if before else minutes(here, there)):
            raise Taken("road")


def _neighbours(stop: Stop, clinician: int, now: datetime) -> list[Stop]:
    far = timedelta(minutes=ROAD)
    said: dict[str, Any] = {
        "clinician": clinician, "own": stop.own, "takes": list(TAKES_TIME), "now": now,
        "begins": stop.begins, "ends": stop.ends, "since": stop.begins - far - timedelta(days=1),
        "until": stop.ends + far,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, said)
        return [Stop(None, clinician, *row) for row in cursor.fetchall()]


def _works_at_several(clinician: int) -> bool:
    who = practice().resources.get(resource_slugs().get(clinician, ""))
    return who is not None and len(who.sites) > 1


def _place(stop: Stop, homes: dict[UUID, Place]) -> Place | None:
    """Where it is; None where that is not known."""
    if stop.setting == "home":
        return homes.get(stop.lead) if stop.lead is not None else None
    known = practice().sites.get(stop.site)
    return Place(known.latitude, known.longitude) if known is not None else None
