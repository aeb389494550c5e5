"""The rules of booking as they were signed before."""

from __future__ import annotations

import pytest
from annotated_types import Le
from pydantic import BaseModel

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import policy
from firstvisit.practice.shape import Program
from firstvisit.steps.booking.policy import Booking, Kind


def test_rules_that_said_how_long_a_family_holds_a_time_are_read_without_it() -> None:
    older = policy.read({"booking": {"hold_minutes": 12, "desk_hold_minutes": 30}}, 3)
    assert older.section(Booking).desk_hold_minutes == 30
    assert "hold_minutes" not in older.as_json()["booking"]
    with pytest.raises(ConfigurationError):
        policy.read({"booking": {"hold_hours": 12}}, 3)


def test_no_claim_is_as_long_as_a_day_which_the_reading_of_what_is_taken_counts_on() -> None:
    def most(of: type[BaseModel], field: str) -> int:
        return max(each.le for each in of.model_fields[field].metadata if isinstance(each, Le))

    visit = max(most(Kind, "minutes"), most(Program, "minutes"))
    assert visit + most(Kind, "minutes_before") + most(Kind, "minutes_after") < 24 * 60
