"""What was promised stands until somebody tries, whatever the rules say by then."""

from __future__ import annotations

from datetime import UTC, datetime

from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.journey.plan.words import AGAIN, ASKED_AGAIN, AWAITS
from firstvisit.messages.moments import clock_time, short_day

LONGEST = 200
"""Characters of a task's reason."""


def kept(ground: Ground, draft: Draft) -> None:
    """The first next thing is due no later than whoever asked was told, though rules, setting or program have changed
    since; a due time that a person set goes before, and so does the clock of a lead that was opened again. Where a
    person had decided and is asked to decide again, the page that asked has just said by when. Whoever asks again while
    a visit is booked is called or written to as well: the task that sees the visit through answers nobody."""
    case = ground.case
    ruled = case.rulings.keys() & {"due", "reopened"}
    if case.promised is None or not draft.tasks or ground.silent or ruled:
        return
    first = draft.tasks[0]
    if first.kind == AWAITS:
        if case.visit is not None:
            _answer(ground, draft, case.promised)
        return
    if first.due_at <= case.promised or first.kind == AGAIN[0]:
        return
    day = short_day(case.promised.astimezone(ground.site.tz).date())
    why = f"Promised by {day}, {clock_time(case.promised, ground.site)}: {first.reason}"
    draft.tasks[0] = first._replace(due_at=case.promised, reason=why[:LONGEST])


def _answer(ground: Ground, draft: Draft, promised: datetime) -> None:
    kind, why = ASKED_AGAIN
    key = f"{ground.prefix}:{kind}:promised:{promised.astimezone(UTC).isoformat(timespec='seconds')}"
    if ground.case.ended(key) is None:
        minutes = ground.practice.identity.answers_within_minutes
        draft.tasks.insert(0, WantedTask(key, kind, why, draft.owner, promised, minutes))
