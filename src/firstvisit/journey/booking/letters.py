"""What a letter about visits needs beside its template: each visit as a calendar reads it; whether there is a time to
offer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal

from firstvisit.journey.booking.offering import has_times
from firstvisit.journey.booking.visits import OFFER
from firstvisit.kernel.errors import SealBroken
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.messages.templates import Calendar
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking.ics import Entry, Organizer, calendar
from firstvisit.steps.booking.models import Appointment

WITH_VISIT: Final[Mapping[str, Literal["PUBLISH", "CANCEL"]]] = {
    "visit_booked": "PUBLISH",
    "visit_moved": "PUBLISH",
    "visit_cancelled": "CANCEL",
    "visit_called_off": "CANCEL",
    "visit_closed": "CANCEL",
    "visit_twice": "CANCEL",
    "treatment_booked": "PUBLISH",
    "treatment_moved": "PUBLISH",
    "treatment_cancelled": "CANCEL",
}
"""Letters that bring visits for the reader's calendar, or take them away there, and how."""


LEADS_TO_TIMES: Final = (OFFER, "visit_cancelled", "visit_missed")
"""Letters that send the family to its page to choose a time."""


def without_times(messages: Iterable[Message], *, now: datetime) -> dict[str, dict[str, str]]:
    """By the keys of letters that lead to times and have none to lead to now what their words need to promise none."""
    leading = (each for each in messages if each.template in LEADS_TO_TIMES)
    return {each.key: {"no_times": "yes"} for each in leading if not _has_times(each.lead, now)}


def _has_times(lead: Lead, now: datetime) -> bool:
    try:
        return has_times(lead, now=now)
    except SealBroken:  # what they need was forgotten meanwhile; nobody else's letter waits for it
        return False


def calendars_of(
    messages: Iterable[Message], details: Mapping[str, Mapping[str, str]], shape: Practice
) -> dict[str, tuple[Calendar, ...]]:
    """The visits that go with these messages, by a message's key: what is booked in one file; of what is cancelled a
    file each, because a CANCEL speaks of one event (RFC 5546, 3.2.5). They say nothing that the letter does not."""
    wanted = {message.key: message for message in messages if message.template in WITH_VISIT}
    if not wanted:
        return {}
    named = {key: _named(message, details.get(key, {})) for key, message in wanted.items()}
    rows = Appointment.objects.in_bulk([each for several in named.values() for each in several])
    organizer = Organizer(shape.identity.name, shape.identity.email)
    found = {}
    for key, message in wanted.items():
        link = details.get(key, {}).get("link", "")
        entries = [_entry(rows[each], message, shape, link) for each in named[key] if each in rows]
        method = WITH_VISIT[message.template]
        files = [[each] for each in entries] if method == "CANCEL" else [entries]
        found[key] = tuple(
            Calendar(calendar(each, organizer=organizer, method=method).decode(), method) for each in files if each
        )
    return found


def _named(message: Message, details: Mapping[str, str]) -> list[uuid.UUID]:
    """The appointments that a letter is about; its own where it names no others."""
    return [uuid.UUID(each) for each in details["visits"].split(",")] if "visits" in details else [message.cause_id]


def _entry(row: Appointment, message: Message, shape: Practice, link: str) -> Entry:
    site = shape.sites.get(row.site)
    there = site is not None and row.setting == "clinic"
    return Entry(
        row.id, row.sequence, row.status, row.changed_at, row.starts_at, row.ends_at,
        f"Visit at {shape.identity.name}",
        zone=site.tz if site is not None else None,
        where=f"{site.name}, {site.street}, {site.city}, {site.state} {site.postal_code}" if there and site else "",
        about=f"Reference L-{message.lead.number}" + (f", {site.phone}" if site else ""),
        url=link,
    )  # fmt: skip
