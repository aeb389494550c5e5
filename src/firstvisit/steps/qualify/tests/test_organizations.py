"""An organization's enquiry: a stage at a time, and nothing proposed before somebody can say yes to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.steps.qualify.organizations import CONFIRM, ENDED, STAGES, may_move, stage_after, unconfirmed
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import judge
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

EVERYTHING = ("needs", "size", "start_on", "budget", "decision_path")


def test_the_decision_path_is_confirmed_first() -> None:
    assert unconfirmed(())[0] == "decision_path"
    assert unconfirmed(("needs", "timeline")) == ("decision_path", "size", "budget")
    assert unconfirmed(EVERYTHING) == ()
    assert unconfirmed(("needs", "size", "start_on", "budget", "decision_maker")) == ("decision_path",)


def test_a_facility_that_asks_for_a_quote_is_discovered_with_the_decision_path_to_confirm() -> None:
    enquiry = facts(lead_kind="organization", organization_states=("needs", "timeline"))
    judgement = judge(enquiry, cedar_street(), Judging(), NOW)
    assert judgement.outcome == "discovery"
    assert judgement.confirm == ("decision_path", "size", "budget")
    assert any("Who decides" in reason.text for reason in judgement.decision.reasons)


@pytest.mark.parametrize(
    ("stage", "to", "states", "allowed"),
    [
        ("enquiry", "discovery", (), True),
        ("enquiry", "proposal", EVERYTHING, False),
        ("discovery", "proposal", ("needs",), False),
        ("discovery", "proposal", ("needs", "size", "decision_path"), True),
        ("proposal", "agreement", ("needs", "size", "decision_path"), False),
        ("proposal", "agreement", EVERYTHING, True),
        ("agreement", "won", EVERYTHING, True),
        ("proposal", "discovery", (), True),
        ("enquiry", "lost", (), True),
        ("lost", "discovery", (), True),
        ("won", "proposal", EVERYTHING, False),
        ("proposal", "proposal", EVERYTHING, False),
    ],
)
def test_a_stage_is_reached_with_what_it_needs(
    stage: str, to: str, states: tuple[str, ...], allowed: bool
) -> None:
    move = may_move(stage, to, states)
    assert move.allowed is allowed
    assert move.why


@given(st.sampled_from(list(STAGES)), st.sampled_from(list(STAGES)), st.sets(st.sampled_from(EVERYTHING)))
def test_a_refusal_for_want_of_something_names_it(stage: str, to: str, states: set[str]) -> None:
    move = may_move(stage, to, states)
    assert all(what in CONFIRM for what in move.missing)
    assert not (move.allowed and move.missing)
    for what in move.missing:
        assert CONFIRM[what].lower() in move.why


def test_every_stage_but_the_last_has_a_next_one() -> None:
    assert [stage_after(stage) for stage in STAGES if stage not in ENDED] == [
        "discovery", "proposal", "agreement", "won",
    ]  # fmt: skip
    with pytest.raises(KeyError):
        may_move("enquiry", "maybe", ())
