"""Appointments as iCalendar (RFC 5545): the file a family keeps, and the feed a clinician subscribes to. Pure.

An appointment is one event for life: its UID is the appointment's id (RFC 7986, 5.3: a UUID and no host), its SEQUENCE
counts how often it was moved. Times are written in UTC, so that no client has to know our zones.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from icalendar import Calendar, Event

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
PRODUCT: Final = "-//firstvisit//booking//EN"
_STATUS: Final = {"held": "TENTATIVE", "lapsed": "CANCELLED", "cancelled": "CANCELLED"}


class Entry(NamedTuple):
    """One appointment as an event. `status`, `sequence` and `changed_at` are those of its row."""

    appointment: uuid.UUID
    sequence: int
    status: str
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    where: str = ""
    about: str = ""
    url: str = ""


def calendar(
    entries: Iterable[Entry],
    *,
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
    for entry in entries:
        made.add_component(_event(entry))
    return bytes(made.to_ical())


def _event(entry: Entry) -> Event:
    status = _STATUS.get(entry.status, "CONFIRMED")
    event = Event()
    event.add("uid", str(entry.appointment))
    # Taking back is a change of its own (RFC 5546, 3.2.5), and the last one.
    event.add("sequence", entry.sequence + (status == "CANCELLED"))
    event.add("status", status)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    for key, text in (("location", entry.where), ("description", entry.about), ("url", entry.url)):
        if text:
            event.add(key, text)
    return event
