"""Exports and notes of an EMR in a watched folder: what they tell of visits, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.api.test_folder import folder, listening
from tests.conftest import poster
from tests.installation import wait_until
from tests.people import FAMILY, TUESDAY

from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot
from firstvisit.steps.booking.tests.test_ends import note
from firstvisit.steps.intake.models import Item, WayIn

__all__ = ["folder"]
DAY = f"{TUESDAY:%m/%d/%Y}"


@pytest.fixture
def visit(open_doors: str) -> Appointment:
    """The family's first visit, three hours ago."""
    clock.move(TUESDAY - clock.now())
    assert poster(open_doors)(FAMILY).status_code in (201, 202)
    where = slot(TUESDAY + timedelta(minutes=30), resource("anna_lindqvist"))
    row = claims.book(where, Lead.objects.get(), WANT, made_by="desk", now=clock.now())
    clock.move(timedelta(hours=3))
    return row


def moved(at: Path) -> None:
    with listening():
        wait_until("it is moved", at.exists, 20)


def test_an_export_is_taken_and_what_is_none_is_refused_with_why(
    visit: Appointment, folder: WayIn, tmp_path: Path
) -> None:
    scans = tmp_path / "scans"
    (scans / "nightly.csv").write_text(
        "Visit ID,Patient Name,DOB,Visit Date,Visit Type,Status\n"
        f'77,"Quisenberry, Mirabelle",09/14/2023,{DAY},Initial evaluation,Completed\n'
        f'78,"Quisenberry, Mirabell",09/14/2023,{DAY},Initial evaluation,Completed\n'
    )
    (scans / "other.csv").write_text("Colour,Weight\nred,3\n")
    with listening():
        wait_until("it is taken", (scans / "taken" / "nightly.csv").exists, 20)
        wait_until("it is refused", (scans / "refused" / "other.csv").exists, 20)
    (scans / "broken.xml").write_text('<ClinicalDocument xmlns="urn:hl7-org:v3">')
    moved(scans / "refused" / "broken.xml.why.txt")
    assert (scans / "refused" / "broken.xml.why.txt").read_text().endswith("can be read.\n")
    assert "the day of the visit" in (scans / "refused" / "other.csv.why.txt").read_text()
    assert visit.lead.closed_at is None
    assert Lead.objects.get().closed_how == "evaluated"
    item = Item.objects.get(source="folder")
    assert "nearly so" in Task.objects.get(about_id=item.id, kind="confirm_item").reason


def test_a_note_closes_its_lead_and_is_kept_with_it(visit: Appointment, folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    told = {"0192f0a0-0000-7000-8000-000000000001": str(visit.id), "20261123083000": "20261124103000",
            "Rivers": "Quisenberry", "Odalys": "Mirabelle", "19800412": "20230914"}  # fmt: skip
    body = note()
    for before, after in told.items():
        body = body.replace(before.encode(), after.encode())
    (scans / "note.xml").write_bytes(body)
    (scans / "bomb.xml").write_bytes(b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + body)
    with listening():
        wait_until("it is taken", (scans / "taken" / "note.xml").exists, 20)
        wait_until("it is refused", (scans / "refused" / "bomb.xml").exists, 20)
    lead = Lead.objects.get()
    assert lead.closed_how == "evaluated"
    (event,) = Event.objects.filter(lead=lead, name="evaluation_completed")
    assert event.data["source"] == "ccda"
    assert Item.objects.get(source="folder").status == "settled"
    (scans / "again.xml").write_bytes(body.replace(b"N1", b"N2"))
    moved(scans / "taken" / "again.xml")
    assert Event.objects.filter(lead=lead, name="evaluation_completed").count() == 1
