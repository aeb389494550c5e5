"""A family is written of its treatment: booked, moved, called off, each in one letter, with every visit as a calendar
reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from tests.journeys.test_booking import page, press, tokens
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.journeys.test_visit_letters import letters
from tests.mail import Mailbox
from tests.people import FAMILY, but

from firstvisit.journey import jobs, own_visit
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.steps.booking.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Arrive = Callable[[Any], Lead]


def course(lead: Lead) -> list[Appointment]:
    return list(Appointment.objects.filter(lead=lead, service="treatment").order_by("starts_at"))


def together(desk: Client, lead: Lead) -> None:
    """The first visit and three weeks of treatment, twice a week, in one press."""
    token = pattern(treatment(desk, lead, slot=tokens(page(desk, lead))[0], a_week="2", weeks="3"))
    assert book(desk, lead, token).status_code == 303
    jobs.sweep()


def files(mail: Any) -> list[tuple[str, list[Any]]]:
    """Each file of a letter: its method, and its events."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [
        (part.get_param("method"), Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")) for part in parts
    ]


def words_of(mail: Any) -> str:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    return str(part.get_payload(decode=True).decode()).replace("\r\n", "\n")


def test_the_letter_of_the_first_visit_says_what_follows_it_and_brings_every_visit(
    arrive: Arrive, dana: Client, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    (mail,) = letters(mailbox, "your visit on")
    said = words_of(mail)
    assert "Afterwards:\n\n" in said and "Central time, from " in said and ": 6 visits" in said
    ((method, events),) = files(mail)
    rows = Appointment.objects.filter(lead=lead)
    assert method == "PUBLISH" and {str(each["UID"]) for each in events} == {str(row.id) for row in rows}
    assert len(events) == 7 and not letters(mailbox, "your visits from"), "one letter says it all"
    for word in ("Mirabelle", "language", "speech", "SLP", "treatment", "Lindqvist"):
        assert word not in said and not any(word in str(each["SUMMARY"]) for each in events), word


def test_an_evaluation_whose_end_nobody_has_noted_has_its_treatment_told_no_second_time(
    arrive: Arrive, dana: Client, mailbox: Mailbox, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    set_clock(Appointment.objects.get(lead=lead, service="evaluation").ends_at + timedelta(days=1))
    jobs.sweep()
    jobs.sweep()
    assert len(letters(mailbox, "your visit on")) == 1 and not letters(mailbox, "your visits from")


def test_treatment_booked_later_has_one_letter_of_its_own(arrive: Arrive, dana: Client, mailbox: Mailbox) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    jobs.sweep()
    assert "Afterwards" not in words_of(letters(mailbox, "your visit on")[0])
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="4"))).status_code == 303
    jobs.sweep()
    (mail,) = letters(mailbox, "your visits from")
    assert ": 4 visits" in words_of(mail) and "/book/" in words_of(mail)
    ((method, events),) = files(mail)
    assert method == "PUBLISH" and [str(each["UID"]) for each in events] == [str(row.id) for row in course(lead)]
    jobs.sweep()
    assert len(letters(mailbox, "your visit")) == 2, "said once"


def test_all_called_off_with_the_first_visit_is_one_letter_with_a_file_for_each(
    arrive: Arrive, dana: Client, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    first = Appointment.objects.get(lead=lead, service="evaluation")
    assert press(dana, lead, "cancel", visit=str(first.id), why="ill") == 303
    jobs.sweep()
    (mail,) = letters(mailbox, "cancelled")
    assert "Cancelled as well is what was to follow it:\n\n" in words_of(mail) and ": 6 visits" in words_of(mail)
    gone = files(mail)
    assert [method for method, _ in gone] == ["CANCEL"] * 7
    assert {str(event["UID"]) for _, (event,) in gone} == {str(row.id) for row in (first, *course(lead))}
    assert {str(event["STATUS"]) for _, (event,) in gone} == {"CANCELLED"}


def test_what_was_kept_of_a_letter_that_never_left_is_said_in_another(arrive: Arrive, dana: Client) -> None:
    lead = arrive(FAMILY)
    token = pattern(treatment(dana, lead, slot=tokens(page(dana, lead))[0], a_week="2", weeks="3"))
    assert book(dana, lead, token).status_code == 303
    first = Appointment.objects.get(lead=lead, service="evaluation")
    assert press(dana, lead, "cancel", visit=str(first.id), why="ill", treatment="keep") == 303
    wanted = Message.objects.filter(lead=lead, purpose="appointment", status="wanted")
    assert {each.template for each in wanted} == {"visit_cancelled", "treatment_booked"}


def test_whoever_reads_spanish_reads_the_pattern_in_spanish(arrive: Arrive, dana: Client, mailbox: Mailbox) -> None:
    lead = arrive(but(FAMILY, patient__language="Spanish"))
    together(dana, lead)
    said = mailbox.text()
    assert "Después:\n\nlos " in said and ": 6 visitas" in said and "Afterwards:" in said


def test_the_familys_page_lists_them_and_gives_them_to_its_calendar(arrive: Arrive, dana: Client) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert ": 6 visits" not in family.get(link).content.decode(), "nothing before the birth date"
    assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
    html = family.get(link).content.decode()
    assert "Visits after it" in html and ": 6 visits" in html and html.count("/later/") == 6
    events = Calendar.from_ical(family.get(f"{link}/visit.ics").content).walk("VEVENT")
    assert {str(each["UID"]) for each in events} == {str(row.id) for row in Appointment.objects.filter(lead=lead)}
    assert family.post(f"{link}/cancel", {"why": "better"}).status_code == 303
    gone = Calendar.from_ical(family.get(f"{link}/visit.ics").content)
    assert len(gone.walk("VEVENT")) == 7 and {str(each["STATUS"]) for each in gone.walk("VEVENT")} == {"CANCELLED"}


def test_after_the_evaluation_the_familys_page_shows_what_is_still_to_come(
    arrive: Arrive, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    first = Appointment.objects.get(lead=lead, service="evaluation")
    Appointment.objects.filter(id=first.id).update(status="completed")
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), closed_how="evaluated")
    set_clock(course(lead)[1].starts_at)
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
    html = family.get(link).content.decode()
    assert "Your visits" in html and ": 5 visits" in html and html.count("/later/") == 5
    assert len(Calendar.from_ical(family.get(f"{link}/visit.ics").content).walk("VEVENT")) == 5


def test_the_timeline_says_the_pattern_its_days_and_how_many(arrive: Arrive, dana: Client) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    html = dana.get(f"/leads/L-{lead.number}").content.decode()
    line = html[html.index("Treatment booked: ") :]
    assert "Central time, from " in line[:200] and ": 6 visits, " in line[:200]
