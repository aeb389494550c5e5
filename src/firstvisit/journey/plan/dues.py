"""Moments: when something is due, and when to look again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from firstvisit.journey.case import Case
from firstvisit.journey.plan.wanted import Draft, Ground


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
    until: date | None = draft.steers.held_until
    if until is not None and until > draft.steers.today:
        draft.look_again.append(datetime.combine(until, datetime.min.time(), ground.site.tz))


def moment(text: str) -> datetime:
    """A moment as rulings keep it."""
    return datetime.fromisoformat(text)


def due(case: Case, computed: datetime) -> datetime:
    """The due time a person set, while it is in force; else the computed one."""
    ruled = case.rulings.get("due")
    return datetime.fromisoformat(ruled["due_at"]) if ruled is not None else computed
