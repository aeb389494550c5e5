"""A kind of payer that one of ours sets waits for its authorization exactly as one that was stated when it came."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.people import TUESDAY, but, surgeon

from firstvisit.journey.undo_reading import reading_of
from firstvisit.leads.models import FactsRow, Lead

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
BACK = but(surgeon(TUESDAY.date()), program="orthopedic", diagnoses=["M54.50"], events=[])
AUTHORIZES = ["workers_comp", "va", "vocational_rehabilitation"]


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("dana")


def corrected(dana: Client, lead: Lead, **said: str) -> Lead:
    address = f"/leads/L-{lead.number}/stated"
    [mark] = re.findall(r'name="mark" value="([^"]*)"', dana.get(address).content.decode())
    typed = {name.replace("__", "."): value for name, value in said.items()}
    assert dana.post(address, {"mark": mark, **typed}).status_code == 303
    lead.refresh_from_db()
    return lead


@pytest.mark.parametrize("name", ["Badger Fund", "Northfield Health"])
@pytest.mark.parametrize("kind", [*AUTHORIZES, "auto", "employer"])
def test_a_kind_set_by_a_person_is_as_one_that_was_stated(dana: Client, arrive: Arrive, kind: str, name: str) -> None:
    stated = arrive(but(BACK, payers=[{"name": name, "kind": kind}], patient__first_name="Leopoldine"))
    set_here = corrected(dana, arrive(but(BACK, payers=[{"name": name}])), payers__0__kind=kind)
    assert FactsRow.objects.get(lead=set_here).payer_kind == kind
    assert set_here.outcome == stated.outcome == ("need_auth_first" if kind in AUTHORIZES else "book_now")
    asks = [[what for what, whom, *_ in lead.blockers if whom == "payer"] for lead in (stated, set_here)]
    assert asks[0] == asks[1] == (["authorization"] if kind in AUTHORIZES else [])


def test_an_accidents_payer_that_is_added_pays_first_and_takes_the_answer(dana: Client, arrive: Arrive) -> None:
    lead = arrive(but(BACK, payers=[{"name": "Northfield Health", "member_id": "NH-1"}]))
    corrected(dana, lead, payers__1__kind="workers_comp", payers__1__name="Ore Fund", payers__1__claim_number="C-77")
    reading = reading_of(lead)
    assert [payer.name for payer in reading.payers or ()] == ["Ore Fund", "Northfield Health"]
    assert reading.evidence["payers.0.claim_number"].place == "typed by Dana Whitlock"
    assert reading.evidence["payers.1.member_id"].place.startswith("$.payers")
    assert lead.outcome == "need_auth_first"
    assert "Authorization first" in html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())
    said = {"authorized": "approved", "said_by": "Kim Adler, adjuster"}
    assert dana.post(f"/leads/L-{lead.number}/authorization", said).status_code == 303
    lead.refresh_from_db()
    assert lead.outcome == "book_now"
