"""Twilio's webhooks: signed as Twilio signs, media fetched from a real local server, STOP on the ledger."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from tests.conftest import ClientPost
from tests.people import FAMILY

from firstvisit.api.fetching import fetch
from firstvisit.api.jobs import fetch_media
from firstvisit.api.listen import counted
from firstvisit.journey import arriving, reconciling
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import ConnectorError
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.people.models import ConsentEntry
from firstvisit.people.queries import stopped
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources.twilio import word_of

pytestmark = pytest.mark.django_db
TOKEN = "twelve-monkeys-auth-token"
MOTHER = "+16085550101"


@pytest.fixture
def way(practice: Practice) -> WayIn:
    made = ways_in.make(
        slug="phone", kind="twilio", name="Phone", actor=SYSTEM, secrets={"auth_token": TOKEN},
        settings={"account": "AC1", "media_host": "127.0.0.1", "greeting": "Cedar Street. Leave a message."},
    )  # fmt: skip
    ways_in.switch(made, "on", actor=SYSTEM)
    return made


def signature(url: str, said: dict[str, str], token: str = TOKEN) -> str:
    text = url + "".join(f"{name}{said[name]}" for name in sorted(said))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def post(said: dict[str, str], *, token: str = TOKEN, query: str = "") -> Any:
    said = {"AccountSid": "AC1", **said}
    url = f"{settings.ENVIRONMENT.address}/in/phone{query}"
    return Client().post(
        f"/in/phone{query}", urlencode(said), content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature(url, said, token)},
    )  # fmt: skip


def text(body: str, sid: str = "SM1", **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "SmsStatus": "received", "From": MOTHER, "To": "+16085550190", "Body": body, **more}


def test_twilios_own_example_of_a_signature() -> None:
    """From Twilio's page "Webhooks security"; the token 12345 and the address are theirs."""
    from datetime import UTC, datetime

    from firstvisit.steps.intake.sources import twilio
    from firstvisit.steps.intake.sources.delivery import Delivery as Sent

    said = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    headers = {
        "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        "content-type": "application/x-www-form-urlencoded",
    }
    sent = Sent("https://mycompany.com/myapp.php?foo=1&bar=2", headers, urlencode(said).encode(), datetime.now(UTC))
    twilio.verify(sent, {"auth_token": "12345"}, twilio.Settings())


def test_a_wrong_signature_is_refused(way: WayIn) -> None:
    assert post(text("hello"), token="another").status_code == 401
    assert not Item.objects.exists()


