"""Two patients in one request: by every door a person is asked, and nothing is booked for one of that name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.people import FAMILY, but

from firstvisit.journey import verbs
from firstvisit.journey.verify import verify
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput
from firstvisit.leads.models import DecisionRow, Event, Lead, Ruling, Task
from firstvisit.people.queries import identities
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Staff = Callable[[str], User]
BOOKED = {"book_now", "book_pending_docs"}


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def asked_of(lead: Lead) -> Task:
    lead.refresh_from_db()
    assert lead.outcome == "person_looks"
    [task] = Task.objects.filter(lead=lead, status="open", kind__in=("two_patients", "call_to_book", "decide"))
    assert task.kind == "two_patients"
    return task


def by_form(first: str, last: str, words: str) -> Lead:
    visitor = Client()
    who = {"who": "child", "name": "Odalys Quisenberry", "phone": "608-555-0101", "token": "0" * 32}
    step2 = visitor.post("/request", who)["Location"]
    said = {
        "patient_first_name": first, "patient_last_name": last, "birth_date": "09/14/2023", "concern": words,
        "program": "early_language", "therapy": "speech", "zip": "53713", "event_kind": "none", "token": "1" * 32,
    }  # fmt: skip
    assert visitor.post(step2, said).status_code == 303
    return Lead.objects.get()


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("Ana and Ben", "Feld", "My twins do not talk yet"),
        ("Ana", "Feld", "My twins do not talk yet, both of them"),
        ("", "", "Both twins need speech"),
        ("Kai / Lea", "", "They stutter"),
    ],
)
def test_the_public_form_books_no_two_children_as_one(
    practice: None, first: str, last: str, words: str
) -> None:
    task = asked_of(by_form(first, last, words))
    assert "nothing is booked until then" in task.reason


def test_the_page_for_partners_asks_too(practice: None) -> None:
    said = {
        "patient_first_name": "Lia and", "patient_last_name": "Noah", "patient_phone": "608-555-0102",
        "birth_date": "09/14/2023", "concern": "Both twins need speech", "referrer_name": "Lee Park",
        "order": "none",
        "organization": "Harbor School", "role": "school", "referrer_phone": "608-555-0155",
        "authority": "received_only",
        "referrer_email": "lee@example.org", "event_kind": "none", "therapies": ["speech"], "token": "2" * 32,
    }  # fmt: skip
    sent = Client().post("/refer", said)
    assert sent.status_code == 303, sent.content.decode()
    asked_of(Lead.objects.get())


def test_the_door_for_machines_asks_and_keeps_the_name_as_it_was_stated(client_post: ClientPost) -> None:
    told = client_post(but(FAMILY, patient__first_name="Ana & Ben")).json()
    assert told["outcome"] == "person_looks"
    lead = Lead.objects.get()
    asked_of(lead)
    assert lead.patient_id is not None
    assert identities([lead.patient_id])[lead.patient_id][0].first_name == "Ana & Ben"
    for row in DecisionRow.objects.all():
        assert verify(row) == []


def test_two_records_of_one_delivery_are_each_one_whatever_the_words_say_of_both(client_post: ClientPost) -> None:
    body = but(FAMILY, concern="Our twins do not talk, both of them")
    other = {
        "patient": {**FAMILY["patient"], "first_name": "Corisande"},
        "contact": FAMILY["contact"], "concern": "Our twins do not talk, both of them",
    }  # fmt: skip
    client_post({**body, "additional_records": [other]})
    assert Lead.objects.count() == 2 and not Task.objects.filter(kind="two_patients").exists()


def test_one_patient_called_so_goes_on_by_the_rules_on_a_new_clock(arrive: Callable[[Any], Lead], staff: Staff) -> None:
    lead, dana = arrive(but(FAMILY, patient__first_name="Ana and Ben")), staff("dana")
    task = asked_of(lead)
    with pytest.raises(BadInput):
        verbs.finish(task, dana, actor=Actor(f"user:{dana.id}"), result="reached_booked")
    verbs.finish(task, dana, actor=Actor(f"user:{dana.id}"), result="one_patient", words="A second first name")
    lead.refresh_from_db()
    assert lead.outcome in BOOKED
    [call] = Task.objects.filter(lead=lead, status="open", kind="call_to_book")
    assert call.due_at > Ruling.objects.get(lead=lead, what="one_patient").at
    assert Event.objects.filter(lead=lead, name="one_patient_ruled").exists()
    arrive(but(FAMILY, patient__first_name="Ana and Ben", concern="He does not talk either"))
    lead.refresh_from_db()
    assert lead.outcome in BOOKED and Lead.objects.count() == 1


def test_each_child_named_by_itself_settles_it(arrive: Callable[[Any], Lead]) -> None:
    lead = arrive(but(FAMILY, patient__first_name="Ana and Ben"))
    asked_of(lead)
    ben, ana = (arrive(but(FAMILY, patient__first_name=name)) for name in ("Ben", "Ana"))
    assert ben != lead and ana != ben
    assert not Task.objects.filter(kind="two_patients", status="open", lead__in=[ana, ben]).exists()
    assert {each.outcome for each in Lead.objects.filter(id__in=[ana.id, ben.id])} <= BOOKED


def test_two_who_have_leads_of_their_own_leave_one_to_close(arrive: Callable[[Any], Lead], staff: Staff) -> None:
    lead, dana = arrive(but(FAMILY, patient__first_name="Ana and Ben")), staff("dana")
    verbs.finish(asked_of(lead), dana, actor=Actor(f"user:{dana.id}"), result="two_patients")
    assert Task.objects.filter(lead=lead, status="open", kind="close_duplicate").exists()
