"""Appointments as iCalendar, read back by a client."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from firstvisit.steps.booking import ics

MADISON = ZoneInfo("America/Chicago")
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=MADISON)


def entry(status: str = "booked", **changed: object) -> ics.Entry:
    one = ics.Entry(uuid.uuid4(), 2, status, NINE - timedelta(days=1), NINE, NINE + timedelta(hours=1), "First visit")
    return one._replace(**changed)


def test_a_client_sees_the_visit_at_its_time() -> None:
    made = entry(where="214 Cedar Street, Madison, WI 53703", url="https://example.org/leads/L-7")
    read = Calendar.from_ical(ics.calendar([made], name="Anna Lindqvist", refresh_minutes=15))
    (event,) = recurring_ical_events.of(read).at((2026, 11, 24))
    assert event.start == NINE.astimezone(UTC) and event.end - event.start == timedelta(hours=1)
    assert event["uid"] == str(made.appointment) and event["sequence"] == 2 and event["status"] == "CONFIRMED"
    assert event["location"] == made.where and event["url"] == made.url and event["summary"] == "First visit"
    assert read["x-wr-calname"] == "Anna Lindqvist" and read["method"] == "PUBLISH"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in ics.calendar([made], refresh_minutes=15)


def test_a_hold_is_tentative_and_what_is_cancelled_takes_no_time() -> None:
    held, gone = entry("held"), entry("cancelled")
    read = {event["uid"]: event for event in Calendar.from_ical(ics.calendar([held, gone])).walk("VEVENT")}
    assert read[str(held.appointment)]["status"] == "TENTATIVE"
    assert read[str(gone.appointment)]["status"] == "CANCELLED"
    assert read[str(gone.appointment)]["sequence"] == 3 and read[str(gone.appointment)]["transp"] == "TRANSPARENT"


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300))
def test_any_text_comes_back_as_it_was_and_in_lines_of_at_most_75_octets(text: str) -> None:
    made = ics.calendar([entry(summary=text, about="one\ntwo; three, four\\")])
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["summary"] == text and event["description"] == "one\ntwo; three, four\\"
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
