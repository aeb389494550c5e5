"""What is written of a visit and when: to the family, and to whoever referred."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from firstvisit.journey import act
from firstvisit.journey.case import Case, MessageSeen
from firstvisit.journey.plan import plan
from firstvisit.journey.plan.wanted import WantedMessage
from firstvisit.journey.tests.samples import case, rules
from firstvisit.journey.tests.test_plan_visits import visit
from firstvisit.journey.tests.test_switches import switched
from firstvisit.practice.policy import Policy
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

WEEK = NOW + timedelta(days=7)
MADISON = cedar_street().sites["madison"].tz


def booked(*visits: Any, **changes: Any) -> Case:
    mails = facts(received_at=NOW - timedelta(minutes=5), has_email=True, may_email=True)
    return case(appointments=visits or (visit(starts_at=WEEK),), facts=mails, **changes)


def letters(seen: Case, now: datetime = NOW, policy: Policy | None = None) -> dict[str, WantedMessage]:
    wanted = plan(seen, cedar_street(), policy or rules(), now).messages
    return {one.template: one for one in wanted if one.purpose == "appointment"}


def ten(before: int) -> datetime:
    """Ten in the morning in Madison, so many days before the visit."""
    tz = cedar_street().sites["madison"].tz
    return datetime.combine(WEEK.astimezone(tz).date() - timedelta(days=before), time(10), tz)


def reminded(seen: Case, now: datetime) -> str:
    message = letters(seen, now).get("visit_reminder")
    return message.key.rpartition(":")[2] if message else ""


def test_a_booked_visit_is_said_in_writing_by_itself() -> None:
    message = letters(booked())["visit_booked"]
    assert dict(message.details) == {"at": WEEK.isoformat(), "setting": "clinic", "site": "madison"}


def test_nobody_is_written_to_who_did_not_allow_it() -> None:
    seen = booked()
    assert letters(seen._replace(facts=seen.facts._replace(may_email=False))) == {}
    ruled = {"do_not_contact": {"at": NOW.isoformat(), "ruling": str(uuid.UUID(int=7))}}
    assert letters(seen._replace(rulings=ruled)) == {}


def test_each_time_it_is_moved_it_is_said_once_more_and_the_letter_before_is_no_longer_wanted() -> None:
    once, twice = (letters(booked(visit(starts_at=WEEK, sequence=n))) for n in (1, 2))
    assert set(once) == set(twice) == {"visit_moved"}
    assert once["visit_moved"].key != twice["visit_moved"].key


def test_it_reminds_three_days_and_one_day_before_in_the_morning_and_in_between_not() -> None:
    seen = booked()
    three, one = ten(3), ten(1)
    assert reminded(seen, three - timedelta(minutes=1)) == ""
    assert reminded(seen, three) == "3"
    assert reminded(seen, one - timedelta(hours=1)) == "3", "still wanted where nobody looked"
    assert reminded(seen, one) == "1"
    assert reminded(seen, WEEK - timedelta(minutes=59)) == "", "too late to remind"


def test_a_plan_says_when_it_next_reminds() -> None:
    look = plan(booked(), cedar_street(), rules(), NOW).look_again_at
    assert look is not None and look < WEEK


def test_whoever_said_that_they_come_is_reminded_the_last_time_alone() -> None:
    seen = booked(visit(starts_at=WEEK, confirmed_at=NOW))
    assert reminded(seen, WEEK - timedelta(days=2)) == ""
    assert reminded(seen, WEEK - timedelta(hours=20)) == "1"


def test_nobody_is_reminded_of_a_visit_booked_within_the_hour() -> None:
    for told, which in ((ten(1) - timedelta(minutes=30), ""), (ten(1) - timedelta(minutes=61), "1")):
        assert reminded(booked(visit(starts_at=WEEK, booked_at=told)), ten(1) + timedelta(minutes=40)) == which


def test_a_cancelled_visit_is_said_unless_another_one_stands() -> None:
    gone = visit("cancelled", starts_at=WEEK, why="clinician_away")
    assert set(letters(booked(gone))) == {"visit_cancelled"}
    again = visit(id=uuid.UUID(int=71), starts_at=WEEK + timedelta(days=1))
    assert set(letters(booked(gone, again))) == {"visit_booked"}
    assert letters(booked(visit("cancelled", starts_at=WEEK, why="another_time"))) == {}
    assert letters(booked(visit("cancelled", starts_at=WEEK, why="ill", booked_at=None))) == {}, "a hold was no visit"


def test_after_a_missed_visit_a_person_decides_whether_to_write() -> None:
    seen = booked(visit("missed", starts_at=NOW - timedelta(minutes=20)))
    planned = plan(seen, cedar_street(), rules(), NOW)
    assert "propose_reminder" in {task.kind for task in planned.tasks}
    assert set(letters(seen, policy=switched(reminder="do"))) == {"visit_missed"}
    assert letters(seen, policy=switched(reminder="off")) == {}


def test_a_switch_stops_either_kind() -> None:
    assert letters(booked(), policy=switched(visit_letter="off")) == {}
    near = WEEK - timedelta(hours=20)
    assert set(letters(booked(), near, switched(visit_reminder="off"))) == {"visit_booked"}


@pytest.mark.parametrize("status", ["held", "lapsed", "arrived", "completed", "left"])
def test_of_anything_else_nothing_is_written(status: str) -> None:
    held = {"held_until": NOW + timedelta(minutes=9), "booked_at": None} if status == "held" else {}
    assert letters(booked(visit(status, starts_at=WEEK, **held))) == {}


def status_to_partner(*visits: Any, now: datetime = NOW, **changes: Any) -> dict[str, str]:
    referrer = uuid.UUID(int=44)
    seen = booked(*visits, referrer=referrer, referrer_mail="treating", office=True, **changes)
    wanted = plan(seen, cedar_street(), switched(partner_status="do"), now).messages
    told = [one for one in wanted if one.template == "partner_status"]
    said = {one.key.partition("partner_status:")[2]: dict(one.details) for one in told}
    return {what: details.get("status") or details["how"] for what, details in said.items()}


def test_a_partner_hears_that_it_is_booked_moved_and_that_they_came() -> None:
    assert status_to_partner(visit(starts_at=WEEK)) == {"scheduled": "scheduled"}
    (moved,) = status_to_partner(visit(starts_at=WEEK, sequence=1))
    assert moved.startswith("scheduled:") and moved.endswith(":1")
    here, evening = visit("arrived", starts_at=NOW), NOW.astimezone(MADISON).replace(hour=18, minute=0)
    assert status_to_partner(here, now=evening - timedelta(minutes=1)) == {}
    assert list(status_to_partner(here, now=evening).values()) == ["arrived"]


def test_a_partner_hears_once_a_day_and_the_newest() -> None:
    """Who came and was evaluated on one day is told of as evaluated; of who was told of as here, the next day."""
    done = visit("completed", starts_at=NOW)
    evaluated = {"closed": True, "closed_at": NOW + timedelta(hours=2), "closed_how": "evaluated"}
    evening = NOW.astimezone(MADISON).replace(hour=18, minute=0)
    assert status_to_partner(done, now=NOW + timedelta(hours=3), **evaluated) == {"closed:evaluated": "evaluated"}
    key = f"{booked().lead}:partner_status:arrived:{done.id}"
    heard = {key: MessageSeen(uuid.UUID(int=9), "sent", evening)}
    late = {**evaluated, "closed_at": evening + timedelta(hours=1), "messages": heard}
    assert status_to_partner(done, now=evening + timedelta(hours=2), **late) == {}
    assert status_to_partner(done, now=evening + timedelta(hours=13, minutes=59), **late) == {}
    assert status_to_partner(done, now=evening + timedelta(hours=14), **late) == {"closed:evaluated": "evaluated"}


def test_a_partner_hears_of_the_second_missed_visit_and_not_of_the_first() -> None:
    first = visit("missed", starts_at=NOW - timedelta(days=4))
    second = visit("missed", id=uuid.UUID(int=71), starts_at=NOW - timedelta(minutes=20))
    assert status_to_partner(first) == {}
    assert status_to_partner(first, second) == {"missed:2": "missed"}


def test_planning_again_writes_nothing_again() -> None:
    for seen in (booked(), booked(visit("cancelled", starts_at=WEEK, why="ill")), booked(visit("missed"))):
        once = act.after(seen, plan(seen, cedar_street(), rules(), NOW))
        assert not act.compare(once, plan(once, cedar_street(), rules(), NOW))


def test_of_a_visit_that_cannot_be_as_supply_is_no_reminder_leaves_until_it_fits_again() -> None:
    gone, near = booked(visit(starts_at=WEEK, unfit=True)), ten(1)
    assert reminded(gone, near) == "" and reminded(booked(), near) == "1"
    look = plan(gone, cedar_street(), rules(), near).look_again_at
    assert look is not None and look <= near + timedelta(minutes=15), "it is sent once it fits again"
