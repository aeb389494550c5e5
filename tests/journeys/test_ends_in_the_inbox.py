"""What an EMR tells of a visit and is not sure stands in the Inbox as what it is, and is settled there with a press."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.test import Client
from tests.people import FAMILY, TUESDAY

from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import end_doors
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources.hl7v2 import MEDIA_TYPE as HL7

pytestmark = pytest.mark.django_db
DAY = TUESDAY + timedelta(days=1)
HEADINGS = "Patient Name,DOB,Appt Date,Appt Time,Appt Type,Appt Status,Provider\n"
MDM = (
    "MSH|^~\\&|EMR|CEDAR|FV|CEDAR|20261125160000||MDM^T02^MDM_T02|{control}|P|2.5.1\r"
    "PID|1||8891||Quisenberry^Mirabelle||20230914\r"
    "TXA|1|18740-1^Speech initial evaluation^LN|TX|20261124||||||||DOC-{control}|||||AU\r"
)


@pytest.fixture
def visit(arrive: Callable[[Any], Lead], tuesday: datetime, set_clock: Callable[[datetime], None]) -> Appointment:
    """Their visit was this Wednesday; it is Wednesday evening."""
    lead = arrive(FAMILY)
    row = claims.book(slot(DAY, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    set_clock(DAY + timedelta(hours=6))
    return row


def export(path: Path, *rows: str) -> Item:
    """Send an export; the newest item it left in the Inbox."""
    path.write_text(HEADINGS + "".join(f"{row}\n" for row in rows))
    command: Any = load_command_class(get_commands()["visits"], "visits")
    command.run(command.create_parser("firstvisit", "visits").parse_args([str(path)]))
    return Item.objects.filter(source="folder").latest("received_at")


def row(status: str, *, born: str = "9/14/2023", name: str = "Quisenberry, Mirabelle") -> str:
    return f'"{name}",{born},{DAY:%m/%d/%Y},9:00 AM,PT Initial Evaluation,{status},Lindqvist'


def words(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_an_unsure_row_says_what_it_is_and_nothing_is_read_out_of_it_as_a_referral(
    visit: Appointment, dana: Client, tmp_path: Path
) -> None:
    item = export(tmp_path / "a.csv", row("Completed"), row("No Show"))
    assert item.status == "to_confirm"
    listed = words(dana, "/inbox")
    assert "Mirabelle Quisenberry" in listed
    assert "a visit ended: they did not come, Wed Nov 25; its lead is closed" in listed
    page = words(dana, f"/inbox/{item.id}")
    for said in ("they did not come", "Wed Nov 25, 2026", "Sep 14, 2023", "PT Initial Evaluation, No Show",
                 "export of the EMR, a.csv", "Nothing was noted: its lead is closed", "evaluation done",
                 f"L-{visit.lead.number}", "Appt Status: No Show"):  # fmt: skip
        assert said in page, said
    for said in ("opens a lead", "new person", "Payer", "doubtful", "File", "Note from"):
        assert said not in page, said


def test_what_stands_here_holds_and_the_timeline_says_so(visit: Appointment, dana: Client, tmp_path: Path) -> None:
    item = export(tmp_path / "a.csv", row("Completed"), row("No Show"))
    lead = f"L-{visit.lead.number}"
    refused = dana.post(f"/inbox/{item.id}/visit-ended", {"lead": lead, "ended": "missed", "ended_on": str(DAY.date())})
    assert refused.status_code == 422 and "Its lead is closed" in refused.content.decode()
    assert dana.post(f"/inbox/{item.id}/end-stays", {"lead": lead}).status_code == 303
    item.refresh_from_db()
    visit.refresh_from_db()
    assert (item.status, visit.status) == ("settled", "completed")
    assert "what stands here holds: it said that they did not come, Wed Nov 25" in words(dana, f"/leads/{lead}")
    assert "It has found its end" in words(dana, f"/inbox/{item.id}")


def test_a_birth_date_with_a_slip_waits_with_its_reason_and_a_press_settles_it(
    visit: Appointment, dana: Client, tmp_path: Path
) -> None:
    item = export(tmp_path / "a.csv", row("Completed", born="1/1/1900"))
    page = dana.get(f"/inbox/{item.id}").content.decode()
    assert "another birth date here" in page
    (theirs,) = re.findall(r'name="lead" value="(L-\d+)"><input type="hidden" name="ended"', page)
    said = {"lead": theirs, "ended": "evaluation_completed", "ended_on": str(DAY.date())}
    assert f'name="ended_on" value="{DAY.date()}"' in page
    assert dana.post(f"/inbox/{item.id}/visit-ended", said).status_code == 303
    lead = Lead.objects.get(id=visit.lead_id)
    assert lead.closed_how == "evaluated"
    assert Event.objects.get(lead=lead, name="evaluation_completed").data["source"] == "csv"


def test_a_row_whose_day_cannot_be_read_is_settled_on_the_day_of_the_visit(
    visit: Appointment, dana: Client, tmp_path: Path
) -> None:
    told = row("Completed").replace(f"{DAY:%m/%d/%Y}", "13/45/2026")
    item = export(tmp_path / "a.csv", told)
    assert "a visit ended: the evaluation is completed; the day of the visit cannot be read" in words(dana, "/inbox")
    page = dana.get(f"/inbox/{item.id}").content.decode()
    assert "Appt Date: 13/45/2026" in page and f'name="ended_on" value="{DAY.date()}"' in page
    said = {"lead": f"L-{visit.lead.number}", "ended": "evaluation_completed", "ended_on": str(DAY.date())}
    assert dana.post(f"/inbox/{item.id}/visit-ended", said).status_code == 303
    assert Lead.objects.get(id=visit.lead_id).closed_how == "evaluated"
    export(tmp_path / "b.csv", told)
    assert Item.objects.filter(source="folder").count() == 1, "the same row again is the same item"


def test_a_message_says_its_reason_its_day_and_what_the_document_is(visit: Appointment, dana: Client) -> None:
    for control in ("1", "2"):
        body = MDM.format(control=control).encode()
        about = {"name": f"MDM-{control}.hl7", "what": "end"}
        item, _ = intake.keep(Arrival("hl7", SYSTEM, body, HL7, f"m{control}", about=about), now=clock.now())
        assert not end_doors.take_item(item, body, HL7, actor=SYSTEM, now=clock.now())
        Item.objects.filter(id=item.id).update(status="to_confirm")
    listed = words(dana, "/inbox")
    assert listed.count("a visit ended: the evaluation is completed, Tue Nov 24") >= 2
    page = words(dana, f"/inbox/{item.id}")
    for said in ("no first visit stands here for that day", "Tue Nov 24, 2026", "Speech initial evaluation, 18740-1",
                 "DOC-2", "Theirs: the evaluation is completed, Wed Nov 25"):  # fmt: skip
        assert said in page, said
