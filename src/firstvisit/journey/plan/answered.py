"""Somebody answered after a person had ruled that nothing is to be booked yet."""

from __future__ import annotations

from firstvisit.journey.case import Arrived, Case
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.outcome import AT_REST


def waits_for_ruling(case: Case) -> Arrived | None:
    """What arrived first since a person ruled the lead to rest and since anybody acted on it. The ruling stands, and
    it was made without knowing of this: somebody decides again, or leaves it at that."""
    ruled = case.rulings.get("outcome")
    if ruled is None or case.ruled_outcome() not in AT_REST:
        return None
    since = max(filter(None, (moment(ruled["at"]), case.last_try)))
    return next((each for each in case.arrived if each.at > since and _about_them(case, each)), None)


def answered_since(case: Case) -> bool:
    """Whether anything arrived since a person ruled the outcome."""
    ruled = case.rulings.get("outcome")
    return ruled is not None and any(each.at > moment(ruled["at"]) for each in case.arrived)


def _about_them(case: Case, each: Arrived) -> bool:
    """What names nobody is asked about first (`for_whom`); it is an answer once it was about this patient."""
    aside = dict(case.unnamed).get(each.item)
    return aside is None or any(
        task.kind == "ask_whom" and task.result == "for_this_patient" and task.ended_at and task.ended_at >= aside
        for task in case.tasks
    )
