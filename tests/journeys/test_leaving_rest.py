"""A lead at rest whose day comes, or who answers, begins anew: its clock runs from then, and it is called to book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests.people import FAMILY, MADISON, but

from firstvisit.journey import jobs, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
TOO_YOUNG = but(FAMILY, patient__date_of_birth="2025-10-24", program="early_language")
IN_SPRING = but(FAMILY, timing="later", not_before="2027-03-01")


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """Everything begins on a Tuesday at ten in Madison."""


def until(moment: datetime) -> None:
    clock.move(moment - clock.now())
    jobs.sweep()


def next_thing(lead: Lead) -> Task:
    return Task.objects.select_related("lead").get(lead=lead, status="open", kind__in=CALLS)


CALLS = (
    "call_to_book", "keep_in_touch", "call_when_wished", "explain_hold", "follow_up", "close_told", "ask_one_question",
)  # fmt: skip


def test_a_child_who_is_old_enough_now_is_called_to_book_whatever_was_told_before(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(TOO_YOUNG)
    verbs.finish(next_thing(lead), staff("dana"), actor=SYSTEM, result="told")
    until(datetime(2027, 4, 23, 10, 0, tzinfo=MADISON))
    assert next_thing(lead).kind == "keep_in_touch"
    until(datetime(2027, 4, 26, 7, 0, tzinfo=MADISON))
    task = next_thing(lead)
    assert (task.kind, task.breached_at) == ("call_to_book", None)
    assert datetime(2027, 4, 26, 8, 0, tzinfo=MADISON) < task.due_at < datetime(2027, 4, 26, 12, 0, tzinfo=MADISON)


@pytest.mark.parametrize("tried", [False, True])
def test_a_day_that_was_wished_starts_the_clock(tried: bool, arrive: Arrive, staff: Staff) -> None:
    lead = arrive(IN_SPRING)
    if tried:
        verbs.finish(next_thing(lead), staff("dana"), actor=SYSTEM, result="no_answer")
    opens = datetime(2027, 1, 30, 10, 0, tzinfo=MADISON)
    until(opens)
    task = next_thing(lead)
    assert (task.kind, task.due_at > opens) == ("call_to_book", True)
    until(datetime(2027, 2, 1, 9, 0, tzinfo=MADISON))
    assert next_thing(lead).breached_at is None


def test_who_answers_after_weeks_is_on_time(arrive: Arrive) -> None:
    lead = arrive(IN_SPRING)
    until(datetime(2026, 12, 22, 10, 0, tzinfo=MADISON))
    arrive(but(FAMILY, timing="asap", not_before="2026-12-23"))
    lead.refresh_from_db()
    assert lead.outcome != "nurture"
    assert next_thing(lead).due_at > clock.now()


def test_who_only_waits_to_be_old_enough_is_not_asked_about_wishes(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(TOO_YOUNG)
    until(datetime(2026, 12, 22, 10, 0, tzinfo=MADISON))
    assert not Task.objects.filter(lead=lead, kind="propose_preferences").exists()
    other = arrive(but(FAMILY, timing="later", patient__first_name="Other", patient__date_of_birth="2022-01-05"))
    verbs.overrule(other, staff("mei"), actor=SYSTEM, outcome="nurture", reason="They move house first")
    until(datetime(2027, 1, 8, 10, 0, tzinfo=MADISON))
    assert Task.objects.filter(lead=other, kind="propose_preferences").exists()


def test_who_named_a_day_is_not_asked_once_more_when_that_is(arrive: Arrive) -> None:
    lead = arrive(IN_SPRING)
    assert next_thing(lead).kind == "call_when_wished"
    until(datetime(2027, 1, 8, 10, 0, tzinfo=MADISON))
    assert not Task.objects.filter(lead=lead, kind="propose_preferences").exists()


def test_who_was_told_of_the_waitlist_hears_again_and_is_not_closed(
    arrive: Arrive, staff: Staff, practice: Any
) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="waitlist", reason="full this week")
    verbs.finish(open_task(lead, "offer_waitlist"), staff("dana"), actor=SYSTEM, result="told")
    task = next_thing(lead)
    assert task.kind == "keep_in_touch"
    assert task.due_at.astimezone(MADISON).date().isoformat() == "2026-12-28", "thirty days, then the holidays"


def test_who_is_kept_in_touch_with_by_a_ruling_is_called_some_weeks_later(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    until(datetime(2026, 12, 1, 10, 0, tzinfo=MADISON))
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="nurture", reason="they travel")
    assert next_thing(lead).due_at.astimezone(MADISON).date().isoformat() == "2026-12-31"
    assert not Task.objects.filter(lead=lead, kind="propose_preferences").exists()
    until(datetime(2026, 12, 8, 10, 30, tzinfo=MADISON))
    assert open_task(lead, "propose_preferences").due_at > clock.now()


def test_a_hold_outlives_a_red_flag(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(TOO_YOUNG)
    arrive(but(TOO_YOUNG, concern="She had chest pain yesterday"))
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review"
    review = open_task(lead, "review_red_flag")
    verbs.finish(review, staff("anna"), actor=SYSTEM, result="reviewed")
    verbs.overrule(lead, staff("anna"), actor=SYSTEM, outcome="nurture", reason="no emergency")
    lead.refresh_from_db()
    assert lead.look_again_at is not None
    assert not Task.objects.filter(lead=lead, kind="propose_preferences").exists()
    verbs.finish(next_thing(lead), staff("dana"), actor=SYSTEM, result="told")
    assert next_thing(lead).due_at.astimezone(MADISON).date().isoformat() == "2027-04-26"


def open_task(lead: Lead, kind: str) -> Task:
    return Task.objects.select_related("lead").get(lead=lead, status="open", kind=kind)
