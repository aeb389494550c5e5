"""A tablet at a stand or in the waiting room: the next person inherits nothing of the one before."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.services import read
from firstvisit.practice.models import User
from firstvisit.referral.record import Attribution
from firstvisit.steps.intake.models import CommunityEvent, Item
from firstvisit.web.public.tests.pages import page

pytestmark = pytest.mark.django_db
FAIR = "fair26"


@pytest.fixture(autouse=True)
def _fair(_practice: Any) -> None:
    by = User.objects.order_by("email")[0]
    CommunityEvent.objects.create(
        slug=FAIR, name="Balance fair", on=date(2026, 11, 28), site="madison", made_at=clock.now(), made_by=by
    )


def signs_up(visitor: Client, name: str, phone: str, mark: str) -> Any:
    said = {"who": "me", "name": name, "phone": phone, "token": mark * 32}
    sent = visitor.post(f"/event/{FAIR}", said)
    assert sent.status_code == 303, sent.content
    return visitor.get(sent["Location"])


def came(name: str) -> Attribution | None:
    for row in LeadReferral.objects.select_related("key"):
        if (referral := read(row)).contact.name == name:
            return referral.attribution
    raise AssertionError(name)


def first_touch(name: str) -> str:
    attribution = came(name)
    touch = attribution.first if attribution is not None else None
    return str(touch.model_dump(exclude_none=True)) if touch is not None else ""


def test_somebody_on_a_tablet_inherits_no_first_touch_of_whoever_looked_before() -> None:
    tablet = Client()
    tablet.get("/request?utm_source=google&utm_campaign=hands&gclid=G1")
    opened = tablet.get(f"/event/{FAIR}?tablet=1")
    assert tablet.cookies["firstvisit_touch"]["max-age"] == 0
    assert 'autocomplete="name"' not in opened.content.decode()
    signs_up(tablet, "Ada Winterbourne", "608-555-0110", "a")
    assert "google" not in first_touch("Ada Winterbourne") and "hands" not in first_touch("Ada Winterbourne")
    assert "/event/" in first_touch("Ada Winterbourne")
    tablet.get(f"/event/{FAIR}?utm_source=poster")
    signs_up(tablet, "Bea Winterbourne", "608-555-0111", "b")
    assert "poster" not in first_touch("Bea Winterbourne")


def test_the_page_after_the_form_makes_way_and_leads_back_to_the_beginning() -> None:
    tablet = Client()
    tablet.get(f"/event/{FAIR}?tablet=1")
    done = signs_up(tablet, "Ada Winterbourne", "608-555-0110", "a")
    assert done["Refresh"] == f"60; url=/event/{FAIR}"
    assert "makes way for the next person" in page(done) and f'<a href="/event/{FAIR}">Begin anew</a>' in page(done)
    assert "Winterbourne" not in page(tablet.get(f"/event/{FAIR}"))


def test_the_language_of_the_one_before_ends_with_them() -> None:
    tablet = Client()
    tablet.get(f"/event/{FAIR}?tablet=1")
    assert tablet.get(f"/event/{FAIR}?lang=es")["Content-Language"] == "es"
    assert tablet.get("/privacy")["Content-Language"] == "es"
    assert tablet.get(f"/event/{FAIR}")["Content-Language"] == "en"
    assert tablet.get("/privacy")["Content-Language"] == "en"


def test_the_request_form_of_a_waiting_room_begins_anew_too() -> None:
    tablet = Client()
    tablet.get("/request?tablet=1")
    tablet.get("/request?utm_source=google")
    for name, phone, mark in (("Ada Winterbourne", "608-555-0110", "a"), ("Bea Winterbourne", "608-555-0111", "b")):
        said = {"who": "me", "name": name, "phone": phone, "token": mark * 32}
        step2 = tablet.post("/request", said)["Location"]
        done = tablet.post(step2, {"concern": "My knee", "event_kind": "none", "token": mark.upper() * 32})
        assert tablet.get(done["Location"])["Refresh"] == "60; url=/request"
        assert "google" not in first_touch(name)
    assert Lead.objects.count() == 2


def test_a_step_that_was_sent_is_nobody_elses_to_see_or_to_send() -> None:
    tablet = Client()
    tablet.get("/request?tablet=1")
    wrong = tablet.post("/request", {"who": "child", "name": "Ada Winterbourne", "token": "a" * 32})
    assert wrong.status_code == 422 and "no-store" in wrong["Cache-Control"]
    said = {"who": "child", "name": "Ada Winterbourne", "phone": "608-555-0110", "token": "a" * 32}
    first = tablet.post("/request", said)["Location"]
    opened = tablet.get(first)
    assert "no-store" in opened["Cache-Control"]
    second = {"concern": "He stutters since the summer", "event_kind": "none", "token": "b" * 32}
    done = tablet.post(first, second)
    assert done.status_code == 303 and tablet.post(first, second)["Location"] == done["Location"]
    for again in (
        tablet.get(first),
        tablet.post(first, {**second, "concern": "My own words", "token": "c" * 32}),
        tablet.post(first, {**second, "concern": "My own words"}),
        tablet.post("/request", {**said, "name": "Bea Winterbourne"}),
    ):
        assert again.status_code == 409 and "This form has been sent" in page(again)
        assert '<a class="again" href="/request">' in page(again) and "stutters" not in page(again)
    assert Lead.objects.count() == 1 and Item.objects.count() == 2


@pytest.mark.parametrize("address", ["/request", f"/event/{FAIR}", "/refer", "step 2"])
def test_no_field_of_a_shared_device_is_filled_in_again_by_the_browser(address: str) -> None:
    tablet = Client()
    tablet.get("/request?tablet=1")
    if address == "step 2":
        said = {"who": "child", "name": "Ada Winterbourne", "phone": "608-555-0110", "token": "a" * 32}
        address = tablet.post("/request", said)["Location"]
    fields = re.findall(r"<(?:form|textarea|select|input)\b[^>]*>", page(tablet.get(address)))
    assert len(fields) > 8
    assert [each for each in fields if 'autocomplete="off"' not in each and 'type="hidden"' not in each] == []
    own = page(Client().get("/request"))
    assert 'autocomplete="name"' in own and '<form id="asking" method="post" action' in own


def test_on_ones_own_phone_what_was_sent_can_be_corrected() -> None:
    phone = Client()
    said = {"who": "child", "name": "Ada Winterbourne", "phone": "608-555-0110", "token": "a" * 32}
    first = phone.post("/request", said)["Location"]
    phone.post(first, {"concern": "He stutters", "event_kind": "none", "token": "b" * 32})
    assert phone.get(first).status_code == 200
    mended = phone.post(first, {"concern": "He stutters a lot", "event_kind": "none", "token": "b" * 32})
    assert mended.status_code == 303 and Lead.objects.count() == 1


def test_on_ones_own_phone_the_first_touch_is_kept_and_no_page_leaves_by_itself() -> None:
    phone = Client()
    phone.get(f"/event/{FAIR}?utm_source=poster&utm_campaign=fair")
    done = signs_up(phone, "Ada Winterbourne", "608-555-0110", "a")
    assert "poster" in first_touch("Ada Winterbourne")
    assert "Refresh" not in done and "Begin anew" not in page(done)


def test_another_person_signed_up_on_the_same_phone_did_not_come_by_the_first_ones_way() -> None:
    phone = Client()
    phone.get(f"/event/{FAIR}?utm_source=poster&utm_campaign=fair")
    signs_up(phone, "Ada Winterbourne", "608-555-0110", "a")
    phone.get(f"/event/{FAIR}", HTTP_REFERER="http://testserver/event/done")
    signs_up(phone, "Bea Winterbourne", "608-555-0111", "b")
    assert "poster" not in first_touch("Bea Winterbourne")


def test_a_tablet_becomes_somebodys_own_again_and_a_forged_mark_is_none() -> None:
    tablet = Client()
    tablet.get(f"/event/{FAIR}?tablet=1")
    assert "Begin anew" in page(tablet.get("/request"))
    tablet.get("/request?tablet=0")
    assert "Begin anew" not in page(tablet.get("/request"))
    forged = Client()
    forged.cookies["firstvisit_tablet"] = "https://elsewhere.example.org/"
    assert "elsewhere" not in page(forged.get("/request"))
