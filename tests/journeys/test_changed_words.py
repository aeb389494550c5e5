"""A proposed message in a person's own words: it leaves once, above the foot that nobody changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(practice: Any, staff: Callable[[str], User], arrive: Callable[[Any], Lead], tuesday: datetime) -> Task:
    """A receipt that waits for a person's press."""
    sections = live_policy().as_json()
    sections["switches"]["receipt"] = "propose"
    publish_policy(sections, note="ask first", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()
    return Task.objects.get(lead=arrive(FAMILY), kind="propose_receipt")


def test_it_leaves_in_the_words_that_were_written(
    proposed: Task, browser: Callable[[str], Client], mailbox: Mailbox
) -> None:
    said = {"answer": "accepted_changed", "subject": "We call tonight", "message": "Hello Odalys, we call at six."}
    assert browser("dana").post(f"/tasks/{proposed.id}/answer", {"task": proposed.id, **said}).status_code == 303
    jobs.send_wanted()
    assert mailbox.mails == [], "ten seconds to undo it"
    clock.move(timedelta(seconds=11))
    jobs.send_wanted()
    jobs.send_wanted()
    ((to, _),) = mailbox.mails
    assert to == "odalys.quisenberry@example.org"
    text = mailbox.text()
    assert text.startswith("We call tonight\nHello Odalys, we call at six.")
    assert "Rather talk?" in text and "To stop e-mail from us" in text
    assert "your request has arrived" not in text
    assert Message.objects.get().status == "sent"


def test_whoever_reads_the_words_reads_to_whom_they_go(proposed: Task, browser: Callable[[str], Client]) -> None:
    assert proposed.lead is not None
    page = browser("dana").get(f"/leads/L-{proposed.lead.number}").content.decode()
    words = page[page.index("Read or change the words") : page.index("Send in these words")]
    assert "To Odalys Quisenberry, o•••@example.org" in words
