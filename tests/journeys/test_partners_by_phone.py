"""A partner who has only a phone or a fax, or wished to hear that way, is told by a person when those with e-mail get a
letter: that the visit is agreed, that it took place, how the lead ended."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.people import TUESDAY, but, surgeon

from firstvisit.leads.models import ContactAttempt, Lead, Task
from firstvisit.messages.models import Message

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("dana")


def closed(dana: Client, lead: Lead, how: str = "patient_declined") -> str:
    said = {"how": how, "reason": "They see somebody at home"}
    assert dana.post(f"/leads/L-{lead.number}/close", said).status_code == 303
    return shown(dana, lead)


def shown(dana: Client, lead: Lead) -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def to_tell(lead: Lead) -> list[Task]:
    return list(Task.objects.filter(lead=lead, kind="tell_partner", status="open"))


def ends(dana: Client, lead: Lead, result: str) -> int:
    [task] = to_tell(lead)
    return dana.post(f"/tasks/{task.id}/done", {"result": result}).status_code


def test_who_has_a_phone_is_called_with_what_to_say(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    page = closed(dana, lead)
    assert "Call (608) 555-0109." in page
    assert f"our reference L-{lead.number}: closed, because the patient or family declined." in page
    assert "not a treating provider" not in page
    assert ends(dana, lead, "no_answer") == 303
    assert len(to_tell(lead)) == 1, "nobody answered, so it is tried again"
    assert ends(dana, lead, "reached_booked") == 422
    assert ends(dana, lead, "told_referrer") == 303
    assert not to_tell(lead)
    assert not ContactAttempt.objects.filter(lead=lead).exists(), "nobody tried to reach the family"
    assert not Message.objects.filter(lead=lead, template="partner_status").exists()


def test_who_wished_a_fax_gets_one_though_their_e_mail_is_known(dana: Client, arrive: Arrive) -> None:
    wish = {"fax": "+16085550144", "email": "office@mendota.example.org", "updates_by": "fax"}
    base = surgeon(TUESDAY.date())
    lead = arrive(but(base, referrer={**base["referrer"], **wish}))
    assert "Send a fax to (608) 555-0144, or call (608) 555-0109." in closed(dana, lead)
    assert not Task.objects.filter(lead=lead, kind="propose_partner_status").exists()


def test_who_does_not_treat_is_told_only_with_the_authorization(dana: Client, arrive: Arrive) -> None:
    base = surgeon(TUESDAY.date())
    lead = arrive(but(base, referrer={**base["referrer"], "role": "school"}))
    page = closed(dana, lead)
    assert "only with the patient's authorization" in page
    assert f"Say only: the referral of Tue Nov 24, our reference L-{lead.number}, has arrived" in page
    assert "written authorization to tell them: closed, because the patient or family declined" in page
    assert "Say: the referral" not in page
    assert ends(dana, lead, "not_told") == 303 and not to_tell(lead)


@pytest.mark.parametrize(
    ("changes", "how"),
    [({"updates_by": "none"}, "patient_declined"), ({"phone": None}, "patient_declined"), ({}, "duplicate")],
)
def test_who_wants_nothing_or_cannot_be_reached_is_nobodys_task(
    dana: Client, arrive: Arrive, changes: dict[str, Any], how: str
) -> None:
    base = surgeon(TUESDAY.date())
    lead = arrive(but(base, referrer={**base["referrer"], **changes}))
    closed(dana, lead, how)
    assert not to_tell(lead)


def reached(dana: Client, lead: Lead, result: str, **more: str) -> None:
    task = Task.objects.filter(lead=lead, status="open").exclude(kind="tell_partner").order_by("due_at")[0]
    assert dana.post(f"/tasks/{task.id}/done", {"result": result, **more}).status_code == 303


def test_that_the_visit_is_agreed_is_told_once_and_that_it_took_place_again(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    assert not to_tell(lead), "that it arrived is no call"
    reached(dana, lead, "reached_booked")
    page = shown(dana, lead)
    assert "A first visit is agreed: tell whoever referred" in page
    assert f"our reference L-{lead.number}: the first visit is agreed." in page
    assert ends(dana, lead, "told_referrer") == 303 and not to_tell(lead)
    assert "the first evaluation has taken place" in closed(dana, lead, "evaluated")
    assert len(to_tell(lead)) == 1


def test_nobody_is_told_of_a_visit_that_was_called_off_before_the_call(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    reached(dana, lead, "reached_booked")
    assert len(to_tell(lead)) == 1
    reached(dana, lead, "reached_declined", why="time")
    assert not to_tell(lead)


def test_a_call_that_waits_when_the_lead_closes_tells_how_it_ended(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    reached(dana, lead, "reached_booked")
    page = closed(dana, lead)
    assert len(to_tell(lead)) == 1
    assert "because the patient or family declined" in page and "the first visit is agreed" not in page


def test_whoever_has_e_mail_gets_the_letter_and_no_call(dana: Client, arrive: Arrive) -> None:
    base = surgeon(TUESDAY.date())
    lead = arrive(but(base, referrer={**base["referrer"], "email": "office@mendota.example.org"}))
    reached(dana, lead, "reached_booked")
    assert not to_tell(lead)
    assert Task.objects.filter(lead=lead, kind="propose_partner_status", status="open").exists()
