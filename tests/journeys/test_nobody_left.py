"""A therapist leaves and nobody else can do it: nobody is told to choose a time that does not exist; a person calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_treatment_letters import course, files, together, words_of
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.journeys.test_visit_letters import letters
from tests.mail import Mailbox
from tests.people import FAMILY, TUESDAY

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.models import Message
from firstvisit.steps.booking.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Arrive = Callable[[Any], Lead]


@pytest.fixture
def mei(browser: Callable[[str], Client]) -> Client:
    """The manager's browser."""
    return browser("mei")


def leaves(manager: Client, last_day: date, who: str = "lucia_herrera") -> None:
    seen = re.findall(r'name="seen" value="([^"]*)"', manager.get(f"/supply/of/{who}").content.decode())
    said = {"last_day": last_day.isoformat(), "seen": seen[0] if seen else ""}
    assert manager.post(f"/supply/of/{who}/terms", said).status_code == 303


def call_off(manager: Client, *rows: Appointment) -> str:
    answer = manager.post("/supply/unfit", {"visit": [str(row.id) for row in rows]})
    assert answer.status_code == 303
    return manager.get(answer.headers["Location"]).content.decode()


def test_whoever_can_be_offered_no_time_is_called_and_told_that_we_call(
    arrive: Arrive, dana: Client, mei: Client, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    leaves(mei, TUESDAY.date() - timedelta(days=1))
    rows = list(Appointment.objects.filter(lead=lead))
    html = call_off(mei, *rows)
    assert f"no time is there to offer them: L-{lead.number}." in html and "new times are offered" not in html
    assert html.count("no time is there to offer them") == 1 and "A task to call stands on the lead;" in html
    task = Task.objects.get(lead=lead, status="open", kind="find_somebody")
    assert "nobody here can do it" in task.reason and "call_to_book" not in kinds(lead)
    jobs.sweep()
    (mail,) = letters(mailbox, "we must cancel your visit on")
    said = words_of(mail)
    assert "We call you" in said and "/book/" not in said and "Choose another time" not in said and ": 6 visits" in said
    assert [method for method, _ in files(mail)] == ["CANCEL"] * 7, "one letter, and each visit out of the calendar"
    assert not Message.objects.filter(lead=lead, template__in=("visit_cancelled", "treatment_cancelled")).exists()
    desk = page(dana, lead)
    assert "The therapist who can do it has left" in desk and "Everybody is booked" not in desk
    assert "Lucia Herrera" not in desk[desk.index('name="with"') : desk.index("</select>", desk.index('name="with"'))]


def test_where_another_time_is_free_it_is_offered_as_before(
    arrive: Arrive, dana: Client, mei: Client
) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    row = Appointment.objects.get(lead=lead)
    day = row.starts_at.date().isoformat()
    mei.post("/supply/of/lucia_herrera/away", {"why": "illness", "first_day": day, "last_day": day})
    assert f"new times are offered: L-{lead.number}." in call_off(mei, row)
    assert "call_to_book" in kinds(lead) and "find_somebody" not in kinds(lead)
    assert Message.objects.filter(lead=lead, template="visit_cancelled", status="wanted").exists()


def test_treatment_called_off_is_a_task_to_call_once_a_lead(arrive: Arrive, dana: Client, mei: Client) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    first = Appointment.objects.get(lead=lead, service="evaluation")
    leaves(mei, first.starts_at.date())
    html = call_off(mei, *course(lead))
    assert f"In treatment: L-{lead.number}." in html
    task = Task.objects.get(lead=lead, status="open", kind="offer_again")
    assert "and 5 more: offer another time" in task.reason
    assert [each.status for each in course(lead)] == ["cancelled"] * 6
    (letter,) = Message.objects.filter(lead=lead, status="wanted", template="treatment_cancelled")
    assert letter.cause_id == course(lead)[0].id, "one letter for all of them"
    told = dana.post(f"/tasks/{task.id}/done", {"result": "told"})
    assert told.status_code in (302, 303)
    assert "offer_again" not in kinds(lead)


def test_other_treatment_that_is_booked_answers_the_call(arrive: Arrive, dana: Client, mei: Client) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    last = course(lead)[0].starts_at.date()
    day = last.isoformat()
    mei.post("/supply/of/lucia_herrera/away", {"why": "illness", "first_day": day, "last_day": day})
    call_off(mei, course(lead)[0])
    assert "offer_again" in kinds(lead)
    answer = treatment(dana, lead, a_week="1", weeks="1", more="1")
    assert book(dana, lead, pattern(answer)).status_code == 303
    assert "offer_again" not in kinds(lead)


def test_treatment_of_a_closed_lead_stands_with_a_task_until_each_visit_is_settled(
    arrive: Arrive, dana: Client, mei: Client, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    first = Appointment.objects.get(lead=lead, service="evaluation")
    Appointment.objects.filter(id=first.id).update(status="completed")
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), closed_how="evaluated", stage="closed")
    leaves(mei, course(lead)[3].starts_at.date())
    rows = course(lead)[4:]
    for _ in range(2):
        html = call_off(mei, *rows)
    assert html.count(f"In treatment: L-{lead.number}. ") == 1
    task = Task.objects.get(lead=lead, status="open", kind="call_about_treatment")
    assert "2 visits" in task.reason and {row.status for row in course(lead)} == {"booked"}
    for row in rows:
        answer = dana.post(f"/leads/L-{lead.number}/treatment/{row.id}", {"do": "cancel", "why": "clinician_left"})
        assert answer.status_code == 303
    assert not Task.objects.filter(lead=lead, status="open", kind="call_about_treatment").exists()


def test_supply_names_the_programs_that_nobody_has_hours_for(mei: Client) -> None:
    who = "/supply/of/lucia_herrera"
    page = mei.get(who).content.decode()
    seen = re.findall(r'name="seen" value="([^"]*)"', page)
    assert mei.post(f"{who}/terms", {"per_diem": "yes", "seen": seen[0] if seen else ""}).status_code == 303
    html = mei.get("/supply").content.decode()
    named = html[html.index("Nobody can do the first visit of") :][:600]
    assert "(SLP) at Cedar Street Therapy Madison" in named and ", after" not in named
    day = {"first_day": "2027-01-12", "last_day": "2027-01-12", "begins": "09:00", "ends": "12:00", "site": "madison"}
    assert mei.post(f"{who}/extra", day).status_code == 303
    assert "Nobody can do the first visit of" not in mei.get("/supply").content.decode(), "one day is open"


def test_supply_names_the_programs_for_which_nobody_is_left(mei: Client) -> None:
    assert "Nobody can do the first visit of" not in mei.get("/supply").content.decode()
    leaves(mei, date(2026, 12, 18), "anna_lindqvist")
    html = mei.get("/supply").content.decode()
    named = html[html.index("Nobody can do the first visit of") :][:600]
    assert "(OT) at Cedar Street Therapy Madison, after Fri Dec 18" in named and "Marquette, after" not in named
    leaves(mei, TUESDAY.date() - timedelta(days=1), "anna_lindqvist")
    assert ", after" not in mei.get("/supply").content.decode()
