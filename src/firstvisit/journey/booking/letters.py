"""What goes with a letter about a visit: the visit as a calendar reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from firstvisit.messages.models import Message
from firstvisit.messages.templates import Calendar
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking.ics import Entry, Organizer, calendar
from firstvisit.steps.booking.models import Appointment

WITH_VISIT: Final = {"visit_booked": "PUBLISH", "visit_moved": "PUBLISH", "visit_cancelled": "CANCEL"}
"""Letters that bring a visit for the reader's calendar, or take it away there, and how."""


def calendars_of(
    messages: Iterable[Message], details: Mapping[str, Mapping[str, str]], shape: Practice
) -> dict[str, Calendar]:
    """The visits that go with these messages, by a message's key. It says nothing that the letter does not."""
    wanted = {message.key: message for message in messages if message.template in WITH_VISIT}
    if not wanted:
        return {}
    organizer = Organizer(shape.identity.name, shape.identity.email)
    rows = Appointment.objects.in_bulk({message.cause_id for message in wanted.values()})
    found = {}
    for key, message in wanted.items():
        row = rows.get(message.cause_id)
        if row is None:
            continue
        site = shape.sites.get(row.site)
        there = site is not None and row.setting == "clinic"
        entry = Entry(
            row.id, row.sequence, row.status, row.status_at, row.starts_at, row.ends_at,
            f"Visit at {shape.identity.name}",
            zone=site.tz if site is not None else None,
            where=f"{site.name}, {site.street}, {site.city}, {site.state} {site.postal_code}" if there and site else "",
            about=f"Reference L-{message.lead.number}" + (f", {site.phone}" if site else ""),
            url=details.get(key, {}).get("link", ""),
        )  # fmt: skip
        method = WITH_VISIT[message.template]
        text = calendar([entry], organizer=organizer, method="CANCEL" if method == "CANCEL" else "PUBLISH")
        found[key] = Calendar(text.decode(), method)
    return found
