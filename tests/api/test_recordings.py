"""A recording and its words are one item: one is played, the other read, whichever comes first."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from django.test import Client
from tests.api.test_repeats import signed_no_referral
from tests.api.test_twilio import post, recording
from tests.api.test_twilio import vendor as vendor
from tests.api.test_twilio import way as way
from tests.api.test_vendors import made
from tests.api.test_vendors import post as vendor_post

from firstvisit.api.jobs import fetch_media
from firstvisit.journey import arriving
from firstvisit.leads.models import Task
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.services import original

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
WORDS = "Hi this is Odalys Brankovic, I need physical therapy for my knee. My number is 608-555-0118."
VOICE = b"ID3 a voice"


def words(said: str = WORDS, recording: str = "RE1") -> None:
    assert post({"TranscriptionSid": f"TR{recording}", "TranscriptionText": said, "TranscriptionStatus": "completed",
                 "RecordingSid": recording, "CallSid": "CA1", "From": "+16085550172"}).status_code == 200  # fmt: skip


def heard(vendor: str) -> None:
    """The recording as Twilio tells of it: without a number of the caller."""
    said = {name: value for name, value in recording(vendor).items() if name != "From"}
    assert post(said).status_code == 200


def fetched() -> None:
    fetch_media(item_id=str(Item.objects.get().id))


def read() -> None:
    """What the worker does with everything that was handed to it."""
    item = Item.objects.get()
    if item.status == "received":
        arriving.read_one(item.id)
    else:
        arriving.read_again(item.id)


def test_it_is_one_item_in_every_order_and_is_played_and_read(way: WayIn, vendor: str, browser: Browser) -> None:
    orders: list[list[Callable[[], None]]] = [
        [lambda: heard(vendor), fetched, read, words, read],
        [lambda: heard(vendor), fetched, words, read],
        [lambda: heard(vendor), words, read, fetched],
        [lambda: heard(vendor), words, fetched, read],
        [words, lambda: heard(vendor), fetched, read],
        [words, read, lambda: heard(vendor), fetched],
        [words, lambda: heard(vendor), read, fetched],
    ]
    for order in orders:
        Task.objects.all().delete()
        Delivery.objects.all().delete()
        Item.objects.all().delete()
        for step in order:
            step()
        item = Item.objects.get()
        assert (original(item), item.document.media_type, item.status) == (VOICE, "audio/mpeg", "to_confirm")
        assert deliveries.times_received(item) == 1 and deliveries.about(item)["from"] == "+16085550172"
        page = browser("dana").get(f"/inbox/{item.id}").content.decode()
        assert "<audio" in page and "Odalys" in page and "(608) 555-0118" in page
        assert Task.objects.filter(about_id=item.id, kind="confirm_item", status="open").count() == 1


def test_danger_in_words_that_come_later_goes_to_a_clinician(way: WayIn, vendor: str) -> None:
    heard(vendor)
    fetched()
    read()
    assert not Task.objects.filter(kind="review_item").exists()
    words("Hi this is Odalys Brankovic. I am numb between my legs since today and cannot hold my urine.")
    read()
    assert Task.objects.filter(kind="review_item", about_id=Item.objects.get().id, safety=True).exists()


def test_words_that_come_after_somebody_signed_the_recording_are_read_on_their_own(way: WayIn, vendor: str) -> None:
    heard(vendor)
    fetched()
    signed_no_referral(Item.objects.get())
    words()
    assert Item.objects.count() == 2


def test_words_of_another_recording_join_none(way: WayIn, vendor: str) -> None:
    heard(vendor)
    words(recording="RE2")
    assert Item.objects.count() == 2


def test_a_recording_that_cannot_be_had_leaves_its_words_and_says_so(way: WayIn, browser: Browser) -> None:
    words()
    read()
    heard("https://evil.example.org")
    fetched()
    item = Item.objects.get()
    page = browser("dana").get(f"/inbox/{item.id}").content.decode()
    assert "Odalys" in page and "the file lies with another host than the vendor" in page


def test_what_callrail_brings_of_one_call_is_one_item(practice: Practice) -> None:
    made("callrail")
    said = {"customer_phone_number": "+16085550122", "direction": "inbound", "answered": True, "resource_id": "CAL1",
            "transcription": WORDS, "recording": "https://api.callrail.com/v3/r/1"}  # fmt: skip
    body = json.dumps(said).encode()
    signed = base64.b64encode(hmac.new(b"sk", body, hashlib.sha1).digest()).decode()
    for _ in range(2):
        assert vendor_post("callrail", body, "application/json", Signature=signed).status_code == 200
    item = Item.objects.get()
    arriving.read_one(item.id)
    assert Item.objects.get().status == "to_confirm" and Delivery.objects.count() == 2


def test_who_called_is_known_once_one_of_the_notices_of_a_recording_names_them(
    way: WayIn, vendor: str, browser: Browser
) -> None:
    heard(vendor)
    assert "from" not in {name for name, value in deliveries.about(Item.objects.get()).items() if value}
    post(recording(vendor) | {"From": "+16085550172", "CallStatus": "completed"})  # what Twilio asks after <Record>
    item = Item.objects.get()
    assert deliveries.about(item)["from"] == "+16085550172"
    fetched()
    read()
    assert 'value="(608) 555-0172"' in browser("dana").get(f"/inbox/{item.id}").content.decode()
