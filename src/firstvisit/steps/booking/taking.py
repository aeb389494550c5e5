"""How claims are written so that nobody is booked twice and nobody waits in a circle.

Every verb takes its locks in this one order (docs/why/0029): the lead's row; advisory locks on each resource and local
day it gives up or wants, sorted, all in one statement; the group's row; then it writes. So of two who want the same
therapist on the same day one waits before it has touched anything, counts what the other booked, and holds nothing
that the other waits for. A verb that needs more than one of these steps (a move, a series) takes the locks of all
beforehand. The exclusion constraint refuses what slips through all the same.

Whoever is refused knows it before any lock, from one read: in a rush most are, and they wait for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import home_zone, practice
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.shapes import Slot
from firstvisit.steps.booking.spans import moment


class Taken(Conflict):
    """Somebody else has that time. `why`: taken (booked or held), limit (the therapist has all the evaluations or new
    patients of a day), road (too little is left for it), full (no seat is left), over (the time has passed), unfit
    (they need another), own (they have another visit of their own at that time)."""

    def __init__(self, why: str = "taken") -> None:
        self.why = why
        super().__init__("that time is no longer free")


class Wanted(NamedTuple):
    """Resources (ids) to take from `start` to `end`, buffers included, at a site."""

    resources: tuple[int, ...]
    start: datetime
    end: datetime
    site: str


def zone_of(site: str) -> ZoneInfo:
    """The zone of a site, also of one that is there no more."""
    known = practice().sites.get(site)
    return known.tz if known is not None else home_zone()


def wanted(slot: Slot) -> Wanted:
    """What a slot takes."""
    return Wanted(
        tuple(sorted(set(slot.resources))), moment(slot.claimed[0]), moment(slot.claimed[1]), slot.site
    )


def kept(appointment: Appointment) -> Wanted | None:
    """What an appointment takes itself; None of one that sits in a group."""
    if appointment.claimed is None:
        return None
    span = appointment.claimed
    return Wanted(tuple(appointment.resources), span.lower, span.upper, appointment.site)


def lock_lead(lead: Lead | UUID) -> None:
    """The lead's row, before anything else: double taps take turns here. As the journey locks it (FOR UPDATE): a weaker
    lock would be raised later, and two who raise it at once wait for each other."""
    lead_id = lead.id if isinstance(lead, Lead) else lead
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM leads_lead WHERE id = %s FOR UPDATE", [lead_id])


def lock_days(stretches: Iterable[Wanted]) -> None:
    """Every resource on every local day of the stretches, sorted, in one statement, until the transaction (or the
    savepoint around it) ends."""
    keys = sorted({(each, day) for one in stretches for each in one.resources for day in _days(one)})
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(r, d) FROM"
            " (SELECT r, d FROM unnest(%s::int[], %s::int[]) AS t (r, d) ORDER BY r, d) s",
            [[each for each, _ in keys], [day for _, day in keys]],
        )


def others_claim(stretches: Sequence[Wanted], *, now: datetime) -> set[UUID | None]:
    """Leads with a live claim in the way (None: a group's). One read, no lock."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, _asked(stretches, now))
        return {lead for (lead,) in cursor.fetchall()}


def make_room(stretches: Sequence[Wanted], *, now: datetime) -> None:
    """Delete the expired holds that lie in the way, and only on the wanted resources: their days are locked, so nobody
    else deletes these rows. The hold's other claims stay to whoever wants those. Taken when a live claim lies there:
    who waited for the lock learns here, in one statement, what was booked meanwhile, and the next one need not wait."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, _asked(stretches, now))
        if cursor.fetchall():
            raise Taken


def claim(
    taken: Sequence[tuple[Wanted, UUID]], *, until: datetime | None = None, of_groups: bool = False
) -> None:
    """All claims in one statement, ordered by resource; Taken when one of them is somebody's.

    ON CONFLICT because a plain INSERT writes first and looks then: two of them wait for each other, and the server
    kills one after a second (execIndexing.c). This one backs off instead.
    """
    rows = sorted(
        (each, one.start, one.end, owner) for one, owner in taken for each in one.resources
    )
    column = "group_id" if of_groups else "appointment_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO booking_claim (resource_id, during, expires_at, {column})"
            " SELECT r, tstzrange(b, e, '[)'), %s, o"
            " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::uuid[]) AS t (r, b, e, o)"
            " ORDER BY r, b ON CONFLICT DO NOTHING",
            [until, *(list(column) for column in zip(*rows, strict=True))],
        )
        if cursor.rowcount != len(rows):
            raise Taken


def span(one: Wanted) -> Any:
    """The range of a stretch as its column keeps it."""
    return DateTimeTZRange(one.start, one.end, "[)")


# The same expressions as the constraint's, or its index is not used.
_IN_THE_WAY = """
    booking_claim claim JOIN unnest(%(resources)s::bigint[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
    AS t (r, b, e) ON int8range(claim.resource_id, claim.resource_id, '[]') && int8range(t.r, t.r, '[]')
    AND claim.during && tstzrange(t.b, t.e, '[)')
"""
_OTHERS = f"""
    SELECT DISTINCT appointment.lead_id FROM {_IN_THE_WAY}
    LEFT JOIN booking_appointment appointment ON appointment.id = claim.appointment_id
    WHERE claim.expires_at IS NULL OR claim.expires_at > %(now)s
"""
_ROOM = f"""
    WITH gone AS (DELETE FROM booking_claim WHERE id IN (
        SELECT claim.id FROM {_IN_THE_WAY} WHERE claim.expires_at <= %(now)s
        ORDER BY claim.resource_id, claim.id FOR UPDATE OF claim))
    SELECT 1 FROM {_IN_THE_WAY} WHERE claim.expires_at IS NULL OR claim.expires_at > %(now)s LIMIT 1
"""


def _asked(stretches: Sequence[Wanted], now: datetime) -> dict[str, Any]:
    rows = [(each, one.start, one.end) for one in stretches for each in one.resources]
    resources, begins, ends = ([row[at] for row in rows] for at in range(3))
    return {"resources": resources, "begins": begins, "ends": ends, "now": now}


def _days(one: Wanted) -> range:
    zone = zone_of(one.site)
    return range(one.start.astimezone(zone).toordinal(), one.end.astimezone(zone).toordinal() + 1)
