"""Moments: when something is due, and when to look again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from firstvisit.journey.case import Case
from firstvisit.journey.plan.wanted import Draft, Ground

ASKED_FOR_CARE: Final = ("age", "event")
"""Holds of people who want care now and cannot have it yet: they hear of it at once."""


def window_end(ground: Ground, draft: Draft) -> None:
    """Days pass: look again when a deadline moves into another band of the card, at local midnight."""
    by: date | None = draft.steers.by
    site = ground.site
    local = ground.now.astimezone(site.tz)
    if by is not None and local.date() <= by:
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), site.tz)
        draft.look_again.append(midnight)


def status_end(ground: Ground, draft: Draft) -> None:
    """A program on the waitlist or closed until a day: look again at the midnight that opens it."""
    program = draft.steers.program
    if program and program.status_until and program.status_on(draft.steers.today) != "open":
        opens = program.status_until + timedelta(days=1)
        draft.look_again.append(datetime.combine(opens, datetime.min.time(), ground.site.tz))


def hold_end(ground: Ground, draft: Draft) -> None:
    """A lead held until a day is looked at again when that day begins at its site."""
    opens = held_until(ground, draft)
    if opens is not None and opens > ground.now:
        draft.look_again.append(opens)


def names_a_day(ground: Ground, draft: Draft) -> bool:
    """Whether they are held for their own wish and said from when they want care."""
    wished: date | None = ground.case.facts.not_before
    return draft.steers.held_for == "wish" and wished is not None and wished > draft.steers.today


def held_until(ground: Ground, draft: Draft) -> datetime | None:
    """When the day begins on which a held lead is looked at again; None for one that is not held until a day."""
    until: date | None = draft.steers.held_until
    return None if until is None else datetime.combine(until, datetime.min.time(), ground.site.tz)


def hears_again(ground: Ground, draft: Draft, since: datetime) -> datetime | None:
    """When somebody at rest hears from us next: when the hold ends or, without a day, some weeks after `since`. None
    for anybody else."""
    if draft.outcome not in ("nurture", "waitlist"):
        return None
    return held_until(ground, draft) or since + timedelta(days=ground.tries.waiting_days)


def not_put_off(ground: Ground, draft: Draft, key: str, computed: datetime) -> datetime:
    """The due time of a held lead's next thing. A hold that begins anew on the day it ends moves nothing that has
    come due by then; any other due time is as computed."""
    if draft.steers.held_until is None:
        return computed
    seen = next((task for task in ground.case.tasks if task.key == key and task.status == "open"), None)
    if seen is not None and seen.due_at.astimezone(ground.site.tz).date() <= draft.steers.today:
        return seen.due_at
    return computed


def moment(text: str) -> datetime:
    """A moment as rulings keep it."""
    return datetime.fromisoformat(text)


def due(case: Case, computed: datetime) -> datetime:
    """The due time a person set, while it is in force; else the computed one."""
    ruled = case.rulings.get("due")
    return datetime.fromisoformat(ruled["due_at"]) if ruled is not None else computed
