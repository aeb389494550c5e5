"""Missing papers: one request to the right party with a date, a chase, and the lead that moves when they come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.mail import Mailbox
from tests.people import MADISON, MAY_EMAIL, TUESDAY, but, surgeon

from firstvisit.journey import jobs, papers, verbs
from firstvisit.journey.case import Blocker
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, NotAllowed
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
NO_ORDER = but(surgeon(TUESDAY.date()), documents=["operative_note"], order_signed=None)
BY_MAIL = but(NO_ORDER, referrer__email="office@example.org")


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


@pytest.fixture
def asks_by_itself(practice: Any, staff: Staff) -> None:
    sections = live_policy().as_json()
    sections["switches"]["papers_request"] = "do"
    publish_policy(sections, note="ask", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()


def open_tasks(lead: Lead) -> dict[str, Task]:
    return {t.kind: t for t in Task.objects.select_related("lead").filter(lead=lead, status="open")}


def waits(lead: Lead) -> dict[str, Blocker]:
    lead.refresh_from_db()
    return {b[0]: Blocker(*b) for b in lead.blockers}


def pass_days(days: float) -> None:
    clock.move(timedelta(days=days))
    jobs.sweep()


def test_the_office_is_asked_once_with_a_date_then_chased_then_it_goes_up(
    arrive: Arrive, staff: Staff, mailbox: Mailbox, asks_by_itself: None
) -> None:
    lead = arrive(BY_MAIL)
    assert (lead.outcome, waits(lead)["order"].whom) == ("book_pending_docs", "referrer")
    jobs.sweep()
    asked = [text for text in mailbox.text().split("\n\n") if "papers needed" in text]
    assert len(asked) == 1
    assert "signed and dated" in mailbox.text()
    assert "Leopold" not in mailbox.text()
    pass_days(0.01)
    assert waits(lead)["order"].asked is not None
    expected = datetime.fromisoformat(waits(lead)["order"].expected or "")
    assert "chase_papers" not in open_tasks(lead)
    clock.move(expected - clock.now())
    jobs.sweep()
    verbs.finish(open_tasks(lead)["chase_papers"], staff("dana"), actor=SYSTEM, result="told")
    assert "call_to_book" in open_tasks(lead), "a chase is no try to reach the family"
    pass_days(7)
    assert "papers_escalated" in open_tasks(lead)
    assert mailbox.text().count("papers needed") == 1


def test_whoever_orders_elsewhere_is_asked_and_not_whoever_sent_it(arrive: Arrive, asks_by_itself: None) -> None:
    elsewhere = but(BY_MAIL, ordering={"name": "Ann Orrin", "organization": "Other Clinic", "phone": "+16085550144"})
    lead = arrive(elsewhere)
    assert waits(lead)["order"].whom == "orderer"
    asked = open_tasks(lead)["request_papers"]
    assert asked.reason.startswith("Ask whoever orders, once, for the order")
    office = BY_MAIL["referrer"]["organization"]
    same = but(BY_MAIL, ordering={"name": "Ann Orrin", "organization": office}, patient__first_name="Second")
    assert waits(arrive(same))["order"].whom == "referrer"


def test_an_office_without_an_address_is_asked_by_a_person_and_not_the_family(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(NO_ORDER)
    task = open_tasks(lead)["request_papers"]
    assert "whoever referred" in task.reason
    verbs.finish(task, staff("dana"), actor=SYSTEM, result="done")
    assert "request_papers" not in open_tasks(lead)
    assert waits(lead)["order"].expected is not None


def test_when_the_order_arrives_the_lead_moves_by_itself(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(NO_ORDER)
    with pytest.raises(BadInput, match="arrived"):
        papers.arrived(lead, staff("dana"), actor=SYSTEM, paper="a_cake")
    with pytest.raises(NotAllowed):
        papers.arrived(lead, staff("joan"), actor=SYSTEM, paper="order_signed")
    papers.arrived(lead, staff("dana"), actor=SYSTEM, paper="order_unsigned")
    assert set(waits(lead)) == {"order_unsigned"}
    papers.arrived(lead, staff("dana"), actor=SYSTEM, paper="order_signed")
    assert waits(lead) == {}
    assert (lead.outcome, "request_papers" in open_tasks(lead)) == ("book_now", False)


def test_an_order_that_comes_as_a_second_item_moves_it_too(
    arrive: Arrive, mailbox: Mailbox, asks_by_itself: None
) -> None:
    lead = arrive(BY_MAIL)
    again = arrive(but(BY_MAIL, documents=["order", "operative_note"], order_signed=True))
    assert again.id == lead.id
    jobs.sweep()
    assert waits(lead) == {}
    assert "papers needed" not in mailbox.text(), "what is no longer wanted is not sent"


def test_a_press_is_enough(arrive: Arrive, staff: Staff, mailbox: Mailbox) -> None:
    lead = arrive(BY_MAIL)
    verbs.answer_proposal(open_tasks(lead)["propose_papers_request"], staff("dana"), actor=SYSTEM, answer="accepted")
    jobs.sweep()
    jobs.sweep()
    assert mailbox.text().count("papers needed") == 1
    assert "request_papers" not in open_tasks(lead)


def test_to_be_told_of_the_waitlist_is_not_to_be_asked_for_an_order(arrive: Arrive, staff: Staff) -> None:
    nobody_refers = {"referrer": {}, "consents": [], "lead_kind": "patient"}
    lead = arrive(but(NO_ORDER, **nobody_refers))
    assert waits(lead)["order"].whom == "family"
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="waitlist", reason="full")
    verbs.finish(open_tasks(lead)["offer_waitlist"], staff("dana"), actor=SYSTEM, result="told")
    assert waits(lead)["order"].asked is None
    verbs.finish(open_tasks(lead)["keep_in_touch"], staff("dana"), actor=SYSTEM, result="reached_answered")
    assert waits(lead)["order"].asked is not None


def test_a_family_that_named_no_doctor_is_asked_which_and_not_for_the_order(
    arrive: Arrive, staff: Staff, mailbox: Mailbox
) -> None:
    lead = arrive(but(NO_ORDER, referrer={}, lead_kind="patient", consents=MAY_EMAIL, patient__email="me@example.org"))
    proposed = open_tasks(lead)["propose_papers_request"]
    assert proposed.reason == "Ask the family, once, for the name of the doctor who orders it"
    verbs.answer_proposal(proposed, staff("dana"), actor=SYSTEM, answer="accepted")
    jobs.sweep()
    jobs.sweep()
    text = mailbox.text()
    assert "Please tell us at (608) 555-0140 which doctor orders it, and we ask them" in text
    assert "Please ask your doctor" not in text
    jobs.sweep()
    expected = datetime.fromisoformat(waits(lead)["order"].expected or "")
    clock.move(expected - clock.now())
    jobs.sweep()
    assert open_tasks(lead)["chase_papers"].reason.endswith("call the family for the name of the doctor who orders it")


def test_the_office_is_asked_for_it_before_the_last_day_on_which_the_visit_can_be(
    arrive: Arrive, mailbox: Mailbox, asks_by_itself: None
) -> None:
    """Friday: the hand was operated on Tuesday, the visit must be by Sunday, and the site is closed from tomorrow."""
    friday = datetime(2026, 12, 4, 10, 0, tzinfo=MADISON)
    clock.move(friday - clock.now())
    surgery = [{"kind": "surgery", "date": "2026-12-01"}]
    hand = {"program": "hand_tendon_repair", "discipline": ["OT"], "diagnoses": ["S66.021A"], "events": surgery}
    lead = arrive(but(BY_MAIL, **hand, concern="Flexor tendon repair, begin therapy"))
    jobs.sweep()
    assert "by Friday, December 4" in mailbox.text() and "December 8" not in mailbox.text()
    pass_days(2.5 / 24)
    assert "chase_papers" in open_tasks(lead), "and called for the same day"
