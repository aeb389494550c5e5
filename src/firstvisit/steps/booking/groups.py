"""Sessions that several share: one claim on therapist and room, a seat each.

Who sits down locks the group's row after the lead's and the days' (`taking`), lapses the holds that ran out in it and
takes the lowest free seat; the database refuses a seat that is taken.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from firstvisit.kernel.errors import Conflict
from firstvisit.kernel.ids import new_id
from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Claim, Group
from firstvisit.steps.booking.road_left import Stop, keep_road
from firstvisit.steps.booking.sessions import sitting
from firstvisit.steps.booking.shapes import Slot
from firstvisit.steps.booking.spans import moment
from firstvisit.steps.booking.taking import (
    Taken,
    Wanted,
    claim,
    lock_days,
    make_room,
    wanted,
)


def open_group(slot: Slot, *, kind: str, program: str = "", seats: int, now: datetime) -> Group:
    """A session at a slot, in which nobody sits yet. Taken when its therapist or room is somebody's, or too little
    is left for the road to it or from it; the same again is the same group."""
    stretch = wanted(slot)
    with transaction.atomic():
        lock_days([stretch])
        return _at(slot, kind, program) or _opened(slot, stretch, kind, program, seats, now)


def close_group(group: Group, *, now: datetime) -> Group:
    """A session that does not take place; its therapist and room are free. Conflict while somebody sits in it."""
    with transaction.atomic():
        lock_days(_takes(group))
        row = Group.objects.select_for_update().get(id=group.id)
        if sitting(now).filter(group=row).exists():
            raise Conflict("somebody sits in this group; move or cancel their seats first")
        if row.cancelled_at is None:
            Claim.objects.filter(group=row).delete()
            row.cancelled_at = now
            row.save(update_fields=["cancelled_at"])
        return row


def find_or_open(slot: Slot, *, kind: str, program: str, seats: int, now: datetime) -> Group:
    """The session that stands at a slot, else a new one there. Its days are locked. Taken when something else stands
    there."""
    return _at(slot, kind, program) or _opened(slot, wanted(slot), kind, program, seats, now)


def sit(row: Appointment, group: Group, *, now: datetime) -> None:
    """Give an appointment (not yet saved, or to be saved) the lowest free seat of a group. Taken("full") without one,
    Taken("over") of a session that does not take place or has begun."""
    group = Group.objects.select_for_update().get(id=group.id)
    if group.cancelled_at is not None or group.starts_at <= now:
        raise Taken("over")
    others = Appointment.objects.filter(group=group, status__in=TAKES_TIME).exclude(id=row.id)
    expired = others.filter(status="held", held_until__lte=now)
    # What somebody has in hand is theirs still: waiting for it could be a circle, for they may wait for our days.
    free_again = expired.select_for_update(skip_locked=True, of=("self",)).values_list("id", flat=True)
    Appointment.objects.filter(id__in=list(free_again)).update(status="lapsed", status_at=now, held_until=None)
    taken = set(others.values_list("seat", flat=True))
    free = next((seat for seat in range(1, group.seats + 1) if seat not in taken), None)
    if free is None:
        raise Taken("full")
    row.group, row.seat = group, free
    row.starts_at, row.ends_at, row.site = group.starts_at, group.ends_at, group.site
    row.resources, row.claimed = [], None


def _at(slot: Slot, kind: str, program: str) -> Group | None:
    # A session of no program is open to all.
    groups = Group.objects.filter(kind=kind, program__in=("", program), site=slot.site, cancelled_at=None)
    return groups.filter(
        starts_at=moment(slot.start), ends_at=moment(slot.end), claims__resource=slot.clinician
    ).first()


def _opened(slot: Slot, stretch: Wanted, kind: str, program: str, seats: int, now: datetime) -> Group:
    if moment(slot.start) <= now:
        raise Taken("over")
    make_room([stretch], now=now)
    keep_road(Stop(None, slot.clinician, None, slot.site, slot.setting, stretch.start, stretch.end), now=now)
    group = Group.objects.create(
        id=new_id(), kind=kind, program=program, site=slot.site, starts_at=moment(slot.start),
        ends_at=moment(slot.end), seats=seats,
    )  # fmt: skip
    claim([(stretch, group.id)], of_groups=True)
    return group


def _takes(group: Group) -> list[Wanted]:
    rows = Claim.objects.filter(group=group)
    return [Wanted((row.resource_id,), row.during.lower, row.during.upper, group.site) for row in rows]
