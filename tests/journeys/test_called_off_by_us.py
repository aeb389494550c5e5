"""A visit that is no more by our doing: each family hears of it before it sets out, by letter or by a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_treatment_letters import course, files, together, words_of
from tests.journeys.test_visit_letters import letters
from tests.mail import Mailbox, always
from tests.people import FAMILY, UNSURE, but

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking.closed import settle_closed
from firstvisit.journey.desk import seen
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment, Change
from firstvisit.steps.booking.supply import raise_revision
from firstvisit.steps.booking.tests.slots import WANT, resource, slot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Arrive = Callable[[Any], Lead]
BY_PHONE = but(FAMILY, consents=[])
KIND = "call_called_off"


@pytest.fixture
def mei(browser: Callable[[str], Client]) -> Client:
    """The manager's browser."""
    return browser("mei")


def booked(lead: Lead, ahead: timedelta = timedelta(days=1)) -> Appointment:
    want = WANT._replace(discipline="SLP")
    row = claims.book(slot(clock.now() + ahead, resource("lucia_herrera")), lead, want, made_by="desk", now=clock.now())
    advance([lead.id])
    return row


def snow(manager: Client, *rows: Appointment) -> str:
    """The site is closed on the days of these visits, and they are called off: what the page then says."""
    for day in {row.starts_at.date().isoformat() for row in rows}:
        said = {"site": "madison", "why": "weather", "first_day": day, "last_day": day}
        assert manager.post("/supply/close", said).status_code == 303
    answer = manager.post("/supply/unfit", {"visit": [str(row.id) for row in rows]})
    assert answer.status_code == 303
    return manager.get(answer.headers["Location"]).content.decode()


def called(lead: Lead) -> Task:
    return Task.objects.get(lead=lead, kind=KIND, status="open")


def test_of_each_family_the_page_says_whether_a_letter_goes_or_somebody_calls(
    arrive: Arrive, mei: Client, tuesday: datetime
) -> None:
    written, rung = arrive(FAMILY), arrive(but(BY_PHONE, patient__first_name="Isolde", contact__phone="+16085550144"))
    unsure = arrive(but(UNSURE, consents=[]))
    rows = [booked(written), booked(rung, timedelta(days=1, hours=2)), booked(unsure, timedelta(hours=4))]
    html = snow(mei, *rows)
    assert f"new times are offered: L-{written.number}." in html
    assert f"Called off, and no letter reaches them: L-{rung.number}. A task to call and tell them stands" in html
    assert f"no time is there to offer them, and no letter reaches them: L-{unsure.number}. A task to call" in html
    assert KIND not in kinds(written) and Message.objects.filter(lead=written, template="visit_cancelled").exists()
    assert "We called off their visit of" in called(rung).reason and "call and tell them" in called(rung).reason
    assert "call_to_book" not in kinds(unsure), "one answer is to be asked first, and all the same they are told"
    assert called(unsure).due_at < called(rung).due_at, "the soonest visit first"
    assert called(unsure).due_at < rows[2].starts_at
    today = mei.get("/today").content.decode()
    assert "Call: their visit is called off" in today


def test_it_is_done_once_they_were_told(arrive: Arrive, dana: Client, mei: Client) -> None:
    lead = arrive(BY_PHONE)
    snow(mei, booked(lead))
    assert dana.post(f"/tasks/{called(lead).id}/done", {"result": "told"}).status_code == 303
    assert KIND not in kinds(lead)
    assert "call_to_book" in kinds(lead), "another visit is still to be booked"


