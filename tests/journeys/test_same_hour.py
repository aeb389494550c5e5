"""A visit keeps its hour with another therapist: its own place alone is left out of the times it may move to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_booking import page, press, tokens
from tests.journeys.test_nobody_to_treat import family
from tests.journeys.test_one_treatment_visit import address, shown
from tests.journeys.test_registration_out import events
from tests.journeys.test_treatment_decided import course, first
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.people import FAMILY, but

from firstvisit.journey.booking.offering import named_by
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import forget
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.spans import minute
from firstvisit.web.staff.visit.views import GONE

pytestmark = pytest.mark.django_db
COLLEAGUE = "noor_haddad"


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], dana: Client, tuesday: Any) -> Lead:
    """A first visit with Lucia Herrera. A colleague works here too, who does what she does at the same hours."""
    data = Resource.objects.get(slug="lucia_herrera").data | {"slug": COLLEAGUE, "name": "Noor Haddad"}
    Resource.objects.create(slug=COLLEAGUE, data=data)
    supply.raise_revision()
    forget()
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    return lead


def same_hour(row: Appointment, html: str) -> str:
    """The one time on a page that is at the very hour of the visit: with the colleague."""
    named = {token: named_by(token) for token in tokens(html)}
    (token,) = [token for token, each in named.items() if each.start == minute(row.starts_at)]
    assert named[token].clinician == COLLEAGUE
    return token


def stands(was: Appointment, sequence: int) -> Appointment:
    """The visit as it stands: at its hour, with the colleague."""
    row = Appointment.objects.select_related("clinician").get(id=was.id)
    assert (row.starts_at, row.status, row.sequence) == (was.starts_at, "booked", sequence)
    assert row.clinician is not None and row.clinician.slug == COLLEAGUE
    return row


def test_the_desk_keeps_the_hour_of_a_first_visit_and_the_emr_hears_of_a_change_alone(
    lead: Lead, dana: Client, staff: Callable[[str], User], settings: Any
) -> None:
    told_by(staff, way="hl7")
    was = first(lead)
    assert press(dana, lead, "confirm", visit=str(was.id)) == 303
    slot = same_hour(was, page(dana, lead))
    with listening(settings) as emr:
        tell_all()
        for _ in range(2):
            assert press(dana, lead, "move", visit=str(was.id), slot=slot) == 303
        tell_all()
        assert events(emr.heard) == ["A04", "S12", "S14"]
        assert "Haddad" in str(emr.heard[-1])
    row = stands(was, 1)
    assert row.confirmed_at is not None, "they said that they come then, and it is then"
    assert "Noor Haddad" in dana.get(f"/leads/L-{lead.number}").content.decode()
    assert Message.objects.get(lead=lead, template="visit_moved").status == "wanted"


def test_a_family_keeps_the_hour_by_its_link(lead: Lead) -> None:
    was, (client, link) = first(lead), family(lead)
    slot = same_hour(was, client.get(f"{link}/move?more=1").content.decode())
    assert client.post(f"{link}/move", {"slot": slot}).status_code == 303
    stands(was, 1)


def test_a_visit_of_treatment_keeps_its_hour(lead: Lead, dana: Client) -> None:
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="4"))).status_code == 303
    one, *others = course(lead)
    slot = same_hour(one, shown(dana, lead, one, **{"with": COLLEAGUE}))
    assert dana.post(address(lead, one), {"do": "move", "slot": slot}).status_code == 303
    stands(one, 1)
    assert {row.clinician_id for row in course(lead)[1:]} == {others[0].clinician_id}


def test_an_hour_of_the_colleague_that_went_meanwhile_is_gone(lead: Lead, dana: Client, arrive: Any) -> None:
    was = first(lead)
    slot = same_hour(was, page(dana, lead))
    name = {"patient__first_name": "Wenceslas", "patient__last_name": "Ottoway"}
    other = arrive(but(FAMILY, **name, contact__phone="+16085550137"))
    assert press(dana, other, "book", slot=slot) == 303
    refused = dana.post(f"/leads/L-{lead.number}/visit", {"do": "move", "visit": str(was.id), "slot": slot})
    assert refused.status_code == 409 and GONE["taken"] in refused.content.decode()
    assert (first(lead).clinician_id, first(lead).sequence) == (was.clinician_id, 0)
