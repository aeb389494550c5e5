"""Letters about a visit leave through the real outbox and reach a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from tests.mail import Mailbox
from tests.people import FAMILY, but

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
ODALYS = "odalys.quisenberry@example.org"
Arrive = Callable[[Any], Lead]


def booked(lead: Lead, starts: datetime) -> Appointment:
    row = claims.book(slot(starts, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    planned(lead)
    return row


def planned(lead: Lead) -> None:
    advance([lead.id])
    jobs.sweep()


def letters(mailbox: Mailbox, words: str) -> list[Any]:
    return [mail for mail in mailbox.to(ODALYS) if words in str(mail["Subject"])]


def calendar_of(mail: Any) -> Any:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return part.get_param("method"), event


def test_a_booked_visit_is_written_of_once_with_a_link_and_the_visit_for_a_calendar(
    arrive: Arrive, mailbox: Mailbox, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    row = booked(lead, tuesday + timedelta(days=6))
    planned(lead)
    (mail,) = letters(mailbox, "your visit on")
    method, event = calendar_of(mail)
    assert (method, str(event["UID"]), int(event["SEQUENCE"])) == ("PUBLISH", str(row.id), 0)
    assert event["DTSTART"].dt == row.starts_at and event["DTSTART"].params["TZID"] == "America/Chicago"
    assert event["ORGANIZER"].params["CN"] == "Cedar Street Therapy"
    said = mailbox.text()
    assert "/book/" in said and "Central time" in said and "birth date first" in said
    whole = said + mail.as_string() + str(event)
    for word in ("Mirabelle", "Quisenberry", "language", "speech", "SLP", "Lindqvist"):
        assert word not in whole.replace(ODALYS, ""), word


def test_a_moved_and_a_cancelled_visit_change_the_same_event(
    arrive: Arrive, mailbox: Mailbox, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    row = booked(lead, tuesday + timedelta(days=6))
    claims.move(row, slot(tuesday + timedelta(days=8), resource("anna_lindqvist")), now=clock.now())
    planned(lead)
    (moved,) = letters(mailbox, "is now on")
    claims.cancel(row, why="ill", now=clock.now())
    planned(lead)
    (gone,) = letters(mailbox, "is cancelled")
    (_, first), (method, last) = calendar_of(moved), calendar_of(gone)
    assert method == "CANCEL" and first["UID"] == last["UID"] == str(row.id)
    assert int(last["SEQUENCE"]) > int(first["SEQUENCE"]) == 1


def test_a_letter_that_waits_is_withdrawn_when_the_visit_is_moved(
    arrive: Arrive, mailbox: Mailbox, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    jobs.sweep()
    row = claims.book(
        slot(tuesday + timedelta(days=6), resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now()
    )
    advance([lead.id])
    claims.move(row, slot(tuesday + timedelta(days=8), resource("anna_lindqvist")), now=clock.now())
    planned(lead)
    assert Message.objects.get(template="visit_booked").status == "withdrawn"
    assert letters(mailbox, "your visit on") == [] and len(letters(mailbox, "is now on")) == 1


def test_reminders_leave_on_their_mornings_and_no_more_once_it_is_cancelled(
    arrive: Arrive, mailbox: Mailbox, tuesday: datetime, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(FAMILY)
    row = booked(lead, tuesday + timedelta(days=6))
    set_clock(tuesday + timedelta(days=3, hours=4))
    jobs.sweep()
    assert len(letters(mailbox, "do you come on")) == 1
    claims.cancel(row, why="ill", now=clock.now())
    set_clock(tuesday + timedelta(days=5, hours=4))
    planned(lead)
    assert len(letters(mailbox, "do you come on")) == 1


def test_a_spanish_reader_gets_both_until_somebody_signs_the_words(
    arrive: Arrive, mailbox: Mailbox, tuesday: datetime
) -> None:
    lead = arrive(but(FAMILY, patient__language="Spanish"))
    booked(lead, tuesday + timedelta(days=6))
    said = mailbox.text()
    assert "su visita está reservada" in said and "your visit is booked" in said and "hora del Centro" in said
