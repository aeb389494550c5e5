"""FHIR R4 Appointment: read and searched under the scopes of a key, valid, and with no name in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from fhir.resources.R4B.appointment import Appointment as Valid
from tests.people import FAMILY

from firstvisit.api.services import make_key
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource
from firstvisit.steps.booking.models import Appointment

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture
def visit(tuesday: datetime, arrive: Callable[[Any], Lead]) -> Appointment:
    """A first visit with Lucía, next Tuesday at ten."""
    start = tuesday + timedelta(days=7)
    return Appointment.objects.create(
        lead=arrive(FAMILY), clinician=Resource.objects.get(slug="lucia_herrera"), kind="evaluation",
        service="evaluation", program="early_language", discipline="SLP", site="madison", status="booked",
        starts_at=start, ends_at=start + timedelta(hours=1), status_at=tuesday, made_at=tuesday, booked_at=tuesday,
        made_by="family",
    )  # fmt: skip


@pytest.fixture
def ask(practice: object) -> Ask:
    """Asks the door with a key of this scope; status and answer."""

    def get(path: str, scope: str = "fhir:read") -> tuple[int, Any]:
        key = make_key(name="EMR", scopes=[scope], actor=SYSTEM)[1]
        answer = Client().get(f"/fhir/{path}", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.json()

    return get


def test_an_appointment_is_read_and_names_nobody(visit: Appointment, ask: Ask) -> None:
    status, said = ask(f"Appointment/{visit.id}", "fhir:read:Appointment")
    assert status == 200
    valid = Valid.model_validate(said)
    assert (valid.status, valid.minutesDuration, valid.start) == ("booked", 60, visit.starts_at)
    assert said["serviceType"] == [{"text": "Early language, 18 months to 5 years"}]
    assert said["basedOn"][0]["reference"] == f"ServiceRequest/{visit.lead_id}"
    actors = [each["actor"] for each in said["participant"]]
    assert {"reference": f"Patient/{visit.lead.patient_id}"} in actors and {"display": "Lucía Herrera"} in actors
    assert "Mirabelle" not in str(said) and "Quisenberry" not in str(said)
    row = AuditRow.objects.filter(verb="viewed", subject_kind="appointment").latest("id")
    assert [str(each) for each in row.subjects] == [str(visit.id)]


@pytest.mark.parametrize(
    ("status", "fhir", "why"),
    [
        ("arrived", "arrived", ""), ("completed", "fulfilled", ""), ("missed", "noshow", ""),
        ("left", "cancelled", "Left before being seen"), ("cancelled", "cancelled", "They are ill"),
    ],
)  # fmt: skip
def test_what_became_of_it_is_said_in_its_codes(
    status: str, fhir: str, why: str, visit: Appointment, ask: Ask
) -> None:
    Appointment.objects.update(status=status, why="ill" if status == "cancelled" else "")
    _, said = ask(f"Appointment/{visit.id}")
    Valid.model_validate(said)
    assert (said["status"], said.get("cancelationReason", {}).get("text", "")) == (fhir, why)


def test_a_hold_stands_there_while_it_lasts(visit: Appointment, ask: Ask, tuesday: datetime) -> None:
    Appointment.objects.update(status="held", booked_at=None, held_until=tuesday + timedelta(minutes=10))
    assert ask(f"Appointment/{visit.id}")[1]["status"] == "pending"
    Appointment.objects.update(held_until=tuesday - timedelta(minutes=1))
    assert ask(f"Appointment/{visit.id}")[0] == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date=2026-12-01", 1), ("date=2026-12-02", 0), ("date=ge2026-12-01", 1), ("date=gt2026-12-01", 0),
        ("date=le2026-12-01", 1), ("date=lt2026-12-01", 0), ("patient=Patient/none", 0), ("", 1),
        ("date=ge2026-12-01&date=lt2026-12-02", 1), ("date=ge2026-12-02&date=lt2026-12-05", 0),
        ("date=ge2026-11-02&date=lt2026-12-01", 0), ("date=le9999-12-31", 1), ("date=lt9999-12-31", 1),
        ("date=gt9999-12-31", 0), ("date=9999-12-31", 0), ("date=ge0001-01-01&date=le9999-12-31", 1),
        ("date=le0001-01-01", 0),
    ],
)  # fmt: skip
def test_it_is_searched_by_day_and_patient(query: str, found: int, visit: Appointment, ask: Ask) -> None:
    status, said = ask(f"Appointment?{query}")
    assert (status, said["total"], len(said["entry"])) == (200, found, found)
    assert all(part in said["link"][0]["url"] for part in query.replace("Patient/", "Patient%2F").split("&"))
    assert ask(f"Appointment?patient={visit.lead.patient_id}")[1]["total"] == 1


def test_what_is_no_day_and_what_is_not_offered_is_refused(visit: Appointment, ask: Ask) -> None:
    assert ask("Appointment?date=soon")[0] == 400 and ask("Appointment?status=booked")[0] == 400
    assert ask("Appointment?date=2026-13-45")[0] == 400 and ask("Patient?date=2026-12-01")[0] == 400
    assert ask("Appointment?date=")[0] == 400 and ask("Appointment?patient=1&patient=2")[0] == 400
    assert ask("Appointment", "fhir:read:Patient")[0] == 403
    offered = {each["type"]: each for each in Client().get("/fhir/metadata").json()["rest"][0]["resource"]}
    assert {"name": "date", "type": "date"} in offered["Appointment"]["searchParam"]
