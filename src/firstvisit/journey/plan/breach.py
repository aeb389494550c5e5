"""A broken clock acts: the lead goes to somebody who is present, else to whoever answers for the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from firstvisit.journey.case import Assigned, Member
from firstvisit.journey.plan.answered import who_may_decide
from firstvisit.journey.plan.owner import give, least_loaded
from firstvisit.journey.plan.wanted import Draft, Ground
from firstvisit.journey.plan.words import AGAIN, HELD, NEXT_ACTION, TASK_WORDS
from firstvisit.steps.routing import clocks

CLOCKED: Final = frozenset(
    {*(kind for kind, _ in NEXT_ACTION.values()), HELD[0], AGAIN[0], "follow_up", "call_back"} - {"keep_in_touch"}
)
"""Tasks that somebody outside waits for. What only we wait for (a reminder, a closing) is late and no more."""
_LOOK_AFTER_LEASE: Final = timedelta(seconds=30)


def broken_clocks(ground: Ground, draft: Draft) -> None:
    """Each clock acts once: a due time that a person set counts as theirs, and a lead that somebody has open at
    this moment is left to them until they give it back."""
    case, now = ground.case, ground.now
    for task in draft.tasks:
        if task.kind not in CLOCKED:
            continue
        seen = next((t for t in case.tasks if t.key == task.key and t.status == "open"), None)
        if seen is not None and seen.breached and acted_on(seen.due_at, case.user, case.assigned):
            continue
        if task.due_at > now:
            draft.look_again.append(task.due_at)
            continue
        if seen is None or case.desk is None:
            continue
        if case.in_hand is not None and case.in_hand > now:
            draft.look_again.append(case.in_hand + _LOOK_AFTER_LEASE)
            continue
        if not seen.breached:
            draft.breached.append(task.key)
        may = who_may_decide(case) if task.kind == AGAIN[0] else None
        if not _given_on(ground, draft, TASK_WORDS.get(task.kind, task.kind).lower(), may):
            later = now + timedelta(minutes=ground.routing.present_minutes)
            draft.look_again.append(clocks.opens_at(later, ground.site) or later)


def acted_on(due_at: datetime, user: str | None, assigned: Assigned | None) -> bool:
    """Whether a clock that broke then has been acted upon: somebody has the lead, or it was given on since. While it
    lies in a queue where nobody is present, whoever comes next is still to be given it."""
    return user is not None or (assigned is not None and assigned.at >= due_at)


def _given_on(ground: Ground, draft: Draft, what: str, may: frozenset[str] | None) -> bool:
    """To the owner if they are there, else to somebody of the queue who is, else to whoever stands in for the desk,
    else up. False while there is nobody with a hand free: then whoever comes next is waited for. `may`: only these can
    have it. A family's lead goes to nobody who may not call them."""
    case = ground.case
    flagged = draft.outcome == "clinician_review"
    desk = [
        member
        for member in case.desk or ()
        if (may is None or member.user in may) and (flagged or member.calls or case.kind == "organization")
    ]
    if draft.owner.user is not None and any(member.user == draft.owner.user for member in desk):
        return True
    queue = draft.owner.queue
    others = [member for member in desk if member.user != draft.owner.user]
    own = [member for member in others if queue is not None and queue in member.queues]
    most = None if flagged else ground.routing.most_in_hand
    taker = least_loaded(ground, own, reviews=flagged, most=most)
    if taker is None:
        near = [member for member in others if flagged or _stands_in(member)]
        taker = least_loaded(ground, near, reviews=flagged, most=most)
    if taker is not None:
        why = f"Its clock broke ({what}); present, with the fewest open leads"
        give(ground, draft, Assigned(None, taker.user, ground.now, why))
        return True
    above = ground.routing.escalation_queue
    if above in ground.practice.queues and draft.owner.queue != above:
        why = f"Its clock broke ({what}) and nobody was present who could take it"
        give(ground, draft, Assigned(above, None, ground.now, why))
        return True
    return False


def _stands_in(member: Member) -> bool:
    """Whether somebody outside the queue does the desk's work where nobody of it is there: sees the site's leads and
    may call families, and is not kept for what nobody else may judge."""
    return member.sees_site and member.calls and not member.reviews
