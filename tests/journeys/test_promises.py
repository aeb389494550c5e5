"""By when somebody answers: page and receipt say the same moment, in the site's zone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FIRST_STEP, MADISON, SECOND_STEP

from firstvisit.journey import jobs
from firstvisit.journey.plan.promised import promise, within
from firstvisit.journey.plan.wanted import Owner, WantedTask
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.moments import dated
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.queries import practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]
AT: Final = r"(?:Mon|Tue|Wed|Thu|Fri) [A-Z][a-z]{2} \d+, \d+:\d\d [ap]m \w+ time"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADISON)


def asked(first: dict[str, Any] | None = None, **changes: Any) -> str:
    """Both steps of the form; the words of the page at its end."""
    visitor = Client()
    answer = visitor.post("/request", {**FIRST_STEP, **(first or {}), "token": f"{Lead.objects.count():032d}"})
    said = {**SECOND_STEP, "timing": "asap", "token": f"b{Lead.objects.count():031d}", **changes}
    shown = visitor.get(visitor.post(answer["Location"], said)["Location"])
    return html.unescape(shown.content.decode())


@pytest.mark.parametrize(
    ("when", "zip", "zone"),
    [
        (datetime(2026, 11, 24, 10, 0, tzinfo=MADISON), "53713", "Central time"),
        (datetime(2026, 11, 24, 23, 0, tzinfo=MADISON), "53713", "Central time"),
        (datetime(2026, 11, 28, 12, 0, tzinfo=MADISON), "49855", "Eastern time"),
    ],
)
def test_page_and_receipt_say_one_moment(
    set_clock: Callable[[datetime], None], mailbox: Mailbox, when: datetime, zip: str, zone: str
) -> None:
    set_clock(when)
    page = asked(zip=zip)
    jobs.sweep()
    said = re.search(rf"calls or writes to you ((?:within [^:]+: )?by {AT})\.", page)
    assert said is not None and f"calls or writes to you {said[1]}." in mailbox.text().replace("\r\n", "\n")
    task, lead = Task.objects.get(status="open", kind__startswith="call"), Lead.objects.get()
    assert said[1].endswith(f"by {dated(task.due_at, practice().sites[lead.site])}") and said[1].endswith(zone)


@pytest.mark.parametrize(
    ("due", "now", "by", "minutes"),
    [
        ("2026-11-24T10:30", "2026-11-24T10:00", "2026-11-24T10:30", 30),
        ("2026-11-24T10:15", "2026-11-24T10:00", "2026-11-24T10:15", 30),
        ("2027-03-01T09:00", "2026-11-24T10:00", "2027-03-01T09:00", None),
        ("2026-11-23T09:00", "2026-11-24T10:00", "2026-11-24T10:30", 30),
        ("2026-11-23T09:00", "2026-11-24T17:20", "2026-11-25T08:20", None),
    ],
)
def test_what_is_promised_is_the_clock_of_the_next_thing_and_never_the_past(
    due: str, now: str, by: str, minutes: int | None
) -> None:
    """A request of ten o'clock, by when its next thing is due and when the promise is made."""
    site = read_folder(SAMPLE).practice(1).sites["madison"]
    task = WantedTask("key", "call_to_book", "", Owner(), at(due), 30)
    promised = promise([task], at("2026-11-24T10:00"), site, at(now), minutes=120).by
    assert promised == at(by) and within(promised, at("2026-11-24T10:00"), 30, site) == minutes


def test_a_second_request_of_somebody_who_waits_too_long_is_not_promised_the_past(
    tuesday: datetime, mailbox: Mailbox
) -> None:
    asked()
    clock.move(datetime(2026, 11, 25, 16, 0, tzinfo=MADISON) - clock.now())
    jobs.sweep()
    page = asked(concern="Did you get what we sent?")
    said = re.search(rf"by {AT}", page)
    assert said is not None and said[0].startswith("by Wed Nov 25, 4:")
