"""Cedar Street Therapy with real commits, and referrals that arrive there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from firstvisit.config.committed import committed
from firstvisit.journey.receiving import receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import parse

__all__ = ["committed"]

Arrive = Callable[..., Lead]


@pytest.fixture
def practice(committed: psycopg.Connection[Any], settings: Any) -> None:
    """Cedar Street Therapy, with real commits: the audit log is closed and verified."""
    settings.CLOCK_MOVES = True
    services.load(read_folder(SAMPLE), by="test")


@pytest.fixture
def arrive(practice: None) -> Arrive:
    """A referral by the API, judged: its lead."""

    def make(first: str = "Mia", *, contact: dict[str, str] | None = None) -> Lead:
        speaker = {
            "name": "Rosa Delgado",
            "relationship": "mother",
            "phone": "608-555-0172",
            "email": "rosa@example.org",
        }
        body = json.dumps(
            {
                "lead_kind": "caregiver", "discipline": ["SLP"], "program": "early_language",
                "patient": {"first_name": first, "last_name": "Delgado", "date_of_birth": "2024-02-08",
                            "postal_code": "53713"},
                "contact": contact or speaker, "concern": "says twenty words",
                "payers": [{"name": "Northfield Health", "member_id": f"NH-{first}"}],
                "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
            }
        ).encode()  # fmt: skip
        programs = queries.practice().program_by_any_slug
        reading = parse("api", body, today=clock.now().date(), programs=programs)
        receipt = receive(Arrival("api", Actor("api", "k"), body, "application/json"), reading)
        assert receipt.code is not None
        return Lead.objects.get(number=int(receipt.code[2:]))

    return make
