"""A calendar program of somebody's own reads their visits over HTTP: nobody is named, the address can be revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
from django.test import Client
from icalendar import Calendar
from tests.people import FAMILY

from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource, User
from firstvisit.steps.booking import claims, groups
from firstvisit.steps.booking.models import Appointment, Subscription
from firstvisit.steps.booking.tests.slots import WANT, new_lead, slot

pytestmark = pytest.mark.django_db
TIMES = {"kind": "evaluation", "service": "evaluation", "program": "hand_therapy", "discipline": "OT"}


@pytest.fixture
def visit(tuesday: datetime, arrive: Callable[[Any], Lead]) -> Appointment:
    """A first visit with Anna, next Tuesday at ten."""
    start = tuesday + timedelta(days=7)
    return Appointment.objects.create(
        lead=arrive(FAMILY), clinician=Resource.objects.get(slug="anna_lindqvist"), site="madison", status="booked",
        starts_at=start, ends_at=start + timedelta(hours=1), status_at=tuesday, made_at=tuesday, booked_at=tuesday,
        made_by="desk", **TIMES,
    )  # fmt: skip


def address(browser: Client, **answers: str) -> str:
    """Makes an address on the screen; its path."""
    page = browser.post("/calendar/elsewhere", answers).content.decode()
    found = re.search(r"<code class=\"address\">https?://[^/]+(/calendars/[\w-]+\.ics)</code>", page)
    assert found is not None, page[:3000]
    return found[1]


def events(path: str) -> list[Any]:
    answer = Client().get(path)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_program_reads_own_visits_and_learns_no_name(visit: Appointment, browser: Callable[[str], Client]) -> None:
    path = address(browser("anna"), of="own")
    answer = Client().get(path)
    (event,) = recurring_ical_events.of(Calendar.from_ical(answer.content)).at((2026, 12, 1))
    assert event.start == visit.starts_at and event.end == visit.ends_at
    assert event["dtstart"].params["TZID"] == "America/Chicago" and "organizer" in event
    assert event["summary"] == "First visit" and event["uid"] == str(visit.id)
    assert event["location"] == "214 Cedar Street, Madison, WI 53703"
    assert event["url"].endswith(f"/leads/L-{visit.lead.number}")
    text = answer.content.decode()
    assert "Mirabelle" not in text and "Quisenberry" not in text and "M. Q." not in text
    row = AuditRow.objects.filter(verb="viewed", subject_kind="calendar").latest("id")
    assert row.actor.startswith("user:") and str(visit.lead_id) in [str(each) for each in row.subjects]


def test_initials_stand_there_only_of_leads_in_the_owner_s_scope(
    visit: Appointment, browser: Callable[[str], Client]
) -> None:
    (event,) = events(address(browser("dana"), of="madison", initials="yes"))
    assert event["summary"] == "First visit, M. Q."
    (event,) = events(address(browser("anna"), of="own", initials="yes"))
    assert event["summary"] == "First visit, M. Q.", "whoever comes to her is a case of hers"
    path = address(browser("dana"), of="madison", initials="yes")
    Lead.objects.update(site="marquette")
    (event,) = events(path)
    assert event["summary"] == "First visit", "the visit is in Madison, the case is Marquette's"


def test_what_is_moved_keeps_its_uid_and_what_is_cancelled_says_so(
    visit: Appointment, browser: Callable[[str], Client], tuesday: datetime
) -> None:
    path = address(browser("anna"), of="own")
    later = visit.starts_at + timedelta(days=1)
    Appointment.objects.update(starts_at=later, ends_at=later + timedelta(hours=1), sequence=1)
    (event,) = events(path)
    assert (event["uid"], event["sequence"], event.start) == (str(visit.id), 1, later)
    claims.cancel(Appointment.objects.get(), why="ill", now=clock.now())
    (event,) = events(path)
    assert (event["uid"], event["sequence"], event["status"]) == (str(visit.id), 2, "CANCELLED")
    Appointment.objects.update(status="held", held_until=tuesday + timedelta(minutes=10))
    assert events(path) == []


def test_a_session_stands_there_for_as_long_as_it_is_open_whoever_sits_in_it(
    practice: object, browser: Callable[[str], Client], tuesday: datetime
) -> None:
    path, anna = address(browser("anna"), of="own"), Resource.objects.get(slug="anna_lindqvist")
    group = groups.open_group(
        slot(tuesday + timedelta(days=7), anna.id, length=60), kind="group", seats=4, now=tuesday
    )
    seen = []
    joined = WANT._replace(service="group", kind="group")
    (event,) = events(path)
    seen.append((event["uid"], event["summary"], event["status"]))
    seat = claims.join(group, new_lead(8), joined, made_by="desk", now=tuesday)
    (event,) = events(path)
    seen.append((event["uid"], event["summary"], event["status"]))
    claims.cancel(seat, why="ill", now=tuesday)
    (event,) = events(path)
    seen.append((event["uid"], event["summary"], event["status"]))
    assert seen == [(str(group.id), f"Group, {taken} of 4", "CONFIRMED") for taken in (0, 1, 0)]
    groups.close_group(group, now=tuesday)
    assert events(path) == []


def test_what_did_not_change_is_not_sent_again(visit: Appointment, browser: Callable[[str], Client]) -> None:
    path = address(browser("anna"), of="own")
    mark = Client().get(path)["ETag"]
    seen = AuditRow.objects.filter(verb="viewed", subject_kind="calendar").count()
    again = Client().get(path, headers={"If-None-Match": mark})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", mark)
    assert AuditRow.objects.filter(verb="viewed", subject_kind="calendar").count() == seen
    Appointment.objects.update(status="arrived", status_at=visit.status_at + timedelta(days=7))
    assert Client().get(path, headers={"If-None-Match": mark}).status_code == 200


def test_a_revoked_address_and_that_of_somebody_who_left_open_nothing(
    visit: Appointment, browser: Callable[[str], Client]
) -> None:
    anna = browser("anna")
    first, second = address(anna, of="own"), address(anna, of="own")
    row = Subscription.objects.order_by("made_at").first()
    assert row is not None
    assert browser("dana").post(f"/calendar/elsewhere/{row.id}").status_code == 404, "somebody else's"
    assert anna.post(f"/calendar/elsewhere/{row.id}").status_code == 303
    assert [Client().get(path).status_code for path in (first, second)] == [404, 200]
    assert Client().get("/calendars/guessed.ics").status_code == 404
    User.objects.filter(email__startswith="anna@").update(is_active=False)
    assert Client().get(second).status_code == 404


def test_nobody_is_given_what_they_may_not_see(practice: object, browser: Callable[[str], Client]) -> None:
    assert browser("dana").post("/calendar/elsewhere", {"of": "marquette"}).status_code == 404
    assert browser("dana").post("/calendar/elsewhere", {"of": "own"}).status_code == 404, "she sees no patients"
    assert browser("anna").post("/calendar/elsewhere", {"of": "madison"}).status_code == 404
    assert browser("admin").get("/calendar/elsewhere").status_code == 404
    assert not Subscription.objects.exists()


def test_a_stolen_database_does_not_hold_the_address(visit: Appointment, browser: Callable[[str], Client]) -> None:
    path = address(browser("anna"), of="own")
    secret = path.removeprefix("/calendars/").removesuffix(".ics")
    row = Subscription.objects.get()
    assert secret not in str(vars(row)) and len(secret) > 40
