"""A payer answers: the authorization has come, or was refused; the lead goes on by itself with the next step."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.people import TUESDAY, but, surgeon

from firstvisit.journey.verify import verify
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import DecisionRow, Event, Lead, LeadReferral, Task, UndoStep
from firstvisit.leads.services import read

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
COMP = [{"name": "Great Lakes Compensation Mutual", "kind": "workers_comp", "claim_number": "WC-1"}]
WAITS = but(surgeon(TUESDAY.date()), program="orthopedic", diagnoses=["M54.50"], events=[], payers=COMP)
CANNOT_WAIT = but(surgeon(TUESDAY.date()), program="post_surgical", diagnoses=["S83.511A"], payers=COMP)
SAID = {"authorized": "approved", "said_by": "Kim Adler, adjuster, by phone"}
REFUSED = {"authorized": "denied", "said_by": "Portal"}
NUMBER = {"number": "AU-771-20", "units": "12", "begins": "2026-11-24", "ends": "2027-02-24"}


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("dana")


def open_tasks(lead: Lead) -> dict[str, Task]:
    return {t.kind: t for t in Task.objects.filter(lead=lead, status="open")}


def shown(dana: Client, lead: Lead) -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def answers(dana: Client, lead: Lead, **said: str) -> Any:
    found = dana.post(f"/leads/L-{lead.number}/authorization", said)
    lead.refresh_from_db()
    return found


def payer(lead: Lead) -> Any:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return (read(row, open_key(row.key)).payers or ())[0]


def test_one_press_and_the_lead_is_booked_on_a_clock_of_its_own(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    assert lead.outcome == "need_auth_first"
    ask = open_tasks(lead)["request_authorization"]
    assert dana.post(f"/tasks/{ask.id}/done", {"result": "sent_email"}).status_code == 303
    assert "The payer has answered" in shown(dana, lead)
    assert answers(dana, lead, **SAID).status_code == 303
    assert lead.outcome in ("book_now", "book_pending_docs")
    assert set(open_tasks(lead)) >= {"call_to_book"}
    assert open_tasks(lead)["call_to_book"].due_at > TUESDAY
    assert not [what for what, *_ in lead.blockers if what == "authorization"]
    page = shown(dana, lead)
    assert "The authorization has come" in page and "“Kim Adler, adjuster, by phone”" in page
    assert not any(verify(row) for row in DecisionRow.objects.filter(lead=lead))


def test_number_units_and_days_stand_with_the_coverage(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    assert answers(dana, lead, **SAID, **NUMBER).status_code == 303
    page = shown(dana, lead)
    assert "No. AU-771-20, 12 units, from Tue Nov 24, 2026, through Wed Feb 24, 2027" in page
    assert answers(dana, lead, **REFUSED, refused_why="Not a work injury").status_code == 303
    assert (payer(lead).authorization_number, payer(lead).authorization_units) == (None, None)
    assert payer(lead).claim_number == "WC-1"


def test_a_refusal_goes_to_a_person_with_the_next_step(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    assert answers(dana, lead, **REFUSED, refused_why="No claim is open").status_code == 303
    assert lead.outcome == "person_looks"
    assert "decide whether to appeal" in open_tasks(lead)["decide"].reason
    page = shown(dana, lead)
    assert "The payer refused to authorize the evaluation" in page
    assert "They can: Ask the plan in writing why" in page
    assert "“Portal. No claim is open”" in page
    assert answers(dana, lead, **SAID).status_code == 303
    assert lead.outcome in ("book_now", "book_pending_docs"), "an appeal that was won"


def test_what_cannot_wait_is_booked_and_says_what_is_to_be_told(dana: Client, arrive: Arrive) -> None:
    lead = arrive(CANNOT_WAIT)
    assert answers(dana, lead, **REFUSED).status_code == 303
    assert lead.outcome in ("book_now", "book_pending_docs")
    assert "say what it costs before a time is given" in open_tasks(lead)["call_to_book"].reason
    assert "authorize_beside" not in open_tasks(lead)


def test_what_is_booked_already_waits_for_the_payer_no_longer(dana: Client, arrive: Arrive) -> None:
    lead = arrive(CANNOT_WAIT)
    assert answers(dana, lead, **SAID).status_code == 303
    assert "authorize_beside" not in open_tasks(lead)
    assert not [what for what, *_ in lead.blockers if what == "authorization"]


def test_pressed_twice_it_is_said_once(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    assert [answers(dana, lead, **SAID).status_code for _ in range(2)] == [303, 303]
    assert Event.objects.filter(lead=lead, name="authorization_ruled").count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"authorized": "perhaps"}, "Say whether it has come, was refused, or is not needed."),
        ({"said_by": " "}, "Enter who said so"),
        ({"units": "a dozen"}, "Enter a whole number from 1 to 1,000"),
        ({"units": "0"}, "Enter a whole number from 1 to 1,000"),
        ({"begins": "2027-02-30"}, "date"),
        ({"begins": "2026-12-01", "ends": "2026-11-25"}, "before the one from which it holds"),
        ({"begins": "", "ends": "2026-11-01"}, "It has ended by this day"),
        ({"number": "9" * 60}, "too long"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    dana: Client, arrive: Arrive, wrong: dict[str, str], told: str
) -> None:
    lead = arrive(WAITS)
    found = answers(dana, lead, **{**SAID, **NUMBER, **wrong})
    page = html.unescape(found.content.decode())
    assert found.status_code == 422 and told in page
    assert 'value="AU-771-20"' in page or "9" * 60 in page
    assert lead.outcome == "need_auth_first"


def test_whoever_may_not_work_on_it_cannot_answer(
    arrive: Arrive, browser: Callable[[str], Client], dana: Client
) -> None:
    lead = arrive(WAITS)
    assert answers(browser("auditor"), lead, **SAID).status_code == 404
    assert answers(browser("reggie"), lead, **SAID).status_code == 404
    assert lead.outcome == "need_auth_first"


def undone(dana: Client, lead: Lead) -> int:
    """Press Undo on the page that follows; the status of the answer."""
    found = dana.post(f"/undo/{UndoStep.objects.latest('at').id}")
    lead.refresh_from_db()
    return int(found.status_code)


@pytest.mark.parametrize("said", [{**SAID, **NUMBER}, {**REFUSED, "refused_why": "No claim is open"}])
def test_a_slip_is_undone_and_the_lead_is_judged_as_before(dana: Client, arrive: Arrive, said: dict[str, str]) -> None:
    lead = arrive(WAITS)
    before, facts = payer(lead), lead.facts.authorization
    page = html.unescape(dana.get(answers(dana, lead, **said)["Location"]).content.decode())
    assert "The payer's answer noted: L-" in page and "Undo" in page
    assert undone(dana, lead) == 303
    assert (lead.outcome, payer(lead)) == ("need_auth_first", before)
    assert Lead.objects.get(id=lead.id).facts.authorization == facts
    assert "authorization" in [what for what, *_ in lead.blockers]
    assert "request_authorization" in open_tasks(lead)
    assert "Undone: the payer's answer noted" in shown(dana, lead)
    assert not any(verify(row) for row in DecisionRow.objects.filter(lead=lead))


def test_undone_the_answer_before_it_holds_again(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    answers(dana, lead, **SAID, **NUMBER)
    before = payer(lead)
    answers(dana, lead, **REFUSED)
    assert lead.outcome == "person_looks"
    assert undone(dana, lead) == 303
    assert payer(lead) == before
    assert lead.outcome in ("book_now", "book_pending_docs")


def test_what_was_learned_since_is_not_thrown_away_by_an_undo(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    answers(dana, lead, **SAID)
    step = UndoStep.objects.latest("at")
    arrive(but(WAITS, payers=[{**COMP[0], "adjuster_name": "Kim Adler"}]))
    assert dana.post(f"/undo/{step.id}").status_code == 409
    assert payer(lead).authorization_status == "approved"


def test_an_order_noted_by_mistake_is_stated_again(dana: Client, arrive: Arrive) -> None:
    lead = arrive(but(surgeon(TUESDAY.date()), documents=["operative_note"], order_signed=None))
    waited, state = [list(b) for b in lead.blockers], lead.facts.order_state
    assert "order" in [what for what, *_ in waited]
    answer = dana.post(f"/leads/L-{lead.number}/papers", {"paper": "order_signed"})
    assert "What has arrived noted" in dana.get(answer["Location"]).content.decode()
    assert Lead.objects.get(id=lead.id).facts.order_here
    assert undone(dana, lead) == 303
    after = Lead.objects.get(id=lead.id)
    assert not after.facts.order_here and after.facts.order_state == state
    assert "order" in [what for what, *_ in after.blockers]
