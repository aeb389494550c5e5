"""What the API takes with a doubt, and what it refuses with help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, UNSURE, but

from firstvisit.leads.models import Lead

pytestmark = pytest.mark.django_db


def test_a_side_that_its_code_contradicts_is_kept_and_said_on_the_lead(
    arrive: Callable[[Any], Lead], browser: Callable[[str], Client]
) -> None:
    lead = arrive(but(UNSURE, diagnoses=[{"code": "S62.501A", "side": "left"}]))
    shown = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "S62.501A, left, but the code says right" in shown
    assert "The diagnosis code and the side stated beside it disagree" in shown
    assert lead.outcome != "clinician_review"


def test_an_unknown_program_is_answered_with_the_nearest_and_how_many_there_are(client_post: Any) -> None:
    answer = client_post(but(FAMILY, program="pediatrics_fun"))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "the nearest of " in said and "pediatric" in said


def test_a_zip_that_nobody_lists_is_kept_and_said_on_the_lead(
    arrive: Callable[[Any], Lead], browser: Callable[[str], Client]
) -> None:
    lead = arrive(but(UNSURE, patient__postal_code="99999"))
    shown = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "99999; we know no such ZIP code" in shown
    assert lead.facts.in_area is None and lead.facts.miles is None


def test_a_lead_whose_date_is_still_to_ask_opens(
    arrive: Callable[[Any], Lead], browser: Callable[[str], Client]
) -> None:
    lead = arrive(but(UNSURE, diagnoses=[{"code": "S62.501A", "side": "left"}]))
    assert "the date behind it, still to ask" in browser("dana").get(f"/leads/L-{lead.number}").content.decode()
