"""Files that come with a FHIR referral, or that it points at, are documents that are read and belong to its lead."""

from __future__ import annotations

import base64
import copy
import html
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from tests.api.test_fhir import DOCTOR, ENTRIES, PATIENT, REQUEST, ROLE, bundle

from firstvisit.api.fetching import is_below
from firstvisit.api.jobs import fetch_linked
from firstvisit.api.models import ApiKey
from firstvisit.api.services import make_key
from firstvisit.journey import arriving
from firstvisit.journey.inbox import seeing, verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, ConnectorError
from firstvisit.leads.models import Event, Lead
from firstvisit.practice.models import User
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.services import original

pytestmark = pytest.mark.django_db
Send = Callable[..., Any]
LETTER = b"Patient: Liesl Wassermann\nDOB: 03/04/2022\nParent phone: 608-555-0155\nPlease evaluate speech.\n"
MORE = b"Name: Liesl Wassermann\nReason: few words\n"
UNKNOWN = [{"url": "https://example.org/made-up", "valueString": "nobody knows"}]


def inline(content: bytes, title: str = "Order", **more: Any) -> dict[str, Any]:
    attachment = {"contentType": "text/plain", "data": base64.b64encode(content).decode(), "title": title}
    return {"resourceType": "DocumentReference", "status": "current", "extension": UNKNOWN,
            "content": [{"attachment": attachment, "extension": UNKNOWN}], **more}  # fmt: skip


def linked(url: str) -> dict[str, Any]:
    attachment = {"contentType": "text/plain", "url": url, "title": "Order"}
    return {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": attachment}]}


@pytest.fixture
def send(practice: Practice) -> Send:
    """A POST of a bundle with a key whose files may lie below an address."""

    def post(body: Any, files_from: str = "") -> Any:
        name = files_from or "none"
        if name not in keys:
            keys[name] = make_key(name="EMR", scopes=["fhir:write"], actor=SYSTEM, files_from=files_from)[1]
        headers = {"Authorization": f"Bearer {keys[name]}"}
        kind = "application/fhir+json"
        return Client().generic("POST", "/fhir", json.dumps(body), content_type=kind, headers=headers)

    keys: dict[str, str] = {}
    return post


def documents() -> list[Item]:
    return [each for each in Item.objects.order_by("received_at", "id") if deliveries.is_document(each)]


def test_a_document_in_a_bundle_is_read_and_waits_for_its_lead(send: Send, staff: Callable[[str], User]) -> None:
    answer = send(bundle(*ENTRIES, inline(LETTER)))
    assert answer.status_code == 201, answer.content
    lead, [item], dana = Lead.objects.get(), documents(), staff("dana")
    assert (original(item), deliveries.about(item)["name"]) == (LETTER, "Order")
    assert Event.objects.filter(lead=lead, name="document_came").count() == 1
    arriving.read_one(item.id)
    item = Item.objects.select_related("key", "document").get(id=item.id)
    assert item.status == "to_confirm"
    seen = seeing.opened(item, dana, now=clock.now())
    assert (seen.goes[0].lead, seen.goes[0].why) == (lead, "it came with its request")
    verbs.confirm_clear(item, dana, actor=SYSTEM)
    for field in [field for part in seeing.opened(item, dana, now=clock.now()).parts for field in part.left]:
        verbs.answer(item, dana, actor=SYSTEM, part=0, path=field.path, verb="confirmed")
    assert file(item, dana, actor=SYSTEM).code == f"L-{lead.number}"
    assert Lead.objects.count() == 1
    assert Part.objects.get(item=item).lead == lead


def test_sent_again_each_file_is_kept_once(send: Send) -> None:
    body = bundle(*ENTRIES, inline(LETTER), inline(LETTER, "The same bytes"), inline(MORE))
    assert send(body).status_code == 201
    assert send(body).status_code == 200
    assert [original(each) for each in documents()] == [LETTER, MORE]


@pytest.mark.parametrize(
    "shaped",
    [
        lambda data: [{"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": data}],
        lambda data: [{"resourceType": "Binary", "id": "b1", "data": data}, linked("Binary/b1")],
        lambda data: [{"resourceType": "DiagnosticReport", "presentedForm": [{"data": data}]}],
        lambda data: [{"resourceType": "Communication", "payload": [{"contentAttachment": {"data": data}}]}],
        lambda data: [{"resourceType": "Media", "content": {"data": data}}],
        lambda data: [{**REQUEST, "id": "s1", "contained": [inline(LETTER)]}],
    ],
)  # fmt: skip
def test_wherever_a_bundle_holds_a_file_it_is_found_once(send: Send, shaped: Callable[[str], list[Any]]) -> None:
    more = shaped(base64.b64encode(LETTER).decode())
    rest = [PATIENT, DOCTOR, ROLE] if more[0].get("id") == "s1" else ENTRIES
    assert send(bundle(*rest, *more)).status_code == 201
    assert [original(each) for each in documents()] == [LETTER]


def test_each_file_goes_to_the_lead_of_its_own_patient(send: Send, staff: Callable[[str], User]) -> None:
    twin = {**copy.deepcopy(PATIENT), "id": "p2", "birthDate": "2020-05-06"}
    twin["name"] = [{"family": "Other", "given": ["Tom"]}]
    second = {**REQUEST, "id": "s2", "subject": {"reference": "Patient/p2"}}
    files = [inline(LETTER, subject={"reference": "Patient/p2"}), inline(MORE, subject={"reference": "Patient/p1"})]
    assert send(bundle(PATIENT, twin, DOCTOR, ROLE, REQUEST, second, *files)).status_code == 201
    leads = [deliveries.belongs_to(each) for each in documents()]
    assert leads == list(Lead.objects.order_by("-number"))


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (inline(b""), None),
        ({"resourceType": "DocumentReference", "content": "junk"}, None),
        ({"resourceType": "DocumentReference", "content": [{"attachment": {"data": "%%%"}}]}, "is not base64"),
        ({"resourceType": "DocumentReference", "content": [{"attachment": {"data": 5, "url": 7}}]}, None),
        ({"resourceType": "Binary", "data": "%"}, "is not base64"),
    ],
)
def test_what_is_no_file_is_passed_over_or_refused_by_name(send: Send, resource: Any, said: str | None) -> None:
    answer = send(bundle(*ENTRIES, resource))
    if said is None:
        assert answer.status_code == 201
        assert documents() == []
    else:
        assert answer.status_code == 422
        assert said in answer.json()["issue"][0]["diagnostics"]
        assert not Item.objects.exists()


