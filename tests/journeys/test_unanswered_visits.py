"""Visits that are over and of which nobody said what became of them: a task each morning, one press each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, TUESDAY, surgeon

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking.closed import settle_closed
from firstvisit.journey.booking.unanswered import ask_each_morning
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment, Claim, Outgoing
from firstvisit.steps.booking.shapes import Want
from firstvisit.steps.booking.tests.slots import WANT, resource, slot

pytestmark = pytest.mark.django_db
PAGE = "/visits/unanswered"
Move = Callable[[datetime], None]


def booked(lead: Lead, who: str, want: Want) -> Appointment:
    where = slot(TUESDAY + timedelta(hours=3), resource(who))
    row = claims.book(where, lead, want, made_by="desk", now=clock.now())
    advance([lead.id])
    return row


@pytest.fixture
def visit(arrive: Callable[[Any], Lead], tuesday: datetime) -> Appointment:
    """A visit on Tuesday at one."""
    return booked(arrive(FAMILY), "anna_lindqvist", WANT)


def asked() -> list[Task]:
    return list(Task.objects.filter(kind="answer_visits", status="open"))


def test_the_next_morning_there_is_one_task_for_the_desk_of_its_site(
    visit: Appointment, set_clock: Move, dana: Client, browser: Callable[[str], Client]
) -> None:
    set_clock(TUESDAY + timedelta(hours=8))
    ask_each_morning()
    assert asked() == [], "the day is not over"
    set_clock(TUESDAY + timedelta(hours=18, minutes=30))
    ask_each_morning()
    assert asked() == [], "it is half past four in the morning"
    set_clock(TUESDAY + timedelta(hours=21))
    ask_each_morning()
    ask_each_morning()
    (task,) = asked()
    assert (task.site, task.lead_id) == ("madison", None) and "1 visit is over" in task.reason
    today = dana.get("/today").content.decode()
    assert f'href="{PAGE}"' in today and "Say what became of the visits" in today
    assert "Quisenberry" in dana.get(PAGE).content.decode()
    assert "Quisenberry" not in browser("reggie").get(PAGE).content.decode(), "another site's"
    assert dana.post(f"{PAGE}/{visit.id}", {"do": "missed"}).status_code == 303
    assert "Quisenberry" not in dana.get(PAGE).content.decode()
    assert Task.objects.filter(lead=visit.lead, kind="call_missed", status="open").exists()
    assert "Ask first: are you well" in dana.get(f"/leads/L-{visit.lead.number}").content.decode()
    ask_each_morning()
    assert asked() == []


def snow(manager: Client, site: str = "madison") -> None:
    """The site is closed on Tuesday, and nobody calls its visits off."""
    said = {"site": site, "why": "weather", "first_day": str(TUESDAY.date()), "last_day": str(TUESDAY.date())}
    assert manager.post("/supply/close", said).status_code == 303


def away(manager: Client) -> None:
    said = {"why": "illness", "first_day": str(TUESDAY.date()), "last_day": str(TUESDAY.date())}
    assert manager.post("/supply/of/lucia_herrera/away", said).status_code == 303


def left(manager: Client) -> None:
    said = {"last_day": str(TUESDAY.date() - timedelta(days=1))}
    assert manager.post("/supply/of/lucia_herrera/terms", said).status_code == 303


@pytest.mark.parametrize(
    ("change", "why", "code", "call"),
    [
        (snow, "the site was closed", "site_closed", "call_called_off"),
        (away, "Lucía Herrera was away", "clinician_away", "call_called_off"),
        (left, "Lucía Herrera had left", "clinician_left", "find_somebody"),
    ],
)
def test_a_visit_that_could_not_be_says_why_and_is_called_off_by_us_with_one_press(
    arrive: Callable[[Any], Lead],
    tuesday: datetime,
    set_clock: Move,
    browser: Callable[[str], Client],
    dana: Client,
    change: Callable[[Client], None],
    why: str,
    code: str,
    call: str,
) -> None:
    visit = booked(arrive(FAMILY), "lucia_herrera", WANT._replace(discipline="SLP"))
    change(browser("mei"))
    set_clock(TUESDAY + timedelta(hours=23))
    html = dana.get(PAGE).content.decode()
    assert f"Probably did not take place: {why}." in html and "Called off by us" in html and "Did not come" in html
    for _ in range(2):
        assert dana.post(f"{PAGE}/{visit.id}", {"do": "called_off"}).status_code == 303
    assert "Quisenberry" not in dana.get(PAGE).content.decode()
    visit.refresh_from_db()
    assert (visit.status, visit.why) == ("cancelled", code)
    assert "missed" not in set(Outgoing.objects.filter(appointment=visit).values_list("what", flat=True))
    jobs.sweep()
    asked = {task.kind: task for task in Task.objects.filter(lead=visit.lead, status="open")}
    calls = {"call_called_off", "call_to_book"} if call == "call_called_off" else {"find_somebody"}
    assert {kind for kind in asked if kind.startswith(("call", "find"))} == calls
    said = "did not take place, by our doing: call and say so" if len(calls) > 1 else "We called off their visit of Tue"
    assert said in asked[call].reason
    templates = ("visit_missed", "visit_cancelled", "visit_called_off")
    assert not Message.objects.filter(lead=visit.lead, template__in=templates).exists()
    if call == "call_called_off":
        assert dana.post(f"/tasks/{asked[call].id}/done", {"result": "told"}).status_code == 303
        still = Task.objects.filter(lead=visit.lead, status="open").values_list("kind", flat=True)
        assert "call_called_off" not in still and "call_to_book" in still


def test_nobody_says_so_of_a_visit_that_nothing_speaks_against(
    visit: Appointment, set_clock: Move, browser: Callable[[str], Client], dana: Client
) -> None:
    snow(browser("mei"), "marquette")
    set_clock(TUESDAY + timedelta(hours=23))
    html = dana.get(PAGE).content.decode()
    assert "Probably did not take place" not in html and "Called off by us" not in html
    answer = dana.post(f"{PAGE}/{visit.id}", {"do": "called_off"})
    assert answer.status_code == 422 and "Nothing says that this visit could not be" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_duplicate_s_visit_that_could_not_be_is_called_off_too(
    visit: Appointment, set_clock: Move, browser: Callable[[str], Client], dana: Client
) -> None:
    snow(browser("mei"))
    closed = {"how": "duplicate", "reason": "They called"}
    assert dana.post(f"/leads/L-{visit.lead.number}/close", closed).status_code == 303
    set_clock(TUESDAY + timedelta(hours=23))
    settle_closed()
    assert "the site was closed" in dana.get(PAGE).content.decode()
    assert dana.post(f"{PAGE}/{visit.id}", {"do": "called_off"}).status_code == 303
    visit.refresh_from_db()
    assert (visit.status, visit.why) == ("cancelled", "site_closed")
    assert not dana.get(PAGE).content.decode().count("the site was closed")


def test_a_clinician_completes_it_with_one_press_and_twice_is_once(
    visit: Appointment, set_clock: Move, browser: Callable[[str], Client], dana: Client
) -> None:
    set_clock(TUESDAY + timedelta(hours=23))
    assert "Evaluation completed" not in dana.get(PAGE).content.decode()
    assert dana.post(f"{PAGE}/{visit.id}", {"do": "arrived"}).status_code == 303
    assert "arrived, and not noted as completed" in dana.get(PAGE).content.decode()
    anna = browser("anna")
    for _ in range(2):
        assert anna.post(f"{PAGE}/{visit.id}", {"do": "evaluated"}).status_code == 303
    lead = Lead.objects.get(id=visit.lead_id)
    visit.refresh_from_db()
    assert (lead.closed_how, visit.status) == ("evaluated", "completed")
    (event,) = Event.objects.filter(lead=lead, name="evaluation_completed")
    assert event.data["on"] == str(TUESDAY.date())


def test_a_list_that_nobody_answered_is_asked_anew_the_next_morning_and_not_twice(
    visit: Appointment, set_clock: Move
) -> None:
    set_clock(TUESDAY + timedelta(hours=21))
    ask_each_morning()
    (first,) = asked()
    set_clock(TUESDAY + timedelta(hours=45))
    ask_each_morning()
    (second,) = asked()
    assert second.id != first.id


def test_what_nobody_has_is_not_found(visit: Appointment, dana: Client) -> None:
    assert dana.post(f"{PAGE}/{visit.id}", {"do": "nonsense"}).status_code == 404
    assert dana.post(f"{PAGE}/{visit.lead_id}", {"do": "arrived"}).status_code == 404


@pytest.mark.parametrize(
    ("how", "hours", "status"),
    [
        ("evaluated", 6, "completed"),
        ("evaluated", 0, "cancelled"),
        ("patient_declined", 0, "cancelled"),
        ("patient_declined", 6, "booked"),
        ("duplicate", 0, "booked"),
    ],
)
def test_the_visit_of_a_closed_lead_is_completed_or_its_time_freed_once_nobody_can_undo_it(
    visit: Appointment, set_clock: Move, dana: Client, how: str, hours: int, status: str
) -> None:
    set_clock(TUESDAY + timedelta(hours=hours, minutes=5))
    closed = dana.post(f"/leads/L-{visit.lead.number}/close", {"how": how, "reason": "They called"})
    assert closed.status_code == 303
    settle_closed()
    visit.refresh_from_db()
    assert visit.status == "booked", "it can still be undone"
    clock.move(timedelta(seconds=20))
    settle_closed()
    assert settle_closed() == 0
    visit.refresh_from_db()
    assert visit.status == status
    freed = not Claim.objects.filter(appointment=visit).exists()
    assert freed == (status == "cancelled")


def test_whoever_referred_by_phone_is_told_of_two_missed_visits_and_not_that_one_is_agreed(
    arrive: Callable[[Any], Lead], set_clock: Move, tuesday: datetime, browser: Callable[[str], Client]
) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    for day in (1, 7):
        where = slot(TUESDAY + timedelta(days=day), resource("anna_lindqvist"))
        row = claims.book(where, lead, WANT, made_by="desk", now=clock.now())
        set_clock(TUESDAY + timedelta(days=day, hours=1))
        claims.missed(row, now=clock.now())
        advance([lead.id])
    assert Task.objects.filter(lead=lead, kind="tell_partner", status="open").count() == 1
    page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "they did not come to two visits" in page and "the first visit is agreed" not in page
