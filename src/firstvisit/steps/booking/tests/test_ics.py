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
CEDAR = ics.Organizer("Cedar Street Therapy", "hello@cedarstreet.example.org")


def entry(status: str = "booked", **changed: object) -> ics.Entry:
    ends, changed_at = NINE + timedelta(hours=1), NINE - timedelta(days=1)
    one = ics.Entry(uuid.uuid4(), 2, status, changed_at, NINE, ends, "First visit", MADISON)
    return one._replace(**changed)


def test_a_client_sees_the_visit_at_its_time() -> None:
    made = entry(where="214 Cedar Street, Madison, WI 53703", url="https://example.org/leads/L-7")
    read = Calendar.from_ical(ics.calendar([made], organizer=CEDAR, name="Anna Lindqvist", refresh_minutes=15))
    (event,) = recurring_ical_events.of(read).at((2026, 11, 24))
    assert event.start == NINE and event["dtstart"].params["TZID"] == "America/Chicago"
    assert event.end - event.start == timedelta(hours=1)
    assert event["uid"] == str(made.appointment) and event["sequence"] == 2 and event["status"] == "CONFIRMED"
    assert event["location"] == made.where and event["url"] == made.url and event["summary"] == "First visit"
    assert read["x-wr-calname"] == "Anna Lindqvist" and read["method"] == "PUBLISH"
    assert event["organizer"] == "mailto:hello@cedarstreet.example.org"
    assert event["organizer"].params["CN"] == "Cedar Street Therapy"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in ics.calendar([made], organizer=CEDAR, refresh_minutes=15)


def test_a_hold_is_tentative_and_what_is_cancelled_takes_no_time() -> None:
    held, gone = entry("held"), entry("cancelled", sequence=3)
    made = Calendar.from_ical(ics.calendar([held, gone], organizer=CEDAR))
    read = {event["uid"]: event for event in made.walk("VEVENT")}
    assert read[str(held.appointment)]["status"] == "TENTATIVE"
    assert read[str(gone.appointment)]["status"] == "CANCELLED"
    assert read[str(gone.appointment)]["sequence"] == 3 and read[str(gone.appointment)]["transp"] == "TRANSPARENT"


def test_a_client_that_knows_no_zones_of_ours_sees_the_right_hours_around_both_changes_of_the_clocks() -> None:
    detroit = ZoneInfo("America/Detroit")
    days = [(2026, 10, 31), (2026, 11, 1), (2026, 11, 2), (2027, 3, 13), (2027, 3, 14), (2027, 3, 15)]
    meant = {}
    for number, (year, month, day) in enumerate(days):
        zone = (MADISON, detroit)[number % 2]
        starts = datetime(year, month, day, 9, tzinfo=zone)
        one = entry(starts_at=starts.astimezone(UTC), ends_at=starts + timedelta(hours=1), zone=zone)
        meant[str(one.appointment)] = one
    made = ics.calendar(meant.values(), organizer=CEDAR)
    # Under names that no list of zones has, all that is left is what the file says of them.
    foreign = made.replace(b"America/Chicago", b"Zone/One").replace(b"America/Detroit", b"Zone/Two")
    assert foreign.count(b"BEGIN:VTIMEZONE") == 2
    for text in (made, foreign):
        read = recurring_ical_events.of(Calendar.from_ical(text)).between((2026, 10, 1), (2027, 4, 1))
        assert {str(each["uid"]): each.start.astimezone(UTC) for each in read} == {
            number: each.starts_at for number, each in meant.items()
        }
        assert all((each.start.hour, each.end.hour) == (9, 10) for each in read)


def test_the_hour_that_the_clock_shows_twice_is_written_in_utc() -> None:
    for fold in (0, 1):
        half_past = datetime(2026, 11, 1, 1, 30, tzinfo=MADISON, fold=fold)
        night = entry(starts_at=half_past.astimezone(UTC), ends_at=half_past.astimezone(UTC) + timedelta(minutes=15))
        (event,) = Calendar.from_ical(ics.calendar([night], organizer=CEDAR)).walk("VEVENT")
        assert event.start.astimezone(UTC) == night.starts_at and event.end.astimezone(UTC) == night.ends_at


def test_of_a_site_that_is_no_more_the_times_are_in_utc() -> None:
    made = ics.calendar([entry(zone=None)], organizer=CEDAR)
    assert b"DTSTART:20261124T150000Z" in made and b"VTIMEZONE" not in made


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300))
def test_any_text_comes_back_as_it_was_and_in_lines_of_at_most_75_octets(text: str) -> None:
    made = ics.calendar([entry(summary=text, about="one\ntwo; three, four\\")], organizer=CEDAR)
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["summary"] == text and event["description"] == "one\ntwo; three, four\\"
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
