"""By when whoever asked is answered: what the page, the e-mail and the machine's answer say alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from firstvisit.journey.plan.wanted import WantedTask
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks


def answered_by(tasks: Sequence[WantedTask], arrived: datetime, site: Site, now: datetime, *, minutes: int) -> datetime:
    """When the clock of the first next thing ends. Of one that is late, or where nothing is to be done, what its length
    (else `minutes` of business time) promises from the arrival or, when that is over too, from now."""
    if tasks and tasks[0].due_at > now:
        return tasks[0].due_at
    length = tasks[0].minutes if tasks else minutes
    by = clocks.due(arrived, length, site)
    return by if by > now else clocks.due(now, length, site)


def within(by: datetime, arrived: datetime, minutes: int, site: Site) -> int | None:
    """The business minutes that may be said beside the moment; None where it lies later than they say."""
    return minutes if by <= clocks.due(arrived, minutes, site) else None
