"""What becomes of treatment when its evaluation is cancelled, missed or moved behind it: asked, never forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.people import FAMILY

from firstvisit.journey import own_visit
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.steps.booking.models import Appointment, Claim, Outgoing

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]


@pytest.fixture
def lead(arrive: Arrive, dana: Client, tuesday: datetime) -> Lead:
    """A first visit and four weeks of treatment."""
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="4"))).status_code == 303
    return lead


def first(lead: Lead) -> Appointment:
    return Appointment.objects.get(lead=lead, service="evaluation", status="booked")


def course(lead: Lead, status: str = "booked") -> list[Appointment]:
    return list(Appointment.objects.filter(lead=lead, service="treatment", status=status).order_by("starts_at"))


def decide(desk: Client, lead: Lead, do: str, **said: str) -> int:
    html = treatment(desk, lead)
    (cause,) = re.findall(r'name="cause" value="([^"]+)"', html)
    return desk.post(f"/leads/L-{lead.number}/treatment", {"do": do, "cause": cause, **said}).status_code


def test_cancelling_the_evaluation_cancels_its_treatment_with_it_and_says_so_everywhere(
    lead: Lead, dana: Client
) -> None:
    assert "The 4 treatment visits after it" in page(dana, lead)
    visit = first(lead)
    for _ in range(2):
        assert press(dana, lead, "cancel", visit=str(visit.id), why="ill") == 303
    assert [row.why for row in course(lead, "cancelled")] == ["ill"] * 4 and not Claim.objects.exists()
    assert Event.objects.filter(lead=lead, name="visit_cancelled").count() == 1
    assert Event.objects.filter(lead=lead, name="treatment_cancelled").count() == 4
    about = ("visit_cancelled", "treatment_cancelled")
    letters = Message.objects.filter(lead=lead, status="wanted", template__in=about)
    assert [each.template for each in letters] == ["visit_cancelled"], "one letter, not one a visit"
    assert not Outgoing.objects.filter(status="wanted").exists(), "the EMR had not been told a word of them"
    assert "decide_treatment" not in kinds(lead)
    assert "Treatment cancelled: " in dana.get(f"/leads/L-{lead.number}").content.decode()


def test_treatment_that_is_to_stand_stands_and_nobody_is_asked(lead: Lead, dana: Client) -> None:
    assert press(dana, lead, "cancel", visit=str(first(lead).id), why="ill", treatment="keep") == 303
    assert len(course(lead)) == 4 and "decide_treatment" not in kinds(lead)
    assert "Treatment stands as it is" in dana.get(f"/leads/L-{lead.number}").content.decode()


def test_after_a_missed_evaluation_somebody_decides_and_one_booked_again_answers_it(
    lead: Lead, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    visit = first(lead)
    set_clock(visit.starts_at + timedelta(minutes=15))
    assert press(dana, lead, "missed", visit=str(visit.id)) == 303
    task = Task.objects.get(lead=lead, kind="decide_treatment", status="open")
    assert "4 treatment visits are booked and no evaluation stands" in task.reason
    assert "that of" in treatment(dana, lead) and "was missed" in treatment(dana, lead)
    assert decide(dana, lead, "cancel_adrift") == 422, "a reason is asked for"
    assert decide(dana, lead, "cancel_adrift", why="no_ride") == 303
    assert len(course(lead, "cancelled")) == 4 and "decide_treatment" not in kinds(lead)
    (letter,) = Message.objects.filter(lead=lead, template="treatment_cancelled", status="wanted")
    assert letter.cause_id == course(lead, "cancelled")[0].id


def test_a_missed_evaluation_that_is_booked_again_before_the_treatment_needs_no_decision(
    lead: Lead, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    visit = first(lead)
    set_clock(visit.starts_at + timedelta(minutes=15))
    assert press(dana, lead, "missed", visit=str(visit.id)) == 303
    assert "decide_treatment" in kinds(lead)
    last = course(lead)[-1].starts_at.date()
    answer = page(dana, lead, **{"from": (last + timedelta(days=1)).isoformat()})
    assert press(dana, lead, "book", slot=tokens(answer)[0]) == 303
    assert "before the evaluation" in Task.objects.get(lead=lead, kind="decide_treatment", status="open").reason
    assert decide(dana, lead, "let_stand") == 303
    assert "decide_treatment" not in kinds(lead) and len(course(lead)) == 4


def test_an_evaluation_moved_behind_treatment_names_it_at_once(lead: Lead, dana: Client) -> None:
    after = course(lead)[1].starts_at.date() + timedelta(days=1)
    slot = tokens(page(dana, lead, **{"from": after.isoformat()}))[0]
    assert press(dana, lead, "move", visit=str(first(lead).id), slot=slot) == 303
    assert "2 treatment visits are booked before the evaluation" in page(dana, lead)
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
    assert "Some of these are before your first visit now. We call you about them." in family.get(link).content.decode()
    due = Task.objects.get(lead=lead, kind="decide_treatment", status="open").due_at
    assert due > clock.now()
    assert decide(dana, lead, "cancel_adrift", why="cannot_then") == 303
    assert len(course(lead)) == 2 and "decide_treatment" not in kinds(lead)
    assert "before your first visit now" not in family.get(link).content.decode()


def test_the_family_that_cancels_by_its_link_cancels_the_treatment_too(lead: Lead) -> None:
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
    assert "4 visits that were to follow it" in family.get(f"{link}/cancel").content.decode()
    assert family.post(f"{link}/cancel", {"why": "better"}).status_code == 303
    assert len(course(lead, "cancelled")) == 4 and "decide_treatment" not in kinds(lead)


def test_an_answer_to_another_question_changes_nothing(lead: Lead, dana: Client) -> None:
    after = course(lead)[1].starts_at.date() + timedelta(days=1)
    slot = tokens(page(dana, lead, **{"from": after.isoformat()}))[0]
    assert press(dana, lead, "move", visit=str(first(lead).id), slot=slot) == 303
    old = {"do": "cancel_adrift", "cause": "x", "why": "ill"}
    assert dana.post(f"/leads/L-{lead.number}/treatment", old).status_code == 409
    assert len(course(lead)) == 4