def test_a_text_of_somebody_with_an_open_lead_is_on_its_timeline_with_a_task(
    way: WayIn, client_post: ClientPost
) -> None:
    assert client_post(FAMILY).status_code == 201
    answer = post(text("Can we come on Thursday instead?"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml")
    assert b"<Response></Response>" in answer.content
    lead = Lead.objects.get()
    event = Event.objects.get(name="text_received")
    assert event.lead_id == lead.id and event.sealed is not None
    task = Task.objects.get(kind="answer_text")
    assert (task.lead_id, task.safety) == (lead.id, False)
    assert Item.objects.get(source="sms").status == "settled"


def test_a_text_that_tells_of_danger_goes_before_everything(way: WayIn, client_post: ClientPost) -> None:
    assert client_post(FAMILY).status_code == 201
    post(text("She has had chest pain since this morning and cannot breathe"))
    assert Task.objects.get(kind="answer_text").safety


def test_a_text_of_a_stranger_waits_in_the_inbox(way: WayIn) -> None:
    post(text("Do you treat vertigo?", From="+16085550999"))
    item = Item.objects.get()
    assert original(item) == b"Do you treat vertigo?"
    arriving.read_one(item.id)
    item.refresh_from_db()
    assert item.status == "to_confirm"


def test_stop_and_start_go_to_the_ledger(way: WayIn, client_post: ClientPost) -> None:
    client_post(FAMILY)
    post(text("STOP"))
    assert stopped([MOTHER]) == {MOTHER}
    assert ConsentEntry.objects.filter(channel="sms", given=False, wording="stop").exists()
    post(text("Start", sid="SM2"))
    assert stopped([MOTHER]) == set()
    post(text("HELP", sid="SM3"))
    assert not Task.objects.filter(kind="answer_text").exists()
    assert set(Item.objects.filter(source="sms").values_list("status", flat=True)) == {"settled"}


@pytest.mark.parametrize(
    ("said", "word"),
    [("Stop.", "stop"), ("stop all", "stop"), ("UNSUBSCRIBE", "stop"), ("alto", "stop"), ("Opt out", "stop"),
     ("help", "help"), ("UNSTOP", "start"), ("please stop by at nine", ""), ("we cannot start yet", "")],
)  # fmt: skip
def test_one_word_is_a_wish_and_a_sentence_is_read_by_a_person(said: str, word: str) -> None:
    assert word_of(said) == word
    assert word_of(said, "STOP") == "stop"


class _Vendor(BaseHTTPRequestHandler):
    """Gives a recording to whoever holds the account's token, after sending them on once."""

    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        if self.path.startswith("/2010"):
            if not self.headers.get("Authorization"):
                self.send_response(401)
                self.end_headers()
                return
            self.send_response(302)
            self.send_header("Location", "/elsewhere/recording.mp3")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.end_headers()
        self.wfile.write(b"ID3 a voice")

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def vendor() -> Iterator[str]:
    _Vendor.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Vendor)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def recording(vendor: str) -> dict[str, str]:
    return {
        "RecordingSid": "RE1", "RecordingUrl": f"{vendor}/2010-04-01/Accounts/AC1/Recordings/RE1", "CallSid": "CA1",
        "RecordingStatus": "completed", "RecordingDuration": "12", "From": MOTHER,
    }  # fmt: skip


def test_a_recording_is_fetched_and_becomes_something_to_listen_to(way: WayIn, vendor: str) -> None:
    assert post(recording(vendor)).status_code == 200
    assert post(recording(vendor)).status_code == 200
    item = Item.objects.get()
    fetch_media(item_id=str(item.id))
    item.refresh_from_db()
    assert (original(item), item.document.media_type) == (b"ID3 a voice", "audio/mpeg")
    assert deliveries.about(item)["from"] == MOTHER
    [(_, first), (_, second)] = _Vendor.asked
    assert first.startswith("Basic ") and second == ""


def test_a_file_of_another_host_is_never_fetched_and_a_person_sees_the_notice(way: WayIn) -> None:
    post({**recording("https://evil.example.org")})
    item = Item.objects.get()
    fetch_media(item_id=str(item.id))
    item.refresh_from_db()
    assert item.error == "the file lies with another host than the vendor"
    arriving.read_one(item.id)
    item.refresh_from_db()
    assert item.status == "to_confirm"


def test_a_vendor_that_does_not_answer_is_asked_again(way: WayIn) -> None:
    with pytest.raises(ConnectorError) as raised:
        fetch("http://127.0.0.1:1/x", host="127.0.0.1", headers={})
    assert raised.value.temporary


def test_pictures_of_a_text_are_documents_of_their_own(way: WayIn, vendor: str) -> None:
    media = {
        "NumMedia": "2",
        **{f"MediaUrl{n}": f"{vendor}/elsewhere/{n}" for n in (0, 1)},
        **{f"MediaContentType{n}": "image/jpeg" for n in (0, 1)},
    }
    post(text("my order", From="+16085550999", **media))
    assert sorted(Item.objects.values_list("deliveries__what", flat=True)) == ["document", "document", "text"]


class _Counts(BaseHTTPRequestHandler):
    """Twilio's lists of a day, as api.v2010 describes them, in two pages."""

    def do_GET(self) -> None:
        message = {"direction": "inbound", "num_media": "0", "body": "hello", "sid": "SM1"}
        first = {"messages": [message, {**message, "direction": "outbound-api", "sid": "SM8"}],
                 "next_page_uri": "/2010-04-01/Accounts/AC1/Messages.json?Page=1"}  # fmt: skip
        second = {"messages": [{**message, "sid": "SM2", "num_media": "1"}], "next_page_uri": None}
        recordings = {"recordings": [{"sid": "RE1", "status": "completed"}], "next_page_uri": None}
        calls = {"calls": [{"sid": "CA8", "direction": "inbound", "status": "no-answer"}], "next_page_uri": None}
        pages = {"Page=1": second, "Messages": first, "Recordings": recordings, "Calls": calls}
        page = next(page for part, page in pages.items() if part in self.path)
        body = json.dumps(page if self.headers.get("Authorization") else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


def test_what_twilio_says_it_brought_and_never_called_us_for_is_found(way: WayIn) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Counts)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        there = {**way.settings, "api": f"http://127.0.0.1:{server.server_address[1]}"}
        ways_in.change(way, actor=SYSTEM, settings=there)
        line = counted.serve(way, threading.Event())
        day = clock.now().date() + timedelta(days=1)
        said = line.told(day)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert said == [
        ("text", "SM1"), ("text", "SM2"), ("document", "SM2|0"), ("call", "RE1"), ("document", "CA8|missed"),
    ]  # fmt: skip
    assert line.told(clock.now().date()) is None
    post(text("hello"))
    deliveries.carrier_told(way, clock.now().date(), said, now=clock.now())
    [difference] = reconciling.differences(clock.now())
    assert difference.words.startswith("Phone: 4 of the 5 that it brought on ")


def test_whoever_calls_is_greeted_and_recorded(way: WayIn) -> None:
    ringing = {"CallSid": "CA9", "CallStatus": "ringing", "Direction": "inbound", "From": MOTHER}
    answer = post(ringing).content.decode()
    assert "<Say>Cedar Street. Leave a message.</Say>" in answer and "<Record" in answer
    assert not Item.objects.exists() and Delivery.objects.get().came == "notice"


def test_a_call_that_nobody_took_is_kept(way: WayIn) -> None:
    post({"CallSid": "CA8", "CallStatus": "no-answer", "Direction": "inbound", "From": MOTHER})
    assert b"Missed call from +16085550101" in original(Item.objects.get())


def test_a_transcription_is_read_like_any_transcript(way: WayIn) -> None:
    post({"TranscriptionSid": "TR1", "TranscriptionText": "my son needs speech therapy", "RecordingSid": "RE1",
          "TranscriptionStatus": "completed", "CallSid": "CA1", "From": MOTHER})  # fmt: skip
    assert b"my son needs speech therapy" in original(Item.objects.get())


def test_the_state_of_a_message_of_ours_is_a_notice(way: WayIn) -> None:
    post({"MessageSid": "SM7", "MessageStatus": "delivered", "To": MOTHER, "From": "+16085550190"})
    assert not Item.objects.exists() and Delivery.objects.count() == 1


def test_it_is_not_switched_on_while_its_secret_is_missing(browser: Callable[[str], Client]) -> None:
    ways_in.make(slug="texts", kind="twilio", name="Texts", actor=SYSTEM)
    admin = browser("admin")
    refused = admin.post("/ways-in/texts/on")
    assert refused.status_code == 409
    assert "the auth token is missing: keep it first" in refused.content.decode()
    assert WayIn.objects.get(slug="texts").status == "off"
    assert "Auth token <small>is missing" in admin.get("/ways-in/texts").content.decode()
    admin.post("/ways-in/texts/secret", {"name": "auth_token", "value": TOKEN})
    assert admin.post("/ways-in/texts/on").status_code == 303
    assert WayIn.objects.get(slug="texts").status == "on"
