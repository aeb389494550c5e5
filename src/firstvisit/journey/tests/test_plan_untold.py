"""Whoever's visit we called off hears of it: by letter, or somebody calls before they set out."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from firstvisit.journey.case import Case, MessageSeen
from firstvisit.journey.endings import CALL_OFF, fits, groups_for
from firstvisit.journey.plan import plan
from firstvisit.journey.plan.wanted import WantedTask
from firstvisit.journey.tests.samples import case, rules, task
from firstvisit.journey.tests.test_plan_visits import visit
from firstvisit.journey.tests.test_switches import switched
from firstvisit.practice.policy import Policy
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

WEEK = NOW + timedelta(days=7)


def called_off(mails: bool = False, **changes: Any) -> Case:
    """A lead whose visit in a week was called off a minute ago."""
    known = facts(received_at=NOW - timedelta(minutes=5), has_email=mails, may_email=mails)
    gone = changes.pop("gone", {})
    visits = (visit("cancelled", **{"starts_at": WEEK, "why": "site_closed"} | gone), *changes.pop("others", ()))
    return case(appointments=visits, facts=known, **changes)


def call(seen: Case, policy: Policy | None = None) -> WantedTask | None:
    wanted = plan(seen, cedar_street(), policy or rules(), NOW).tasks
    return next((each for each in wanted if each.kind == CALL_OFF), None)


def test_whoever_no_letter_reaches_is_called_and_the_task_names_the_visit() -> None:
    wanted = call(called_off())
    assert wanted is not None and "We called off their visit of" in wanted.reason and "call and tell" in wanted.reason
    assert call(called_off(mails=True)) is None, "the letter goes"


@pytest.mark.parametrize("outcome", ["need_info", "person_looks", "waitlist", "refer_out", "nurture"])
def test_whatever_is_decided_of_the_lead(outcome: str) -> None:
    ruled = {"outcome": {"outcome": outcome, "at": NOW.isoformat(), "ruling": str(uuid.UUID(int=7)), "reason": "x"}}
    assert call(called_off(rulings=ruled)) is not None


def test_it_is_due_before_they_set_out_and_the_soonest_visit_first() -> None:
    wanted = [call(called_off(gone={"starts_at": NOW + ahead})) for ahead in (timedelta(hours=3), timedelta(days=2))]
    soon, late = (each.due_at for each in wanted if each is not None)
    assert soon <= NOW + timedelta(hours=2) and soon < late


def test_a_letter_that_was_refused_reaches_nobody() -> None:
    key = f"{called_off().lead}:visit_cancelled:{visit().id}:0"
    refused = {key: MessageSeen(uuid.UUID(int=9), "refused", NOW)}
    assert call(called_off(mails=True, messages=refused)) is not None
    sent = {key: MessageSeen(uuid.UUID(int=9), "sent", NOW)}
    assert call(called_off(mails=True, messages=sent)) is None


def test_where_letters_are_off_somebody_calls_and_where_a_person_presses_them_nobody_has_to() -> None:
    assert call(called_off(mails=True), switched(visit_letter="off")) is not None
    assert call(called_off(mails=True), switched(visit_letter="propose")) is None


def test_where_the_letter_says_that_we_call_somebody_does_though_one_answer_is_still_to_be_asked() -> None:
    gone = called_off(mails=True)
    ruled = {
        "no_time": {"causes": [f"{visit().id}:0"], "why": "left", "at": NOW.isoformat(), "ruling": "r"},
        "outcome": {"outcome": "need_info", "at": NOW.isoformat(), "ruling": str(uuid.UUID(int=7)), "reason": "x"},
    }
    assert call(gone._replace(rulings=ruled)) is not None
    ruled["outcome"]["outcome"] = "book_now"
    assert call(gone._replace(rulings=ruled)) is None, "the task that nobody here can do it asks to call"


def test_it_ends_once_somebody_spoke_with_them_or_another_visit_is_booked_or_its_time_is_over() -> None:
    spoken = task(status="done", ended_at=NOW, result="reached_thinking")
    assert call(called_off(tasks=(spoken,))) is None
    unanswered = task(status="done", ended_at=NOW, result="no_answer")
    assert call(called_off(tasks=(unanswered,))) is not None
    again = visit(id=uuid.UUID(int=71), starts_at=WEEK, booked_at=NOW)
    assert call(called_off(others=(again,))) is None
    assert call(called_off(gone={"starts_at": NOW - timedelta(minutes=1)})) is None
    wanted = call(called_off())
    assert wanted is not None
    done = task(key=wanted.key, kind=CALL_OFF, status="done", ended_at=NOW, result="told")
    assert call(called_off(tasks=(done,))) is None
    assert fits(CALL_OFF, "told") and groups_for(CALL_OFF).keys() == {"Reached", "Without a call"}


@pytest.mark.parametrize("gone", [{"why": "ill"}, {"why": "by_mistake"}, {"why": "ill", "booked_at": None}])
def test_what_they_called_off_or_never_was_needs_no_call(gone: dict[str, Any]) -> None:
    assert call(called_off(gone=gone)) is None


def test_nobody_is_called_who_must_not_be() -> None:
    ruled = {"do_not_contact": {"at": NOW.isoformat(), "ruling": str(uuid.UUID(int=7))}}
    assert call(called_off(rulings=ruled)) is None
