"""The end of a visit that was unsure is settled in the Inbox: noted on the lead that a person says, with its source."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from tests.journeys.test_visit_ends import DAY, HEADINGS, run
from tests.journeys.test_visit_ends import lead as lead
from tests.journeys.test_visit_ends import visit as visit

from firstvisit.journey.arriving import read_one
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import Arrival

pytestmark = pytest.mark.django_db
ROW = f'78,"Quisenberry, Mirabell",9/14/2023,{DAY:%m/%d/%Y},Speech initial evaluation,Completed,\n'


def unsure(tmp_path: Path, row: str = ROW) -> Item:
    """The item of the Inbox that an export's unsure row becomes."""
    file = tmp_path / "export.csv"
    file.write_text(HEADINGS + row)
    assert run(file) == 1
    item = Item.objects.get(source="folder")
    read_one(item.id)
    return item


def said(of: Lead, **changes: str) -> dict[str, str]:
    return {"lead": f"L-{of.number}", "ended": "evaluation_completed", "ended_on": DAY.date().isoformat()} | changes


@pytest.fixture
def item(lead: Lead, visit: Appointment, tmp_path: Path) -> Item:
    return unsure(tmp_path)


def test_whose_it_is_said_in_the_inbox_notes_the_end_with_its_source(
    item: Item, lead: Lead, visit: Appointment, dana: Client
) -> None:
    page = dana.get(f"/inbox/{item.id}").content.decode()
    assert "A visit ended: Mirabell Quisenberry" in page and "called nearly so" in page
    assert f'value="{DAY.date().isoformat()}"' in page and "Note the end" in page
    assert dana.post(f"/inbox/{item.id}/visit-ended", said(lead)).status_code == 303
    lead.refresh_from_db()
    visit.refresh_from_db()
    item.refresh_from_db()
    assert (lead.closed_how, visit.status, item.status) == ("evaluated", "completed", "settled")
    noted = Event.objects.get(lead=lead, name="evaluation_completed")
    assert noted.data["source"] == "csv" and noted.data["on"] == DAY.date().isoformat()
    assert not Task.objects.filter(about_id=item.id, status="open").exists()
    assert item.parts.get().end == "answered"
    assert dana.post(f"/inbox/{item.id}/visit-ended", said(lead)).status_code == 409
    assert Event.objects.filter(lead=lead, name="evaluation_completed").count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lead": "L-99999"}, "no lead of this number"),
        ({"ended_on": "2027-03-01"}, "still to come"),
        ({"ended_on": "soon"}, "ended_on"),
        ({"ended": "arrived", "ended_on": "2026-11-20"}, "No first visit stands here for that day"),
        ({"ended": "discharged"}, "evaluation is not noted yet"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_noted(
    item: Item, lead: Lead, dana: Client, changes: dict[str, str], says: str
) -> None:
    answer = dana.post(f"/inbox/{item.id}/visit-ended", said(lead, **changes))
    assert answer.status_code == 422 and says in answer.content.decode()
    item.refresh_from_db()
    lead.refresh_from_db()
    assert item.status == "to_confirm" and lead.closed_at is None
    assert not Event.objects.filter(lead=lead, name="evaluation_completed").exists()


def test_a_missed_visit_told_of_a_name_misspelt_wants_the_call(
    lead: Lead, visit: Appointment, tmp_path: Path, dana: Client
) -> None:
    item = unsure(tmp_path, ROW.replace("Completed", "No show"))
    assert dana.post(f"/inbox/{item.id}/visit-ended", said(lead, ended="missed")).status_code == 303
    visit.refresh_from_db()
    assert visit.status == "missed"
    assert Task.objects.filter(lead=lead, kind="call_missed", status="open").exists()


def test_a_document_that_tells_no_end_takes_none(lead: Lead, visit: Appointment, dana: Client) -> None:
    about = {"name": "note.txt", "what": "document"}
    body = b"The records of Mirabelle Quisenberry are wanted"
    item, _ = intake.keep(Arrival("folder", SYSTEM, body, "text/plain", "1", about=about), now=clock.now())
    read_one(item.id)
    assert "Note the end" not in dana.get(f"/inbox/{item.id}").content.decode()
    assert dana.post(f"/inbox/{item.id}/visit-ended", said(lead)).status_code == 422
    lead.refresh_from_db()
    assert lead.closed_at is None
