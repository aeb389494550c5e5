"""Is the plan active? Told from what the payer says of the plan on that day; None where it cannot be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from firstvisit.steps.coverage.benefits import Line
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.wordings import speaks_of
from firstvisit.steps.coverage.x12.dates import Dated

PLAN: Final = "30"
"""Service type of the plan as a whole."""
_BEGINS: Final = {"346", "348", "356", "193", "340", "007", "539"}
_SINCE: Final = _BEGINS | {"307"}
_ENDS: Final = {"347", "349", "357", "194", "341", "036", "540"}
_PERIODS: Final = {"291", "292", "307"} | _BEGINS | _ENDS


def holds_on(dates: Iterable[Dated], day: dt.date | None) -> bool:
    """Whether something with these dates holds on `day`: begun, not ended. True where nothing tells."""
    if day is None:
        return True
    for each in dates:
        if each.begin is None or each.end is None:
            continue
        if each.is_period:
            if each.qualifier in _PERIODS and not each.begin <= day <= each.end:
                return False
            continue
        begins_later = each.qualifier in _SINCE and each.begin > day
        if begins_later or (each.qualifier in _ENDS and each.end < day):
            return False
    return True


def told(
    lines: Sequence[Line],
    dates: Sequence[Dated],
    rejections: Sequence[Rejection],
    day: dt.date | None,
    *,
    complete: bool,
) -> tuple[bool | None, str]:
    """Whether the plan is active on `day`, and why. `dates` and `rejections` are those of the patient, not of lines.

    A service that is inactive says nothing of the plan; one that is active says that the plan is. Where the payer
    contradicts itself, refuses, or breaks off, it cannot be told.
    """
    stated = [
        line
        for line in lines
        if line.is_active is not None and not line.rejections and holds_on(line.dates, day)
    ]
    of_plan = {line.is_active for line in stated if line.service in (None, PLAN)}
    said = of_plan or {line.is_active for line in stated if line.is_active}
    if rejections:
        return None, "the payer refused the question"
    if not complete:
        return None, "the answer breaks off"
    if not said:
        refused = any(line.rejections for line in lines)
        return (
            None,
            "the payer refused the question about this benefit" if refused else "the payer does not say",
        )
    if len(said) > 1:
        return None, "the payer says both active and inactive"
    if said == {False}:
        return False, "the payer says inactive"
    if any(each.qualifier == "442" for each in dates):
        return None, "the payer gives a date of death"
    if not holds_on(dates, day):
        return None, "the payer says active, and its dates say that the plan does not hold on that day"
    if any(speaks_of("inactive", line.messages) for line in stated if line.service in (None, PLAN)):
        return None, "the payer says active, and its message says otherwise"
    return True, "the payer says active"
