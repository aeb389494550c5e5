"""Times while somebody is on the phone: read from the card, booked as the call ends."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from firstvisit.journey.booking import visits
from firstvisit.journey.booking.offering import named_by, offers
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import ContactAttempt, Lead, Task
from firstvisit.people.models import ConsentEntry
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy
from firstvisit.steps.booking import shows
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import ended
from firstvisit.steps.intake.models import CallCard
from firstvisit.web.tests.conftest import Arrive

pytestmark = pytest.mark.django_db


def say(browser: Client, path: str, verb: str = "answer", **said: object) -> str:
    answer = browser.post(f"{path}/{verb}", said)
    assert answer.status_code in (200, 303), answer.content
    return str(answer.get("Location", answer.content.decode()))


def tokens(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'name="slot" value="([^"]+)"', html)]


@pytest.fixture
def settled(dana: Client, call: str) -> str:
    """A new caller whose answers allow a first visit."""
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="child", relationship="mother")
    say(dana, call, first_name="Nils", last_name="Nyberg", birth_date="02/08/2023", zip="53703", therapy="SLP")
    say(dana, call, concern="He has ten words", red_flags_asked="none", returning="no")
    say(dana, call, event_kind="none", pays="self", times="tue_am", order="signed", lists="times")
    page = dana.get(call).content.decode()
    assert "Times to offer" in page and '<option value="early_language">' in page, "the program decides first"
    assert 'value="hand_tendon_repair"' not in page, "neither the therapy nor the age"
    say(dana, call, program="early_language")
    return call


def test_a_new_caller_is_read_three_times_and_one_press_books_and_ends_the_call(dana: Client, settled: str) -> None:
    card = dana.get(settled).content.decode()
    assert "Times to offer" in card and card.count('<li><div><b>') == 3
    assert "need your authorization" not in card, "they pay themselves"
    page = dana.get(f"{settled}?end").content.decode()
    assert 'data-key="1"' in page
    first = page.index("<button", page.index("wrap-up"))
    assert 'name="slot"' not in page[first : page.index(">", first)], "Enter books nothing"
    to = say(dana, settled, "end", slot=tokens(page)[0], may_email="no", may_text="yes")
    lead, visit = Lead.objects.get(), Appointment.objects.get()
    assert to == f"/leads/L-{lead.number}/visit"
    assert (visit.lead, visit.status, visit.made_by) == (lead, "booked", "call")
    assert CallCard.objects.get().status == "ended"
    assert {(each.channel, each.given) for each in ConsentEntry.objects.all()} == {("email", False), ("sms", True)}
    assert not Task.objects.filter(lead=lead, status="open", kind="call_to_book").exists()
    assert say(dana, settled, "end", slot=tokens(page)[0]) == to, "pressed twice"
    assert Appointment.objects.count() == 1


def test_a_time_that_is_gone_loses_nothing_that_was_said(dana: Client, settled: str, arrive: Arrive) -> None:
    slot = tokens(dana.get(f"{settled}?end").content.decode())[0]
    visits.book(arrive(program="early_language"), slot, by=None, actor=SYSTEM, door="family")
    to = say(dana, settled, "end", slot=slot)
    lead = Lead.objects.latest("number")
    assert to == f"/leads/L-{lead.number}/visit?gone=taken"
    shown = dana.get(to).content.decode()
    assert "Somebody else has just taken this time" in shown and tokens(shown)
    assert "The call has ended" in shown and "Nothing was changed" not in shown
    say(dana, settled, "end", slot=slot)  # pressed twice
    assert [each.reached for each in ContactAttempt.objects.filter(lead=lead)] == [True], "they were reached, once"
    assert CallCard.objects.get().lead == lead and not Appointment.objects.filter(lead=lead).exists()


def test_a_call_that_ends_with_a_question_answered_goes_on_with_times(dana: Client, settled: str) -> None:
    to = say(dana, settled, "end", result="reached_answered")
    assert to.startswith(f"/leads/L-{Lead.objects.get().number}/visit")
    shown = dana.get(to).content.decode()
    assert tokens(shown) and "Call ended" in shown


def test_while_nothing_is_decided_there_are_no_times(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="self")
    assert "Times to offer" not in dana.get(call).content.decode()
    say(dana, call, concern="Her chest hurts and she cannot breathe", therapy="SLP")
    assert "Times to offer" not in dana.get(call).content.decode()


def test_a_lead_with_a_visit_is_offered_no_other(dana: Client, arrive: Arrive) -> None:
    lead = arrive(program="early_language")
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    assert "Times to offer" in dana.get(card).content.decode()
    visits.book(lead, offers(lead, now=clock.now()).offers[0].token, by=None, actor=SYSTEM, door="family")
    assert "Times to offer" not in dana.get(card).content.decode()


def test_where_visits_are_often_missed_an_earlier_time_is_read_last(dana: Client, settled: str, arrive: Arrive) -> None:
    sections = live_policy().as_json()
    sections["booking"] |= {"stated_times": 100, "soonest": 1, "soonest_urgent": 1, "likely_days": [100]}
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    publish_policy(sections, note="times", drafted_by=mei, signed_by=ruth)
    forget()
    clock.move(datetime.fromisoformat("2026-12-09T15:00:00+00:00") - clock.now())
    say(dana, settled, times=["mon_am", "mon_pm", "tue_am"], lists="times")
    three = tokens(dana.get(f"{settled}?end").content.decode())
    assert len(three) == 3
    before = arrive()
    ended(before, 20, "missed", clock.now() - timedelta(days=20), ahead=5)
    ended(before, 30, "completed", clock.now() - timedelta(days=20), ahead=5)
    shows.forget()
    try:
        page = dana.get(f"{settled}?end").content.decode()
    finally:
        shows.forget()
    assert [named_by(each) for each in tokens(page)[:3]] == [named_by(each) for each in three]
    assert len(tokens(page)) == 4 and "of 50 first visits booked less than 100 days ahead 30 took place" in page
