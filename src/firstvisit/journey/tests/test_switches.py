"""Off, propose, do: what the machine may do by itself, and what a person's press changes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from firstvisit.journey import act
from firstvisit.journey.case import MessageSeen, proposal_of
from firstvisit.journey.plan import Plan, plan
from firstvisit.journey.policy import Switches
from firstvisit.journey.tests.samples import ITEM, LEAD, case, rules, task
from firstvisit.practice import policy
from firstvisit.practice.policy import Policy
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street

RECEIPT = f"{LEAD}:receipt:lead:{ITEM}"


def switched(**switches: str) -> Policy:
    """The sample rules with these switches."""
    sections = rules().as_json()
    return policy.read({**sections, "switches": {**sections["switches"], **switches}}, 2)


def planned(switch: str, **changes: Any) -> Plan:
    return plan(case(**changes), cedar_street(), switched(receipt=switch), NOW)


def proposal(result: str) -> Any:
    done = {"status": "done", "result": result, "ended_at": NOW - timedelta(minutes=1)}
    return task("propose_receipt", key=proposal_of(RECEIPT), **done)


def kinds(found: Plan) -> list[str]:
    return [wanted.kind for wanted in found.tasks]


def test_a_new_practice_sends_receipts_and_what_was_agreed_and_proposes_the_rest() -> None:
    receipts = dict.fromkeys(("receipt", "partner_receipt", "coverage_check", "visit_letter", "visit_reminder"), "do")
    assert Switches().model_dump() == dict.fromkeys(Switches.model_fields, "propose") | receipts


def test_do_sends_by_itself() -> None:
    assert [m.key for m in planned("do").messages] == [RECEIPT]
    assert "propose_receipt" not in kinds(planned("do"))


def test_off_neither_sends_nor_proposes() -> None:
    assert not planned("off").messages
    assert "propose_receipt" not in kinds(planned("off"))


def test_propose_makes_a_task_beside_the_next_thing() -> None:
    found = planned("propose")
    assert not found.messages
    assert kinds(found)[1:] == ["propose_receipt"]


@pytest.mark.parametrize(("answer", "sent"), [("accepted", 1), ("accepted_changed", 1), ("not_this_time", 0)])
def test_a_pressed_proposal_is_sent_and_another_is_not_asked_again(answer: str, sent: int) -> None:
    found = planned("propose", tasks=(proposal(answer),))
    assert len(found.messages) == sent
    assert "propose_receipt" not in kinds(found)


def test_an_answered_proposal_is_no_try() -> None:
    assert kinds(planned("propose", tasks=(proposal("accepted"),))) == kinds(planned("do"))


def test_what_has_left_is_not_proposed() -> None:
    sent = {RECEIPT: MessageSeen(uuid.UUID(int=5), "sent", NOW)}
    assert "propose_receipt" not in kinds(planned("propose", messages=sent))


def test_what_waits_is_proposed_once_its_switch_asks_a_person_first_and_leaves_when_pressed() -> None:
    waiting = {RECEIPT: MessageSeen(uuid.UUID(int=5), "wanted", None)}
    before = case(messages=waiting)
    asked = plan(before, cedar_street(), switched(receipt="propose"), NOW)
    assert act.compare(before, asked).gone_messages == (RECEIPT,)
    withdrawn = {RECEIPT: MessageSeen(uuid.UUID(int=5), "withdrawn", NOW - timedelta(minutes=3))}
    pressed = case(messages=withdrawn, tasks=(proposal("accepted"),))
    again = plan(pressed, cedar_street(), switched(receipt="propose"), NOW)
    changes = act.compare(pressed, again)
    assert changes.revived_messages == (RECEIPT,)
    assert not changes.new_messages
    assert not act.compare(act.after(pressed, again), again).revived_messages


def test_an_action_without_a_switch_is_a_mistake_in_the_program() -> None:
    with pytest.raises(LookupError, match="fax"):
        Switches().of("fax")
