"""Who is a guardian to the page of a lead is one to the EMR and on the copy-card."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_registration_out import book
from tests.people import FAMILY, but

from firstvisit.leads.models import Lead

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("related", "said", "label"),
    [
        ("mother", None, "Guardian"), ("Mom", None, "Guardian"), ("legal guardian", None, "Guardian"),
        ("grandmother", "guardian", "Guardian"), ("grandmother", None, "Contact"), ("nanny", None, "Contact"),
    ],
)  # fmt: skip
def test_the_emr_calls_guardian_whom_the_page_calls_so(
    arrive: Callable[[Any], Lead], dana: Client, staff: Callable[[str], Any], tuesday: datetime, settings: Any,
    related: str, said: str | None, label: str,
) -> None:  # fmt: skip
    told_by(staff, way="hl7")
    lead = arrive(but(FAMILY, contact__relationship=related, contact__authority=said))
    with listening(settings) as emr:
        book(dana, lead)
        assert tell_all() == 2
        role = str(emr.heard[0].segment("NK1")(7))
    assert role.startswith("N^" if label == "Guardian" else "O^")
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    card = dana.get(f"/leads/L-{lead.number}/emr-card").content.decode()
    other = {"Guardian": "Contact", "Contact": "Guardian"}[label]
    for where in (page, card):
        assert re.search(rf">\s*{label}\s*<", where) and not re.search(rf">\s*{other}\s*<", where)
