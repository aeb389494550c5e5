"""A visit's end over MLLP: noted once where it is sure, before a person where it is not, nothing of a stranger's."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.api.test_mllp import PID, REF, ask, line_to, message, port
from tests.installation import wait_until

from firstvisit.journey.arriving import read_one
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot
from firstvisit.steps.intake.models import Item, Part

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/Chicago"))


def mdm(control: str, pid: str = PID, *, title: str = "PT Evaluation", status: str = "LA", of: str = "") -> bytes:
    visit = f"PV1|1|O|||||||||||||||||{of}"
    note = f"TXA|1|^{title}|FT|20261124103000||||||||D{control}|||||{status}||AV"
    return message("MDM^T02", pid, visit, note, "OBX|1|TX|||Seen and evaluated, denies chest pain", control=control)


def test_a_signed_note_closes_its_lead_once_and_what_is_unsure_waits_in_the_inbox(open_doors: str) -> None:
    clock.move(TUESDAY - clock.now())
    with port() as (number, _), line_to(number) as line:
        assert ask(line, message("REF^I12^REF_I12", *REF))[0] == "AA"
        lead = Lead.objects.get()
        row = claims.book(
            slot(TUESDAY + timedelta(minutes=30), resource("anna_lindqvist")), lead, WANT, made_by="desk",
            now=clock.now(),
        )  # fmt: skip
        clock.move(timedelta(hours=3))
        before = Item.objects.count()
        for control, body in (
            ("2", mdm("2", title="Daily note")),
            ("3", mdm("3", status="IP")),
            ("4", mdm("4", PID.replace("Zwickelhuber", "Oberhuber").replace("19610415", "19500101"))),
        ):
            assert ask(line, body)[:2] == ["AA", control]
        assert Item.objects.count() == before, "of what ends nothing here nothing is kept"
        assert ask(line, mdm("5", PID.replace("Theodora", "Theresia"), of=str(row.id)))[0] == "AA"
        lead.refresh_from_db()
        assert lead.closed_at is None
        unsure = Item.objects.order_by("-received_at").first()
        assert unsure is not None
        task = Task.objects.get(about_id=unsure.id, kind="confirm_item")
        assert "somebody else" in task.reason
        read_one(unsure.id)
        unsure.refresh_from_db()
        assert unsure.status == "to_confirm"
        assert not Task.objects.filter(about_id=unsure.id, kind="review_item").exists(), "no red flag of our own note"
        assert ask(line, mdm("6", of=str(row.id)))[0] == "AA"
        wait_until("the lead is closed", lambda: Lead.objects.get(id=lead.id).closed_how == "evaluated", 10)
        assert ask(line, mdm("6", of=str(row.id)))[0] == "AA", "its own repeat"
        assert ask(line, mdm("7"))[0] == "AA", "another note of the same"
        assert Event.objects.filter(lead=lead, name="evaluation_completed").count() == 1
        assert Appointment.objects.get(id=row.id).status == "completed"
        assert Part.objects.filter(lead=lead, end="answered").count() == 2
