"""Is the plan active? Told from what the payer says of the plan on that day; None where it cannot be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from firstvisit.steps.coverage.benefits import ACTIVE, INACTIVE, Line
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.wordings import speaks_of
from firstvisit.steps.coverage.x12.dates import Dated

PLAN: Final = "30"
"""Service type of the plan as a whole."""
_STATES: Final = ACTIVE | INACTIVE
_BEGINS: Final = {"346", "348", "356", "193", "340", "007", "539"}
_SINCE: Final = _BEGINS | {"307"}
ENDS: Final = {"347", "349", "357", "194", "341", "036", "540"}
_PERIODS: Final = {"291", "292", "307"} | _BEGINS | ENDS


def holds_on(dates: Iterable[Dated], days: Iterable[dt.date]) -> bool:
    """Whether something with these dates holds on each of `days`: begun, not ended. True where nothing tells."""
    stated = tuple(dates)
    return not stated or all(_holds_on(stated, day) for day in days)


def _holds_on(dates: Iterable[Dated], day: dt.date) -> bool:
    for each in dates:
        if each.begin is None or each.end is None:
            continue
        if each.is_period and each.begin == each.end:
            continue  # the one day that was asked for, repeated; nothing begins and ends on it
        if each.is_period:
            if each.qualifier in _PERIODS and not each.begin <= day <= each.end:
                return False
            continue
        begins_later = each.qualifier in _SINCE and each.begin > day
        if begins_later or (each.qualifier in ENDS and each.end < day):
            return False
    return True


def _ended(lines: Iterable[Line], days: Sequence[dt.date]) -> set[bool | None]:
    """A plan that is said to be inactive, with the day on which it ended beside that: over by then, where nothing else
    is said of the plan."""
    over = any(
        line.code in INACTIVE
        and line.service in (None, PLAN)
        and not line.rejections
        and all(each.begin is not None and each.begin <= day for each in line.dates for day in days)
        for line in lines
    )
    return {False} if over else set()


def _on_other_days(lines: Iterable[Line], days: Sequence[dt.date]) -> bool:
    """Whether a line of the plan says active for other days than these alone: ended before, or yet to begin."""
    return any(
        line.is_active
        and line.service in (None, PLAN)
        and not line.rejections
        and not holds_on(line.dates, days)
        for line in lines
    )


def told(
    lines: Sequence[Line],
    dates: Sequence[Dated],
    rejections: Sequence[Rejection],
    days: Sequence[dt.date],
    *,
    complete: bool,
) -> tuple[bool | None, str]:
    """Whether the plan is active on each of `days`, and why (a key of `why` in sentences.toml).

    `dates` and `rejections` are those of the patient, not of lines.

    A service that is inactive says nothing of the plan; one that is active says that the plan is, unless the plan's own
    line has ended or not begun by then. Where the payer contradicts itself, refuses, or breaks off, it cannot be told.
    """
    stated = [
        line for line in lines if line.code in _STATES and not line.rejections and holds_on(line.dates, days)
    ]
    of_plan = {line.is_active for line in stated if line.service in (None, PLAN)}
    said = of_plan or {line.is_active for line in stated if line.is_active} | _ended(lines, days)
    if rejections:
        return None, "refused"
    if not complete:
        return None, "breaks_off"
    if not of_plan and said != {False} and _on_other_days(lines, days):
        return None, "dates"
    if not said:
        refused = any(line.rejections for line in lines)
        return (
            None,
            "benefit_refused" if refused else "silent",
        )
    if len(said) > 1:
        return None, "both"
    if said == {False}:
        return False, "says_inactive"
    if any(each.qualifier == "442" for each in dates):
        return None, "death"
    if not holds_on(dates, days):
        return None, "dates"
    if any(speaks_of("inactive", line.messages) for line in stated if line.service in (None, PLAN)):
        return None, "message"
    return True, "says_active"
