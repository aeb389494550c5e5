"""A first visit is agreed: its day is asked with it, and everybody who is told of it hears the day."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.templates import agreed_for
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def first(lead: Lead) -> Task:
    return Task.objects.select_related("lead").filter(lead=lead, status="open").earliest("due_at")


def kinds(lead: Lead) -> dict[str, Task]:
    return {task.kind: task for task in Task.objects.filter(lead=lead, status="open")}


def test_the_day_of_the_visit_is_asked_said_in_the_head_and_is_when_it_is_seen_through(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    said = {"result": "reached_booked", "again_at": "2026-12-01T09:30"}
    assert dana.post(f"/tasks/{first(lead).id}/done", said).status_code == 303
    through = kinds(lead)["await_visit"]
    assert through.due_at.astimezone(TUESDAY.tzinfo).isoformat()[:16] == "2026-12-01T09:30"
    page = html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())
    assert "Booked<small>Tue Dec 1, 9:30 am</small>" in page and "Reached, visit agreed for Tue Dec 1" in page


def test_a_visit_without_a_day_is_booked_all_the_same_and_one_that_is_past_is_refused(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    address, past = f"/tasks/{first(lead).id}/done", {"result": "reached_booked", "again_at": "2026-11-23T09:30"}
    assert dana.post(address, past).status_code == 422
    assert dana.post(address, {"result": "reached_booked"}).status_code == 303
    assert "Booked<small>visit agreed</small>" in dana.get(f"/leads/L-{lead.number}").content.decode()


def test_whoever_calls_the_office_that_referred_says_the_day(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    visit = clock.now() + timedelta(days=6)
    verbs.finish(first(lead), staff("dana"), actor=SYSTEM, result="reached_booked", again_at=visit)
    page = html.unescape(browser("dana").get(f"/leads/L-{lead.number}").content.decode())
    assert f"our reference L-{lead.number}: the first visit is agreed, for Monday, November 30" in page


def test_the_message_to_whoever_referred_carries_the_day() -> None:
    assert agreed_for(None) == "the first visit is agreed"
    assert agreed_for(date(2026, 11, 30)) == "the first visit is agreed, for Monday, November 30"


def test_while_the_program_is_not_known_it_is_chosen_before_the_visit(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(FAMILY, program=None))
    visit = clock.now() + timedelta(days=6)
    verbs.finish(first(lead), staff("dana"), actor=SYSTEM, result="reached_booked", again_at=visit)
    assert first(lead).kind == "choose_program" and kinds(lead)["await_visit"].due_at == visit
    verbs.choose_program(lead, staff("dana"), actor=SYSTEM, program="early_language", reason="they said so")
    assert set(kinds(lead)) & {"choose_program", "call_to_book", "await_visit"} == {"await_visit"}
