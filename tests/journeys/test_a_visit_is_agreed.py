"""A first visit is agreed: its day is asked with it, and everybody who is told of it hears the day."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import jobs, verbs
from firstvisit.journey.visits import Visit
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import ContactAttempt, Lead, Task, UndoStep
from firstvisit.messages.templates import agreed_for
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def first(lead: Lead) -> Task:
    return Task.objects.select_related("lead").filter(lead=lead, status="open").earliest("due_at")


def kinds(lead: Lead) -> dict[str, Task]:
    return {task.kind: task for task in Task.objects.filter(lead=lead, status="open")}


def test_the_day_of_the_visit_is_asked_said_in_the_head_and_is_when_it_is_seen_through(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    said = {"result": "reached_booked", "again_at": "2026-12-01T09:30"}
    assert dana.post(f"/tasks/{first(lead).id}/done", said).status_code == 303
    through = kinds(lead)["await_visit"]
    assert through.due_at.astimezone(TUESDAY.tzinfo).isoformat()[:16] == "2026-12-01T09:30"
    page = html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())
    assert "Booked<small>Tue Dec 1, 9:30 am</small>" in page and "Reached, visit agreed for Tue Dec 1" in page


def test_a_visit_without_a_day_is_booked_all_the_same_and_one_that_is_past_is_refused(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    address, past = f"/tasks/{first(lead).id}/done", {"result": "reached_booked", "again_at": "2026-11-23T09:30"}
    assert dana.post(address, past).status_code == 422
    assert dana.post(address, {"result": "reached_booked"}).status_code == 303
    assert "Booked<small>visit agreed</small>" in dana.get(f"/leads/L-{lead.number}").content.decode()


def test_whoever_calls_the_office_that_referred_says_the_day(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    visit = clock.now() + timedelta(days=6)
    verbs.finish(first(lead), staff("dana"), actor=SYSTEM, result="reached_booked", again_at=visit)
    page = html.unescape(browser("dana").get(f"/leads/L-{lead.number}").content.decode())
    assert f"our reference L-{lead.number}: the first visit is agreed, for Monday, November 30" in page


def test_the_message_to_whoever_referred_carries_the_day() -> None:
    assert agreed_for(None) == "the first visit is agreed"
    assert agreed_for(date(2026, 11, 30)) == "the first visit is agreed, for Monday, November 30"


def test_while_the_program_is_not_known_it_is_chosen_before_the_visit(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(FAMILY, program=None))
    visit = clock.now() + timedelta(days=6)
    verbs.finish(first(lead), staff("dana"), actor=SYSTEM, result="reached_booked", again_at=visit)
    assert first(lead).kind == "choose_program" and kinds(lead)["await_visit"].due_at == visit
    verbs.choose_program(lead, staff("dana"), actor=SYSTEM, program="early_language", reason="they said so")
    assert set(kinds(lead)) & {"choose_program", "call_to_book", "await_visit"} == {"await_visit"}


AT_NINE = {"result": "reached_booked", "again_at": "2026-12-01T09:30"}
WITH_LUCIA = {**AT_NINE, "visit_site": "madison", "visit_with": "lucia_herrera"}
AGREED = "Tue Dec 1, 9:30 am, at Cedar Street Therapy Madison, with Lucía Herrera</b></dd>"
WHERE = "at Cedar Street Therapy Madison, with Lucía Herrera"


def shown(dana: Client, lead: Lead) -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def test_where_the_visit_is_and_with_whom_stand_on_the_lead_and_can_be_undone(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    assert dana.post(f"/tasks/{first(lead).id}/done", WITH_LUCIA).status_code == 303
    page = shown(dana, lead)
    assert "Booked<small>Tue Dec 1, 9:30 am</small>" in page and AGREED in page
    assert f"Reached, visit agreed for Tue Dec 1, 9:30 am, {WHERE}" in page
    kept = ContactAttempt.objects.get(lead=lead)
    assert (kept.visit_site, kept.visit_with) == ("madison", "lucia_herrera")
    assert dana.post(f"/undo/{UndoStep.objects.latest('at').id}").status_code == 303
    assert AGREED not in shown(dana, lead)


def test_the_time_of_a_visit_is_that_of_the_clinic_where_it_is(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    said = {**AT_NINE, "visit_site": "marquette", "visit_with": "joan_tervo"}
    assert dana.post(f"/tasks/{first(lead).id}/done", said).status_code == 303
    assert ContactAttempt.objects.get(lead=lead).again_at == datetime.fromisoformat("2026-12-01T09:30-05:00")
    assert "9:30 am EST, at Cedar Street Therapy Marquette, with Joan Tervo</b></dd>" in shown(dana, lead)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"visit_site": "paris"}, "Choose one of our sites."),
        ({"visit_with": "nobody"}, "Choose one of our therapists."),
        ({"visit_with": "tyler_novak"}, "Choose one of our therapists."),
        ({"visit_with": "joan_tervo"}, "Joan Tervo does not work at Cedar Street Therapy Madison"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_and_what_was_chosen_stays(
    arrive: Arrive, browser: Callable[[str], Client], said: dict[str, str], told: str
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    answer = dana.post(f"/tasks/{first(lead).id}/done", {**WITH_LUCIA, **said})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422 and told in page
    assert 'value="2026-12-01T09:30"' in page and ('value="madison" selected' in page) == ("visit_site" not in said)
    assert not ContactAttempt.objects.filter(lead=lead).exists()


def test_with_a_call_back_no_place_of_a_visit_is_kept(arrive: Arrive, browser: Callable[[str], Client]) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    said = {**WITH_LUCIA, "result": "reached_callback_set", "visit_with": "nobody"}
    assert dana.post(f"/tasks/{first(lead).id}/done", said).status_code == 303
    kept = ContactAttempt.objects.get(lead=lead)
    assert (kept.visit_site, kept.visit_with) == ("", "")


def test_the_end_of_a_call_keeps_them_too_and_a_refusal_loses_nothing(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    refused = dana.post(f"{card}/end", {**WITH_LUCIA, "visit_site": "marquette", "words": "by the side door"})
    page = html.unescape(refused.content.decode())
    assert refused.status_code == 422 and "Lucía Herrera does not work at" in page
    assert all(kept in page for kept in ("by the side door", 'value="lucia_herrera" selected', "2026-12-01T09:30"))
    assert dana.post(f"{card}/end", WITH_LUCIA).status_code == 303
    assert AGREED in shown(dana, lead)


@pytest.mark.parametrize("role", ["physician", "school"])
def test_only_who_treats_the_patient_reads_where_and_with_whom(
    arrive: Arrive, staff: Staff, mailbox: Mailbox, role: str
) -> None:
    sections = live_policy().as_json()
    sections["switches"]["partner_status"] = "do"
    publish_policy(sections, note="tell", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()
    lead = arrive(but(surgeon(TUESDAY.date()), referrer__email="office@example.org", referrer__role=role))
    visit = Visit("madison", "priya_raman")
    when = clock.now() + timedelta(days=6)
    verbs.finish(first(lead), staff("dana"), actor=SYSTEM, result="reached_booked", again_at=when, visit=visit)
    if (ask := kinds(lead).get("propose_partner_status")) is not None:
        verbs.answer_proposal(ask, staff("dana"), actor=SYSTEM, answer="accepted", authorized=True)
    jobs.sweep()
    said = mailbox.text().replace("\n", " ")
    assert "the first visit is agreed, for Monday, November 30" in said
    assert ("with Priya Raman" in said) == (role == "physician")


def test_whoever_calls_a_treating_office_says_where_and_with_whom(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(surgeon(TUESDAY.date())), browser("dana")
    dana.post(f"/tasks/{first(lead).id}/done", {**AT_NINE, "visit_site": "madison", "visit_with": "priya_raman"})
    told = "the first visit is agreed, for Tuesday, December 1, at Cedar Street Therapy Madison, with Priya Raman."
    assert told in shown(dana, lead)
