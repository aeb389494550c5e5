"""The only therapist leaves: the desk reads that nobody can treat then, and no family chooses such a time by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_nobody_left import call_off, leaves
from tests.journeys.test_treatment_together import treatment
from tests.people import FAMILY, TUESDAY

from firstvisit.journey import own_visit
from firstvisit.journey.booking.offering import has_times, offers
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.steps.booking.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Arrive = Callable[[Any], Lead]
TODAY = TUESDAY.date()


@pytest.fixture
def mei(browser: Callable[[str], Client]) -> Client:
    """The manager's browser."""
    return browser("mei")


def family(lead: Lead) -> tuple[Client, str]:
    """The family's browser, in which the birth date was given, and its link."""
    client, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    born = date.fromisoformat(FAMILY["patient"]["date_of_birth"])
    assert client.post(link, {"birth": f"{born:%m/%d/%Y}"}).status_code == 303
    return client, link


def listed(html: str) -> str:
    """The therapists of the list *With*."""
    return html[html.index('name="with"') : html.index("</select>", html.index('name="with"'))]


def test_the_desk_reads_that_nobody_can_treat_and_the_family_is_offered_no_such_time(
    arrive: Arrive, dana: Client, mei: Client
) -> None:
    lead = arrive(FAMILY)
    (slot, *_) = tokens(page(dana, lead))
    client, link = family(lead)
    before = tokens(client.get(link).content.decode())
    assert before and "can treat" not in page(dana, lead)
    (best,) = offers(lead, now=clock.now(), count=1, a_half_day=1).offers
    last = best.starts_at.date()
    leaves(mei, last, "lucia_herrera")
    html = page(dana, lead)
    assert f"Nobody here can treat them after {last:%a %b} {last.day}: say so" in html
    assert "Nobody here can treat after it" in html
    assert not tokens(client.get(link).content.decode()), "such a time is theirs only with a person"
    assert offers(lead, now=clock.now()).offers and not has_times(lead, now=clock.now()), "what a letter leads to"
    assert client.post(link, {"slot": unescape(before[0])}).status_code == 409, "a time of a page from before"
    assert not Appointment.objects.filter(lead=lead).exists()
    html = treatment(dana, lead, slot=slot)
    assert f"Nobody here can treat after {last:%a %b} {last.day}." in html and "Treatment is full" not in html
    assert press(dana, lead, "book", slot=slot) == 303, "a person may, and says so"


def test_supply_names_the_programs_in_which_nobody_can_treat_and_a_call_goes_before_a_letter(
    arrive: Arrive, dana: Client, mei: Client
) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[-1]) == 303
    row = Appointment.objects.get(lead=lead)
    assert "Nobody can treat in" not in mei.get("/supply").content.decode()
    last = row.starts_at.date() - timedelta(days=1)
    leaves(mei, last, "lucia_herrera")
    html = mei.get("/supply").content.decode()
    named = html[html.index("Nobody can treat in") :][:900]
    assert f"(SLP) at Cedar Street Therapy Madison, after {last:%a %b} {last.day}" in named
    leaves(mei, TODAY, "lucia_herrera")
    assert f"no time is there to offer them: L-{lead.number}." in call_off(mei, row)
    assert "find_somebody" in kinds(lead)
    assert not Message.objects.filter(lead=lead, template="visit_cancelled").exists()


def test_whoever_leaves_today_is_not_said_to_be_booked(arrive: Arrive, dana: Client, mei: Client) -> None:
    lead = arrive(FAMILY)
    leaves(mei, TODAY, "lucia_herrera")
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    html = page(dana, lead, **{"from": tomorrow})
    assert "The therapist who can do it has left by then" in html and "Lucia Herrera" not in listed(html)
    clock.move(timedelta(hours=5))  # three in the afternoon: no visit is long enough, or soon enough, any more
    html = page(dana, lead)
    assert "Whoever can do it leaves us, and has no time left until then" in html
    assert "booked through" not in html and "Lucia Herrera" not in listed(html)
