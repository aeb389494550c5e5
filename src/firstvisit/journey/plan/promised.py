"""By when whoever asked is answered: what the page, the e-mail and the machine's answer say alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from firstvisit.journey.plan.wanted import WantedTask
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks


class Promise(NamedTuple):
    """By when somebody is answered, and the business minutes that may be said beside it; None where they say another
    moment."""

    by: datetime
    minutes: int | None


def promise(tasks: Sequence[WantedTask], arrived: datetime, site: Site, now: datetime, *, minutes: int) -> Promise:
    """When the clock of the first next thing ends. Of one that is late, or where nothing is to be done, what its length
    (else `minutes` of business time) promises from the arrival or, when that is over too, from now."""
    length = tasks[0].minutes if tasks else minutes
    by = clocks.due(arrived, length, site)
    if tasks and tasks[0].due_at > now:
        by = tasks[0].due_at
    elif by <= now:
        by = clocks.due(now, length, site)
    return Promise(by, within(by, arrived, length, site))


def within(by: datetime, arrived: datetime, minutes: int, site: Site) -> int | None:
    """The business minutes that may be said beside a moment; None where it lies later than they say, or, as an earlier
    promise holds, before half of them are over."""
    said = clocks.due(arrived, minutes // 2, site) <= by <= clocks.due(arrived, minutes, site)
    return minutes if said else None
