"""A broken clock acts: the lead goes to somebody who is present, else to whoever answers for the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from firstvisit.journey.case import Assigned, Member
from firstvisit.journey.endings import ABOUT_VISITS, OFFERING
from firstvisit.journey.plan.answered import who_may_decide
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.owner import give, least_loaded
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.journey.plan.words import AGAIN, HELD, NEXT_ACTION, SAY_WHAT_FITS, TASK_WORDS
from firstvisit.steps.routing import clocks

CLOCKED: Final = frozenset(
    {
        *(kind for kind, _ in (*NEXT_ACTION.values(), SAY_WHAT_FITS, HELD, AGAIN)),
        *OFFERING,
        *ABOUT_VISITS,
        *("follow_up", "call_back", "call_missed", "find_somebody", "give_estimate"),
    }
    - {"keep_in_touch"}
)
"""Tasks that somebody outside waits for. What only we wait for (a reminder, a closing) is late and no more."""
_LOOK_AFTER_LEASE: Final = timedelta(seconds=30)


def broken_clocks(ground: Ground, draft: Draft) -> None:
    """A due time that passed acts, and acts again once whoever has the lead is gone or did nothing for as long as the
    clock has. A due time that a person set counts as theirs, and a lead that somebody has open at this moment is left
    to them until they give it back."""
    case, now = ground.case, ground.now
    for task in draft.tasks:
        if task.kind not in CLOCKED:
            continue
        if task.due_at > now:
            draft.look_again.append(task.due_at)
            continue
        seen = next((t for t in case.tasks if t.key == task.key and t.status == "open"), None)
        if seen is None or case.desk is None:
            # Born late: nobody looked who is present. The next sweep does.
            draft.look_again.append(now)
            continue
        if case.in_hand is not None and case.in_hand > now:
            draft.look_again.append(case.in_hand + _LOOK_AFTER_LEASE)
            continue
        if not seen.breached:
            draft.breached.append(task.key)
        _act(ground, draft, task, again=seen.breached)
        draft.look_again.append(_next_look(ground, draft, task))


def _act(ground: Ground, draft: Draft, task: WantedTask, *, again: bool) -> None:
    """Give the lead on where this broken clock wants it; `again`: it broke before."""
    has = draft.owner.user
    here = any(member.user == has for member in ground.case.desk or ())
    idle = again and breaks_again(ground, draft, task) <= ground.now
    if again and has is not None and not idle and (here or _handed(ground, draft)):
        return
    what = TASK_WORDS.get(task.kind, task.kind).lower()
    why = f"Its clock broke {'again ' if again else ''}({what})"
    may = who_may_decide(ground.case) if task.kind == AGAIN[0] else None
    _give_on(ground, draft, why, may, stays=not idle, up=not here and (idle or not again or has is None))


def _handed(ground: Ground, draft: Draft) -> bool:
    """Whether somebody else handed it to whoever has it now: they have the clock's time to come and see it."""
    ruled, given = ground.case.rulings.get("owner"), draft.assigned
    if ruled is None or (given is not None and given.user == draft.owner.user):
        return False
    return bool(ruled.get("user") == draft.owner.user != ruled.get("by"))


def breaks_again(ground: Ground, draft: Draft, task: WantedTask) -> datetime:
    """When a clock that broke breaks once more: its own length after anybody last did anything about the lead, or was
    given it. In business time; a red flag waits for no opening while somebody is there."""
    case = ground.case
    did = [task.due_at, *(moment(ruled["at"]) for ruled in case.rulings.values() if "at" in ruled)]
    did += [done.ended_at for done in case.tasks if done.status == "done" and done.ended_at is not None]
    if draft.assigned is not None:
        did.append(draft.assigned.at)
    minutes = max(task.minutes, ground.routing.present_minutes)
    return max(did) + timedelta(minutes=minutes) if task.safety else clocks.due(max(did), minutes, ground.site)


def _next_look(ground: Ground, draft: Draft, task: WantedTask) -> datetime:
    """When to see whether whoever has it is still there, or somebody came; no later than it breaks again."""
    later = ground.now + timedelta(minutes=ground.routing.present_minutes)
    if not task.safety:
        later = clocks.opens_at(later, ground.site) or later
    again = breaks_again(ground, draft, task)
    return min(later, again) if again > ground.now else later


def _give_on(
    ground: Ground, draft: Draft, broke: str, may: frozenset[str] | None, *, stays: bool, up: bool
) -> None:
    """To the owner if they are there and it `stays` with them, else to somebody of the queue who is, else to whoever
    stands in for the desk, else `up`. While there is nobody with a hand free it is left, and whoever comes next is
    waited for. `may`: only these can have it. A family's lead goes to nobody who may not call them."""
    case = ground.case
    flagged = draft.outcome == "clinician_review"
    desk = [
        member
        for member in case.desk or ()
        if (may is None or member.user in may) and (flagged or member.calls or case.kind == "organization")
    ]
    if stays and draft.owner.user is not None and any(member.user == draft.owner.user for member in desk):
        return
    queues = {draft.owner.queue, draft.route}
    others = [member for member in desk if member.user != draft.owner.user]
    own = [member for member in others if queues & member.queues]
    most = None if flagged else ground.routing.most_in_hand
    taker = least_loaded(ground, own, reviews=flagged, most=most)
    if taker is None:
        near = [member for member in others if flagged or _stands_in(member)]
        taker = least_loaded(ground, near, reviews=flagged, most=most)
    above = ground.routing.escalation_queue
    if taker is not None:
        why = f"{broke}; present, with the fewest open leads"
        give(ground, draft, Assigned(None, taker.user, ground.now, why))
    elif up and above in ground.practice.queues and draft.owner.queue != above:
        why = f"{broke} and nobody was present who could take it"
        give(ground, draft, Assigned(above, None, ground.now, why))


def _stands_in(member: Member) -> bool:
    """Whether somebody outside the queue does the desk's work where nobody of it is there: sees the site's leads and
    may call families, and is not kept for what nobody else may judge."""
    return member.sees_site and member.calls and not member.reviews
