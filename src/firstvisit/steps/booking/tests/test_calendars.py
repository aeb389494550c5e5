"""Calendars from elsewhere: what is busy, what is free, zones nobody knows, too much, too long, no calendar at all."""

from __future__ import annotations

import re
import time as machine
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from firstvisit.steps.booking import spans
from firstvisit.steps.booking.calendars import Read, Unreadable, read
from firstvisit.steps.booking.calendars_apart import read_apart

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 9)


def calendar(*events: str, head: str = "") -> bytes:
    inside = "".join(
        f"BEGIN:VEVENT\nUID:{number}@example.org\n{each}\nEND:VEVENT\n" for number, each in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\n{head}{inside}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def busy(data: bytes, days: int = 1) -> list[str]:
    return told(read(data, CHICAGO, MONDAY, MONDAY + timedelta(days=days - 1)))


def told(found: Read) -> list[str]:
    def clock(minute: int) -> str:
        return spans.moment(minute).astimezone(CHICAGO).strftime("%a %H:%M")

    return [f"{clock(one.start)}-{clock(one.end)[4:]}" for one in found.busy]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20261109T150000Z\nDTEND:20261109T160000Z", ["Mon 09:00-10:00"]),
        ("DTSTART;TZID=America/Detroit:20261109T090000\nDURATION:PT45M", ["Mon 08:00-08:45"]),
        ("DTSTART;TZID=Central Standard Time:20261109T090000\nDTEND;TZID=Central Standard Time:20261109T093000",
         ["Mon 09:00-09:30"]),
        ("DTSTART;TZID=Middle/Earth:20261109T090000\nDTEND;TZID=Middle/Earth:20261109T093000", ["Mon 09:00-09:30"]),
        ("DTSTART:20261109T090000\nDTEND:20261109T093000", ["Mon 09:00-09:30"]),
        ("DTSTART;VALUE=DATE:20261109", ["Mon 00:00-00:00"]),
        ("DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:20261115", ["Sun 00:00-00:00"]),
        ("DTSTART:20261108T230000\nDTEND:20261109T013000", ["Sun 23:00-01:30"]),
        ("DTSTART:20261109T090030\nDTEND:20261109T091530", ["Mon 09:00-09:16"]),
        ("DTSTART:20261109T150000Z\nDTEND:20261109T160000Z\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261109T150000Z\nDTEND:20261109T160000Z\nSTATUS:CANCELLED", []),
        ("DTSTART:20261109T150000Z\nDTEND:20261109T160000Z\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("DTSTART:20261109T150000Z\nDTEND:20261109T150000Z", []),
        ("DTSTART:20200101T150000Z\nDTEND:20200101T160000Z", []),
        ("DTSTART:20271109T150000Z\nDTEND:20271109T160000Z", []),
        ("SUMMARY:A very long\n  line that\n  is folded\nDTSTART:20261109T15\n 0000Z\nDTEND:20261109T160000Z",
         ["Mon 09:00-10:00"]),
    ],
)  # fmt: skip
def test_what_of_an_event_is_busy(event: str, expected: list[str]) -> None:
    assert busy(calendar(event)) == expected


def test_series_without_end_exceptions_and_a_moved_date() -> None:
    base = "DTSTART;TZID=America/Chicago:20200106T090000\nDTEND;TZID=America/Chicago:20200106T100000\n"
    found = calendar(
        f"{base}RRULE:FREQ=DAILY\nEXDATE;TZID=America/Chicago:20261110T090000",
        "DTSTART;TZID=America/Chicago:20190101T120000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20200101T000000Z",
    ).replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:0@example.org\r\nRECURRENCE-ID;TZID=America/Chicago:20261111T090000\r\n"
        b"DTSTART;TZID=America/Chicago:20261111T140000\r\nDTEND;TZID=America/Chicago:20261111T150000\r\nEND:VEVENT\r\n"
        b"END:VCALENDAR",
    )
    assert busy(found, 4) == ["Mon 09:00-10:00", "Wed 14:00-15:00", "Thu 09:00-10:00"]


def test_a_series_keeps_its_hour_over_the_change_of_clocks() -> None:
    event = "DTSTART;TZID=America/Chicago:20261030T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
    found = read(calendar(event), CHICAGO, date(2026, 10, 30), date(2026, 11, 3))
    assert told(found) == ["Fri 09:00-10:00", "Sat 09:00-10:00", "Sun 09:00-10:00", "Mon 09:00-10:00"]


def test_one_bad_event_is_one_lost_and_counted() -> None:
    good = "DTSTART:20261109T150000Z\nDTEND:20261109T160000Z"
    found = read(
        calendar("DTSTART:banana", good, f"{good}\nRRULE:FREQ=SECONDLY", "SUMMARY:no day"), CHICAGO, MONDAY, MONDAY
    )
    assert (told(found), found.events, found.not_understood) == (["Mon 09:00-10:00"], 4, 3)


def test_an_event_without_its_end_is_one_lost_and_counted() -> None:
    good = "DTSTART:20261109T150000Z\nDTEND:20261109T160000Z"
    first, *others, last = calendar(good, good, good).decode().split("END:VEVENT\r\n")
    for text in (first + "END:VEVENT\r\n".join((*others, last)), "END:VEVENT\r\n".join((first, *others)) + last):
        found = read(text.encode(), CHICAGO, MONDAY, MONDAY)
        assert (len(found.busy), found.events, found.not_understood) == (2, 3, 1)


