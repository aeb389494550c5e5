"""The plan as desired state: pure, at rest once carried out, and never without an owner and a next thing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.journey import act
from firstvisit.journey.case import Case, MessageSeen
from firstvisit.journey.plan import Owner, Plan, plan
from firstvisit.journey.tests.samples import EARLIER, ITEM, LEAD, at, case, cases, rules, task
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

RULES = rules()
RECEIPT = f"{LEAD}:receipt:lead:{ITEM}"


def planned(seen: Case, now: Any = NOW) -> Plan:
    return plan(seen, cedar_street(), RULES, now)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_planning_again_after_the_plan_was_carried_out_changes_nothing(seen: Case) -> None:
    first = planned(seen)
    then = act.after(seen, first)
    again = planned(then)
    assert not act.compare(then, again)
    assert again == first


@settings(max_examples=300, deadline=None)
@given(cases())
def test_every_open_lead_has_one_owner_and_a_next_thing(seen: Case) -> None:
    what = planned(seen)
    assert (what.owner.queue is None) != (what.owner.user is None)
    assert what.owner.queue is None or what.owner.queue in cedar_street().queues
    next_things = act.after(seen, what).open_tasks()
    assert next_things
    for wanted in what.tasks:
        assert wanted.reason
        assert wanted.due_at.tzinfo is not None
        assert (wanted.owner.queue is None) != (wanted.owner.user is None)
    assert len({wanted.key for wanted in what.tasks}) == len(what.tasks)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_people_ruled_is_yielded_to(seen: Case) -> None:
    what, ruled = planned(seen), seen.rulings
    if "outcome" in ruled:
        assert what.outcome == ruled["outcome"]["outcome"]
    if "owner" in ruled and what.outcome == "clinician_review" and not ruled["owner"].get("reviews"):
        assert what.owner == Owner(queue="clinical_review")
    elif "owner" in ruled:
        assert what.owner == Owner(queue=ruled["owner"].get("queue"), user=ruled["owner"].get("user"))
    if "do_not_contact" in ruled:
        assert what.messages == ()
        assert not {t.kind for t in what.tasks} & {"call_to_book", "ask_question"}


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_a_person_made_or_finished_is_never_touched(seen: Case) -> None:
    changes = act.compare(seen, planned(seen))
    touched = {one.id for one in changes.gone_tasks} | {one.id for one, _ in changes.moved_tasks}
    untouchable = {one.id for one in seen.tasks if one.maker == "person" or one.status == "done"}
    assert not touched & untouchable


@pytest.mark.parametrize("outcome", [outcome for outcome in OUTCOMES if outcome != "not_a_match"])
def test_every_outcome_that_a_person_can_rule_has_its_next_action(outcome: str) -> None:
    what = planned(case(rulings={"outcome": {"outcome": outcome, "at": EARLIER.isoformat(), "ruling": str(ITEM)}}))
    assert what.outcome == outcome
    assert what.judgement.outcome == "book_now"
    assert len(what.tasks) == 1


def test_a_family_that_fits_is_called_within_half_an_hour_and_has_its_receipt() -> None:
    what = planned(case(clock_from=at("2026-11-24T10:00")))
    (call,) = what.tasks
    assert (what.outcome, what.stage, what.owner) == (
        "book_now",
        "qualifying",
        Owner(queue="front_desk_madison"),
    )
    assert (call.kind, call.due_at) == ("call_to_book", at("2026-11-24T10:30"))
    assert [message.key for message in what.messages] == [RECEIPT]


def test_a_red_flag_goes_to_clinical_review_as_a_matter_of_safety() -> None:
    what = planned(case(facts=facts(red_flags=("chest_pain",))))
    (look,) = what.tasks
    assert (what.owner.queue, look.kind, look.safety, look.minutes) == (
        "clinical_review",
        "review_red_flag",
        True,
        15,
    )


def test_the_receipt_of_an_unfinished_form_waits_ten_minutes() -> None:
    half = case(facts=facts(complete_form=False), clock_from=NOW)
    assert planned(half).messages == ()
    assert planned(half).look_again_at == NOW + timedelta(minutes=10)
    assert planned(half).stage == "received"
    later = planned(half, NOW + timedelta(minutes=10))
    assert [message.key for message in later.messages] == [RECEIPT]


@pytest.mark.parametrize("changes", [{"has_email": False}, {"may_email": False}])
def test_no_receipt_is_wanted_where_nobody_may_be_written_to(changes: dict[str, bool]) -> None:
    assert planned(case(facts=facts(**changes))).messages == ()
    assert planned(case(writes_to=None)).messages == ()


def test_after_a_try_the_next_one_comes_at_another_time_of_day() -> None:
    done = task(status="done", ended_at=at("2026-11-24T10:10"), result="no_answer")
    what = planned(case(tasks=(done,), last_try=done.ended_at), at("2026-11-24T10:11"))
    (again,) = what.tasks
    assert (again.kind, again.key) == ("follow_up", f"{LEAD}:follow_up:lead:{done.id}")
    assert again.due_at == at("2026-11-24T16:30")
    assert what.stage == "contacted"


def test_do_not_contact_leaves_closing_the_lead_and_nothing_else() -> None:
    ruled = case(rulings={"do_not_contact": {"at": EARLIER.isoformat(), "ruling": str(ITEM)}})
    assert [t.kind for t in planned(ruled).tasks] == ["close_do_not_contact"]


def test_a_ruled_due_time_replaces_the_clock() -> None:
    promised = at("2026-11-30T09:00")
    what = planned(case(rulings={"due": {"due_at": promised.isoformat()}}))
    assert [t.due_at for t in what.tasks] == [promised]


@pytest.mark.parametrize("status", ["refused", "unclear"])
def test_a_message_gone_astray_is_a_persons_to_put_right_once(status: str) -> None:
    stray = case(messages={RECEIPT: MessageSeen(ITEM, status, EARLIER)})
    kinds = {t.kind: t.key for t in planned(stray).tasks}
    assert f"message_{status}" in kinds
    key = kinds[f"message_{status}"]
    settled = stray._replace(tasks=(task(f"message_{status}", key=key, status="done", ended_at=NOW),))
    assert f"message_{status}" not in {t.kind for t in planned(settled).tasks}
    assert [t.kind for t in planned(settled).tasks] == ["call_to_book"]


def test_a_wanted_message_is_withdrawn_when_nobody_wants_it_any_more() -> None:
    silent = case(
        messages={RECEIPT: MessageSeen(ITEM, "wanted", None)},
        rulings={"do_not_contact": {"at": EARLIER.isoformat(), "ruling": "r"}},
    )
    assert act.compare(silent, planned(silent)).gone_messages == (RECEIPT,)


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(0, 5000))
def test_keys_do_not_depend_on_the_moment(seen: Case, minutes: int) -> None:
    one, two = planned(seen), planned(seen, NOW + timedelta(minutes=minutes))
    if one.outcome == two.outcome:
        earlier = {t.kind: t.key for t in one.tasks}
        assert all(earlier.get(t.kind, t.key) == t.key for t in two.tasks)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_however_often_everything_is_finished_something_is_next_until_the_lead_is_closed(seen: Case) -> None:
    moment = NOW
    for _ in range(3):
        seen = act.after(seen, planned(seen, moment))
        opened = seen.open_tasks()
        assert opened
        moment += timedelta(minutes=30)
        done = [
            one._replace(id=uuid.uuid4(), status="done", ended_at=moment) if one in opened else one
            for one in seen.tasks
        ]
        seen = seen._replace(tasks=tuple(done), last_try=moment)


def test_the_date_of_a_surgery_that_an_office_sent_waits_on_the_office() -> None:
    tendon = {"program": "hand_tendon_repair", "asked_program": "hand_tendon_repair", "disciplines": ("OT",),
              "age_months": 500, "lead_kind": "referral_partner"}  # fmt: skip
    known = facts(received_at=EARLIER, **tendon)
    waits = {
        office: {(b.whom, b.what) for b in planned(case(facts=known, office=office)).blockers}
        for office in (True, False)
    }
    assert ("referrer", "event_date") in waits[True] and ("family", "answer_date") not in waits[True]
    assert ("family", "answer_date") in waits[False]
