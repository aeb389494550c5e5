"""The rules of booking as they were signed before."""

from __future__ import annotations

import pytest

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import policy
from firstvisit.steps.booking.policy import Booking


def test_rules_that_said_how_long_a_family_holds_a_time_are_read_without_it() -> None:
    older = policy.read({"booking": {"hold_minutes": 12, "desk_hold_minutes": 30}}, 3)
    assert older.section(Booking).desk_hold_minutes == 30
    assert "hold_minutes" not in older.as_json()["booking"]
    with pytest.raises(ConfigurationError):
        policy.read({"booking": {"hold_hours": 12}}, 3)
