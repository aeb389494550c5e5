"""An EMR's export that a manager sends on a page: looked at first, noted on a press, the same again changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.journeys.test_visit_ends import DAY, HEADINGS
from tests.journeys.test_visit_ends import lead as lead
from tests.journeys.test_visit_ends import visit as visit

from firstvisit.leads.models import Event, Lead
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.intake.models import Item

pytestmark = pytest.mark.django_db
SURE = f'77,"Quisenberry, Mirabelle",9/14/2023,{DAY:%m/%d/%Y},PT initial evaluation,Completed,\n'
UNSURE = SURE.replace("77,", "78,").replace("Mirabelle", "Mirabell")
STRANGER = f'79,"Hahn, Otto",1/2/1950,{DAY:%m/%d/%Y},PT eval,Completed,\n'
TREATMENT = SURE.replace("77,", "80,").replace("PT initial evaluation", "Treatment")
WHERE = "/visits/file"


def send(client: Client, body: str, **said: str) -> str:
    """Look at a file; the page."""
    file = SimpleUploadedFile("export.csv", body.encode(), "text/csv")
    return client.post(WHERE, {"file": file, **said}).content.decode()


def kept(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def mei(browser: Callable[[str], Client]) -> Client:
    return browser("mei")


def test_a_file_is_looked_at_and_then_noted_once(lead: Lead, visit: Appointment, mei: Client) -> None:
    page = send(mei, HEADINGS + SURE + UNSURE + STRANGER + TREATMENT)
    assert "<b>1</b> will be noted" in page and "<b>1</b> for the Inbox" in page and "<b>1</b> nothing of ours" in page
    assert f"L-{lead.number}" in page and "nobody here is called so" in page and "Quisenberry" not in page
    lead.refresh_from_db()
    assert lead.closed_at is None and not Item.objects.filter(source="folder").exists()
    done = mei.post(WHERE, {"kept": kept(page)})
    assert done.status_code == 200 and "1 noted, 1 in the Inbox" in done.content.decode()
    lead.refresh_from_db()
    visit.refresh_from_db()
    assert (lead.closed_how, visit.status) == ("evaluated", "completed")
    assert Item.objects.filter(source="folder").count() == 1
    again = send(mei, HEADINGS + SURE + UNSURE)
    assert "<b>0</b> will be noted" in again and "<b>1</b> known already" in again
    mei.post(WHERE, {"kept": kept(page)})
    mei.post(WHERE, {"kept": kept(again)})
    assert Event.objects.filter(lead=lead, name="evaluation_completed").count() == 1
    assert Item.objects.filter(source="folder").count() == 1


def test_columns_that_nobody_can_guess_are_said(lead: Lead, visit: Appointment, mei: Client) -> None:
    body = f'Wer,Geboren,Wann,Was,Stand\n"Quisenberry, Mirabelle",9/14/2023,{DAY:%m/%d/%Y},PT eval,Completed\n'
    page = send(mei, body)
    assert "No column says" in page and 'name="column.born"' in page and ">Geboren</option>" in page
    said = {"name": "Wer", "born": "Geboren", "on": "Wann", "type": "Was", "status": "Stand"}
    page = send(mei, body, **{f"column.{means}": heading for means, heading in said.items()})
    assert "<b>1</b> will be noted" in page


def test_what_cannot_be_read_is_said_and_nothing_else_happens(mei: Client, tuesday: datetime) -> None:
    assert mei.post(WHERE, {}).status_code == 422
    assert "No row tells of a first visit" in send(mei, HEADINGS + TREATMENT)
    wrong = send(mei, HEADINGS + SURE.replace("\n", "one,two\n"))
    assert "<b>1</b> cannot be read" in wrong and "<b>0</b> for the Inbox" in wrong
    assert "There is nothing to note" in wrong
    many = send(mei, HEADINGS + STRANGER * 1001)
    assert "too many for a page" in many and "watched folder" in many
    assert mei.post(WHERE, {"kept": "made up"}).status_code == 422


def test_a_row_whose_day_cannot_be_read_is_for_the_inbox(lead: Lead, visit: Appointment, mei: Client) -> None:
    page = send(mei, HEADINGS + SURE.replace("/2026", "/soon") + STRANGER.replace("/2026", "/soon"))
    assert "<b>1</b> for the Inbox" in page and "<b>1</b> nothing of ours" in page
    mei.post(WHERE, {"kept": kept(page)})
    assert Item.objects.filter(source="folder").count() == 1


def test_only_who_looked_may_press(
    lead: Lead, visit: Appointment, mei: Client, browser: Callable[[str], Client]
) -> None:
    page = send(mei, HEADINGS + SURE)
    assert browser("ruth").post(WHERE, {"kept": kept(page)}).status_code == 422
    assert browser("dana").get(WHERE).status_code == 404
    assert browser("anna").get(WHERE).status_code == 404
    lead.refresh_from_db()
    assert lead.closed_at is None
    assert "Send the EMR" in mei.get("/visits/unanswered").content.decode()
