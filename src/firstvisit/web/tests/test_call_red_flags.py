"""A red flag typed on a card reaches a clinician whether or not its field is ever left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from firstvisit.journey.call_sending import pass_on_left
from firstvisit.journey.jobs import sweep
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import CallCard, Item
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db

CHEST = "My knee, and since today I have chest pain"


def typed(browser: Client, path: str, **said: str) -> str:
    """What the card shows while somebody types and has not left the field."""
    answer = browser.post(f"{path}/save", said)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def wait(seconds: int) -> None:
    clock.move(timedelta(seconds=seconds))
    sweep()


def test_words_in_a_field_that_is_never_left_reach_a_clinician_within_seconds(
    signed_in: SignIn, dana: Client, call: str
) -> None:
    live = typed(dana, call, phone="6085550163", concern=CHEST)
    assert "Please call 911 now" in live
    assert "is alerted as soon as you pause" in live and "was alerted" not in live
    wait(7)
    lead = Lead.objects.get()
    assert lead.outcome == "clinician_review"
    assert Task.objects.get(lead=lead, safety=True).status == "open"
    today = signed_in("anna").get("/today").content.decode()
    assert f"/leads/L-{lead.number}" in today
    assert "a clinician was alerted at" in dana.get(call).content.decode()


def test_nothing_but_the_words_is_enough(dana: Client, call: str) -> None:
    typed(dana, call, concern="she was choking at breakfast and lost two pounds this month")
    wait(7)
    assert Lead.objects.get().outcome == "clinician_review"


def test_a_note_beside_a_lead_that_books_puts_it_before_a_clinician(dana: Client, arrive: Arrive) -> None:
    lead = arrive()
    path = str(dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"])
    typed(dana, path, **{"note.callback": "I have crushing chest pain right now and my arm is numb"})
    wait(7)
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review"


def test_a_word_that_is_still_being_typed_alarms_nobody(dana: Client, call: str) -> None:
    typed(dana, call, phone="6085550163", concern="I have chest pain")
    wait(3)
    typed(dana, call, concern="I have no chest pain, only the knee")
    wait(30)
    assert not Item.objects.exists()
    assert CallCard.objects.get().urgent_since is None


def test_whoever_types_on_and_on_does_not_keep_it_from_a_clinician(dana: Client, call: str) -> None:
    for n in range(8):
        typed(dana, call, concern=CHEST + " and more" * n)
        wait(3)
    assert Lead.objects.get().outcome == "clinician_review"


def test_what_is_said_after_it_reaches_the_clinician_too_and_once(dana: Client, call: str) -> None:
    typed(dana, call, phone="6085550163", concern=CHEST)
    wait(7)
    typed(dana, call, concern=CHEST + " and my arm is numb")
    wait(7)
    assert Item.objects.count() == 2
    page = dana.get(f"/leads/L-{Lead.objects.get().number}").content.decode()
    assert "and my arm is numb" in page
    assert Item.objects.count() == 2
    sweep()
    assert Item.objects.count() == 2, "what the lead has is not sent again"


@pytest.mark.parametrize("now_said", ["", "I have no chest pain, only the knee"])
def test_what_is_taken_back_is_shown_to_both(
    signed_in: SignIn, dana: Client, call: str, now_said: str
) -> None:
    typed(dana, call, phone="6085550163", concern="I have chest pain")
    wait(7)
    typed(dana, call, concern=now_said)
    wait(7)
    lead = Lead.objects.get()
    assert Event.objects.filter(lead=lead, name="flag_taken_back").count() == 1
    assert "is not said any more" in dana.get(call).content.decode()
    page = signed_in("anna").get(f"/leads/L-{lead.number}").content.decode()
    assert "Said in the call, and then not any more" in page
    assert Task.objects.get(lead=lead, safety=True).status == "open", "a clinician decides, not a typist"
    typed(dana, call, concern="I do have chest pain")
    wait(7)
    assert "was alerted at" in dana.get(call).content.decode()


def test_a_lead_that_is_being_added_does_not_wait_for_its_button(
    dana: Client, account: Callable[[str], User]
) -> None:
    live = dana.post("/add/save", {"caller": "Karen Nyberg", "phone": "6085550163", "concern": CHEST})
    assert "Please call 911 now" in live.content.decode()
    clock.move(timedelta(seconds=7))
    assert pass_on_left(now=clock.now()) == 1
    lead = Lead.objects.get()
    assert lead.outcome == "clinician_review"
    assert "a clinician was alerted at" in dana.get("/add").content.decode()
    form = {"caller": "Karen Nyberg", "phone": "6085550163", "concern": CHEST, "how": "phone", "token": "once"}
    dana.post("/add", form)
    assert Lead.objects.get() == lead
