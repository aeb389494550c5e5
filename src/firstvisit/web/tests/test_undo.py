"""What was done on screen can be undone for ten seconds, and then stands exactly as before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Ruling, Task, UndoStep
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db


def standing(lead: Lead) -> dict[str, Any]:
    """All that a person sees of where a lead stands."""
    fresh = Lead.objects.get(id=lead.id)
    return {
        "lead": (fresh.stage, fresh.outcome, fresh.owner_user_id, fresh.owner_queue_id, fresh.closed_at,
                 fresh.first_tried_at, fresh.first_reached_at),
        "tasks": sorted(Task.objects.filter(lead=lead, status="open").values_list("id", "due_at", "snoozed_until",
                                                                                  "owner_user", "owner_queue")),
        "rulings": sorted(Ruling.objects.filter(lead=lead, withdrawn_at__isnull=True).values_list("id", flat=True)),
        "messages": sorted(Message.objects.filter(lead=lead, status="wanted").values_list("id", "wanted_at")),
    }  # fmt: skip


def act(browser: Client, lead: Lead, verb: str, **said: str) -> str:
    """Do a verb; the address of the page that follows."""
    if verb in ("done", "snooze"):
        task = Task.objects.filter(lead=lead, status="open").order_by("due_at").first()
        assert task is not None
        answer = browser.post(f"/tasks/{task.id}/{verb}", said)
    else:
        answer = browser.post(f"/leads/L-{lead.number}/{verb}", said)
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


def step() -> str:
    return f"/undo/{UndoStep.objects.latest('at').id}"


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("take", {}),
        ("overrule", {"outcome": "waitlist", "reason": "full until May"}),
        ("do-not-contact", {"reason": "asked us to stop"}),
        ("close", {"how": "patient_declined", "reason": "went elsewhere"}),
        ("done", {"result": "no_answer"}),
        ("done", {"result": "left_vm", "words": "told the machine"}),
        ("snooze", {"until": "2030-01-01T00:00+00:00"}),
    ],
)
def test_undone_it_stands_exactly_as_before(
    signed_in: SignIn, arrive: Arrive, verb: str, said: dict[str, str]
) -> None:
    if "until" in said:
        said = {"until": (clock.now() + timedelta(days=2)).isoformat(timespec="minutes")}
    lead = arrive(email="rosa@example.org", may_email="yes")
    browser = signed_in("dana")
    before = standing(lead)
    page = browser.get(act(browser, lead, verb, **said)).content.decode()
    assert "Undo" in page
    assert standing(lead) != before
    assert browser.post(step()).status_code == 303
    assert standing(lead) == before
    assert Event.objects.filter(lead=lead, name="undone").count() == 1


def test_an_overruling_that_replaced_another_gives_the_other_back(signed_in: SignIn, arrive: Arrive) -> None:
    lead, browser = arrive(), signed_in("dana")
    act(browser, lead, "overrule", outcome="waitlist", reason="full")
    clock.move(timedelta(minutes=1))
    before = standing(lead)
    act(browser, lead, "overrule", outcome="nurture", reason="later")
    browser.post(step())
    assert standing(lead) == before
    assert Lead.objects.get().outcome == "waitlist"


def test_after_ten_seconds_it_stands(signed_in: SignIn, arrive: Arrive) -> None:
    lead, browser = arrive(), signed_in("dana")
    to = act(browser, lead, "close", how="patient_declined", reason="went elsewhere")
    clock.move(timedelta(seconds=11))
    assert "Undo" not in browser.get(to).content.decode()
    answer = browser.post(step())
    assert answer.status_code == 409
    assert "too late" in answer.content.decode()
    assert Lead.objects.get().closed_at is not None


def test_undone_twice_is_undone_once(signed_in: SignIn, arrive: Arrive) -> None:
    lead, browser = arrive(), signed_in("dana")
    act(browser, lead, "take")
    assert browser.post(step()).status_code == 303
    assert browser.post(step()).status_code == 409


def test_only_whoever_did_it_undoes_it(signed_in: SignIn, arrive: Arrive) -> None:
    lead = arrive()
    act(signed_in("dana"), lead, "take")
    assert signed_in("ruth").post(step()).status_code == 404


def test_what_somebody_did_since_is_not_undone(
    signed_in: SignIn, arrive: Arrive, account: Callable[[str], User]
) -> None:
    lead, browser = arrive(), signed_in("dana")
    act(browser, lead, "overrule", outcome="waitlist", reason="full")
    first = step()
    act(browser, lead, "take")
    assert browser.post(first).status_code == 409
    assert Lead.objects.get().owner_user == account("dana")


def test_no_message_leaves_while_it_can_be_undone(signed_in: SignIn, arrive: Arrive) -> None:
    lead, browser = arrive(email="rosa@example.org", may_email="yes"), signed_in("dana")
    Message.objects.filter(lead=lead).update(status="sent", ended_at=clock.now())
    act(browser, lead, "close", how="patient_declined", reason="a slip")
    act(browser, lead, "reopen", reason="a slip")
    caused = Message.objects.filter(lead=lead, status="wanted")
    assert all(message.wanted_at > clock.now() for message in caused)
    known = set(caused.values_list("id", flat=True))
    browser.post(step())
    assert not Message.objects.filter(id__in=known, status="wanted").exists()


def test_old_steps_are_forgotten(signed_in: SignIn, arrive: Arrive) -> None:
    act(signed_in("dana"), arrive(), "take")
    clock.move(timedelta(days=2))
    jobs.housekeeping()
    assert not UndoStep.objects.exists()
