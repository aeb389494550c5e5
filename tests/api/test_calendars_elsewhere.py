"""A calendar elsewhere, read over HTTP from a server on this machine: its busy times are kept free."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstvisit.api.listen import calendars
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, ConnectorError
from firstvisit.practice import queries
from firstvisit.practice.models import Resource
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import feeds, spans, supply
from firstvisit.steps.booking.calendars import BusyTime, Read
from firstvisit.steps.booking.models import Change, Feed
from firstvisit.steps.booking.policy import Booking

MONDAY = date(2026, 11, 16)


def calendar(*events: str) -> bytes:
    inside = "".join(f"BEGIN:VEVENT\nUID:{number}\n{each}\nEND:VEVENT\n" for number, each in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inside}END:VCALENDAR\n".encode()


class Server:
    """Serves one calendar; what it answers can be changed."""

    def __init__(self) -> None:
        self.status, self.body, self.headers, self.short_by = 200, calendar(), dict[str, str](), 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body[: len(outer.body) - outer.short_by])

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/secret/basic.ics"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server()
    yield serving
    serving.http.shutdown()
    serving.http.server_close()


@pytest.fixture
def feed(practice: Practice, tuesday: datetime, server: Server) -> Feed:
    clock.move(datetime.fromisoformat("2026-11-14T12:00:00+00:00") - clock.now())
    anna = Resource.objects.get(slug="anna_lindqvist")
    return feeds.make_feed(
        anna, name="Anna's own", address=server.url, every_minutes=15, actor=SYSTEM, now=clock.now()
    )


def read() -> Feed:
    due = feeds.next_due(now=clock.now())
    assert due is not None
    calendars.read_one(due)
    return Feed.objects.get()


def hours() -> str:
    (anna,) = (
        one
        for one in supply.bookables(queries.practice(), Booking(), MONDAY, MONDAY)
        if one.slug == "anna_lindqvist"
    )
    zone = feeds.zone_of(Resource.objects.get(slug="anna_lindqvist"))
    return " ".join(
        "-".join(spans.moment(edge).astimezone(zone).strftime("%H:%M") for edge in stretch[:2]) for stretch in anna.open
    )


def test_what_is_busy_elsewhere_is_kept_free_and_what_is_gone_is_open_again(feed: Feed, server: Server) -> None:
    one = "DTSTART;TZID=America/Chicago:20200106T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO"
    server.body = calendar(one, "DTSTART:20261116T190000Z\nDTEND:20261116T200000Z")
    told = read()
    assert (told.failed, told.events, hours()) == ("", 2, "08:00-10:00 11:00-13:00 14:00-17:30")
    before = set(Change.objects.values_list("id", flat=True))
    clock.move(timedelta(minutes=16))
    server.body = calendar(one)
    read()
    assert hours() == "08:00-10:00 11:00-17:30"
    assert set(Change.objects.values_list("id", flat=True)) < before  # what is as it was stays the same rows
    assert feeds.next_due(now=clock.now()) is None  # its turn comes in a quarter of an hour
    feeds.drop_feed(told, actor=SYSTEM)
    assert hours() == "08:00-17:30"


def test_ten_thousand_busy_times_are_brought_with_as_few_questions_as_two(feed: Feed) -> None:
    def busy(count: int) -> Read:
        first = spans.minute(clock.now())
        return Read(tuple(BusyTime(f"event-{n}", first + 5 * n, first + 5 * n + 3) for n in range(count)), count, 0)

    with CaptureQueriesContext(connection) as few:
        assert feeds.bring(feed, busy(2), now=clock.now()) == 2
    with CaptureQueriesContext(connection) as many:
        assert feeds.bring(feed, busy(10_000), now=clock.now()) == 9_998
    assert len(many) <= len(few) + 5, "rows are written two thousand at a time"


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (500, b"", "Its server answers 500"),
        (404, b"", "may have been changed or withdrawn"),
        (200, b"<html>Sign in</html>", "no calendar"),
    ],
)
def test_a_feed_that_fails_says_so_and_keeps_what_was_known(
    feed: Feed, server: Server, status: int, body: bytes, says: str
) -> None:
    server.body = calendar("DTSTART:20261116T160000Z\nDTEND:20261116T170000Z")
    read()
    server.status, server.body = status, body
    clock.move(timedelta(minutes=16))
    told = read()
    assert says in told.failed
    assert told.read_at is not None and told.read_at < clock.now() - timedelta(minutes=15)
    assert hours() == "08:00-10:00 11:00-17:30"
    assert "127.0.0.1" not in told.failed and "secret" not in told.failed


def test_an_answer_that_breaks_off_keeps_what_was_known(feed: Feed, server: Server) -> None:
    server.body = calendar("DTSTART:20261116T160000Z\nDTEND:20261116T170000Z")
    read()
    server.short_by = 40
    clock.move(timedelta(minutes=16))
    assert "ended the line before its answer was whole" in read().failed and hours() == "08:00-10:00 11:00-17:30"
    server.short_by, server.body = 0, server.body[:-20]
    clock.move(timedelta(minutes=16))
    assert "breaks off in the middle" in read().failed and hours() == "08:00-10:00 11:00-17:30"


def test_a_server_that_is_gone_and_one_that_sends_us_inside(feed: Feed, server: Server) -> None:
    server.status, server.headers = 302, {"Location": "http://10.0.0.5/x.ics"}
    said = read().failed
    assert said.endswith("an address that we do not ask."), "nothing was known of it yet"
    server.http.shutdown()
    server.http.server_close()
    clock.move(timedelta(minutes=16))
    assert read().failed == "Its server does not pick up."


@pytest.mark.parametrize(
    "address",
    ["http://calendar.example.org/x.ics", "https://10.0.0.5/x.ics", "https://intranet/x.ics", "ftp://a.org/x", "file:///etc/passwd",
     "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/x", "https://example.org:port/x", ""],
)  # fmt: skip
def test_addresses_that_are_never_asked(address: str) -> None:
    with pytest.raises(BadInput):
        feeds.checked_address(address)


def test_an_address_as_calendars_show_it_is_kept_as_https() -> None:
    assert feeds.checked_address(" webcal://cal.example.org/a.ics ") == "https://cal.example.org/a.ics"


def test_a_public_name_that_leads_inside_is_not_asked() -> None:
    """As a hosts file or a hostile name server would have it: the resolved address decides."""
    with pytest.raises(ConnectorError, match="own network"):
        calendars._allowed("127.0.0.2", 80)


def test_our_own_visits_shown_back_to_us_are_not_busy(feed: Feed, server: Server, arrive: Any) -> None:
    from tests.people import family

    from firstvisit.steps.booking.models import Appointment

    lead = arrive(family(1))
    visit = Appointment.objects.create(
        lead=lead, kind="evaluation", service="evaluation", site="madison", status="booked", status_at=clock.now(),
        made_by="desk", made_at=clock.now(), starts_at=datetime.fromisoformat("2026-11-16T16:00:00+00:00"),
        ends_at=datetime.fromisoformat("2026-11-16T17:00:00+00:00"),
    )  # fmt: skip
    event = "DTSTART:20261116T160000Z\nDTEND:20261116T170000Z"
    server.body = calendar(event).replace(b"UID:0", f"UID:{visit.id}".encode())
    assert read().events == 1
    assert hours() == "08:00-17:30"
