"""The signed webhook: POST /in/NAME. The signature before anything else; once; nothing lost."""

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
from tests.people import FAMILY

from firstvisit.api import inbound
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import FactsRow, Lead
from firstvisit.leads.queries import by_code
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.readings import reading_of

pytestmark = pytest.mark.django_db
BODY = json.dumps(FAMILY).encode()


@pytest.fixture
def way(practice: Practice) -> WayIn:
    made = ways_in.make(slug="partner", kind="webhook", name="Partner", actor=SYSTEM)
    ways_in.switch(made, "on", actor=SYSTEM)
    return made


def post(
    way: WayIn,
    body: bytes = BODY,
    *,
    secret: str | None = None,
    at: str | None = None,
    kind: str = "application/json",
    **more: str,
) -> Any:
    """One delivery signed by the scheme that ships: HMAC-SHA256 of timestamp, full stop and body, in hex."""
    moment = at or str(int(clock.now().timestamp()))
    key = (secret or ways_in.secrets_of(way)["secret"]).encode()
    made = hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": moment, "X-Signature": made, **more}
    return Client().post(f"/in/{way.slug}", body, content_type=kind, headers=headers)


def test_a_signed_referral_is_kept_and_judged(way: WayIn) -> None:
    answer = post(way)
    assert answer.status_code == 201, answer.content
    [reference] = answer.json()["references"]
    lead = by_code(reference)
    assert lead is not None
    assert FactsRow.objects.get(lead=lead).source == "webhook"
    assert Item.objects.get().status == "settled"


def test_a_wrong_signature_keeps_nothing_and_leaves_a_row_in_the_log(way: WayIn) -> None:
    answer = post(way, secret="somebody else's")
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (401, "signature")
    assert not Item.objects.exists() and not Delivery.objects.exists()
    assert AuditRow.objects.get(verb="wrong_signature").subjects == ["partner"]


def test_whoever_has_no_key_cannot_fill_the_log(way: WayIn) -> None:
    statuses = [post(way, secret="wrong").status_code for _ in range(inbound.MOST_REFUSALS + 3)]
    assert statuses[-3:] == [429] * 3
    assert AuditRow.objects.filter(verb="wrong_signature").count() == inbound.MOST_REFUSALS


@pytest.mark.parametrize(
    ("at", "said"), [("yesterday", "neither seconds nor"), ("1000000000", "more than 300 seconds off")]
)
def test_an_old_or_strange_timestamp_is_a_wrong_signature(way: WayIn, at: str, said: str) -> None:
    answer = post(way, at=at)
    assert answer.status_code == 401
    assert said in answer.json()["problems"][0]["message"]


def test_without_a_timestamp_nothing_is_recent(way: WayIn) -> None:
    sent = Client().post("/in/partner", BODY, content_type="application/json", headers={"X-Signature": "00"})
    assert sent.status_code == 401
    assert "timestamp in X-Timestamp is missing" in sent.json()["problems"][0]["message"]


def test_the_same_delivery_again_is_one_lead(way: WayIn) -> None:
    assert post(way).status_code == 201
    again = post(way)
    assert again.status_code == 200
    assert Lead.objects.count() == Item.objects.count() == Delivery.objects.count() == 1


def test_what_is_signed_and_cannot_be_used_is_kept_for_a_person(way: WayIn) -> None:
    answer = post(way, b'{"patient": {"date_of_birth": "tomorrow"}}')
    assert answer.status_code == 202
    assert answer.json()["problems"][0]["field"] == "patient.date_of_birth"
    item = Item.objects.get()
    assert item.status == "received"
    assert "patient.date_of_birth" in deliveries.about(item)["wrong"]


def test_fifty_megabytes_are_the_limit(way: WayIn) -> None:
    answer = Client().post(
        "/in/partner", b"x", content_type="application/pdf", CONTENT_LENGTH=str(inbound.LARGEST + 1)
    )
    assert answer.status_code == 413
    assert "50 MB" in answer.json()["problems"][0]["message"]


def test_one_that_is_off_or_unknown_is_not_there(way: WayIn) -> None:
    assert Client().post("/in/nobody", b"x", content_type="text/plain").status_code == 404
    ways_in.switch(way, "off", actor=SYSTEM)
    assert post(way).status_code == 404
    assert Client().get("/in/partner").status_code == 405


FORMSTACK = {
    "id": 4711,
    "answers": [{"text": "Mirabelle"}, {"text": "Quisenberry"}],
    "guardian": {"tel": "(608) 555-0101", "called": "Odalys Quisenberry"},
    "why": "Only twenty words so far",
    "wants": "SLP",
}
FIELDS = {
    "patient.first_name": "answers[0].text",
    "patient.last_name": "answers[1].text",
    "contact.phone": "guardian.tel",
    "contact.name": "guardian.called",
    "concern": "why",
    "discipline[]": "wants",
    "lead_kind": "=caregiver",
}


