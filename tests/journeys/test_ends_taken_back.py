"""An end noted on the wrong lead: undone at once, or taken back later with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import ends
from firstvisit.journey.booking.ended import known_ends
from firstvisit.journey.loading import medicare_episodes
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.ends import End
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot

pytestmark = pytest.mark.django_db
DAY = TUESDAY + timedelta(days=1)
Move = Callable[[datetime], None]
LATER = timedelta(minutes=5)


def visit_of(lead: Lead, set_clock: Move) -> Appointment:
    """A visit of Wednesday; it is Thursday morning."""
    row = claims.book(slot(DAY, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    set_clock(DAY + timedelta(hours=21))
    return row


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], tuesday: datetime) -> Lead:
    return arrive(FAMILY)


@pytest.fixture
def visit(lead: Lead, set_clock: Move) -> Appointment:
    return visit_of(lead, set_clock)


@pytest.fixture
def anna(browser: Callable[[str], Client]) -> Client:
    return browser("anna")


def note(anna: Client, lead: Lead, what: str = "evaluation_completed") -> str:
    """Press it; the address that follows."""
    said = {"end": what, "ended_on": str(DAY.date())}
    answer = anna.post(f"/leads/L-{lead.number}/ended", said)
    assert answer.status_code == 303
    return str(answer["Location"])


def take_back(anna: Client, lead: Lead, what: str = "evaluation_completed") -> int:
    said = {"end": what, "reason": "It was the patient before her"}
    return anna.post(f"/leads/L-{lead.number}/take-back-end", said).status_code


def undo(client: Client, page: str) -> int:
    (address,) = re.findall(r'action="(/undo/[^"]+)"', client.get(page).content.decode())
    return client.post(address).status_code


def stands(lead: Lead, visit: Appointment) -> tuple[bool, str, str]:
    lead.refresh_from_db()
    visit.refresh_from_db()
    return lead.closed_at is None, lead.stage, visit.status


@pytest.mark.parametrize("called", ["booked", "arrived", "missed"])
def test_what_was_just_noted_is_undone_and_the_visit_is_as_it_was(
    lead: Lead, visit: Appointment, anna: Client, called: str
) -> None:
    if called != "booked":
        getattr(claims, called)(visit, now=clock.now())
        advance([lead.id])
    before = stands(lead, visit)
    page = note(anna, lead)
    assert stands(lead, visit) == (False, "closed", "completed")
    assert undo(anna, page) == 303
    assert stands(lead, visit) == before and before[2] == called
    assert known_ends(lead) == {}
    assert "Undone: evaluation completed" in anna.get(f"/leads/L-{lead.number}").content.decode()
    assert not Task.objects.filter(lead=lead, kind="call_to_book", status="open").exists()


def test_the_press_on_the_mornings_list_is_undone_and_the_visit_stands_on_it_again(
    lead: Lead, visit: Appointment, anna: Client
) -> None:
    pressed = anna.post(f"/visits/unanswered/{visit.id}", {"do": "evaluated"})
    assert undo(anna, pressed["Location"]) == 303
    assert f"L-{lead.number}" in anna.get("/visits/unanswered").content.decode()


def test_a_plan_and_a_discharge_are_undone_and_the_evaluation_stays(
    lead: Lead, visit: Appointment, anna: Client
) -> None:
    note(anna, lead)
    for what in ("plan_of_care_sent", "discharged"):
        assert undo(anna, note(anna, lead, what)) == 303
    assert list(known_ends(lead)) == ["evaluation_completed"]
    assert stands(lead, visit) == (False, "closed", "completed")


@pytest.mark.parametrize("called", ["booked", "arrived", "missed"])
def test_later_it_is_taken_back_with_a_reason_and_everything_stands_as_before(
    lead: Lead, visit: Appointment, anna: Client, dana: Client, called: str
) -> None:
    if called != "booked":
        assert dana.post(f"/visits/unanswered/{visit.id}", {"do": called}).status_code == 303
    before = stands(lead, visit)
    tasks = set(Task.objects.filter(lead=lead, status="open").values_list("kind", flat=True))
    note(anna, lead)
    note(anna, lead, "plan_of_care_sent")
    clock.move(LATER)
    assert dana.post(f"/leads/L-{lead.number}/take-back-end", {"end": "discharged"}).status_code == 404
    refused = anna.post(f"/leads/L-{lead.number}/take-back-end", {"end": "evaluation_completed", "reason": ""})
    assert refused.status_code == 422 and stands(lead, visit)[2] == "completed"
    assert take_back(anna, lead) == 303
    assert stands(lead, visit) == before
    assert set(Task.objects.filter(lead=lead, status="open").values_list("kind", flat=True)) == tasks
    assert known_ends(lead) == {}
    shown = anna.get(f"/leads/L-{lead.number}").content.decode()
    assert "Taken back, noted by mistake: evaluation completed, plan of care sent" in shown
    assert "It was the patient before her" in shown
    if called != "missed":
        assert f"L-{lead.number}" in dana.get("/visits/unanswered").content.decode()
    assert take_back(anna, lead) == 422, "there is nothing to take back"


def test_it_can_be_noted_again_and_by_the_emr_too(lead: Lead, visit: Appointment, anna: Client) -> None:
    note(anna, lead)
    clock.move(LATER)
    assert take_back(anna, lead) == 303
    told = End("evaluation_completed", DAY.date(), "1", "hl7", (str(visit.id),))
    assert ends.take(told, actor=SYSTEM, now=clock.now()).how == "noted"
    assert stands(lead, visit) == (False, "closed", "completed")
    assert list(known_ends(lead)) == ["evaluation_completed"]


def test_a_lead_that_was_reopened_meanwhile_gets_its_visit_back(lead: Lead, visit: Appointment, anna: Client) -> None:
    note(anna, lead)
    clock.move(LATER)
    anna.post(f"/leads/L-{lead.number}/reopen", {"reason": "The wrong one"})
    assert stands(lead, visit)[2] == "completed"
    assert take_back(anna, lead) == 303
    assert stands(lead, visit) == (True, "booked", "booked")


def test_a_plan_alone_is_taken_back(lead: Lead, visit: Appointment, anna: Client) -> None:
    note(anna, lead)
    note(anna, lead, "plan_of_care_sent")
    clock.move(LATER)
    assert take_back(anna, lead, "plan_of_care_sent") == 303
    assert list(known_ends(lead)) == ["evaluation_completed"]
    assert stands(lead, visit) == (False, "closed", "completed")


def test_medicares_clocks_stop_with_it(
    arrive: Callable[[Any], Lead], tuesday: datetime, set_clock: Move, anna: Client
) -> None:
    found = arrive(surgeon(TUESDAY.date()))
    visit_of(found, set_clock)
    page = note(anna, found)
    assert Task.objects.filter(lead=found, kind="send_plan", status="open").exists()
    assert undo(anna, page) == 303
    assert medicare_episodes([found.id])[found.id].evaluated_on is None
    assert not Task.objects.filter(lead=found, kind="send_plan", status="open").exists()
    note(anna, found)
    clock.move(LATER)
    assert take_back(anna, found) == 303
    assert medicare_episodes([found.id])[found.id].evaluated_on is None
    assert not Task.objects.filter(lead=found, kind="send_plan", status="open").exists()


def told(lead: Lead) -> list[tuple[str, str]]:
    rows = Message.objects.filter(lead=lead, template="partner_status").order_by("made_at")
    return [(row.key.rpartition("partner_status:")[2].partition(":")[0], row.status) for row in rows]


def test_whoever_referred_and_was_written_to_is_written_that_it_was_a_mistake(
    arrive: Callable[[Any], Lead], tuesday: datetime, set_clock: Move, anna: Client, switched: Callable[..., None]
) -> None:
    switched(partner_status="do")
    found = arrive(but(surgeon(TUESDAY.date()), referrer__email="office@example.org", referrer__updates_by="email"))
    visit_of(found, set_clock)
    Message.objects.filter(lead=found).update(status="sent")
    assert undo(anna, note(anna, found)) == 303
    assert not [row for row in told(found) if row[0] == "closed" and row[1] != "withdrawn"]
    assert not [row for row in told(found) if row[0] == "not_evaluated"], "they were told nothing"
    note(anna, found)
    clock.move(LATER)
    Message.objects.filter(lead=found, status="wanted").update(status="sent")
    assert take_back(anna, found) == 303
    assert ("not_evaluated", "wanted") in told(found)
    Message.objects.filter(lead=found, status="wanted").update(status="sent")
    note(anna, found)
    jobs.sweep()
    assert told(found)[-1] == ("closed", "wanted"), "the evaluation that has taken place is told"


def test_whoever_is_called_is_called_and_it_is_said_what_to_say(
    arrive: Callable[[Any], Lead], tuesday: datetime, set_clock: Move, anna: Client, dana: Client
) -> None:
    found = arrive(surgeon(TUESDAY.date()))
    visit_of(found, set_clock)
    note(anna, found)
    calls = Task.objects.filter(lead=found, kind="tell_partner", status="open")
    assert dana.post(f"/tasks/{calls.get().id}/done", {"result": "told_referrer"}).status_code == 303
    clock.move(LATER)
    assert take_back(anna, found) == 303
    assert "which was a mistake" in calls.get(reason__contains="mistake").reason
    assert "that was our mistake" in dana.get(f"/leads/L-{found.number}").content.decode()
    assert Event.objects.filter(lead=found, name="end_taken_back_ruled").count() == 1
