"""What is the same delivery once more: by its number; a file by its bytes; never two callers who say the same words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.api.test_folder import folder as folder
from tests.api.test_folder import listening
from tests.api.test_mllp import ask, line_to, message, port
from tests.api.test_twilio import post
from tests.api.test_twilio import way as way
from tests.api.test_vendors import made
from tests.api.test_vendors import post as vendor_post
from tests.api.test_webhook import post as webhook_post
from tests.installation import wait_until

from firstvisit.journey import arriving
from firstvisit.journey.inbox import ending, filing, seeing, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import Delivery, Item, Part, WayIn
from firstvisit.steps.intake.services import original

Browser = Callable[[str], Client]
TEXT = (
    "Referral form\nPatient name: {first} Quisenberry\nDate of birth: 03/04/1971\nPatient phone: 608-555-0{last}\n"
    "Therapy: PT\nReason: knee pain after a fall\nReferring office: Lakeside Orthopedics\n"
)


def missed(sid: str, number: str = "+16085550171", state: str = "no-answer") -> None:
    said = {"CallSid": sid, "CallStatus": state, "Direction": "inbound", "From": number, "To": "+16085550190"}
    assert post(said).status_code == 200


def transcribed(sid: str, number: str, call: str, words: str = "Hi please call me back thank you") -> None:
    said = {"TranscriptionSid": sid, "TranscriptionText": words, "TranscriptionStatus": "completed",
            "RecordingSid": f"RE{sid}", "CallSid": call, "From": number, "To": "+16085550190"}  # fmt: skip
    assert post(said).status_code == 200


def numbers() -> list[str]:
    return sorted(deliveries.about(item)["from"] for item in Item.objects.all())


@pytest.mark.django_db
def test_two_callers_who_say_the_same_words_are_two(way: WayIn) -> None:
    transcribed("TR1", "+16085550172", "CA1")
    transcribed("TR2", "+16085550173", "CA2")
    assert numbers() == ["+16085550172", "+16085550173"]


@pytest.mark.django_db
def test_one_caller_who_says_the_same_twice_called_twice(way: WayIn) -> None:
    transcribed("TR1", "+16085550172", "CA1")
    transcribed("TR2", "+16085550172", "CA2")
    transcribed("TR2", "+16085550172", "CA2")  # Twilio's own retry
    assert Item.objects.count() == 2


@pytest.mark.django_db
def test_a_number_used_again_for_another_caller_loses_neither(way: WayIn) -> None:
    transcribed("TR1", "+16085550172", "CA1")
    transcribed("TR1", "+16085550173", "CA2")
    assert numbers() == ["+16085550172", "+16085550173"]


@pytest.mark.django_db
def test_every_missed_call_is_one_also_after_the_first_was_signed_as_no_referral(
    way: WayIn, browser: Browser
) -> None:
    missed("CA1")
    missed("CA1")
    missed("CA2")
    assert Item.objects.count() == 2
    first = Item.objects.order_by("received_at").first()
    assert first is not None
    arriving.read_one(first.id)
    signed = browser("dana").post(f"/inbox/{first.id}/not-a-referral", {"reason": "wrong_recipient"})
    assert signed.status_code == 303
    missed("CA3")
    newest = Item.objects.latest("received_at")
    arriving.read_one(newest.id)
    assert Item.objects.count() == 3
    assert Task.objects.filter(about_id=newest.id, kind="confirm_item", status="open").exists()


@pytest.mark.django_db
def test_the_number_of_a_missed_call_is_filled_in(way: WayIn, browser: Browser) -> None:
    missed("CA1")
    missed("CA2", number="anonymous")
    missed("CA3", number="+16085550190")  # our own line, forwarded
    pages = []
    for item in Item.objects.order_by("received_at"):
        arriving.read_one(item.id)
        pages.append(browser("dana").get(f"/inbox/{item.id}").content.decode())
    assert 'value="(608) 555-0171"' in pages[0]
    assert not any('name="text" value="(608)' in page for page in pages[1:])


@pytest.mark.django_db
def test_a_number_that_the_caller_says_goes_before_the_one_they_call_from(way: WayIn, browser: Browser) -> None:
    words = "Hi, this is Odalys Brankovic. I need physical therapy for my knee. My number is 608-555-0118. Thank you."
    transcribed("TR1", "+16085550172", "CA1", words)
    item = Item.objects.get()
    arriving.read_one(item.id)
    page = browser("dana").get(f"/inbox/{item.id}").content.decode()
    assert "(608) 555-0118" in page and 'value="(608) 555-0172"' not in page


@pytest.mark.django_db
def test_callrails_missed_calls_of_one_number_are_two(practice: Practice) -> None:
    made("callrail")
    for mark in ("CAL1", "CAL3", "CAL3"):
        said = {"customer_phone_number": "+16085550122", "direction": "inbound", "answered": False, "resource_id": mark}
        body = json.dumps(said).encode()
        signed = base64.b64encode(hmac.new(b"sk", body, hashlib.sha1).digest()).decode()
        assert vendor_post("callrail", body, "application/json", Signature=signed).status_code == 200
    assert Item.objects.count() == 2


def dropped(path: Path, name: str, body: bytes, way: WayIn, count: int) -> None:
    """Put a file there as somebody would and wait until it lies in "taken"."""
    (path / name).write_bytes(body)
    with listening():
        wait_until("it is taken", lambda: Delivery.objects.filter(way=way).count() == count, 30)
        wait_until("it is moved", lambda: not (path / name).exists(), 20)


def signed_no_referral(item: Item) -> None:
    arriving.read_one(item.id)
    dana = User.objects.get(email="dana@cedarstreet.example.org")
    ending.not_a_referral(Item.objects.get(id=item.id), dana, actor=Actor("user", str(dana.id)), reason="vendor")


def test_a_fax_that_comes_again_after_it_was_signed_as_no_referral_is_looked_at_by_a_person(
    folder: WayIn, tmp_path: Path
) -> None:
    scans, body = tmp_path / "scans", TEXT.format(first="Ilse", last=151).encode()
    dropped(scans, "one.txt", body, folder, 1)
    dropped(scans, "two.txt", body, folder, 2)
    first = Item.objects.get()  # while it waits, the same file is the same item
    assert deliveries.times_received(first) == 2
    signed_no_referral(first)
    dropped(scans, "three.txt", body, folder, 3)
    again = Item.objects.latest("received_at")
    assert again.id != first.id and original(again) == body
    arriving.read_one(again.id)
    reason = Task.objects.get(about_id=again.id, kind="confirm_item").reason
    assert "was signed as no referral by Dana" in reason and "an offer to sell something" in reason
    dropped(scans, "four.txt", body, folder, 4)
    assert Item.objects.count() == 2


def test_a_file_that_somebody_moves_back_is_looked_at_again(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    dropped(scans, "one.txt", TEXT.format(first="Ilse", last=151).encode(), folder, 1)
    signed_no_referral(Item.objects.get())
    (scans / "taken" / "one.txt").rename(scans / "one.txt")
    with listening():
        wait_until("it is taken", lambda: Item.objects.count() == 2, 30)
        wait_until("it is moved", lambda: not (scans / "one.txt").exists(), 20)


def test_a_fax_that_comes_again_is_on_the_timeline_of_its_lead_and_asks_once_that_is_closed(
    folder: WayIn, tmp_path: Path
) -> None:
    scans, body = tmp_path / "scans", TEXT.format(first="Ilse", last=151).encode()
    dropped(scans, "one.txt", body, folder, 1)
    item = Item.objects.get()
    arriving.read_one(item.id)
    lead = filed(item)
    dropped(scans, "two.txt", body, folder, 2)
    assert Item.objects.count() == 1
    assert Event.objects.filter(lead=lead, name="came_again").count() == 1
    Lead.objects.filter(id=lead.id).update(closed_at=item.received_at, outcome="declined")
    dropped(scans, "three.txt", body, folder, 3)
    again = Item.objects.latest("received_at")
    arriving.read_one(again.id)
    assert f"filed as L-{lead.number}, which is closed" in Task.objects.get(
        about_id=again.id, kind="confirm_item"
    ).reason
    assert Event.objects.filter(lead=lead, name="came_again").count() == 2


def filed(item: Item) -> Lead:
    """Confirm everything as it was read and file it."""
    dana, now = User.objects.get(email="dana@cedarstreet.example.org"), clock.now()
    actor = Actor("user", str(dana.id))
    for field in seeing.opened(Item.objects.get(id=item.id), dana, now=now).parts[0].left:
        verbs.answer(item, dana, actor=actor, part=0, path=field.path, verb="confirmed")
    filing.file(Item.objects.get(id=item.id), dana, actor=actor)
    lead = Part.objects.get(item=item).lead
    assert lead is not None
    return lead


def test_one_letter_enclosed_for_two_patients_belongs_to_both(open_doors: str) -> None:
    letter = base64.b64encode(b"%PDF-1.4 exercises after a new knee").decode()

    def request(control: str, name: str, born: str, phone: str) -> bytes:
        pid = f"PID|1||{control}^^^LAKESIDE^MR||{name}||{born}|F|||12 Elm St^^Madison^WI^53703||{phone}"
        obx = f"OBX|1|ED|PDF^Letter||LAB^application^PDF^Base64^{letter}"
        rf1 = f"RF1|P|R|PT^Physical therapy|||{control}|20261121|||Knee stiff"
        return message("REF^I12^REF_I12", rf1, pid, obx, control=control)

    with port() as (number, _), line_to(number) as line:
        assert ask(line, request("e1", "Offenbach^Anna", "19610415", "6085550142"))[0] == "AA"
        assert ask(line, request("e2", "Closterman^Berta", "19550230", "6085550143"))[0] == "AA"
        assert ask(line, request("e3", "Offenbach^Anna", "19610415", "6085550142"))[0] == "AA"
    letters = Item.objects.filter(document__media_type="application/pdf").order_by("received_at")
    leads = [deliveries.belongs_to(each) for each in letters]
    assert len(leads) == 2 and leads[0] is not None and leads[1] is not None and leads[0] != leads[1]


@pytest.mark.django_db
def test_a_referral_without_a_number_that_is_sent_again_later_is_noted_and_once_its_lead_is_closed_opens_another(
    practice: Practice,
) -> None:
    webhook = ways_in.make(slug="partner", kind="webhook", name="Partner", actor=SYSTEM)
    ways_in.switch(webhook, "on", actor=SYSTEM)
    assert webhook_post(webhook).status_code == 201
    assert webhook_post(webhook).status_code == 200  # its sender's retry
    lead = Lead.objects.get()
    assert not Event.objects.filter(name="came_again").exists()
    clock.move(timedelta(hours=2))
    assert webhook_post(webhook).status_code == 200
    assert Event.objects.filter(lead=lead, name="came_again").count() == 1 and Item.objects.count() == 1
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), outcome="declined")
    clock.move(timedelta(hours=2))
    assert webhook_post(webhook).status_code == 201
    assert (Item.objects.count(), Lead.objects.count()) == (2, 2)
    assert Event.objects.filter(lead=lead, name="came_again").count() == 2
