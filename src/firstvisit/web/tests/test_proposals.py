"""A ready action under "propose": shown on the lead, pressed by a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firstvisit.journey.services import advance
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice import queries, services
from firstvisit.practice.models import User
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(arrive: Arrive, account: Callable[[str], User]) -> Lead:
    """A lead whose receipt waits for a person."""
    sections = queries.live_policy().as_json()
    sections["switches"]["receipt"] = "propose"
    services.publish_policy(
        sections, note="ask first", drafted_by=account("mei"), signed_by=account("ruth")
    )
    return arrive(email="rosa.delgado@example.org", may_email="yes")


def receipt_task(lead: Lead) -> Task:
    return Task.objects.get(lead=lead, kind="propose_receipt")


def answer(signed_in: SignIn, lead: Lead, said: str) -> int:
    return int(
        signed_in("dana").post(f"/tasks/{receipt_task(lead).id}/answer", {"answer": said}).status_code
    )


def test_nothing_leaves_before_somebody_presses(proposed: Lead, signed_in: SignIn) -> None:
    shown = signed_in("dana").get(f"/leads/L-{proposed.number}").content.decode()
    assert "Approve: receipt" in shown and "Go on as proposed" in shown
    assert not Message.objects.filter(lead=proposed).exists()


def test_pressed_it_is_wanted_once(proposed: Lead, signed_in: SignIn) -> None:
    assert answer(signed_in, proposed, "accepted") == 303
    advance([proposed.id])
    assert [m.status for m in Message.objects.filter(lead=proposed)] == ["wanted"]
    assert Event.objects.filter(lead=proposed, name="proposal_answered").count() == 1
    assert answer(signed_in, proposed, "accepted") == 409


def test_not_this_time_is_remembered(proposed: Lead, signed_in: SignIn) -> None:
    assert answer(signed_in, proposed, "not_this_time") == 303
    advance([proposed.id])
    assert not Message.objects.filter(lead=proposed).exists()
    assert not Task.objects.filter(lead=proposed, kind="propose_receipt", status="open").exists()


@pytest.mark.parametrize("said", ["", "maybe"])
def test_another_answer_is_refused(proposed: Lead, signed_in: SignIn, said: str) -> None:
    assert answer(signed_in, proposed, said) == 422
    assert receipt_task(proposed).status == "open"


def test_it_is_no_try_to_reach_them(proposed: Lead, signed_in: SignIn) -> None:
    task = receipt_task(proposed)
    done = signed_in("dana").post(f"/tasks/{task.id}/done", {"result": "no_answer"})
    assert done.status_code == 422
