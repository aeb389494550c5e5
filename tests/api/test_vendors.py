"""The fax and phone vendors: each as its own description has it, none trusted before one real delivery was recorded."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.test import Client
from tests.api.test_folder import listening
from tests.installation import wait_until

from firstvisit.journey import reconciling
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries, recordings, ways_in
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources.ways import KINDS

PDF = b"%PDF-1.4 a fax"
KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
).decode()
SECRETS = {
    "phaxio": {"callback_token": "cb-token", "password": "pw"},
    "documo": {"password": "pw", "api_key": "key"},
    "telnyx": {"public_key": PUBLIC},
    "callrail": {"signing_key": "sk", "api_key": "key"},
}


def made(kind: str, **there: Any) -> WayIn:
    """A way in of this kind that records, which is how a vendor nobody has tried begins."""
    way = ways_in.make(slug=kind, kind=kind, name=kind, actor=SYSTEM, settings=there, secrets=SECRETS[kind])
    ways_in.switch(way, "recording", actor=SYSTEM)
    return way


def multipart(fields: dict[str, str], files: dict[str, tuple[str, str, bytes]]) -> tuple[bytes, str]:
    parts = [
        f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (filename, kind, body) in files.items():
        head = f'--XX\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + body + b"\r\n")
    return b"".join(parts) + b"--XX--\r\n", "multipart/form-data; boundary=XX"


def post(kind: str, body: bytes, content_type: str, **headers: str) -> Any:
    return Client().post(f"/in/{kind}", body, content_type=content_type, headers=headers)


def basic(user: str, password: str = "pw") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.transport == "web"])
def test_nothing_unsigned_is_taken_over_any_door(practice: Practice, kind: str) -> None:
    secrets = dict.fromkeys(KINDS[kind].secrets, "a-secret")
    way = ways_in.make(slug=kind, kind=kind, name=kind, actor=SYSTEM, secrets=secrets)
    ways_in.switch(way, "recording", actor=SYSTEM)
    for body, form in ((b"{}", "application/json"), (b"a=b", "application/x-www-form-urlencoded"), (b"", "x/y")):
        assert post(kind, body, form).status_code == 401
    assert not Item.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.verified])
def test_a_vendor_nobody_has_tried_stays_off_until_a_delivery_was_recorded(
    practice: Practice, kind: str, browser: Callable[[str], Client]
) -> None:
    way = ways_in.make(slug=kind, kind=kind, name=kind, actor=SYSTEM)
    with pytest.raises(Conflict, match="record one real delivery first"):
        ways_in.switch(way, "on", actor=SYSTEM)
    page = browser("admin").get(f"/ways-in/{kind}").content.decode()
    assert "Not verified against the vendor" in page and "Record one delivery" in page


@pytest.mark.django_db
def test_phaxio_signs_its_form_and_brings_the_file(practice: Practice) -> None:
    way = made("phaxio")
    fields = {"fax": json.dumps({"id": 4711, "direction": "received", "num_pages": 2, "from_number": "+16085550120"}),
              "success": "true"}  # fmt: skip
    body, kind = multipart(fields, {"file": ("fax.pdf", "application/pdf", PDF)})
    url = f"{settings.ENVIRONMENT.address}/in/phaxio"
    text = url + "".join(name + fields[name] for name in sorted(fields)) + "file" + hashlib.sha1(PDF).hexdigest()
    signature = hmac.new(b"cb-token", text.encode(), hashlib.sha1).hexdigest()
    assert post("phaxio", body, kind, **{"X-Phaxio-Signature": signature}).status_code == 200
    assert post("phaxio", body, kind, **{"X-Phaxio-Signature": "0" * 40}).status_code == 401
    item = Item.objects.get()
    assert (original(item), item.source, Delivery.objects.get().pages) == (PDF, "fax", 2)
    assert deliveries.about(item)["from"] == "+16085550120"
    way.refresh_from_db()
    ways_in.switch(way, "on", actor=SYSTEM)
    assert way.status == "on"


@pytest.mark.django_db
def test_sinch_brings_json_with_the_file_in_base64(practice: Practice) -> None:
    made("phaxio", user="sinch")
    said = {"event": "INCOMING_FAX", "fax": {"id": "01F", "direction": "INBOUND", "from": "+16085550120",
            "numberOfPages": 1}, "file": base64.b64encode(PDF).decode(), "fileType": "PDF"}  # fmt: skip
    sent = post("phaxio", json.dumps(said).encode(), "application/json", Authorization=basic("sinch"))
    assert sent.status_code == 200
    assert original(Item.objects.get()) == PDF


@pytest.mark.django_db
def test_documo_brings_a_form_or_tells_where_the_fax_lies(practice: Practice) -> None:
    made("documo", user="us")
    said = {"messageId": "d7af", "direction": "inbound", "status": "success", "faxCallerId": "+16085550121",
            "pagesCount": "3"}  # fmt: skip
    body, kind = multipart({"data": json.dumps(said)}, {"attachment": ("d7af.pdf", "application/pdf", PDF)})
    assert post("documo", body, kind, Authorization=basic("us")).status_code == 200
    assert post("documo", body, kind, Authorization=basic("us", "guess")).status_code == 401
    assert (original(Item.objects.get()), Delivery.objects.get().pages) == (PDF, 3)
    other = json.dumps({**said, "messageId": "e8b0"}).encode()
    assert post("documo", other, "application/json", Authorization=basic("us")).status_code == 200
    told = Item.objects.get(document__media_type="application/json")
    assert json.loads(original(told))["url"] == "https://api.documo.com/v1/fax/e8b0/download?format=pdf"


@pytest.mark.django_db
def test_telnyx_signs_with_a_key_of_its_own(practice: Practice) -> None:
    made("telnyx")
    payload = {"fax_id": "f1", "media_url": "https://s3.amazonaws.com/faxes/f1.pdf", "page_count": 4, "from": "+1608"}
    body = json.dumps({"data": {"event_type": "fax.received", "id": "e1", "payload": payload}}).encode()
    moment = str(int(clock.now().timestamp()))

    def send(when: str, key: Ed25519PrivateKey = KEY) -> int:
        signature = base64.b64encode(key.sign(when.encode() + b"|" + body)).decode()
        headers = {"telnyx-timestamp": when, "telnyx-signature-ed25519": signature}
        return post("telnyx", body, "application/json", **headers).status_code

    assert send(moment) == 200
    assert send(moment, Ed25519PrivateKey.generate()) == 401
    assert send(str(int(moment) - 400)) == 401
    assert Delivery.objects.get().pages == 4


@pytest.mark.django_db
def test_callrail_brings_a_transcription_a_recording_or_a_missed_call(practice: Practice) -> None:
    made("callrail")

    def send(said: dict[str, Any]) -> int:
        body = json.dumps(said).encode()
        made_by = base64.b64encode(hmac.new(b"sk", body, hashlib.sha1).digest()).decode()
        return post("callrail", body, "application/json", Signature=made_by).status_code

    base = {"customer_phone_number": "+16085550122", "direction": "inbound"}
    heard = {"transcription": "I need a knee evaluation", "recording": "https://api.callrail.com/v3/r/1"}
    assert send({**base, **heard, "resource_id": "CAL1", "answered": True}) == 200
    assert send({**base, "resource_id": "CAL2", "answered": False}) == 200
    recording, missed = Item.objects.order_by("received_at", "id")
    assert recordings.words_of(deliveries.about(recording)) == "Caller: I need a knee evaluation\n"
    assert original(recording) == b'{"url": "https://api.callrail.com/v3/r/1"}'
    assert original(missed) == b"Missed call from +16085550122.\n"


class _SrFax(BaseHTTPRequestHandler):
    """SRFax's web service as it is described, over an inbox of the test's."""

    inbox: dict[str, bytes] = {}

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        said: dict[str, Any] = {"Status": "Failed", "Result": "Invalid Access Code / Password"}
        if form["access_pwd"] == ["right"]:
            if form["action"] == ["Get_Fax_Inbox"]:
                row = {"ReceiveStatus": "Ok", "CallerID": "6085550123", "Pages": "1"}
                rows = [{**row, "FileName": f"20261122-{mark}|{mark}"} for mark in self.inbox]
                said = {"Status": "Success", "Result": rows}
            else:
                [mark] = form["sFaxDetailsID"]
                said = {"Status": "Success", "Result": base64.b64encode(self.inbox[mark]).decode()}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def srfax() -> Iterator[str]:
    _SrFax.inbox = {"101": PDF + b" one", "102": PDF + b" two"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _SrFax)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/SRF_SecWebSvc.php"
    server.shutdown()
    server.server_close()
    thread.join()


def test_srfax_is_asked_each_fax_is_fetched_once_and_its_count_is_held_against_ours(
    open_doors: str, srfax: str
) -> None:
    way = ways_in.make(
        slug="srfax", kind="srfax", name="SRFax", actor=SYSTEM, secrets={"password": "right"},
        settings={"address": srfax, "account": "194999", "poll_seconds": 10},
    )  # fmt: skip
    ways_in.switch(way, "recording", actor=SYSTEM)
    for _ in range(2):
        with listening():
            wait_until("both are fetched", lambda: Item.objects.filter(source="fax").count() == 2, 30)
    assert Delivery.objects.count() == 2
    fresh = WayIn.objects.select_related("key").get(id=way.id)
    assert fresh.recorded_at is not None
    today = clock.now().date()
    deliveries.carrier_told(way, today, [("document", mark) for mark in (*_SrFax.inbox, "103")], now=clock.now())
    [difference] = [each for each in reconciling.differences(clock.now()) if each.kind.startswith("missing")]
    assert difference.words.startswith("SRFax: 1 of the 3")


def test_srfax_with_a_wrong_password_says_so(open_doors: str, srfax: str) -> None:
    way = ways_in.make(
        slug="srfax", kind="srfax", name="SRFax", actor=SYSTEM, secrets={"password": "wrong"},
        settings={"address": srfax},
    )  # fmt: skip
    ways_in.switch(way, "recording", actor=SYSTEM)

    def error() -> str:
        way.refresh_from_db()
        return way.error

    with listening():
        wait_until("it says so", lambda: "account number or the password" in error(), 30)
