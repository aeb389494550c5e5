"""What is true of appointments and claims whatever happened: read from the rows, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from firstvisit.steps.booking.models import TAKES_TIME

_BREAKS = (
    (
        "appointment {} takes time and has not a claim on each of its resources",
        """
        SELECT appointment.id FROM booking_appointment appointment WHERE appointment.status = ANY(%(takes)s)
        AND appointment.group_id IS NULL AND (appointment.status <> 'held' OR appointment.held_until > %(now)s)
        AND (cardinality(appointment.resources) = 0 OR (SELECT count(*) FROM booking_claim claim
            WHERE claim.appointment_id = appointment.id AND claim.resource_id = ANY(appointment.resources)
            AND claim.during = appointment.claimed
            AND claim.expires_at IS NOT DISTINCT FROM appointment.held_until) <> cardinality(appointment.resources))
        """,
    ),
    (
        "claim {} is for an appointment that takes no time, or not its time",
        """
        SELECT claim.id FROM booking_claim claim JOIN booking_appointment appointment
        ON appointment.id = claim.appointment_id WHERE appointment.status <> ALL(%(takes)s)
        OR appointment.group_id IS NOT NULL OR claim.during <> appointment.claimed
        OR claim.resource_id <> ALL(appointment.resources)
        """,
    ),
    (
        "appointment {} keeps less time than it lasts",
        """
        SELECT id FROM booking_appointment WHERE claimed IS NOT NULL
        AND NOT claimed @> tstzrange(starts_at, ends_at, '[)')
        """,
    ),
    (
        "appointment {} sits in a group that has not that seat, is at another time, or does not take place",
        """
        SELECT appointment.id FROM booking_appointment appointment JOIN booking_group team
        ON team.id = appointment.group_id WHERE appointment.status = ANY(%(takes)s)
        AND (appointment.seat IS NULL OR appointment.seat NOT BETWEEN 1 AND team.seats
            OR appointment.starts_at <> team.starts_at OR appointment.site <> team.site
            OR (team.cancelled_at IS NOT NULL AND (appointment.status <> 'held' OR appointment.held_until > %(now)s)))
        """,
    ),
    (
        "group {} has claims although it does not take place, or none although it does",
        """
        SELECT team.id FROM booking_group team WHERE (team.cancelled_at IS NOT NULL)
        = EXISTS (SELECT 1 FROM booking_claim claim WHERE claim.group_id = team.id)
        """,
    ),
    (
        "resource {} is claimed twice at once",
        """
        SELECT one.resource_id FROM booking_claim one JOIN booking_claim other
        ON int8range(other.resource_id, other.resource_id, '[]') && int8range(one.resource_id, one.resource_id, '[]')
        AND other.during && one.during AND other.id > one.id
        """,
    ),
)


def breaks(now: datetime) -> Iterator[str]:
    """A sentence for each claim without its appointment, appointment without its claims, and seat without its group."""
    for words, query in _BREAKS:
        with connection.chunked_cursor() as cursor:
            cursor.execute(query, {"takes": list(TAKES_TIME), "now": now})
            for (which,) in cursor:
                yield words.format(which)
