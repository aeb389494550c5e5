"""A ready action under "propose": shown on the lead, pressed by a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.journey.queries import answered_proposals
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task, UndoStep
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


@pytest.mark.parametrize("said", ["accepted", "not_this_time"])
def test_an_answer_is_undone_while_nothing_has_left(proposed: Lead, signed_in: SignIn, said: str) -> None:
    browser, task = signed_in("dana"), receipt_task(proposed)
    to = browser.post(f"/tasks/{task.id}/answer", {"answer": said})["Location"]
    assert "Proposal answered: L-" in browser.get(to).content.decode()
    jobs.send_wanted()
    assert not Message.objects.filter(lead=proposed, status="sent").exists()
    assert browser.post(f"/undo/{UndoStep.objects.get().id}").status_code == 303
    task.refresh_from_db()
    assert (task.status, task.result) == ("open", "")
    clock.move(timedelta(seconds=11))
    jobs.send_wanted()
    assert not Message.objects.filter(lead=proposed).exclude(status="withdrawn").exists()


def test_undone_and_pressed_again_it_is_wanted_once(proposed: Lead, signed_in: SignIn) -> None:
    browser, task = signed_in("dana"), receipt_task(proposed)
    browser.post(f"/tasks/{task.id}/answer", {"answer": "accepted"})
    browser.post(f"/undo/{UndoStep.objects.get().id}")
    assert browser.post(f"/tasks/{task.id}/answer", {"answer": "accepted"}).status_code == 303
    assert Message.objects.filter(lead=proposed, status="wanted").count() == 1


CHANGED = {"answer": "accepted_changed", "subject": "We have your request", "message": "Hello Rosa, we call tonight."}


def test_its_words_are_read_and_changed_and_what_was_written_waits_sealed(proposed: Lead, signed_in: SignIn) -> None:
    browser, task = signed_in("dana"), receipt_task(proposed)
    page = browser.get(f"/leads/L-{proposed.number}").content.decode()
    assert "your request has arrived at Cedar Street Therapy" in page
    assert "To stop e-mail from us" not in page, "the foot is not for changing"
    assert browser.post(f"/tasks/{task.id}/answer", {"task": str(task.id), **CHANGED}).status_code == 303
    waiting = Message.objects.get(lead=proposed)
    assert (waiting.status, b"we call tonight" in bytes(waiting.words or b"")) == ("wanted", False)
    task.refresh_from_db()
    assert task.result == "accepted_changed"
    assert answered_proposals()["receipt"] == (0, 1)


@pytest.mark.parametrize(("field", "text"), [("subject", " "), ("message", ""), ("message", "x" * 3001)])
def test_what_cannot_be_sent_is_named_and_what_was_typed_stays(
    proposed: Lead, signed_in: SignIn, field: str, text: str
) -> None:
    browser, task = signed_in("dana"), receipt_task(proposed)
    answer = browser.post(f"/tasks/{task.id}/answer", {"task": str(task.id), **CHANGED, field: text})
    assert answer.status_code == 422
    kept = "We have your request" if field == "message" else "we call tonight"
    assert kept in answer.content.decode()
    assert receipt_task(proposed).status == "open"
    assert not Message.objects.filter(lead=proposed).exists()


def test_undone_and_accepted_as_it_stood_the_changed_words_are_gone(proposed: Lead, signed_in: SignIn) -> None:
    browser, task = signed_in("dana"), receipt_task(proposed)
    browser.post(f"/tasks/{task.id}/answer", {"task": str(task.id), **CHANGED})
    browser.post(f"/undo/{UndoStep.objects.get().id}")
    browser.post(f"/tasks/{task.id}/answer", {"answer": "accepted"})
    assert Message.objects.get(lead=proposed, status="wanted").words is None


def test_who_may_not_see_names_reads_no_words(proposed: Lead, signed_in: SignIn) -> None:
    page = signed_in("auditor").get(f"/leads/L-{proposed.number}").content.decode()
    assert "has arrived at" not in page and "Read or change" not in page
