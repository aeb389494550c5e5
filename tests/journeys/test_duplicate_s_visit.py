"""A lead closed as a duplicate keeps its visit: it is cancelled, reminded of and asked about like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
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
Move = Callable[[datetime], None]


@pytest.fixture
def visit(arrive: Callable[[Any], Lead], tuesday: datetime, dana: Client) -> Appointment:
    """A visit on Tuesday in two weeks at one, of a lead that is closed as a duplicate."""
    lead = arrive(FAMILY)
    starts = TUESDAY + timedelta(days=14, hours=3)
    row = claims.book(slot(starts, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    Message.objects.filter(lead=lead).delete()
    closed = dana.post(f"/leads/L-{lead.number}/close", {"how": "duplicate", "reason": "Twice"})
    assert closed.status_code == 303
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
