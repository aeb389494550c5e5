"""A lead that somebody types on the phone or at the window."""

from __future__ import annotations

import json

import pytest

from firstvisit.leads.models import Lead
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import original
from firstvisit.web.tests.conftest import SignIn

pytestmark = pytest.mark.django_db
SAID = {
    "how": "phone",
    "caller": "Rosa Example",
    "phone": "(608) 555-0142",
    "who": "child",
    "concern": "About twenty words",
    "therapy": "SLP",
    "token": "b3",
}


def test_it_becomes_a_lead_by_the_same_door_and_says_who_typed_it(signed_in: SignIn) -> None:
    answer = signed_in("dana").post("/add", SAID)
    lead, item = Lead.objects.get(), Item.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/leads/L-{lead.number}")
    assert item.source == "added"
    assert json.loads(original(item))["answers"]["caller"] == "Rosa Example"
    page = signed_in("dana").get(answer["Location"]).content.decode()
    assert "Received by a colleague" in page
    assert "typed by Dana Whitlock" in page


def test_sent_twice_it_is_one_lead(signed_in: SignIn) -> None:
    browser = signed_in("dana")
    first, second = browser.post("/add", SAID), browser.post("/add", SAID)
    assert first["Location"] == second["Location"]
    assert Lead.objects.count() == 1


def test_what_is_wrong_is_named_and_what_was_typed_stays(signed_in: SignIn) -> None:
    answer = signed_in("dana").post("/add", {**SAID, "caller": "", "phone": "555"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter who it is" in page
    assert "This is not a phone number" in page
    assert 'value="555"' in page
    assert not Item.objects.exists()


def test_somebody_at_the_window(signed_in: SignIn) -> None:
    browser = signed_in("dana")
    assert "Who is at the window" in browser.get("/add?how=window").content.decode()
    browser.post("/add", {**SAID, "how": "window", "present": "mother and child"})
    assert Item.objects.get().source == "walk_in"


@pytest.mark.parametrize("name", ["auditor", "admin"])
def test_only_those_who_work_on_leads_add_one(signed_in: SignIn, name: str) -> None:
    assert signed_in(name).get("/add").status_code == 404
    assert signed_in(name).post("/add", SAID).status_code == 404
    assert not Item.objects.exists()