def test_a_letter_that_their_mail_server_refuses_leaves_one_call(
    arrive: Arrive, dana: Client, mei: Client, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    row = booked(lead, timedelta(days=3))
    jobs.sweep()
    mailbox.at_recipient = always("550 No such user here")
    snow(mei, row)
    for _ in range(2):
        jobs.sweep()
    assert Message.objects.get(lead=lead, template="visit_cancelled").status == "refused"
    assert KIND in kinds(lead) and "message_refused" not in kinds(lead)
    assert dana.post(f"/tasks/{called(lead).id}/done", {"result": "told"}).status_code == 303
    assert not {KIND, "message_refused"} & set(kinds(lead))


def test_what_nobody_told_them_in_time_goes_to_somebody_who_is_there(
    arrive: Arrive, mei: Client, staff: Callable[[str], User], set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(BY_PHONE)
    snow(mei, booked(lead, timedelta(minutes=75)))
    others = Task.objects.filter(lead=lead, status="open").exclude(kind=KIND)
    assert called(lead).due_at < min(others.values_list("due_at", flat=True)), "before they set out"
    set_clock(called(lead).due_at + timedelta(minutes=1))
    seen(staff("dana"))
    jobs.sweep()
    lead.refresh_from_db()
    assert lead.owner_user == staff("dana") and "call: their visit is called off" in lead.owner_reason
    assert called(lead).owner_user == staff("dana") and called(lead).breached_at is not None


def close(desk: Client, lead: Lead, how: str = "at_capacity") -> None:
    assert desk.post(f"/leads/L-{lead.number}/close", {"how": how, "reason": "No room this year"}).status_code == 303


@pytest.fixture
def settled(set_clock: Callable[[datetime], None]) -> Callable[[], None]:
    """A moment after nobody can undo the closing."""

    def wait() -> None:
        set_clock(clock.now() + timedelta(minutes=1))
        settle_closed()
        jobs.sweep()

    return wait


def test_who_closes_a_lead_reads_before_that_a_visit_is_cancelled_and_the_family_is_written_to(
    arrive: Arrive, dana: Client, mailbox: Mailbox, settled: Callable[[], None]
) -> None:
    lead = arrive(FAMILY)
    assert "cancelled with the lead" not in dana.get(f"/leads/L-{lead.number}").content.decode()
    together(dana, lead)
    visits = [Appointment.objects.get(lead=lead, service="evaluation"), *course(lead)]
    assert "Booked, and cancelled with the lead: the visit of" in dana.get(f"/leads/L-{lead.number}").content.decode()
    close(dana, lead)
    settled()
    (mail,) = letters(mailbox, "cancelled, beginning on")
    said = words_of(mail)
    assert "your request with us is closed" in said
    assert "Choose another time" not in said and said.count("Central time") == len(visits)
    assert [method for method, _ in files(mail)] == ["CANCEL"] * len(visits)
    assert KIND not in kinds(lead)
    settled()
    assert len(letters(mailbox, "cancelled")) == 1


def test_where_no_letter_goes_somebody_calls_whose_lead_was_closed(
    arrive: Arrive, dana: Client, settled: Callable[[], None]
) -> None:
    lead = arrive(BY_PHONE)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    close(dana, lead)
    settled()
    task = called(lead)
    assert "because the lead was closed: call and tell them" in task.reason
    assert dana.post(f"/tasks/{task.id}/done", {"result": "told"}).status_code == 303
    assert KIND not in kinds(lead)


def test_nobody_is_called_of_a_death_or_of_what_they_asked_for(
    arrive: Arrive, dana: Client, settled: Callable[[], None]
) -> None:
    for how, name in (("deceased", "Isolde"), ("patient_declined", "Ludovica")):
        lead = arrive(but(BY_PHONE, patient__first_name=name))
        booked(lead, timedelta(days=9))
        close(dana, lead, how)
        settled()
        assert Appointment.objects.get(lead=lead).why == "lead_closed" and KIND not in kinds(lead)


def test_of_a_visit_that_cannot_be_no_reminder_leaves_until_it_fits_again(
    arrive: Arrive, dana: Client, mei: Client, mailbox: Mailbox, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    first, second = course(lead)[1:3]
    jobs.sweep()
    day = second.starts_at.date().isoformat()
    assert mei.post(
        "/supply/close", {"site": "madison", "why": "weather", "first_day": day, "last_day": day}
    ).status_code == 303
    set_clock(second.starts_at - timedelta(hours=20))
    jobs.sweep()
    said = [words_of(mail) for mail in letters(mailbox, "do you come on")]
    named = f"{second.starts_at:%b} {second.starts_at.day},"
    assert first.starts_at < second.starts_at and not any(named in words for words in said)
    Change.objects.filter(what="closed").delete()
    raise_revision()
    set_clock(clock.now() + timedelta(minutes=16))
    jobs.sweep()
    assert any(named in words_of(mail) for mail in letters(mailbox, "do you come on"))
