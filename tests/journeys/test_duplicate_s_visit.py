"""A lead closed as a duplicate keeps its visit: it is cancelled, reminded of and asked about like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_called_off_by_us import BY_PHONE, booked, called, snow
from tests.journeys.test_treatment_letters import course, files, together, words_of
from tests.journeys.test_visit_letters import letters
from tests.mail import Mailbox
from tests.people import FAMILY, TUESDAY

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead
from firstvisit.messages.models import Message
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment, Claim
from firstvisit.steps.booking.tests.slots import WANT, resource, slot

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Move = Callable[[datetime], None]


@pytest.fixture
def mei(browser: Callable[[str], Client]) -> Client:
    """The manager's browser."""
    return browser("mei")


def close(desk: Client, lead: Lead) -> None:
    said = {"how": "duplicate", "reason": "Twice"}
    assert desk.post(f"/leads/L-{lead.number}/close", said).status_code == 303


@pytest.fixture
def visit(arrive: Arrive, tuesday: datetime, dana: Client) -> Appointment:
    """A visit on Tuesday in two weeks at one, of a lead that is closed as a duplicate."""
    lead = arrive(FAMILY)
    starts = TUESDAY + timedelta(days=14, hours=3)
    row = claims.book(slot(starts, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    Message.objects.filter(lead=lead).delete()
    close(dana, lead)
    return row


def page_of(visit: Appointment) -> str:
    return f"/leads/L-{visit.lead.number}/visit"


def test_its_page_says_that_it_stays_and_offers_no_link_to_choose(visit: Appointment, dana: Client) -> None:
    assert f'href="{page_of(visit)}"' in dana.get(f"/leads/L-{visit.lead.number}").content.decode()
    html = unescape(dana.get(page_of(visit)).content.decode())
    assert "its visit stays until somebody moves or cancels it" in html and "Send a link" not in html


def test_the_desk_cancels_it_and_the_letter_offers_no_other_time(visit: Appointment, dana: Client) -> None:
    said = {"do": "cancel", "visit": visit.id, "shown": visit.sequence, "why": "cannot_then"}
    assert dana.post(page_of(visit), said).status_code == 303
    visit.refresh_from_db()
    assert visit.status == "cancelled" and not Claim.objects.filter(appointment=visit).exists()
    letter = Message.objects.get(lead=visit.lead, template="visit_cancelled")
    jobs.sweep()
    letter.refresh_from_db()
    assert letter.status in ("wanted", "sent")
    assert "Book" not in dana.get(page_of(visit)).content.decode().split("<main")[1].split("Before")[0]


def test_it_is_reminded_of_and_asked_about_once_it_is_over(
    visit: Appointment, dana: Client, set_clock: Move
) -> None:
    set_clock(visit.starts_at - timedelta(days=2, hours=1))
    advance([visit.lead_id])
    set_clock(visit.starts_at - timedelta(days=1, hours=1))
    advance([visit.lead_id])
    assert Message.objects.filter(lead=visit.lead, template="visit_reminder").exists()
    set_clock(visit.ends_at + timedelta(days=1))
    assert f"/visits/unanswered/{visit.id}" in dana.get("/visits/unanswered").content.decode()
    assert dana.post(f"/visits/unanswered/{visit.id}", {"do": "missed"}).status_code == 303
    visit.refresh_from_db()
    assert visit.status == "missed" and Event.objects.filter(lead=visit.lead, name="visit_missed").exists()


def test_the_desk_moves_it_and_the_letter_says_the_new_time(arrive: Arrive, tuesday: datetime, dana: Client) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    close(dana, lead)
    row = Appointment.objects.get(lead=lead)
    before, slot = row.starts_at, tokens(page(dana, lead))[0]
    assert press(dana, lead, "move", visit=str(row.id), shown=str(row.sequence), slot=slot) == 303
    row.refresh_from_db()
    assert (row.status, row.sequence) == ("booked", 1) and row.starts_at != before
    assert Message.objects.filter(lead=lead, template="visit_moved").exists()
    assert Event.objects.filter(lead=lead, name="visit_moved").exists()


def test_a_visit_that_no_longer_fits_is_called_off_like_any_other(
    visit: Appointment, mei: Client, mailbox: Mailbox
) -> None:
    html = snow(mei, visit)
    assert f"Called off in writing: L-{visit.lead.number}. The lead is closed as a duplicate" in html
    visit.refresh_from_db()
    assert (visit.status, visit.why) == ("cancelled", "site_closed")
    jobs.sweep()
    (mail,) = letters(mailbox, "your visit on")
    assert "no other time is offered in it" in words_of(mail)
    assert [method for method, _ in files(mail)] == ["CANCEL"] and "call_called_off" not in kinds(visit.lead)


def test_whom_no_letter_reaches_is_called_of_it(arrive: Arrive, tuesday: datetime, dana: Client, mei: Client) -> None:
    lead = arrive(BY_PHONE)
    row = booked(lead, timedelta(days=9))
    close(dana, lead)
    html = snow(mei, row)
    assert f"no letter reaches them: L-{lead.number}. A task to call and tell them stands on the lead" in html
    assert dana.post(f"/tasks/{called(lead).id}/done", {"result": "told"}).status_code == 303
    assert "call_called_off" not in kinds(lead)


def test_its_treatment_is_called_off_in_writing_and_offered_again(
    arrive: Arrive, tuesday: datetime, dana: Client, mei: Client, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    together(dana, lead)
    close(dana, lead)
    first, *_ = course(lead)
    html = snow(mei, first)
    assert f"In treatment: L-{lead.number}. A task to call stands on the lead." in html
    first.refresh_from_db()
    assert first.status == "cancelled" and {row.status for row in course(lead)} == {"cancelled", "booked"}
    jobs.sweep()
    (mail,) = letters(mailbox, "cancelled, beginning on")
    assert [method for method, _ in files(mail)] == ["CANCEL"] and "offer_again" in kinds(lead)