EASTERN = """BEGIN:VTIMEZONE
TZID:(UTC-05:00) Eastern Time (US & Canada)
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_zone_whose_name_is_quoted_and_holds_a_colon_is_read() -> None:
    named = 'TZID="(UTC-05:00) Eastern Time (US & Canada)"'
    once = f"DTSTART;{named}:20261109T100000\nDTEND;{named}:20261109T110000"
    weekly = f"DTSTART;{named}:20261105T150000\nDURATION:PT1H\nRRULE;X-WHY=\"a:b\":FREQ=DAILY;UNTIL=20261110T000000Z"
    found = read(calendar(once, weekly, head=EASTERN), CHICAGO, MONDAY, MONDAY + timedelta(days=1))
    assert (told(found), found.not_understood) == (["Mon 09:00-10:00", "Mon 14:00-15:00"], 0)
    unknown = once.replace("(UTC-05:00) Eastern Time (US & Canada)", "(UTC-05:00) Nowhere")
    assert busy(calendar(unknown)) == ["Mon 10:00-11:00"], "a zone nobody knows is the site's"


@pytest.mark.parametrize(
    "line",
    ["RRULE:FREQ=FOO", "RRULE:FREQ=WEEKLY;BYDAY=XX", "RRULE:FREQ=WEEKLY;INTERVAL=0", "RRULE:WEEKLY",
     "RRULE:FREQ=WEEKLY;UNTIL=soon", "RDATE:banana", "EXDATE:banana", "DTEND:banana", "DURATION:an hour",
     'DTEND;TZID="America/Chicago:20261109T110000'],
)  # fmt: skip
def test_an_event_with_a_line_about_time_that_cannot_be_read_is_one_lost_and_counted(line: str) -> None:
    good = "DTSTART:20261109T150000Z\nDTEND:20261109T160000Z"
    events = [good, f"DTSTART:20261109T180000Z\n{line}", good, "DTSTART:20261109T200000Z\nDURATION:PT1H\nGEO:x"]
    found = read(calendar(*events), CHICAGO, MONDAY, MONDAY)
    expected = ["Mon 09:00-10:00", "Mon 09:00-10:00", "Mon 14:00-15:00"]
    assert (told(found), found.events, found.not_understood) == (expected, 4, 1)


@pytest.mark.parametrize(
    "written",
    [
        lambda text: re.sub(r"^[A-Z-]+|V[A-Z]+", lambda name: name[0].lower(), text, flags=re.MULTILINE),
        lambda text: text.replace("\r\n", " \r\n"),
        lambda text: text.replace("\r\n", "\r"),
        lambda text: text.replace("\r\n", "\r\r\n"),
        lambda text: text.replace("VEVENT", "vEvent").replace("BEGIN:", "Begin: "),
    ],
    ids=["small letters", "blanks at the ends", "CR alone", "CR twice", "mixed letters"],
)
def test_a_calendar_written_otherwise_is_read_all_the_same(written: Callable[[str], str]) -> None:
    text = calendar("DTSTART:20261109T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2").decode()
    found = read(written(text).encode(), CHICAGO, MONDAY, MONDAY + timedelta(days=3))
    assert (told(found), found.events, found.not_understood) == (["Mon 09:00-10:00", "Tue 09:00-10:00"], 1, 0)


def test_free_and_busy_times_that_cannot_be_read_refuse_the_whole() -> None:
    with pytest.raises(Unreadable, match="beside its events"):
        read(calendar(head="BEGIN:VFREEBUSY\nUID:f\nFREEBUSY:banana\nEND:VFREEBUSY\n"), CHICAGO, MONDAY, MONDAY)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.7, 0.9, 0.97])
def test_a_calendar_that_breaks_off_is_refused_whole(share: float) -> None:
    events = (f"DTSTART:202611{day:02}T150000Z\nDTEND:202611{day:02}T160000Z" for day in range(9, 14))
    data = calendar(*events)
    with pytest.raises(Unreadable, match="breaks off in the middle"):
        read(data[: int(len(data) * share)], CHICAGO, MONDAY, MONDAY)


def test_a_published_free_busy_time_counts() -> None:
    head = "BEGIN:VFREEBUSY\nUID:f\nFREEBUSY;FBTYPE=BUSY:20261109T150000Z/PT1H,20261109T170000Z/20261109T180000Z\n"
    free = "FREEBUSY;FBTYPE=FREE:20261109T200000Z/PT1H\nEND:VFREEBUSY\n"
    assert busy(calendar(head=head + free)) == ["Mon 09:00-10:00", "Mon 11:00-12:00"]


@pytest.mark.parametrize("data", [b"", b"<html>Sign in</html>", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Unreadable, match="no calendar"):
        read(data, CHICAGO, MONDAY, MONDAY)


def test_a_hundred_thousand_events_are_read_by_those_that_matter() -> None:
    def event(number: int) -> str:
        day = date(2010, 1, 1) + timedelta(days=number % 6000)
        return f"DTSTART:{day:%Y%m%d}T150000Z\nDTEND:{day:%Y%m%d}T160000Z\nSUMMARY:{'x' * 60}"

    data = calendar(*(event(number) for number in range(100_000)))
    begun = machine.monotonic()
    found = read_apart(data, "America/Chicago", MONDAY - timedelta(days=3000), MONDAY - timedelta(days=2990))
    assert found.events == 100_000 and len(found.busy) > 100
    assert machine.monotonic() - begun < 45


def test_too_many_at_once_and_too_long_are_refused_in_words() -> None:
    now = "DTSTART:20261109T150000Z\nDTEND:20261109T160000Z"
    with pytest.raises(Unreadable, match="more than 20000 events"):
        read_apart(calendar(*[now] * 20_001), "America/Chicago", MONDAY, MONDAY)
    endless = "DTSTART:19700101T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    with pytest.raises(Unreadable, match="could not be read within 1 seconds"):
        read_apart(calendar(*[endless] * 3000), "America/Chicago", MONDAY, MONDAY, seconds=1)