def test_too_many_files_are_refused(send: Send) -> None:
    answer = send(bundle(*ENTRIES, *(inline(b"%d" % n) for n in range(1, 22))))
    assert answer.status_code == 422
    assert "has more than 20 files" in answer.json()["issue"][0]["diagnostics"]


class Emr(BaseHTTPRequestHandler):
    """The sender's own server: two files, one wrapped as FHIR has it, one that sends on elsewhere."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        wrapped = {"resourceType": "Binary", "contentType": "text/plain", "data": base64.b64encode(MORE).decode()}
        found = {
            "/fhir/Binary/plain": (200, "text/plain", LETTER),
            "/fhir/Binary/wrapped": (200, "application/fhir+json", json.dumps(wrapped).encode()),
            "/secret": (200, "text/plain", b"what nobody may have"),
            "/fhir/Binary/busy": (503, "text/plain", b""),
        }
        status, kind, body = found.get(self.path, (302, "text/plain", b""))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/secret")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def emr() -> Iterator[str]:
    Emr.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Emr)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/fhir"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_on_the_senders_own_server_is_fetched_where_that_is_allowed(send: Send, emr: str) -> None:
    assert send(bundle(*ENTRIES, linked(f"{emr}/Binary/plain"), linked("Binary/wrapped")), emr).status_code == 201
    key, items = ApiKey.objects.get(name="EMR"), documents()
    for item in items:
        fetch_linked(str(item.id), str(key.id))
    fresh = [Item.objects.select_related("key", "document").get(id=item.id) for item in items]
    assert [original(each) for each in fresh] == [LETTER, MORE]
    assert {each.document.media_type for each in fresh} == {"text/plain"}
    assert {deliveries.belongs_to(each) for each in fresh} == {Lead.objects.get()}


@pytest.mark.parametrize(
    ("url", "files_from", "why"),
    [
        ("{emr}/Binary/plain", "", "files of this sender are not fetched"),
        ("{root}/secret", "{emr}", "elsewhere than the sender"),
        ("{emr}/../secret", "{emr}", "elsewhere than the sender"),
        ("{emr}/%2e%2e/secret", "{emr}", "elsewhere than the sender"),
        ("{emr}/Binary/moved", "{emr}", "elsewhere than the sender"),
        ("http://other.invalid/x", "{emr}", "another host"),
        ("file:///etc/passwd", "{emr}", "another host"),
    ],
)
def test_what_lies_elsewhere_is_never_fetched_and_a_person_sees_the_notice(
    send: Send, emr: str, url: str, files_from: str, why: str, browser: Callable[[str], Client]
) -> None:
    there = {"emr": emr, "root": emr.removesuffix("/fhir")}
    assert send(bundle(*ENTRIES, linked(url.format(**there))), files_from.format(**there)).status_code == 201
    [item] = documents()
    fetch_linked(str(item.id), str(ApiKey.objects.get(name="EMR").id))
    item.refresh_from_db()
    assert why in item.error
    assert "/secret" not in Emr.asked
    arriving.read_one(item.id)
    item.refresh_from_db()
    assert item.status == "to_confirm"
    page = html.unescape(browser("dana").get(f"/inbox/{item.id}").content.decode())
    assert "A file that it names was not fetched: " in page and why in page


def test_a_server_that_is_busy_is_asked_again(send: Send, emr: str) -> None:
    send(bundle(*ENTRIES, linked("Binary/busy")), emr)
    [item] = documents()
    with pytest.raises(ConnectorError) as raised:
        fetch_linked(str(item.id), str(ApiKey.objects.get(name="EMR").id))
    assert raised.value.temporary


@pytest.mark.parametrize(
    ("url", "below"),
    [
        ("https://emr.example.org/fhir/Binary/1", True),
        ("https://emr.example.org/fhir", True),
        ("https://emr.example.org/fhirsecret", False),
        ("http://emr.example.org/fhir/Binary/1", False),
        ("https://emr.example.org:8443/fhir/Binary/1", False),
        ("https://user@emr.example.org/fhir/Binary/1", False),
        ("https://emr.example.org/fhir/./x", False),
    ],
)
def test_below_is_the_same_server_and_path(url: str, below: bool) -> None:
    assert is_below(url, "https://emr.example.org/fhir") is below


@pytest.mark.parametrize("address", ["http://emr.example.org/fhir", "ftp://127.0.0.1/x", "emr.example.org"])
def test_files_are_fetched_over_tls_or_from_our_own_machines(practice: Practice, address: str) -> None:
    with pytest.raises(BadInput, match="files_from"):
        make_key(name="EMR", scopes=["fhir:write"], actor=SYSTEM, files_from=address)
