"""A lead that somebody types on the phone or at the window."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from firstvisit.journey.let_go import note_let_go
from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead, Task
from firstvisit.steps.intake.models import CallCard, Item
from firstvisit.steps.intake.services import original
from firstvisit.web.tests.conftest import Arrive, SignIn

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
    assert "Received by phone" in page
    assert "typed by Dana Whitlock" in page


def test_how_they_heard_of_us_is_asked_and_stands_on_the_lead(signed_in: SignIn) -> None:
    dana = signed_in("dana")
    assert "How did they hear of us?" in dana.get("/add?how=window").content.decode()
    answer = dana.post("/add", {**SAID, "how": "window", "source_kind": "word_of_mouth"})
    page = dana.get(answer["Location"]).content.decode()
    assert "How they came" in page and "word of mouth" in page
    assert dana.post("/add", {**SAID, "token": "b4", "source_kind": "a bird"}).status_code == 422


def test_the_extension_of_a_phone_is_kept_and_shown_where_it_is_dialled(signed_in: SignIn) -> None:
    dana = signed_in("dana")
    page = dana.get(dana.post("/add", {**SAID, "phone": "262-555-0126 ext 44"})["Location"]).content.decode()
    assert "(262) 555-0126 ext. 44" in page
    assert "(262) 555-0126 ext. 44" in dana.get("/today").content.decode()
    other = {**SAID, "phone": "262-555-0127", "token": "b5", "who": "self", "caller": "Otto Sandberg"}
    assert "ext." not in dana.get(dana.post("/add", other)["Location"]).content.decode()


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


def test_who_is_known_is_shown_while_typing_and_seen_once(signed_in: SignIn, arrive: Arrive) -> None:
    known, dana = arrive(phone="6085550177"), signed_in("dana")
    assert "Nobody so far" in dana.get("/add").content.decode()
    for typed in (
        {"phone": "(608) 555-0177"},
        {"phone": "", "caller": "Rosa Delgado"},
        {"caller": "", "first_name": "Lucía", "last_name": "Delgado"},
    ):
        part = dana.post("/add/save", typed).content.decode()
        assert f"Open L-{known.number}" in part, typed
    assert "Nobody so far" in dana.post("/add/save", {"first_name": "", "last_name": ""}).content.decode()
    assert AuditRow.objects.filter(subject_kind="call matches", subjects__contains=[str(known.id)]).count() == 1


def test_what_was_typed_is_kept_sealed_and_there_again_on_another_machine(signed_in: SignIn) -> None:
    dana = signed_in("dana")
    dana.post("/add/save", {"caller": "Karen Nyberg", "how": "voicemail"})
    dana.post("/add/save", {"phone": "(608) 555"})
    assert b"Nyberg" not in bytes(CallCard.objects.get().sealed or b"")
    page = signed_in("dana").get("/add").content.decode()
    assert 'value="Karen Nyberg"' in page and 'value="(608) 555"' in page and "and not added yet" in page
    assert 'value="voicemail" checked' in page
    assert "Nyberg" not in signed_in("reggie").get("/add").content.decode()
    assert "Adding Karen Nyberg" in dana.get("/today").content.decode()
    dana.post("/add", SAID)
    card = CallCard.objects.get()
    assert (card.status, card.sealed, card.lead) == ("ended", None, Lead.objects.get())
    assert "Karen" not in dana.get("/add").content.decode()


def test_what_was_begun_can_be_thrown_away_and_becomes_a_task_when_forgotten(signed_in: SignIn) -> None:
    dana = signed_in("dana")
    dana.post("/add/save", {"caller": "Karen Nyberg"})
    clock.move(timedelta(hours=2))
    assert note_let_go(now=clock.now()) == 1
    assert "A lead was begun and nobody has added it" in dana.get("/today").content.decode()
    assert dana.get(f"/call/{CallCard.objects.get().id}")["Location"] == "/add"
    assert dana.post("/add/drop").status_code == 303
    assert not Lead.objects.exists() and "Nyberg" not in dana.get("/add").content.decode()
    assert not Task.objects.filter(status="open").exists()


@pytest.mark.parametrize("sent", [{"concern": "W" * 5000}, {"caller": "a\x00b"}])
def test_nonsense_is_refused_in_words_and_nothing_is_kept(signed_in: SignIn, sent: dict[str, str]) -> None:
    assert signed_in("dana").post("/add/save", sent).status_code == 422
    assert signed_in("auditor").post("/add/save", {"caller": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("how", "said"), [("fax", "fax or letter"), ("voicemail", "voicemail"), ("email", "e-mail"), ("phone", "phone")]
)
def test_how_it_reached_whoever_adds_it_stands_on_the_lead(signed_in: SignIn, how: str, said: str) -> None:
    browser = signed_in("dana")
    shown = browser.get(browser.post("/add", {**SAID, "how": how})["Location"]).content.decode()
    assert f", {said}, received" in shown and f"Received by {said}" in shown


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
