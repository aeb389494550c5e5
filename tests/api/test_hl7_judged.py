"""HL7 messages that take something back: said in words, asked of a person, and never a lead of their own."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.test import Client
from tests.api.test_mllp import PID, REF, ask, line_to, message, port

from firstvisit.journey import arriving
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.leads.queries import code
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.readers import Document, read

MERGE = ("EVN|A40", PID, "MRG|56789^^^LAKESIDE^MR||||||Zwickelhuber^Dora")
STRANGER = PID.replace("Zwickelhuber^Theodora^Ann", "Fremdling^Olga").replace("19610415", "19480101").replace(
    "0142", "0178"
).replace("theodora.z", "olga.f")  # fmt: skip
DEAD = f"{PID}||||||||||||||20261120|Y"


def desk(name: str) -> Client:
    """A browser in which somebody of the practice has signed in."""
    client = Client()
    user = User.objects.get(email=f"{name}@cedarstreet.example.org")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page_of(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


SAID = {
    "cancels": ("cancels what was asked for", "cancels what was asked for", "cancels what was asked for"),
    "merges": ("two of their records are of one person", "are of one person", "merges two records"),
    "died": ("the patient has died", "a patient has died", "the patient died"),
}
"""For each kind of message what the page, the task and the list say of it."""


@pytest.mark.parametrize(
    ("does", "body"),
    [
        ("cancels", message("REF^I14^REF_I12", *REF, control="2")),
        ("cancels", message("ORM^O01", PID, "ORC|CA|77", "OBR|1|||PT^Physical therapy", control="2")),
        ("cancels", message("ORM^O01", PID, "ORC|SC|77|||CA", control="2")),
        ("cancels", message("REF^I13", "RF1|R^Rejected", *REF[1:], control="2")),
        ("merges", message("ADT^A40^ADT_A39", *MERGE, control="2")),
        ("died", message("REF^I13", *(DEAD if each == PID else each for each in REF), control="2")),
        ("died", message("ADT^A08", "EVN|A08", DEAD, control="2")),
    ],
)
def test_what_takes_something_back_says_so_and_opens_no_lead(
    open_doors: str, pages: None, does: str, body: bytes
) -> None:
    says, todo, in_list = SAID[does]
    with port() as (number, _), line_to(number) as line:
        assert ask(line, message("REF^I12^REF_I12", *REF, control="1"))[0] == "AA"
        assert ask(line, body)[0] == "AA"
    lead, item = Lead.objects.get(), Item.objects.latest("received_at")
    arriving.read_one(item.id)
    task = Task.objects.get(about_kind="item", about_id=item.id, kind="confirm_item")
    assert todo in task.reason
    dana = desk("dana")
    row, page = page_of(dana, "/inbox"), page_of(dana, f"/inbox/{item.id}")
    assert "Message from" in page and "This message of EMR of LAKESIDE" in page and says in page
    assert "Theodora" in page
    assert f"about {code(lead.number)}" in page and "opens no lead" in page
    assert "PID|" not in page and "MSH|" not in page and in_list in row
    held = dana.post(f"/inbox/{item.id}/file")
    assert held.status_code == 409 and Lead.objects.count() == 1
    said = {"lead": code(lead.number), "words": "Closed with their office"}
    assert dana.post(f"/inbox/{item.id}/answered", said).status_code == 303
    assert Part.objects.get(item=item).end == "answered"
    assert Event.objects.filter(lead=lead, name="asked_about").count() == 1


def test_a_merge_names_both_of_their_numbers(open_doors: str) -> None:
    body = message("ADT^A40^ADT_A39", *MERGE)
    text = read(Document("x.hl7", "application/edi-hl7v2", body, date(2026, 11, 24))).texts["body"]
    assert "Their number 56789 (Dora Zwickelhuber) is now their number 77001." in text


def test_a_cancelled_part_and_danger_in_new_data_go_to_a_person(open_doors: str) -> None:
    orders = ("ORC|CA|77", "OBR|1|||PT^Physical therapy", "ORC|NW|78", "OBR|2|||OT^Occupational therapy")
    note = "NTE|1||Called: numb between the legs since today, cannot hold urine"
    with port() as (number, _), line_to(number) as line:
        assert ask(line, message("ORM^O01", PID, *orders, control="1"))[0] == "AA"
        assert ask(line, message("ADT^A08", "EVN|A08", STRANGER, note, control="2"))[0] == "AA"
        both = ask(line, message("REF^I12", REF[1], PID, STRANGER, control="3"))
    assert both[0] == "AE" and "more than one patient" in both[2]
    part, told = Item.objects.order_by("received_at")
    for item in (part, told):
        arriving.read_one(item.id)
    assert not Lead.objects.exists()
    kinds = set(Task.objects.filter(about_id=told.id).values_list("kind", flat=True))
    assert kinds == {"confirm_item", "review_item"}
    reason = Task.objects.get(about_id=part.id).reason
    assert reason == "A message cancels a part of what was ordered: see to its lead"


def test_a_message_that_lies_in_a_folder_is_read_as_what_it_is() -> None:
    done = read(Document("ref.txt", "text/plain", message("REF^I12", *REF), date(2026, 11, 24)))
    referral = done.understood.patients[0].referral
    assert (referral.patient.last_name, referral.patient.phone) == ("Zwickelhuber", "+16085550142")
    assert (referral.referrer.npi, referral.disciplines) == ("1234567893", ("PT",))
    assert (done.understood.sort, referral.diagnoses[0].code if referral.diagnoses else "") == ("referral", "M17.11")
    assert all(done.texts["body"][slice(*each.place.span or (0, 0))] for each in done.understood.found)