def test_their_fields_are_mapped_to_ours_and_a_number_used_again_loses_nothing(way: WayIn) -> None:
    ways_in.change(way, actor=SYSTEM, settings={"mark": "id", "fields": FIELDS})
    assert post(way, json.dumps(FORMSTACK).encode()).status_code == 201
    referral = reading_of(Item.objects.get(), ()).referral
    assert referral.patient.first_name == "Mirabelle"
    assert (referral.contact.phone, referral.disciplines) == ("+16085550101", ("SLP",))
    assert post(way, json.dumps(FORMSTACK).encode()).status_code == 200
    assert Item.objects.count() == 1
    other = {**FORMSTACK, "why": "The same request once more, corrected"}
    for status in (201, 200):
        assert post(way, json.dumps(other).encode()).status_code == status
    assert (Item.objects.count(), Lead.objects.count()) == (2, 1)


def test_a_wrong_value_is_named_by_their_field(way: WayIn) -> None:
    ways_in.change(way, actor=SYSTEM, settings={"mark": "id", "fields": FIELDS})
    wrong = {**FORMSTACK, "wants": "hugs"}
    assert "wants" in str(post(way, json.dumps(wrong).encode()).json()["problems"])


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_other_schemes_are_settings(way: WayIn, algorithm: str, encoding: str) -> None:
    scheme = {
        "algorithm": algorithm, "encoding": encoding, "signed": "body", "header": "X-Hub-Signature",
        "prefix": "sig=", "timestamp_header": "",
    }  # fmt: skip
    ways_in.change(way, actor=SYSTEM, settings={"scheme": scheme})
    made = hmac.new(ways_in.secrets_of(way)["secret"].encode(), BODY, algorithm).digest()
    text = made.hex() if encoding == "hex" else base64.b64encode(made).decode()
    sent = Client().post(
        "/in/partner", BODY, content_type="application/json", headers={"X-Hub-Signature": f"sig={text}"}
    )
    assert sent.status_code == 201


def test_a_signature_that_carries_its_moment(way: WayIn) -> None:
    moment = int(clock.now().timestamp())
    made = hmac.new(
        ways_in.secrets_of(way)["secret"].encode(), f"{moment}.".encode() + BODY, "sha256"
    ).hexdigest()

    def send(said: int) -> int:
        header = f"t={said},v0=00,v1={made}"
        return Client().post(
            "/in/partner", BODY, content_type="application/json", headers={"X-Signature": header}
        ).status_code

    assert send(moment) == 201
    assert send(moment + 1) == 401
    clock.move(timedelta(hours=1))
    assert send(moment) == 401


def test_a_file_may_be_sent_as_it_is(way: WayIn) -> None:
    ways_in.change(way, actor=SYSTEM, settings={"what": "document", "mark": "X-Fax-Id"})
    sent = {"X-Fax-Id": "77", "Content-Disposition": 'attachment; filename="order.pdf"'}
    assert post(way, b"%PDF-1.4", kind="application/pdf", **sent).status_code == 200
    item = Item.objects.get()
    assert (deliveries.about(item)["name"], item.document.media_type) == ("order.pdf", "application/pdf")


def test_settings_nobody_can_use_are_refused_by_name(browser: Callable[[str], Client], way: WayIn) -> None:
    admin = browser("admin")
    there = {"name": "Partner", "scheme.algorithm": "md5", "scheme.header": "X-Sig", "what": "referral"}
    page = admin.post("/ways-in/partner/settings", there)
    assert page.status_code == 422
    assert "scheme.algorithm" in page.content.decode()


def test_the_screen_makes_one_shows_its_secret_once_and_saves_what_it_shows(
    browser: Callable[[str], Client], practice: Practice
) -> None:
    admin = browser("admin")
    assert admin.post("/ways-in", {"kind": "webhook", "slug": "forms", "name": "Our forms"}).status_code == 303
    page = admin.get("/ways-in/forms").content.decode()
    assert "/in/forms" in page and "Switch on" in page
    made = WayIn.objects.get(slug="forms")
    before = made.settings
    shown = admin.post("/ways-in/forms/secret", {"name": "secret", "value": ""}).content.decode()
    secret = ways_in.secrets_of(WayIn.objects.select_related("key").get(slug="forms"))["secret"]
    assert secret in shown and secret not in admin.get("/ways-in/forms").content.decode()
    there = {
        "name": "Our forms", "scheme.algorithm": "sha256", "scheme.header": "X-Signature", "scheme.prefix": "",
        "scheme.encoding": "hex", "scheme.signed": "timestamp.body", "scheme.timestamp_header": "X-Timestamp",
        "scheme.tolerance_seconds": "300", "what": "referral", "mark": "", "fields": "",
    }  # fmt: skip
    assert admin.post("/ways-in/forms/settings", there).status_code == 303
    assert WayIn.objects.get(slug="forms").settings == before
    assert admin.post("/ways-in/forms/on").status_code == 303
    assert "on" in admin.get("/ways-in").content.decode()
    assert browser("dana").get("/ways-in").status_code == 404


def test_what_was_recorded_is_shown_to_whoever_may_see_it(browser: Callable[[str], Client], way: WayIn) -> None:
    ways_in.switch(way, "recording", actor=SYSTEM)
    assert post(way, secret="wrong").status_code == 401
    assert post(way).status_code == 201
    assert "signed rightly" in browser("admin").get("/ways-in/partner").content.decode()
    assert "Quisenberry" not in browser("admin").get("/ways-in/partner").content.decode()
