"""The recorder: what lets a vendor be switched on is one real delivery, signed and usable, that nothing takes away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.api.test_vendors import made, multipart, post
from tests.api.test_webhook import way as way

from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import recorder, ways_in
from firstvisit.steps.intake.models import Item, WayIn

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
USABLE = {
    "resource_id": "CAL7", "customer_phone_number": "+16085550122", "customer_name": "Ottoline Brandvold",
    "direction": "inbound", "answered": True, "transcription": "Caller: my knee is swollen",
}  # fmt: skip


def send(said: dict[str, Any], *, key: bytes = b"sk") -> int:
    body = json.dumps(said).encode()
    signed = base64.b64encode(hmac.new(key, body, hashlib.sha1).digest()).decode()
    return post("callrail", body, "application/json", Signature=signed).status_code


def switched_on(way: WayIn) -> bool:
    try:
        ways_in.switch(WayIn.objects.select_related("key").get(id=way.id), "on", actor=SYSTEM)
    except Conflict:
        return False
    return True


def page(browser: Browser, name: str = "admin") -> str:
    return browser(name).get("/ways-in/callrail").content.decode()


def test_what_the_mapping_cannot_use_switches_nothing_on_and_is_said_in_words(
    practice: Practice, browser: Browser
) -> None:
    way = made("callrail")
    assert send({"foo": 1}) == 202
    assert not switched_on(way)
    assert "It cannot be used: resource_id is missing." in page(browser)
    assert "Problem(" not in page(browser)
    assert browser("admin").post("/ways-in/callrail/on").status_code == 409
    assert Item.objects.count() == 1  # kept for a person all the same


def test_the_state_of_something_of_ours_is_no_delivery_that_brings_something(practice: Practice) -> None:
    way = made("callrail")
    assert send({"resource_id": "CAL1", "answered": True, "direction": "inbound"}) == 200
    assert not switched_on(way)
    assert send(USABLE) == 200
    assert switched_on(way)


def test_neither_a_forged_nor_an_unusable_nor_a_later_delivery_takes_its_place(
    practice: Practice, browser: Browser
) -> None:
    way = made("callrail")
    assert send({**USABLE, "resource_id": "FORGED"}, key=b"another") == 401
    assert "It was refused" in page(browser) and not switched_on(way)
    assert send(USABLE) == 200
    forged, later = {**USABLE, "resource_id": "FORGED"}, {**USABLE, "resource_id": "CAL8"}
    for said, key in ((forged, b"x"), ({"foo": 1}, b"sk"), (later, b"sk")):
        send(said, key=key)
        found = recorder.recorded_of(WayIn.objects.select_related("key").get(id=way.id))
        assert found is not None and found["usable"] and b"CAL7" in base64.b64decode(found["body"])
    assert "One more came after it and was not recorded" in page(browser)
    assert browser("admin").post("/ways-in/callrail/recording").status_code == 303
    assert recorder.recorded_of(WayIn.objects.select_related("key").get(id=way.id)) is None


def test_whoever_switches_it_on_sees_what_to_compare_and_nobodys_data(practice: Practice, browser: Browser) -> None:
    made("callrail")
    assert send(USABLE) == 200
    shown = page(browser)
    for words in ("A document: text/plain", "from +00000000022", "customer_name", "xxxxxxxx", "inbound", "true"):
        assert words in shown, words
    for word in ("Brandvold", "Ottoline", "knee", "5550122", "swollen"):
        assert word not in shown, word
    assert "Brandvold" in page(browser, "ruth")


def test_a_form_with_a_file_is_shown_by_its_fields_and_the_file_by_its_length(
    practice: Practice, browser: Browser
) -> None:
    made("phaxio", user="clinic")
    fax = {"id": 41, "direction": "received", "num_pages": 3, "from_number": "+16085550155"}
    body, kind = multipart(
        {"fax": json.dumps(fax), "event": "INCOMING_FAX"},
        {"file": ("Brandvold order.pdf", "application/pdf", b"%PDF-1.4 Brandvold")},
    )
    basic = "Basic " + base64.b64encode(b"clinic:pw").decode()
    assert post("phaxio", body, kind, Authorization=basic).status_code == 200
    shown = browser("admin").get("/ways-in/phaxio").content.decode()
    assert "A document: application/pdf, 3 pages, 18 bytes, from +00000000055." in shown
    assert "fax.num_pages" in shown and "INCOMING_FAX" in shown and "(a file, application/pdf, 18 bytes)" in shown
    assert "Brandvold" not in shown and "5550155" not in shown and "clinic:pw" not in shown
    assert base64.b64encode(b"clinic:pw").decode() not in shown


def test_a_week_later_a_refused_recording_is_forgotten_too(practice: Practice) -> None:
    made("callrail")
    send(USABLE, key=b"another")
    assert recorder.forget_recorded(now=clock.now() + timedelta(days=6)) == 0
    assert recorder.forget_recorded(now=clock.now() + timedelta(days=8)) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense.path = x", "“nonsense.path” is no field of ours"),
        ("patient.frist_name = x", "“patient.frist_name” is no field of ours"),
        ("patient = x", "“patient” is no field of ours"),
        ("payers.0.name = x", "“payers.0.name” is no field of ours"),
        ("patient.first_name: x", "no field of ours"),
        ("patient.first_name =", "nothing stands behind “patient.first_name”"),
    ],
)
def test_a_map_that_names_no_field_of_ours_is_refused_by_name(
    browser: Browser, way: WayIn, line: str, says: str
) -> None:
    there = {"name": "Partner", "scheme.algorithm": "sha256", "scheme.header": "X-Signature", "scheme.encoding": "hex",
             "scheme.signed": "timestamp.body", "scheme.timestamp_header": "X-Timestamp",
             "scheme.tolerance_seconds": "300", "what": "referral", "fields": f"concern = why\n{line}"}  # fmt: skip
    answer = browser("admin").post("/ways-in/partner/settings", there)
    assert answer.status_code == 422 and says in answer.content.decode()
    good = {**there, "fields": "payer.name = plan\ndiscipline[] = wants\nattribution.first.utm_source = from"}
    assert browser("admin").post("/ways-in/partner/settings", good).status_code == 303


def test_a_short_name_that_is_there_in_small_letters_is_refused_in_words(browser: Browser, way: WayIn) -> None:
    answer = browser("admin").post("/ways-in", {"slug": "Partner", "kind": "webhook", "name": "Another"})
    assert answer.status_code == 422 and "There is a way in of this name already." in answer.content.decode()
    assert browser("admin").post("/ways-in", {"slug": " Fax-2 ", "kind": "folder", "name": "F"}).status_code == 303
    assert WayIn.objects.filter(slug="fax-2").exists()
