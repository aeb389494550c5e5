"""What the plan asks payers to authorize, what it asks after, and when it warns that units or days run out."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from firstvisit.journey import act
from firstvisit.journey.case import AuthorizationSeen, Blocker, Case
from firstvisit.journey.plan import Plan, plan
from firstvisit.journey.settling import settled
from firstvisit.journey.tests.samples import CARD, LEAD, case, check, rules, task
from firstvisit.practice import policy
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

SITE = cedar_street().sites["madison"]
ONE = uuid.UUID(int=700)
TODAY = NOW.astimezone(SITE.tz).date()


def shape(**rule: Any) -> Practice:
    """The sample practice, in which Northfield Health has other rules."""
    whole = cedar_street()
    payer = whole.payers["northfield_health"].model_copy(update=rule)
    return whole.model_copy(update={"payers": {**whole.payers, payer.slug: payer}})


def waits(**changes: Any) -> Case:
    """A lead whose payer authorizes the evaluation first and has not answered."""
    known = {"payer": "great_lakes_comp", "payer_kind": "workers_comp", "program": "orthopedic", "disciplines": ("PT",),
             "age_months": 480, "order_state": "signed", "authorization": None, **changes.pop("facts", {})}  # fmt: skip
    return case(facts=facts(**known), **changes)


def asked(**changes: Any) -> AuthorizationSeen:
    whole: dict[str, Any] = {
        "id": ONE, "key": f"{LEAD}:auth:evaluation:PT:great_lakes_comp", "discipline": "PT", "service": "evaluation",
        "status": "requested", "needed_at": NOW - timedelta(days=3), "requested_at": NOW - timedelta(days=2),
    }  # fmt: skip
    return AuthorizationSeen(**whole | changes)


def planned(seen: Case, *, now: datetime = NOW, under: Policy | None = None, of: Practice | None = None) -> Plan:
    return plan(seen, of or cedar_street(), under or rules(), now)


def the(seen: Case, kind: str, **more: Any) -> Any:
    return next((t for t in planned(seen, **more).tasks if t.kind == kind), None)


def at(day: date, hour: int = 17) -> datetime:
    return datetime.combine(day, time(hour), SITE.tz)


def test_what_the_payers_rule_wants_is_wanted_with_its_source_for_each_therapy_of_the_program() -> None:
    (wanted,) = planned(waits()).requests
    assert (wanted.service, wanted.discipline, wanted.payer) == ("evaluation", "PT", "great_lakes_comp")
    assert wanted.needed_by == "rule" and "as of" in wanted.needed_from
    both = waits(facts={"disciplines": ("PT", "OT"), "program": "hand_therapy"})
    assert {each.discipline for each in planned(both).requests} <= {"PT", "OT"}


def test_what_the_payer_itself_says_of_the_plan_is_wanted() -> None:
    said = check(authorization=True)
    known = {"payer": "northfield_health", "payer_kind": "commercial", "authorization": "required"}
    unsaid = shape(authorization_before_evaluation="not_stated")
    (wanted,) = planned(waits(facts=known, insured=(CARD,), checks=(said,)), of=unsaid).requests
    assert (wanted.needed_by, wanted.service) == ("271", "evaluation")
    assert wanted.needed_from.startswith("The payer's answer about PT of")


def test_what_somebody_stated_is_wanted_and_says_so() -> None:
    known = {"payer": None, "payer_kind": None, "authorization": "required"}
    (wanted,) = planned(waits(facts=known)).requests
    assert wanted.needed_by == "told"


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"authorization": "approved"}},
        {"facts": {"authorization": "not_required"}},
        {"insured": (CARD._replace(withheld=True),)},
        {"kind": "organization", "facts": {"lead_kind": "organization"}},
        {"rulings": {"do_not_contact": {"at": NOW.isoformat(), "ruling": str(uuid.UUID(int=7))}}},
    ],
)
def test_what_is_settled_or_may_not_be_asked_is_not_wanted(changes: dict[str, Any]) -> None:
    assert planned(waits(**changes)).requests == ()


def test_treatment_is_wanted_once_a_visit_is_agreed_and_asked_for_after_it() -> None:
    known = {"payer": "northfield_health", "payer_kind": "commercial", "disciplines": ("PT",), "program": "orthopedic"}
    visit = at(TODAY + timedelta(days=2), 10)
    booked = task(status="done", ended_at=NOW - timedelta(hours=1), result="reached_booked", again_at=visit)
    of = shape(authorization_before_treatment="yes")
    assert planned(waits(facts=known), of=of).requests == ()
    seen = waits(facts=known, tasks=(booked,))
    (wanted,) = planned(seen, of=of).requests
    assert (wanted.service, wanted.needed_by) == ("treatment", "rule")
    row = asked(key=wanted.key, service="treatment", status="needed", requested_at=None)
    todo = the(seen._replace(requests=(row,)), "request_treatment", of=of)
    assert todo.due_at > visit + timedelta(days=1)


def test_while_the_payer_has_it_nobody_is_told_to_ask_and_the_evaluation_has_its_expected_day() -> None:
    due = at(TODAY + timedelta(days=6))
    row = asked(expected_at=due, expected_from="rule")
    made = planned(waits(requests=(row,)))
    kinds = {t.kind for t in made.tasks}
    assert "nudge_payer" in kinds and not kinds & {"request_authorization", "authorize_beside", "chase_papers"}
    assert made.expected_on is not None and made.expected_on == (due.date(), "rule")
    (blocker,) = [b for b in made.blockers if b.what == "authorization"]
    assert isinstance(blocker, Blocker) and blocker.expected and datetime.fromisoformat(blocker.expected) == due
    nudge = the(waits(requests=(row,)), "nudge_payer")
    assert nudge.due_at >= due and "by its rule" in nudge.reason


def test_one_of_two_still_to_send_keeps_the_task_and_says_no_day() -> None:
    sent = asked(expected_at=at(TODAY + timedelta(days=6)), expected_from="rule")
    other = asked(id=uuid.UUID(int=701), key=f"{LEAD}:auth:evaluation:OT:x", discipline="OT", status="prepared")
    made = planned(waits(requests=(sent, other)))
    assert {"request_authorization", "nudge_payer"} <= {t.kind for t in made.tasks}
    assert made.expected_on is None


def test_where_nothing_says_when_it_is_asked_after_some_days_and_no_day_is_promised() -> None:
    made = planned(waits(requests=(asked(),)))
    nudge = next(t for t in made.tasks if t.kind == "nudge_payer")
    assert "nothing says when the payer answers" in nudge.reason and made.expected_on is None
    assert timedelta(days=3) < nudge.due_at - NOW < timedelta(days=9)


def nudged(number: int, ended: datetime) -> Any:
    mark = "evaluation:PT:great_lakes_comp"
    return task("nudge_payer", id=uuid.UUID(int=900 + number), key=f"{LEAD}:nudge_payer:{mark}:{number}",
                status="done", ended_at=ended, result="done")  # fmt: skip


def test_each_nudge_asks_for_the_next_and_after_some_it_goes_up() -> None:
    late = asked(expected_at=NOW - timedelta(days=5), expected_from="law")
    once = waits(requests=(late,), tasks=(nudged(0, NOW - timedelta(hours=2)),))
    again = the(once, "nudge_payer")
    assert again.key.endswith(":1") and again.due_at > NOW and "asked after once" in again.reason
    mine = rules().as_json()
    under = policy.read({**mine, "routing": {**mine["routing"], "escalation_queue": "partners"}}, 1)
    twice = once._replace(tasks=(*once.tasks, nudged(1, NOW - timedelta(hours=1))))
    assert the(twice, "nudge_payer").owner.queue != "partners", "no queue is set for what goes up"
    assert the(once, "nudge_payer", under=under).owner.queue != "partners"
    assert the(twice, "nudge_payer", under=under).owner.queue == "partners"


def test_a_day_that_the_payer_named_since_moves_the_next_nudge() -> None:
    named = asked(expected_at=at(TODAY + timedelta(days=9)), expected_from="payer")
    seen = waits(requests=(named,), tasks=(nudged(0, NOW - timedelta(hours=2)),))
    assert the(seen, "nudge_payer").due_at >= at(TODAY + timedelta(days=9))


GRANTED: dict[str, Any] = {"status": "approved", "decided_at": NOW - timedelta(days=1), "units": 10}


@pytest.mark.parametrize(
    ("used", "ends", "says"),
    [
        (7, None, None),
        (8, None, "8 of 10 authorized visits are used"),
        (0, 15, None),
        (0, 14, "The authorization ends"),
        (0, 0, "The authorization ends"),
        (9, 3, "9 of 10"),
    ],
)
def test_units_and_days_that_run_out_are_said_once(used: int, ends: int | None, says: str | None) -> None:
    last = TODAY + timedelta(days=ends) if ends is not None else None
    row = asked(**GRANTED, used=used, counted_at=NOW, ends=last)
    seen = waits(facts={"authorization": "approved"}, requests=(row,))
    found = the(seen, "extend_authorization")
    assert (found is None) if says is None else found.reason.startswith(says)
    if found is not None:
        done = task("extend_authorization", key=found.key, status="done", ended_at=NOW, result="done")
        assert the(seen._replace(tasks=(done,)), "extend_authorization") is None
        more = asked(id=uuid.UUID(int=702), key=f"{row.key}:x1", service="treatment", status="needed", extends=ONE)
        both = seen._replace(requests=(row, more))
        assert the(both, "extend_authorization") is None and the(both, "request_treatment") is not None
    elif ends is not None:
        assert planned(seen).look_again_at is not None


def test_thresholds_are_rules() -> None:
    mine = {**rules().as_json(), "authorizing": {"alert_percent": 50, "alert_days": 30}}
    row = asked(**GRANTED, used=5, counted_at=NOW)
    seen = waits(facts={"authorization": "approved"}, requests=(row,))
    assert the(seen, "extend_authorization") is None
    assert the(seen, "extend_authorization", under=policy.read(mine, 1)) is not None


def test_treatment_goes_on_after_the_evaluation_closed_the_lead_and_nothing_else_does() -> None:
    row = asked(service="treatment", key=f"{LEAD}:auth:treatment:PT:x", expected_at=NOW, expected_from="law")
    shut = waits(closed=True, closed_at=NOW, closed_how="evaluated", requests=(row, asked(id=uuid.UUID(int=703))))
    assert [t.kind for t in planned(shut).tasks] == ["nudge_payer"]
    assert planned(shut._replace(closed_how="patient_declined")).tasks == ()
    needed = row._replace(status="needed", requested_at=None)
    left = act.compare(shut._replace(requests=(needed,)), planned(shut._replace(requests=(needed,))))
    assert not left.gone_requests and not left.new_requests


def test_what_is_no_longer_needed_goes_and_comes_back_and_what_somebody_prepared_stays() -> None:
    row = asked(status="needed", requested_at=None)
    free = waits(facts={"authorization": "approved"}, requests=(row,))
    assert act.compare(free, planned(free)).gone_requests == (row.key,)
    ready = free._replace(requests=(row._replace(status="prepared"),))
    assert act.compare(ready, planned(ready)).gone_requests == ()
    (wanted,) = planned(waits()).requests
    dropped = waits(requests=(asked(key=wanted.key, status="not_needed", requested_at=None),))
    assert act.compare(dropped, planned(dropped)).revived_requests == (wanted.key,)
    said_so = waits(requests=(asked(key=wanted.key, status="not_needed", decided_at=NOW),))
    assert not act.compare(said_so, planned(said_so)).revived_requests


@pytest.mark.parametrize("seen", [waits(), waits(requests=(asked(),)), waits(requests=(asked(status="needed"),))])
def test_a_repeated_pass_changes_nothing(seen: Case) -> None:
    after = act.after(seen, settled(seen, cedar_street(), rules(), NOW))
    assert not act.compare(after, planned(after))
