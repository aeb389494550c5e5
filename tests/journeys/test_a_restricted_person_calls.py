"""Somebody whom a restriction names stands at the window or calls: what one of ours types is kept aside under their
name, as by form, API and file, and the family's lead goes on as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.checks import faults
from tests.journeys.test_a_restricted_person_writes import FATHER, asks
from tests.mail import Mailbox
from tests.people import FAMILY

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import ContactAttempt, Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.people.models import Guardian
from firstvisit.people.queries import identities

pytestmark = pytest.mark.django_db
ASKS = {
    "caller": "Bertram Quisenberry", "who": "child", "first_name": "Mirabelle", "last_name": "Quisenberry",
    "birth_date": "09/14/2023", "therapy": "SLP", "concern": "Wants to know about his daughter",
}  # fmt: skip
LOOK = "restricted_wrote"


@pytest.fixture
def lead(dana: Client, arrive: Callable[[Any], Lead], tuesday: datetime, mailbox: Mailbox) -> Lead:
    """A family's lead on which a visit is agreed, and a court order against the father."""
    found = arrive(FAMILY)
    task = Task.objects.filter(lead=found, status="open", key__isnull=False).earliest("due_at")
    visit = {"result": "reached_booked", "again_at": "2026-11-30T10:00"}
    assert dana.post(f"/tasks/{task.id}/done", visit).status_code == 303
    assert dana.post(f"/leads/L-{found.number}/people", FATHER).status_code == 303
    while jobs.sweep():
        pass
    clock.move(timedelta(minutes=5))
    return found


def stands(lead: Lead) -> tuple[Any, ...]:
    lead.refresh_from_db()
    tasks = Task.objects.filter(lead=lead, status="open").exclude(kind=LOOK)
    said = read(LeadReferral.objects.select_related("key").get(lead=lead))
    tried = ContactAttempt.objects.filter(lead=lead).count()
    return said, lead.stage, lead.outcome, lead.writes_to_id, tried, sorted(tasks.values_list("kind", "due_at"))


def page_of(dana: Client, lead: Lead) -> str:
    return unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def kept_aside(dana: Client, lead: Lead, before: tuple[Any, ...], mailbox: Mailbox, mails: int) -> None:
    while jobs.sweep():
        pass
    assert stands(lead) == before
    assert len(mailbox.mails) == mails, "nobody is told that their request arrived"
    assert Task.objects.filter(lead=lead, kind=LOOK, status="open").count() == 1
    page = page_of(dana, lead)
    assert "Somebody whom a restriction names spoke with one of ours; kept aside" in page
    assert "Bertram Quisenberry: Wants to know about his daughter" in page
    assert "“Wants to know about his daughter" not in page, "no word of his is the family's"
    assert faults() == []


@pytest.mark.parametrize("how", ["window", "phone", "voicemail"])
@pytest.mark.parametrize("phone", ["608-555-0173", "608-555-0199"])
def test_what_is_typed_of_him_is_kept_aside(
    dana: Client, lead: Lead, mailbox: Mailbox, how: str, phone: str
) -> None:
    before, mails = stands(lead), len(mailbox.mails)
    for turn in range(2):
        answer = dana.post("/add", {**ASKS, "how": how, "phone": phone, "token": f"t{turn}"})
        assert answer.status_code == 303 and answer["Location"] == f"/leads/L-{lead.number}"
    kept_aside(dana, lead, before, mailbox, mails)


@pytest.mark.parametrize("about", [True, False])
def test_what_he_says_on_the_phone_is_kept_aside_and_his_call_is_no_try(
    dana: Client, lead: Lead, mailbox: Mailbox, about: bool
) -> None:
    before, mails = stands(lead), len(mailbox.mails)
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"} if about else {})["Location"]
    dana.post(f"{card}/save", {**ASKS, "phone": "608-555-0173", "settled": "1"})
    assert dana.post(f"{card}/end", {"result": "reached_answered"}).status_code == 303
    kept_aside(dana, lead, before, mailbox, mails)
    assert "Bertram" not in str(stands(lead)[0].contact.name)


def test_what_he_asks_by_form_begins_nothing_anew(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    before = stands(lead)
    asks()
    while jobs.sweep():
        pass
    assert stands(lead) == before
    look = Task.objects.get(lead=lead, kind=LOOK)
    assert dana.post(f"/tasks/{look.id}/done", {"result": "namesake"}).status_code == 303
    assert stands(lead)[5] != before[5], "a namesake waits for the call they were promised"


@pytest.mark.parametrize("present", ["Bertram Quisenberry", "the child, her father Bert Quisenberry", "father Bertram"])
def test_he_stands_at_the_window_while_somebody_else_asks(
    dana: Client, lead: Lead, mailbox: Mailbox, present: str
) -> None:
    before, mails = stands(lead), len(mailbox.mails)
    asked = {**ASKS, "caller": "Nina Helper", "phone": "608-555-0142", "how": "window", "present": present}
    warning = "named in a restriction (court order) about Mirabelle Quisenberry"
    typed = unescape(dana.post("/add/save", asked).content.decode())
    assert (warning in typed) == (present != "father Bertram"), "a first name alone says whose only beside the child"
    answer = dana.post("/add", {**asked, "token": "w"})
    assert answer.status_code == 303 and answer["Location"] == f"/leads/L-{lead.number}"
    while jobs.sweep():
        pass
    assert stands(lead) == before and len(mailbox.mails) == mails
    assert Task.objects.filter(lead=lead, kind=LOOK, status="open").count() == 1
    assert f"{present} at the window, Nina Helper: Wants to know about his daughter" in page_of(dana, lead)
    speak = Guardian.objects.filter(patient=lead.patient_id).values_list("guardian", flat=True)
    assert all(who.phone != "+16085550142" for who, _ in identities(speak).values()), "a helper of his is no family"
    assert faults() == []


@pytest.mark.parametrize("present", ["the mother and the child", "Bertha Quill", "Odalys Quisenberry, Mirabelle"])
def test_anybody_else_at_the_window_changes_nothing_of_how_it_is_taken(dana: Client, lead: Lead, present: str) -> None:
    asked = {**ASKS, "caller": "Odalys Quisenberry", "phone": "608-555-0142", "how": "window", "present": present}
    assert "named in a restriction" not in dana.post("/add/save", asked).content.decode()
    assert dana.post("/add", {**asked, "token": "w"}).status_code == 303
    assert not Task.objects.filter(lead=lead, kind=LOOK).exists()
    assert f"At the window now: {present}" in page_of(dana, lead)


def test_he_stands_at_the_window_while_another_child_is_asked_about(dana: Client, lead: Lead) -> None:
    asked = {**ASKS, "caller": "Nina Helper", "phone": "608-555-0142", "how": "window", "first_name": "Zebulon"}
    answer = dana.post("/add", {**asked, "last_name": "Quill", "present": "Bertram Quisenberry", "token": "w"})
    other = Lead.objects.get(number=int(answer["Location"].rsplit("-", 1)[1]))
    assert other != lead and Task.objects.filter(lead=other, kind=LOOK, status="open").exists()
