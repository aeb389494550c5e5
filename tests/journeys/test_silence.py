"""Story H and its relatives: tries that reach nobody, the reminder, the close-out, and being asked once more."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY, MADISON, MARQUETTE_MAN, TUESDAY, but, surgeon

from firstvisit.journey import jobs, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput
from firstvisit.leads.models import ContactAttempt, FactsRow, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """Every story begins on a Tuesday at ten in Madison."""


def open_tasks(lead: Lead) -> dict[str, Task]:
    return {t.kind: t for t in Task.objects.select_related("lead").filter(lead=lead, status="open")}


def until(moment: datetime) -> None:
    clock.move(moment - clock.now())
    jobs.sweep()


def nobody_answers(lead: Lead, by: User, tries: int) -> None:
    """Every try is made at the moment it is due, and nobody answers."""
    for number in range(tries):
        tasks = open_tasks(lead)
        task = tasks.get("call_to_book") or tasks["follow_up"]
        if number:
            until(task.due_at)
        verbs.finish(task, by, actor=SYSTEM, result="no_answer")


def test_silence_is_reminded_closed_and_asked_once_more_by_the_clock(
    arrive: Arrive, staff: Staff, switched: Callable[..., None], mailbox: Mailbox
) -> None:
    switched(reminder="do", close_out="do", reactivation="do")
    lead = arrive(FAMILY)
    jobs.sweep()
    nobody_answers(lead, staff("dana"), 5)
    assert set(open_tasks(lead)) == {"await_answer"}
    until(datetime(2026, 12, 4, 10, 0, tzinfo=MADISON))
    assert "tried to reach you" not in mailbox.text(), "the seventh open day is not here yet"
    until(datetime(2026, 12, 7, 10, 0, tzinfo=MADISON))
    assert mailbox.text().count("tried to reach you") == 1
    until(datetime(2026, 12, 10, 10, 0, tzinfo=MADISON))
    lead.refresh_from_db()
    assert (lead.stage, lead.closed_how, open_tasks(lead)) == ("closed", "unable_to_reach", {})
    jobs.sweep()
    assert mailbox.text().count("we have closed your request L-") == 1
    closed = lead.closed_at
    assert closed is not None and lead.look_again_at == closed + timedelta(days=75)
    until(closed + timedelta(days=75, hours=6))
    assert mailbox.text().count("do you still want an appointment") == 1
    for _ in range(3):
        until(clock.now() + timedelta(days=40))
    assert Message.objects.filter(lead=lead).count() == 4
    lead.refresh_from_db()
    assert lead.look_again_at is None


def test_a_new_practice_proposes_and_a_person_presses(
    arrive: Arrive, staff: Staff, mailbox: Mailbox
) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    nobody_answers(lead, dana, 5)
    until(datetime(2026, 12, 7, 10, 0, tzinfo=MADISON))
    assert set(open_tasks(lead)) == {"await_answer", "propose_reminder"}
    verbs.answer_proposal(open_tasks(lead)["propose_reminder"], dana, actor=SYSTEM, answer="accepted")
    jobs.sweep()
    assert mailbox.text().count("tried to reach you") == 1
    until(datetime(2026, 12, 10, 10, 0, tzinfo=MADISON))
    assert set(open_tasks(lead)) == {"propose_close_out"}
    verbs.answer_proposal(open_tasks(lead)["propose_close_out"], dana, actor=SYSTEM, answer="accepted")
    lead.refresh_from_db()
    assert (lead.closed_how, lead.owner_queue is not None) == ("unable_to_reach", True)
    jobs.sweep()
    assert mailbox.text().count("is closed") >= 1


def test_a_late_reminder_leaves_as_many_days_to_answer(arrive: Arrive, staff: Staff, mailbox: Mailbox) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    nobody_answers(lead, dana, 5)
    until(datetime(2026, 12, 9, 15, 0, tzinfo=MADISON))
    verbs.answer_proposal(open_tasks(lead)["propose_reminder"], dana, actor=SYSTEM, answer="accepted")
    jobs.sweep()
    assert "by Monday, December 14" in mailbox.text(), "three open days from the day it left"
    until(datetime(2026, 12, 11, 15, 0, tzinfo=MADISON))
    assert set(open_tasks(lead)) == {"await_answer"}
    until(datetime(2026, 12, 14, 15, 0, tzinfo=MADISON))
    assert set(open_tasks(lead)) == {"propose_close_out"}


def test_a_letter_pressed_at_night_says_when_it_leaves(
    arrive: Arrive, staff: Staff, mailbox: Mailbox, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    nobody_answers(lead, dana, 5)
    until(datetime(2026, 12, 7, 23, 0, tzinfo=MADISON))
    verbs.answer_proposal(open_tasks(lead)["propose_reminder"], dana, actor=SYSTEM, answer="accepted")
    jobs.sweep()
    assert "tried to reach you" not in mailbox.text()
    page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "Letter, reminder: leaves Tue Dec 8, 10:00 am" in page
    until(datetime(2026, 12, 8, 10, 1, tzinfo=MADISON))
    assert mailbox.text().count("tried to reach you") == 1


def test_past_the_close_out_nobody_is_reminded_of_it(arrive: Arrive, staff: Staff, mailbox: Mailbox) -> None:
    lead = arrive(FAMILY)
    nobody_answers(lead, staff("dana"), 5)
    until(datetime(2026, 12, 10, 10, 0, tzinfo=MADISON))
    assert set(open_tasks(lead)) == {"propose_close_out"}
    assert "tried to reach you" not in mailbox.text()


@pytest.mark.parametrize("pressed", [False, True])
def test_a_reminder_that_nobody_pressed_leaves_a_line_and_the_close_out_says_so(
    pressed: bool, arrive: Arrive, staff: Staff, browser: Callable[[str], Client], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    nobody_answers(lead, staff("dana"), 5)
    until(datetime(2026, 12, 7, 10, 0, tzinfo=MADISON))
    proposal = open_tasks(lead)["propose_reminder"]
    if pressed:
        browser("dana").post(f"/tasks/{proposal.id}/answer", {"answer": "accepted"})
    for day in range(8, 21):
        until(datetime(2026, 12, day, 10, 0, tzinfo=MADISON))
    page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "5 tries reached nobody" in page and "propose_close_out" in open_tasks(lead)
    assert ("and nobody reminded them" in page) is not pressed
    assert ("Nobody reminded them: the reminder waited" in page) is not pressed


def test_not_this_time_leaves_the_decision_with_a_person(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    nobody_answers(lead, dana, 5)
    until(datetime(2026, 12, 10, 10, 0, tzinfo=MADISON))
    verbs.answer_proposal(open_tasks(lead)["propose_close_out"], dana, actor=SYSTEM, answer="not_this_time")
    assert "decide_silence" in open_tasks(lead)
    lead.refresh_from_db()
    assert lead.closed_at is None


def test_an_answer_ends_the_silence(arrive: Arrive, staff: Staff, mailbox: Mailbox) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    nobody_answers(lead, dana, 5)
    until(datetime(2026, 12, 7, 10, 0, tzinfo=MADISON))
    arrive(but(FAMILY, concern="Sorry, we were away"))
    assert set(open_tasks(lead)) == {"call_to_book"}
    assert "tried to reach you" not in mailbox.text()


def test_nobody_without_consent_is_reminded_by_mail_or_asked_again(
    arrive: Arrive, staff: Staff, switched: Callable[..., None], mailbox: Mailbox
) -> None:
    switched(reminder="do", close_out="do", reactivation="do")
    lead = arrive(but(FAMILY, consents=None))
    nobody_answers(lead, staff("dana"), 5)
    until(datetime(2026, 12, 7, 10, 0, tzinfo=MADISON))
    assert set(open_tasks(lead)) == {"await_answer", "send_letter"}
    until(datetime(2026, 12, 10, 10, 0, tzinfo=MADISON))
    lead.refresh_from_db()
    assert (lead.closed_how, lead.look_again_at, mailbox.mails) == ("unable_to_reach", None, [])


def test_somebody_urgent_is_not_closed_before_a_clinician_has_looked(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    nobody_answers(lead, staff("dana"), 3)
    assert "await_answer" in open_tasks(lead)
    until(datetime(2026, 11, 30, 10, 0, tzinfo=MADISON))
    lead.refresh_from_db()
    assert lead.owner_queue is not None and lead.owner_queue.slug == "clinical_review"
    assert set(open_tasks(lead)) == {"review_unreached"}
    verbs.finish(open_tasks(lead)["review_unreached"], staff("anna"), actor=SYSTEM, result="reviewed")
    assert set(open_tasks(lead)) == {"propose_close_out"}


def test_a_lead_that_asked_anew_is_not_asked_again(
    arrive: Arrive, staff: Staff, switched: Callable[..., None], mailbox: Mailbox
) -> None:
    switched(close_out="do", reactivation="do", reminder="off")
    lead = arrive(FAMILY)
    nobody_answers(lead, staff("dana"), 5)
    until(datetime(2026, 12, 10, 10, 0, tzinfo=MADISON))
    clock.move(timedelta(days=30))
    newer = arrive(FAMILY)
    assert newer.id != lead.id
    clock.move(timedelta(days=60))
    jobs.sweep()
    assert "do you still want" not in mailbox.text()


def test_every_try_is_kept_and_the_first_ones_stay_on_the_lead(
    arrive: Arrive, staff: Staff, mailbox: Mailbox
) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    jobs.sweep()
    lead.refresh_from_db()
    assert (len(mailbox.mails), lead.first_tried_at) == (1, None), "the receipt is no try"
    clock.move(timedelta(minutes=9))
    verbs.finish(open_tasks(lead)["call_to_book"], dana, actor=SYSTEM, result="left_vm")
    until(open_tasks(lead)["follow_up"].due_at)
    verbs.finish(open_tasks(lead)["follow_up"], dana, actor=SYSTEM, result="reached_thinking")
    lead.refresh_from_db()
    tries = list(ContactAttempt.objects.filter(lead=lead).order_by("at").values_list("outcome", "reached"))
    assert tries == [("left_vm", False), ("reached_thinking", True)]
    assert lead.first_tried_at is not None and lead.first_reached_at is not None
    assert lead.first_reached_at > lead.first_tried_at
    assert open_tasks(lead)["call_back"].due_at == datetime(2026, 11, 30, 10, 0, tzinfo=MADISON)


def test_an_agreed_call_back_is_due_when_it_was_agreed(arrive: Arrive, staff: Staff) -> None:
    lead, agreed = arrive(FAMILY), datetime(2026, 11, 25, 15, 30, tzinfo=MADISON)
    call = open_tasks(lead)["call_to_book"]
    for wrong in (None, clock.now() - timedelta(hours=1), clock.now() + timedelta(days=400)):
        with pytest.raises(BadInput):
            verbs.finish(call, staff("dana"), actor=SYSTEM, result="reached_callback_set", again_at=wrong)
    verbs.finish(call, staff("dana"), actor=SYSTEM, result="reached_callback_set", again_at=agreed)
    assert open_tasks(lead)["call_back"].due_at == agreed


@pytest.mark.parametrize(
    ("result", "follows"),
    [
        ("reached_booked", "await_visit"),
        ("reached_answered", "decide"),
        ("reached_declined", "close_declined"),
        ("left_vm", "follow_up"),
        ("vm_full", "follow_up"),
        ("third_party_only", "follow_up"),
        ("sent_letter", "follow_up"),
        ("wrong_number", "find_number"),
        ("disconnected", "find_number"),
        ("language_needed", "arrange_interpreter"),
        ("duplicate", "close_duplicate"),
        ("do_not_contact", "close_do_not_contact"),
        ("deceased", "close_deceased"),
        ("told", "close_told"),
    ],
)
def test_what_follows_each_ending(result: str, follows: str, arrive: Arrive, staff: Staff) -> None:
    lead = arrive(MARQUETTE_MAN)
    verbs.finish(
        open_tasks(lead)["call_to_book"], staff("reggie"), actor=SYSTEM, result=result, why="cost"
    )
    assert follows in open_tasks(lead)
    assert Message.objects.filter(lead=lead, status="wanted").count() == (
        0 if result in ("do_not_contact", "deceased") else 1
    )


def test_a_decline_says_why(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    call = open_tasks(lead)["call_to_book"]
    with pytest.raises(BadInput, match="why"):
        verbs.finish(call, staff("dana"), actor=SYSTEM, result="reached_declined")
    verbs.finish(call, staff("dana"), actor=SYSTEM, result="reached_declined", why="distance")
    assert ContactAttempt.objects.get(lead=lead).why == "distance"


def test_after_a_death_nothing_is_left_but_closing(
    arrive: Arrive, staff: Staff, switched: Callable[..., None], mailbox: Mailbox
) -> None:
    switched(partner_status="do", close_out="do", reactivation="do")
    lead = arrive(but(surgeon(TUESDAY.date()), referrer__email="office@example.org"))
    jobs.sweep()
    before = len(mailbox.mails)
    verbs.finish(open_tasks(lead)["call_to_book"], staff("dana"), actor=SYSTEM, result="deceased")
    assert set(open_tasks(lead)) == {"close_deceased"}
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="deceased", reason="his daughter told us")
    for _ in range(4):
        clock.move(timedelta(days=30))
        jobs.sweep()
    assert len(mailbox.mails) == before


def test_whoever_referred_is_told_status_and_nothing_else(
    arrive: Arrive, staff: Staff, switched: Callable[..., None], mailbox: Mailbox
) -> None:
    switched(partner_status="do")
    lead = arrive(but(surgeon(TUESDAY.date()), referrer__email="office@example.org"))
    jobs.sweep()
    verbs.finish(open_tasks(lead)["call_to_book"], staff("dana"), actor=SYSTEM, result="reached_booked")
    jobs.sweep()
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="other_provider", reason="nearer to his daughter")
    jobs.sweep()
    jobs.sweep()
    said = mailbox.text()
    for words in ("arrived at", "visit is agreed", "another provider was chosen"):
        assert said.count(words) == 1
    for secret in ("Leopold", "Nykvistberg", "knee", "daughter", "Medicare"):
        assert secret not in said


def test_a_school_is_told_only_when_a_person_presses(
    arrive: Arrive,
    staff: Staff,
    switched: Callable[..., None],
    mailbox: Mailbox,
    browser: Callable[[str], Client],
) -> None:
    switched(partner_status="do")
    body = but(surgeon(TUESDAY.date()), referrer__email="counselor@example.org", referrer__role="school")
    lead = arrive(body)
    jobs.sweep()
    assert len(mailbox.mails) == 1 and "only with their permission" in mailbox.text()
    verbs.finish(open_tasks(lead)["call_to_book"], staff("dana"), actor=SYSTEM, result="reached_booked")
    jobs.sweep()
    assert len(mailbox.mails) == 1
    proposal = open_tasks(lead)["propose_partner_status"]
    assert "authorization" in proposal.reason
    dana = browser("dana")
    refused = dana.post(f"/tasks/{proposal.id}/answer", {"answer": "accepted", "task": str(proposal.id)})
    assert refused.status_code == 422
    assert "written authorization is here and was read" in html.unescape(refused.content.decode())
    jobs.sweep()
    assert len(mailbox.mails) == 1
    said = {"answer": "accepted", "task": str(proposal.id), "authorization_read": "yes"}
    assert dana.post(f"/tasks/{proposal.id}/answer", said).status_code == 303
    clock.move(timedelta(minutes=1))
    jobs.sweep()
    assert len(mailbox.mails) == 2
    page = html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())
    assert "the patient\u2019s written authorization was read" in page


def test_who_asks_again_after_the_close_out_is_known_again(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    first = arrive(FAMILY)
    verbs.close(first, staff("dana"), actor=SYSTEM, how="unable_to_reach", reason="five tries")
    again = arrive(but(FAMILY, patient__postal_code=None, patient__date_of_birth=None, program=None))
    assert again.id != first.id
    facts = FactsRow.objects.get(lead=again)
    assert facts.in_area is True and facts.age_months is not None, "home and age were stated before"
    page = browser("dana").get(f"/leads/L-{again.number}").content.decode()
    assert f"/leads/L-{first.number}" in page and "closed Tue Nov 24, 2026: unable to reach" in page
    moved = arrive(but(FAMILY, patient__postal_code="60601"))
    assert moved.id == again.id


def test_a_new_street_takes_nothing_of_the_home_before(arrive: Arrive, staff: Staff) -> None:
    first = arrive(FAMILY)
    verbs.close(first, staff("dana"), actor=SYSTEM, how="unable_to_reach", reason="five tries")
    moved = arrive(but(FAMILY, patient__postal_code=None, patient__street="4 Quarry Road"))
    facts = FactsRow.objects.get(lead=moved)
    assert (facts.in_area, facts.age_months is not None) == (None, True)
