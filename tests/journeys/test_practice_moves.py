"""The practice changes under leads that stand, or cannot do what they need: what they are told, and their clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.people import FAMILY, FAR_AWAY, TUESDAY, but, surgeon

from firstvisit.journey import changing, jobs
from firstvisit.journey.revising import advance_revised
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.practice import changing as practice_changing
from firstvisit.practice import queries
from firstvisit.practice.changing import stamp
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def first_thing(lead: Lead) -> Task:
    kinds = ("tell_other_place", "decide", "call_to_book")
    return Task.objects.get(lead=lead, status="open", kind__in=kinds)


@pytest.mark.parametrize(
    ("field", "said", "name"),
    [
        ("concern", "I need a driving evaluation so that I may drive again", "Driver rehabilitation"),
        ("concern", "Necesito rehabilitaci\u00f3n de baja visi\u00f3n", "Low vision rehabilitation"),
        ("asks", "wheelchair seating evaluation for a power chair", "Wheelchair seating"),
    ],
)
def test_what_we_do_not_offer_is_known_by_its_words(arrive: Arrive, field: str, said: str, name: str) -> None:
    body = but(FAR_AWAY, patient__postal_code="53711", patient__date_of_birth="1950-05-05")
    lead = arrive({**{k: v for k, v in body.items() if k != "program"}, "discipline": ["OT"], field: said})
    assert lead.outcome == "refer_out"
    reasons = [reason["text"] for reason in lead.decisions.latest("at").reasons]
    assert any(f"We do not offer {name}" in text for text in reasons)


def test_nobody_untried_is_less_late_because_a_place_went(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAR_AWAY)
    assert lead.outcome == "refer_out"
    due = first_thing(lead).due_at
    clock.move(timedelta(hours=5))
    jobs.sweep()
    for place in list(queries.practice_now().places):
        changing.retire_entry(collection="places", slug=place, by=staff("mei"), actor=SYSTEM)
    while advance_revised(now=clock.now()):
        pass
    jobs.sweep()
    lead.refresh_from_db()
    task = first_thing(lead)
    assert (lead.outcome, task.due_at) == ("person_looks", due)
    assert task.breached_at is not None


def test_a_closed_program_is_said_where_a_window_does_not_wait_for_it(arrive: Arrive, staff: Staff) -> None:
    body = surgeon(TUESDAY.date())
    program = queries.practice_now().program_by_any_slug[body["program"]]
    values = {**program.model_dump(mode="json"), "status": "closed", "status_reason": "both PTs away"}
    practice_changing.change_entry(
        collection="programs", slug=program.slug, values=values, seen=stamp(program), by=staff("mei"), actor=SYSTEM
    )
    lead = arrive(body)
    assert lead.outcome in ("book_now", "book_pending_docs")
    reasons = [reason["text"] for reason in lead.decisions.latest("at").reasons]
    assert any(text.startswith(f"{program.name} is closed (both PTs away); it cannot wait") for text in reasons)
    assert "the program is full or closed" in first_thing(lead).reason


def test_who_fits_another_program_of_ours_is_not_told_to_call_again(arrive: Arrive) -> None:
    body = but(FAMILY, patient__date_of_birth="1980-05-05", program="hand_therapy", concern="Cut my finger")
    lead = arrive({**body, "lead_kind": "patient", "discipline": ["OT"], "diagnoses": ["S66.011A"]})
    assert lead.outcome == "route_other_location_or_program"
    reasons = [reason["text"] for reason in lead.decisions.latest("at").reasons]
    assert not any("Call us again" in text for text in reasons)
