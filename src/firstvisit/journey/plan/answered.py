"""Somebody answered after a person had ruled that nothing is to be booked yet."""

from __future__ import annotations

from typing import Final

from firstvisit.journey.case import Arrived, Case
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.outcome import AT_REST
from firstvisit.journey.plan.wanted import Draft, Ground, Owner
from firstvisit.journey.plan.words import AGAIN

NOT_THEIRS: Final = "Whoever has the lead may not decide it"


def waits_for_ruling(case: Case) -> Arrived | None:
    """What arrived first since a person ruled the lead to rest and since anybody acted on it. The ruling stands, and
    it was made without knowing of this: somebody decides again, or leaves it at that."""
    ruled = case.rulings.get("outcome")
    if ruled is None or case.ruled_outcome() not in AT_REST:
        return None
    since = max(filter(None, (moment(ruled["at"]), case.last_try)))
    return next((each for each in case.arrived if each.at > since and _about_them(case, each)), None)


def to_whoever_may(ground: Ground, draft: Draft) -> None:
    """What is to be decided anew goes to somebody who may, whoever has the lead once its clocks were looked at."""
    for number, task in enumerate(draft.tasks):
        if task.kind == AGAIN[0] and (owner := _who_decides(ground, draft)) != draft.owner:
            draft.tasks[number] = task._replace(owner=owner, reason=f"{task.reason}. {NOT_THEIRS}")


def _who_decides(ground: Ground, draft: Draft) -> Owner:
    """Whose it is to decide anew: the owner's, where they may; else a queue's in which somebody may (the lead's route,
    then whoever answers for the desk), else theirs who ruled before."""
    deciders, owner = ground.case.deciders, draft.owner
    if deciders is None or deciders.has(owner.user, owner.queue):
        return owner
    ruled = ground.case.rulings["outcome"].get("by")
    for queue in (draft.route, ground.routing.escalation_queue):
        if queue in deciders.queues:
            return Owner(queue=queue)
    if ruled in deciders.everywhere:
        return Owner(user=ruled)
    return Owner(queue=draft.route) if deciders.everywhere and draft.route else owner


def who_may_decide(case: Case) -> frozenset[str] | None:
    """The accounts that may decide anew; None where nobody looked."""
    return None if case.deciders is None else case.deciders.everywhere | case.deciders.own


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
