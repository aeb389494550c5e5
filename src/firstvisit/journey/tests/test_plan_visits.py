"""What the plan makes of a visit that is booked here, moved, cancelled, missed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from firstvisit.journey import act
from firstvisit.journey.case import AppointmentSeen, Case
from firstvisit.journey.plan import Plan, plan
from firstvisit.journey.tests.samples import case, rules, task
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street

VISIT = uuid.UUID(int=70)
SOON = NOW + timedelta(days=2)


def visit(status: str = "booked", **changes: Any) -> AppointmentSeen:
    whole: dict[str, Any] = {
        "id": VISIT,
        "service": "evaluation",
        "status": status,
        "status_at": NOW - timedelta(minutes=1),
        "starts_at": SOON,
        "ends_at": SOON + timedelta(minutes=60),
        "site": "madison",
        "clinician": "priya_raman",
        "made_at": NOW - timedelta(minutes=2),
        "booked_at": NOW - timedelta(minutes=2),
    }
    return AppointmentSeen(**whole | changes)


def planned(seen: Case, now: datetime = NOW) -> Plan:
    return plan(seen, cedar_street(), rules(), now)


def tasks(seen: Case, now: datetime = NOW) -> dict[str, tuple[datetime, str]]:
    return {one.kind: (one.due_at, one.reason) for one in planned(seen, now).tasks}


def test_a_lead_with_a_visit_is_seen_through_and_nobody_is_called_to_book() -> None:
    booked = case(appointments=(visit(),))
    assert "call_to_book" not in tasks(booked)
    due, reason = tasks(booked)["await_visit"]
    assert due == SOON + timedelta(minutes=60)
    assert "Priya Raman" in reason
    assert planned(booked).stage == "booked"


def test_a_visit_that_the_family_booked_counts_as_agreed_for_everything_that_waits_for_one() -> None:
    seen = case(appointments=(visit(),))
    assert seen.agreed is not None
    assert (seen.agreed.again_at, seen.agreed.visit_with) == (SOON, "priya_raman")


def test_a_hold_is_no_visit() -> None:
    held = case(appointments=(visit("held", held_until=NOW + timedelta(minutes=9), booked_at=None),))
    assert "call_to_book" in tasks(held)
    assert held.agreed is None


def test_after_a_cancelled_visit_the_family_is_called_to_book_again_once() -> None:
    fell = case(
        appointments=(visit("cancelled", why="illness"),),
        tasks=(task(status="done", ended_at=NOW - timedelta(minutes=2), result="reached_booked", again_at=SOON),),
    )
    again = planned(fell)
    (call,) = [one for one in again.tasks if one.kind == "call_to_book"]
    assert str(VISIT) in call.key
    assert fell.agreed is None
    tried = fell._replace(
        tasks=(*fell.tasks, task(id=uuid.UUID(int=71), key=call.key, status="done", ended_at=NOW, result="no_answer"))
    )
    assert "call_to_book" not in tasks(tried)


def test_who_missed_the_visit_is_called_within_minutes_and_not_called_twice_for_it() -> None:
    missed = case(appointments=(visit("missed", starts_at=NOW - timedelta(minutes=20), status_at=NOW),))
    due, reason = tasks(missed)["call_missed"]
    assert due == NOW + timedelta(minutes=10)
    assert "safe" in reason
    assert "call_to_book" not in tasks(missed)
    done = task(
        "call_missed", id=uuid.UUID(int=72), status="done", ended_at=NOW + timedelta(minutes=4),
        result="reached_booked", again_at=SOON,
    )  # fmt: skip
    reached = missed._replace(tasks=(done,))
    assert set(tasks(reached, NOW + timedelta(minutes=5))) >= {"await_visit"}
    assert "call_missed" not in tasks(reached, NOW + timedelta(minutes=5))


def test_a_visit_agreed_in_a_later_call_stands_although_an_earlier_one_was_cancelled() -> None:
    later = task(status="done", ended_at=NOW, result="reached_booked", again_at=SOON)
    seen = case(appointments=(visit("cancelled"),), tasks=(later,))
    assert seen.agreed is not None
    assert seen.agreed.id == later.id


def test_planning_a_booked_lead_again_changes_nothing() -> None:
    for status in ("booked", "arrived", "cancelled", "missed", "held"):
        more = {"held_until": NOW + timedelta(minutes=9)} if status == "held" else {}
        seen = case(appointments=(visit(status, **more),))
        once = act.after(seen, planned(seen))
        assert not act.compare(once, planned(once))


def test_a_red_flag_goes_before_the_visit() -> None:
    at = {"ruling": str(uuid.UUID(int=5)), "by": None, "at": NOW.isoformat()}
    flagged = case(appointments=(visit(),), rulings={"outcome": {"outcome": "clinician_review", **at}})
    assert "review_red_flag" in tasks(flagged)
