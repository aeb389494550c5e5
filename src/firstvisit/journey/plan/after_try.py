"""What follows a try, by what it ended in: a call back, an interpreter, another number, the next try."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from firstvisit.journey.case import TaskSeen
from firstvisit.journey.endings import BOOKED
from firstvisit.journey.plan.dues import due, hears_again, names_a_day, not_put_off
from firstvisit.journey.plan.unanswered import unanswered
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.journey.plan.words import CHOOSE_PROGRAM, FOLLOW_UPS, NEXT_ACTION, WAITING, WISHED
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.tries import open_day

MID_MORNING: Final = time(10)
SOON: Final = ("number_found", "arranged", "language_needed", "wrong_number", "disconnected")
"""Somebody still waits to be reached: what follows these is as soon as a first try."""

TOLD_OF_HOLD: Final = ("told", "told_referrer", "reached_answered", "reached_thinking", "done")
"""After these somebody who is held or on the waitlist is left in peace."""


def after_try(ground: Ground, draft: Draft, done: TaskSeen, begun: datetime) -> None:
    """The one next thing after the latest finished try of the round that began at `begun`."""
    follow_up = FOLLOW_UPS.get(done.result)
    if follow_up is None or done.ended_at is None:
        unanswered(ground, draft, done, begun)
        return
    kind, why = follow_up
    due_at, minutes = _when(ground, done, done.ended_at)
    if done.result == BOOKED:
        _program_first(ground, draft, done)
    opens = hears_again(ground, draft, done.ended_at) if done.result in TOLD_OF_HOLD else None
    if opens is not None and opens > done.ended_at:
        kind, why = WAITING if draft.outcome == "waitlist" else NEXT_ACTION["nurture"]
        if names_a_day(ground, draft):
            kind, why = WISHED
        due_at = clocks.due(opens, minutes, ground.site)
    key = f"{ground.prefix}:{kind}:lead:{done.id}"
    draft.tasks.append(
        WantedTask(
            key=key,
            kind=kind,
            reason=why,
            owner=draft.owner,
            due_at=due(ground.case, not_put_off(ground, draft, key, due_at)),
            minutes=minutes,
            safety=draft.outcome == "clinician_review",
        )
    )


def _program_first(ground: Ground, draft: Draft, done: TaskSeen) -> None:
    """A visit was agreed and nobody has said in which program: somebody chooses it before the visit."""
    kind, why = CHOOSE_PROGRAM
    key = f"{ground.prefix}:{kind}:lead:{done.id}"
    if draft.steers.program is not None or ground.case.kind == "organization" or ground.case.ended(key):
        return
    minutes = ground.routing.standard_minutes
    due_at = clocks.due(done.ended_at or ground.now, minutes, ground.site)
    draft.tasks.append(WantedTask(key, kind, why, draft.owner, due_at, minutes))


def _when(ground: Ground, done: TaskSeen, ended_at: datetime) -> tuple[datetime, int]:
    """When it is due and how many business minutes that clock has."""
    site, minutes = ground.site, ground.cadence.follow_up_minutes
    if done.result == "reached_callback_set" and done.again_at is not None:
        return done.again_at, max(1, clocks.minutes_between(ended_at, done.again_at, site))
    if done.result == BOOKED and done.again_at is not None:
        return done.again_at, minutes
    if done.result == "reached_thinking":
        again = clocks.due(open_day(ended_at, ground.tries.thinking_days, MID_MORNING, site), 0, site)
        return again, minutes
    if done.result in SOON:
        minutes = ground.routing.standard_minutes
    return clocks.due(ended_at, minutes, site), minutes
