"""How many evaluations and new patients a therapist has on a day. Counted under the locks of `taking`, so two at once
cannot both be the last."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from firstvisit.practice.queries import policy
from firstvisit.steps.booking.models import TAKES_TIME
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.taking import Taken, zone_of

_COUNTED = """
    SELECT terms.evaluations_a_day, terms.new_patients_a_day, seen.evaluations, seen.newcomers
    FROM (SELECT count(*) AS evaluations, count(*) FILTER (WHERE new_patient) AS newcomers
        FROM booking_appointment WHERE clinician_id = %(clinician)s AND service = 'evaluation'
        AND starts_at >= %(begins)s AND starts_at < %(ends)s AND status = ANY(%(takes)s)
        AND (status <> 'held' OR held_until > %(now)s) AND id <> ALL(%(but)s)) seen
    LEFT JOIN booking_terms terms ON terms.resource_id = %(clinician)s
"""


def keep_limits(
    clinician: int, starts_at: datetime, site: str, *, new_patient: bool, now: datetime, but: list[UUID]
) -> None:
    """Taken("limit") when one more evaluation at `starts_at` would be too many on that day of the site's calendar.
    `but`: appointments that do not count, because they go."""
    zone = zone_of(site)
    day = starts_at.astimezone(zone).date()
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    said: dict[str, Any] = {
        "clinician": clinician, "begins": begins, "ends": ends, "takes": list(TAKES_TIME), "now": now, "but": but
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, said)
        own_limit, newcomers_limit, evaluations, newcomers = cursor.fetchone()
    limit = policy().section(Booking).evaluations_a_day if own_limit is None else own_limit
    if evaluations >= limit or (new_patient and newcomers_limit is not None and newcomers >= newcomers_limit):
        raise Taken("limit")
