"""The consent gate by table: who may be written to, and when it waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.messages.gate import may_send

MADISON = ZoneInfo("America/Chicago")
YES: dict[str, Any] = {"consent": True, "suppressed": False, "do_not_contact": False, "just_asked": False}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{text}").replace(tzinfo=MADISON)


@pytest.mark.parametrize(
    ("purpose", "changes", "time", "outcome", "why"),
    [
        ("receipt", {}, "12:00", "send", "consented"),
        ("receipt", {}, "08:00", "send", "consented"),
        ("receipt", {}, "19:59", "send", "consented"),
        ("receipt", {}, "07:59", "wait", "quiet_hours"),
        ("receipt", {}, "20:00", "wait", "quiet_hours"),
        ("receipt", {"just_asked": True}, "03:00", "send", "just_asked"),
        ("nurture", {"just_asked": True}, "03:00", "wait", "quiet_hours"),
        ("appointment", {}, "22:00", "wait", "quiet_hours"),
        ("appointment", {"just_asked": True}, "22:00", "send", "just_asked"),
        ("appointment", {"zone_known": False}, "09:30", "wait", "quiet_hours"),
        ("receipt", {"consent": None}, "12:00", "refuse", "not_asked"),
        ("receipt", {"consent": False}, "12:00", "refuse", "refused"),
        ("receipt", {"consent": False, "just_asked": True}, "12:00", "refuse", "refused"),
        ("receipt", {"suppressed": True}, "12:00", "refuse", "stopped"),
        ("receipt", {"suppressed": True, "just_asked": True}, "03:00", "refuse", "stopped"),
        ("receipt", {"do_not_contact": True, "just_asked": True}, "12:00", "refuse", "do_not_contact"),
    ],
)
def test_the_gate_by_table(purpose: Any, changes: dict[str, Any], time: str, outcome: str, why: str) -> None:
    decision = may_send(purpose, **YES | changes, local=at(time))
    assert decision.outcome == outcome
    assert [reason.code for reason in decision.reasons] == [why]


@given(
    purpose=st.sampled_from(["receipt", "appointment", "nurture"]),
    consent=st.sampled_from([None, True, False]),
    suppressed=st.booleans(),
    do_not_contact=st.booleans(),
    just_asked=st.booleans(),
    hour=st.integers(0, 23),
)
def test_nothing_is_ever_sent_without_consent_or_against_a_stop(hour: int, **given_: Any) -> None:
    decision = may_send(local=at(f"{hour:02d}:30"), **given_)
    if decision.outcome == "send":
        assert given_["consent"] is True
        assert not given_["suppressed"]
        assert not given_["do_not_contact"]
