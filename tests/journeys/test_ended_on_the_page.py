"""The page of a lead that is closed: the stages it reached, the visit that took place, and where each end is from."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, TUESDAY

from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import ends
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.ends import End
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot

pytestmark = pytest.mark.django_db
DAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], tuesday: datetime) -> Lead:
    return arrive(FAMILY)


@pytest.fixture
def visit(lead: Lead, set_clock: Callable[[datetime], None]) -> Appointment:
    """Their visit was this Wednesday; it is Wednesday evening."""
    row = claims.book(slot(DAY, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    set_clock(DAY + timedelta(hours=6))
    return row


def page(client: Client, lead: Lead) -> str:
    text = client.get(f"/leads/L-{lead.number}").content.decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def stages(client: Client, lead: Lead) -> str:
    text = client.get(f"/leads/L-{lead.number}").content.decode()
    (drawn,) = re.findall(r'<ol class="steps".*?</ol>', text, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", drawn)))


def tell(lead: Lead, visit: Appointment, source: str, what: str = "evaluation_completed") -> None:
    told = End(what, DAY.date(), "7", source, (str(visit.id),))  # type: ignore[arg-type]
    assert ends.take(told, actor=SYSTEM, now=clock.now()).how == "noted"


def test_an_evaluated_lead_shows_the_stages_it_reached_and_the_visit_that_took_place(
    lead: Lead, visit: Appointment, dana: Client
) -> None:
    tell(lead, visit, "hl7")
    assert "not reached" not in stages(dana, lead)
    assert "Evaluated Wed Nov 25" in stages(dana, lead)
    shown = page(dana, lead)
    assert "None was booked" not in shown and "evaluation done" in shown
    assert f"/leads/L-{lead.number}/visit" not in dana.get(f"/leads/L-{lead.number}").content.decode()


def test_a_lead_closed_otherwise_after_a_booked_visit_was_booked(
    lead: Lead, visit: Appointment, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    claims.missed(visit, now=clock.now())
    dana.post(f"/leads/L-{lead.number}/close", {"how": "patient_declined", "reason": "They called"})
    assert "not reached" in stages(dana, lead).partition("Evaluated")[2]
    assert "not reached" not in stages(dana, lead).partition("Evaluated")[0]
    assert "did not come" in page(dana, lead)


def test_a_lead_closed_before_any_visit_reached_no_later_stage(lead: Lead, dana: Client) -> None:
    dana.post(f"/leads/L-{lead.number}/close", {"how": "patient_declined", "reason": "They called"})
    assert stages(dana, lead).count("not reached") == 3
    assert "None was booked" in page(dana, lead)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("csv", "told by an export of the EMR (CSV)"),
        ("hl7", "told by the EMR (HL7)"),
        ("ccda", "told by a note of the EMR (C-CDA)"),
    ],
)
def test_the_timeline_says_which_way_an_end_came(
    lead: Lead, visit: Appointment, dana: Client, source: str, said: str
) -> None:
    tell(lead, visit, source, "arrived")
    tell(lead, visit, source)
    assert page(dana, lead).count(said) == 2
