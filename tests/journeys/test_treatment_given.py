"""Treatment keeps within the days for which the payer gave it; the desk may go beyond and reads how much does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_authorization import does, the
from tests.journeys.test_booking import page, press, tokens
from tests.journeys.test_groups import join, offered, opened
from tests.journeys.test_nobody_to_treat import family
from tests.journeys.test_one_treatment_visit import address, shown
from tests.journeys.test_treatment_decided import course, first
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.people import FAMILY

from firstvisit.journey.booking.offering import Named, moment, named_by
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.models import Appointment
from firstvisit.web.ui import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], dana: Client, tuesday: Any) -> Lead:
    """A first visit, after which treatment must be authorized."""
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    needed = {"therapy": "SLP", "said_by": "Kim at Northfield"}
    assert dana.post(f"/leads/L-{lead.number}/authorization-needed", needed).status_code == 303
    return lead


def given(dana: Client, lead: Lead, days: int) -> date:
    """The payer gives treatment through so many days after the first visit."""
    until = _day(Named(int(first(lead).starts_at.timestamp()) // 60, "madison", "", "", "")) + timedelta(days=days)
    said = {"decision": "approved", "said_by": "Portal", "granted": "12", "through_day": until.isoformat()}
    assert does(dana, the(lead, service="treatment"), "decided", **said).status_code == 303
    return until


def _day(named: Named) -> date:
    return moment(named.start).astimezone(practice().sites[named.site].tz).date()


def _through(until: date) -> str:
    return f"after {words.day(until)}, through which the payer authorized treatment: it may not be paid"


def test_a_pattern_keeps_within_what_was_given_where_one_does(lead: Lead, dana: Client) -> None:
    until = given(dana, lead, 30)
    html = treatment(dana, lead, a_week="1", weeks="4")
    assert book(dana, lead, pattern(html)).status_code == 303
    assert "may not be paid" not in html and all(row.starts_at.date() <= until for row in course(lead))


def test_a_pattern_that_goes_beyond_says_how_many_of_its_visits_do(lead: Lead, dana: Client) -> None:
    until = given(dana, lead, 15)
    html = treatment(dana, lead, a_week="1", weeks="4")
    assert book(dana, lead, pattern(html)).status_code == 303
    late = sum(row.starts_at.date() > until for row in course(lead))
    best = html.partition('name="pattern"')[0]
    assert late and f"{late} of 4 visits {'is' if late == 1 else 'are'} {_through(until)}" in best


def test_a_visit_is_moved_within_and_by_the_desk_beyond_where_it_looks_there(lead: Lead, dana: Client) -> None:
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="4"))).status_code == 303
    until, one = given(dana, lead, 15), course(lead)[0]
    listed = [_day(named_by(token)) for token in tokens(shown(dana, lead, one))]
    assert listed and max(listed) <= until
    client, link = family(lead)
    own = tokens(client.get(f"{link}/later/{one.id}/move?more=1").content.decode())
    assert own and max(_day(named_by(token)) for token in own) <= until
    after = shown(dana, lead, one, **{"from": (until + timedelta(days=1)).isoformat()})
    beyond = tokens(after)
    assert beyond and after.count(f"t is {_through(until)}") == len(beyond)
    assert client.post(f"{link}/later/{one.id}/move", {"slot": beyond[0]}).status_code == 409
    one.refresh_from_db()
    assert one.sequence == 0
    assert dana.post(address(lead, one), {"do": "move", "slot": beyond[0]}).status_code == 303
    one.refresh_from_db()
    assert one.sequence == 1 and one.starts_at.date() > until


def test_a_session_of_a_group_beyond_says_so_and_is_the_desks_to_choose_alone(lead: Lead, dana: Client) -> None:
    within, late, later = opened(dana, first(lead), seats="4", weeks="3")
    until = given(dana, lead, 10)
    html = treatment(dana, lead)
    assert offered(html) == {str(each.id) for each in (within, late, later)}
    assert html.count(f"left. It is {_through(until)}") == 2
    assert join(dana, lead, within) == 303
    seat = Appointment.objects.get(lead=lead, service="group")
    client, link = family(lead)
    assert not tokens(client.get(f"{link}/later/{seat.id}/move?more=1").content.decode())
    token = tokens(shown(dana, lead, seat))[0]
    assert client.post(f"{link}/later/{seat.id}/move", {"slot": token}).status_code == 409
    assert join(dana, lead, late) == 303
