"""Bringing one lead to rest, in thought: the passes of plan and comparison that applying carries out. A preview goes
through the same, so that it cannot drift. Pure but for what `act.compare` reads of the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from firstvisit.journey import act
from firstvisit.journey.case import Case
from firstvisit.journey.plan import Plan, plan
from firstvisit.kernel.errors import FirstvisitError
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.rules import Judgement

PASSES: Final = 5


class Unsettled(FirstvisitError):
    """The plan did not come to rest in five passes."""


def passes(
    case: Case, shape: Practice, rules: Policy, now: datetime, judged: Judgement | None = None
) -> Iterator[tuple[Case, Plan, act.Changes]]:
    """Each pass with the case it began from, its plan and what that changes, until one changes nothing; at most five,
    else `Unsettled`. No pass changes the facts, so they are judged once."""
    for _ in range(PASSES):
        plan_now = plan(case, shape, rules, now, judged=judged)
        judged = plan_now.judgement
        changes = act.compare(case, plan_now)
        yield case, plan_now, changes
        if not changes:
            return
        case = act.after(case, plan_now)
    raise Unsettled(f"lead {case.lead} did not come to rest in {PASSES} passes")


def settled(case: Case, shape: Practice, rules: Policy, now: datetime) -> Plan:
    """The plan with which a lead rests."""
    return [plan_now for _, plan_now, _ in passes(case, shape, rules, now)][-1]


class Hands:
    """How many leads went from hand to hand since those present were counted: each counts for whoever has it now."""

    def __init__(self) -> None:
        self._more: Counter[str] = Counter()

    def seen(self, case: Case) -> Case:
        """The case as it is after others were given to people."""
        if not self._more or case.desk is None:
            return case
        return case._replace(desk=tuple(m._replace(leads=m.leads + self._more[m.user]) for m in case.desk))

    def went(self, had: str | None, has: str | None) -> None:
        """A lead that one user (an id as text; None for a queue) had is now another's."""
        if had == has:
            return
        if had is not None:
            self._more[had] -= 1
        if has is not None:
            self._more[has] += 1
