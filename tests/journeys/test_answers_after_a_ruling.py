"""Somebody for whom a person decided that nothing is to be booked yet answers: a person decides again, on a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.people import FAMILY, but

from firstvisit.journey import desk, jobs, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead, Ruling, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
LATER = but(FAMILY, timing="later")
WORSE = but(FAMILY, timing="asap", concern="Now it is worse, we want to come soon")


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """Everything begins on a Tuesday at ten in Madison."""


def moved(**by: float) -> None:
    clock.move(timedelta(**by))
    jobs.sweep()


def ruled(lead: Lead, staff: Staff, outcome: str) -> None:
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome=outcome, reason="as they wished")


def nexts(lead: Lead) -> list[str]:
    tasks = Task.objects.filter(lead=lead, status="open").exclude(kind__startswith="propose_")
    return list(tasks.order_by("due_at").values_list("kind", flat=True))


def again(lead: Lead) -> Task:
    return Task.objects.select_related("lead").get(lead=lead, status="open", kind="decide_again")


@pytest.mark.parametrize("outcome", ["nurture", "waitlist", "refer_out"])
def test_whoever_answers_after_a_ruling_is_decided_on_again_by_a_clock_that_begins_then(
    arrive: Arrive, staff: Staff, outcome: str
) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, outcome)
    moved(hours=1)
    answered_at = clock.now()
    assert arrive(WORSE).id == lead.id
    lead.refresh_from_db()
    assert lead.outcome == outcome, "the ruling stands"
    task = again(lead)
    assert nexts(lead) == ["decide_again"]
    assert answered_at < task.due_at <= answered_at + timedelta(minutes=task.minutes + 1)
    assert task.owner_queue is not None and "since a person decided" in task.reason


def test_its_clock_breaks_like_any_other_that_somebody_waits_for(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    moved(minutes=10)
    arrive(WORSE)
    moved(hours=3)
    assert again(lead).breached_at is not None


def test_each_answer_asks_once_and_a_second_one_does_not_put_off_the_first(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    moved(minutes=10)
    arrive(WORSE)
    first = again(lead)
    moved(minutes=10)
    arrive(but(WORSE, concern="Did you get my message?"))
    assert (again(lead).id, again(lead).due_at) == (first.id, first.due_at)
    verbs.finish(first, staff("dana"), actor=SYSTEM, result="reached_thinking")
    assert "decide_again" not in nexts(lead)
    moved(minutes=10)
    arrive(but(WORSE, concern="We thought about it"))
    assert again(lead).id != first.id


def test_a_clock_that_news_shorten_says_its_own_length(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    moved(minutes=10)
    arrive(but(LATER, concern="Still later"))
    assert again(lead).minutes == 480
    arrive(WORSE)
    assert again(lead).minutes == 30


def test_a_later_ruling_ends_it_and_withdrawing_the_ruling_too(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    moved(minutes=10)
    arrive(WORSE)
    moved(minutes=1)
    ruled(lead, staff, "waitlist")
    assert nexts(lead) == ["offer_waitlist"]
    moved(minutes=10)
    arrive(but(WORSE, concern="And now?"))
    verbs.withdraw_overruling(lead, staff("mei"), actor=SYSTEM)
    assert "decide_again" not in nexts(lead)
    assert Ruling.objects.filter(lead=lead, what="outcome", withdrawn_at__isnull=True).count() == 0


def test_the_letter_that_asks_when_they_want_care_is_not_proposed_once_they_said_so(
    arrive: Arrive, staff: Staff
) -> None:
    lead, other = arrive(LATER), arrive(but(LATER, patient__first_name="Other", patient__date_of_birth="2022-01-05"))
    for each in (lead, other):
        ruled(each, staff, "nurture")
    moved(days=2)
    arrive(WORSE)
    moved(days=8)
    assert Task.objects.filter(lead=other, kind="propose_preferences", status="open").exists()
    assert not Task.objects.filter(lead=lead, kind="propose_preferences").exists()


def test_what_names_nobody_is_asked_about_first_and_is_an_answer_once_it_was_about_them(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    moved(minutes=5)
    nameless = {name: WORSE[name] for name in ("lead_kind", "discipline", "contact", "concern", "timing", "consents")}
    assert arrive(nameless).id == lead.id
    moved(minutes=15)
    assert "decide_again" not in nexts(lead)
    ask = Task.objects.select_related("lead").get(lead=lead, status="open", kind="ask_whom")
    verbs.finish(ask, staff("dana"), actor=SYSTEM, result="for_this_patient")
    assert Event.objects.filter(lead=lead, name="taken_in").exists()
    assert "decide_again" in nexts(lead)


def may_not(staff: Staff, *names: str) -> None:
    """Whoever of these roles works on leads decides no outcome any more."""
    for name in names:
        role = staff(name).role
        role.capabilities = [each for each in role.capabilities if each != "leads.overrule"]
        role.save()


def held_by_walt(arrive: Arrive, staff: Staff) -> Lead:
    """A family that was ruled to rest answers while a biller, who decides no outcome, has their lead."""
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    verbs.take(lead, staff("walt"), actor=SYSTEM)
    moved(minutes=10)
    arrive(WORSE)
    return lead


def test_it_goes_to_a_queue_in_which_somebody_may_decide_where_the_owner_may_not(arrive: Arrive, staff: Staff) -> None:
    lead = held_by_walt(arrive, staff)
    task = again(lead)
    assert task.owner_user is None and task.owner_queue is not None and task.owner_queue.slug == "front_desk_madison"
    assert "may not decide" in task.reason
    lead.refresh_from_db()
    assert lead.owner_user == staff("walt"), "the lead itself stays whose it is"
    verbs.hand_over(lead, staff("walt"), actor=SYSTEM, reason="yours to decide", user=staff("dana"))
    assert again(lead).owner_user == staff("dana") and "may not decide" not in again(lead).reason


def test_where_nobody_of_the_queue_may_it_goes_to_who_ruled_before(arrive: Arrive, staff: Staff) -> None:
    may_not(staff, "dana")
    lead = held_by_walt(arrive, staff)
    assert again(lead).owner_user == staff("mei")


def test_an_owner_who_may_decide_keeps_it(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(LATER)
    ruled(lead, staff, "nurture")
    verbs.hand_over(lead, staff("dana"), actor=SYSTEM, reason="your case", user=staff("anna"))
    moved(minutes=10)
    arrive(WORSE)
    assert again(lead).owner_user == staff("anna")


def test_when_its_clock_breaks_somebody_present_who_may_decide_is_given_the_lead(arrive: Arrive, staff: Staff) -> None:
    lead = held_by_walt(arrive, staff)
    clock.move(timedelta(hours=3))
    for name in ("walt", "mei"):
        desk.seen(staff(name))
    jobs.sweep()
    assert again(lead).breached_at is not None and again(lead).owner_user == staff("mei")
    lead.refresh_from_db()
    assert lead.owner_user == staff("mei")
