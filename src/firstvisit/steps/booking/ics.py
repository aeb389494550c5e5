"""Appointments as iCalendar (RFC 5545): the file a family keeps, and the feed a clinician subscribes to. Pure.

An appointment is one event for life: its UID is the appointment's id (RFC 7986, 5.3: a UUID and no host), its SEQUENCE
counts how often it was moved, and one more for its cancellation (RFC 5546, 3.2.5). Times are written in the zone of the
site, which the file itself describes (VTIMEZONE), so that a client without our zones shows the same. What is published
or taken back has an organizer (RFC 5546, 3.2.1 and 3.2.5): the practice.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
PRODUCT: Final = "-//firstvisit//booking//EN"
_STATUS: Final = {"held": "TENTATIVE", "lapsed": "CANCELLED", "cancelled": "CANCELLED"}


class Organizer(NamedTuple):
    """Who publishes: the practice as it signs its letters."""

    name: str
    email: str


class Entry(NamedTuple):
    """One appointment as an event. `status`, `sequence` and `changed_at` are those of its row; `zone` is the site's
    (None: of a site that is no more; its times are in UTC)."""

    appointment: uuid.UUID
    sequence: int
    status: str
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    zone: ZoneInfo | None = None
    where: str = ""
    about: str = ""
    url: str = ""


def calendar(
    entries: Iterable[Entry],
    *,
    organizer: Organizer,
    name: str = "",
    method: Literal["PUBLISH", "CANCEL"] = "PUBLISH",
    refresh_minutes: int = 0,
) -> bytes:
    """A calendar of these entries. `refresh_minutes`: how often whoever subscribes should read again."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    if name:
        made.add("x-wr-calname", name)
    if refresh_minutes:
        every = timedelta(minutes=refresh_minutes)
        made.add("refresh-interval", every, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", f"PT{refresh_minutes}M")
    listed = list(entries)
    if listed:
        # From the year before, so that each time has a change of clocks before it.
        years = min(each.starts_at for each in listed).year - 1, max(each.ends_at for each in listed).year + 1
        for key in sorted({each.zone.key for each in listed if each.zone is not None}):
            made.add_component(_zone(key, *years))
    for entry in listed:
        made.add_component(_event(entry, organizer))
    return bytes(made.to_ical())


@lru_cache(maxsize=32)
def _zone(key: str, first: int, last: int) -> Timezone:
    """What a zone's clocks do in these years."""
    return Timezone.from_tzinfo(ZoneInfo(key), key, date(first, 1, 1), date(last + 1, 1, 1))


def _times(entry: Entry) -> tuple[datetime, datetime]:
    """Beginning and end as they are written. An hour that the clock shows twice has no name in a zone (RFC 5545,
    3.3.5: the first of the two is meant); a visit that touches the second is written in UTC."""
    if entry.zone is None:
        return entry.starts_at.astimezone(UTC), entry.ends_at.astimezone(UTC)
    local = entry.starts_at.astimezone(entry.zone), entry.ends_at.astimezone(entry.zone)
    if any(each.fold for each in local):
        return local[0].astimezone(UTC), local[1].astimezone(UTC)
    return local


def _event(entry: Entry, organizer: Organizer) -> Event:
    status = _STATUS.get(entry.status, "CONFIRMED")
    event = Event()
    event.add("uid", str(entry.appointment))
    event.add("sequence", entry.sequence)
    event.add("status", status)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    starts, ends = _times(entry)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    who = vCalAddress(f"mailto:{organizer.email}")
    who.params["CN"] = organizer.name
    event.add("organizer", who)
    event.add("summary", entry.summary)
    event.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    for key, text in (("location", entry.where), ("description", entry.about), ("url", entry.url)):
        if text:
            event.add(key, text)
    return event
