"""By when somebody answers: page and receipt say the same moment, in the site's zone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FIRST_STEP, MADISON, SECOND_STEP

from firstvisit.journey import jobs, verbs
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import offering, visits
from firstvisit.journey.plan.promised import promise, within
from firstvisit.journey.plan.wanted import Owner, WantedTask
from firstvisit.journey.told import stands, told_by
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.moments import clock_time, dated
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy, practice
from firstvisit.practice.services import publish_policy

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
        ("2026-11-24T10:10", "2026-11-24T10:00", "2026-11-24T10:10", None),
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


def test_the_form_says_what_insurance_does_and_no_more(tuesday: datetime) -> None:
    visitor = Client()
    step2 = visitor.post("/request", {**FIRST_STEP, "token": "0" * 32})["Location"]
    page = html.unescape(visitor.get(step2).content.decode())
    assert "Some insurers must agree before a first visit" in page and "never changes how soon" not in page


def test_a_second_request_of_somebody_who_waits_too_long_is_not_promised_the_past(
    tuesday: datetime, mailbox: Mailbox
) -> None:
    asked()
    clock.move(datetime(2026, 11, 25, 16, 0, tzinfo=MADISON) - clock.now())
    jobs.sweep()
    page = asked(concern="Did you get what we sent?")
    said = re.search(rf"by {AT}", page)
    assert said is not None and said[0].startswith("by Wed Nov 25, 4:")


def by_the_form() -> tuple[Lead, datetime]:
    """Somebody who asked by the form, and by when the page said that they hear from us."""
    page = asked()
    lead = Lead.objects.get()
    due = Task.objects.get(lead=lead, status="open", kind__startswith="call").due_at
    assert dated(due, practice().sites[lead.site]) in page
    return lead, due


def book_from(points: int, staff: Callable[[str], User]) -> None:
    sections = live_policy().as_json()
    sections["qualify"]["high"] = points
    sections["routing"].update(urgent_minutes=60, high_intent_minutes=120, standard_minutes=240)
    publish_policy(sections, note="book later", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()


def first(lead: Lead) -> Task:
    return Task.objects.filter(lead=lead, status="open").earliest("due_at")


def test_what_was_promised_stands_when_rules_change_the_outcome_before_anybody_tried(
    tuesday: datetime, staff: Callable[[str], User], browser: Callable[[str], Client]
) -> None:
    lead, promised = by_the_form()
    before = Lead.objects.get().outcome
    book_from(100, staff)
    clock.move(timedelta(minutes=20))
    advance([lead.id])
    lead.refresh_from_db()
    assert lead.outcome != before and first(lead).due_at == promised
    said = f"They were told: somebody calls or writes by <b>{clock_time(promised, practice().sites[lead.site])}</b>"
    assert said in html.unescape(browser("dana").get(f"/leads/L-{lead.number}").content.decode())
    assert "Promised by Tue Nov 24, 10:" in browser("dana").get("/today").content.decode()


def test_what_was_promised_and_is_late_stays_late_in_another_setting_or_program(
    tuesday: datetime, staff: Callable[[str], User], browser: Callable[[str], Client]
) -> None:
    lead, promised = by_the_form()
    clock.move(timedelta(days=1))
    dana = browser("dana")
    said = {"setting": "home", "reason": "they asked"}
    assert dana.post(f"/leads/L-{lead.number}/setting", said).status_code == 303
    lead.refresh_from_db()
    assert lead.facts.setting == "home" and first(lead).due_at == promised
    assert "late" in html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def test_the_first_try_keeps_the_promise_and_the_clock_of_what_follows_is_its_own(
    tuesday: datetime, staff: Callable[[str], User], browser: Callable[[str], Client]
) -> None:
    lead, promised = by_the_form()
    task = Task.objects.select_related("lead").get(lead=lead, status="open", kind__startswith="call")
    verbs.finish(task, staff("dana"), actor=SYSTEM, result="no_answer")
    assert first(lead).due_at > promised
    assert "They were told" not in browser("dana").get(f"/leads/L-{lead.number}").content.decode()


def test_a_time_booked_by_themselves_keeps_the_promise(
    tuesday: datetime, browser: Callable[[str], Client]
) -> None:
    lead, promised = by_the_form()
    token = offering.offers(lead, now=clock.now()).offers[-1].token
    row = visits.book(lead, token, by=None, actor=SYSTEM, door="family")
    assert row.starts_at > promised and first(lead).kind == "await_visit" and first(lead).due_at == row.ends_at
    assert "They were told" not in browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    clock.move(timedelta(days=1))
    visits.cancel(row, why="ill", by=None, actor=SYSTEM)
    assert first(lead).due_at > clock.now()


def test_the_earliest_promise_stands_until_somebody_tries_after_it() -> None:
    at_ten, at_noon = at("2026-11-24T10:00"), at("2026-11-24T12:00")
    assert stands([(at_ten, at_noon), (at_ten, None)], []) == at_noon
    assert stands([(at_ten, at_noon)], [at_noon]) is None
    assert stands([(at_noon, at_noon)], [at_ten]) == at_noon


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("fax", {"by": "2026-11-24T12:00:00-06:00"}),
        ("form", None),
        ("form", {"by": None}),
        ("form", {"by": "2026-11-24T12:00:00-06:00", "again": True}),
        ("form", {"by": "2026-11-24T12:00:00-06:00", "others": ["L-1"]}),
    ],
)
def test_where_nobody_was_told_nothing_was_promised(source: str, answer: dict[str, Any] | None) -> None:
    assert told_by(source, answer, "L-1", mailed=True) is None
