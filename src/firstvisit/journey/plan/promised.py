"""By when whoever asked is answered: what the page, the e-mail and the machine's answer say alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from firstvisit.journey.case import BESIDE
from firstvisit.journey.plan.wanted import WantedTask
from firstvisit.journey.plan.words import AWAITS
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks


class Promise(NamedTuple):
    """By when somebody is answered, and the business minutes that may be said beside it; None where they say another
    moment."""

    by: datetime
    minutes: int | None


def promise(tasks: Sequence[WantedTask], arrived: datetime, site: Site, now: datetime, *, minutes: int) -> Promise:
    """When the clock of the first next thing in which somebody answers them ends. Of one that is late, or where there
    is none, what its length (else `minutes` of business time) promises from the arrival or, when that is over too, from
    now."""
    first = first_answer(tasks)
    length = first.minutes if first is not None else minutes
    by = clocks.due(arrived, length, site)
    if first is not None and first.due_at > now:
        by = first.due_at
    elif by <= now:
        by = clocks.due(now, length, site)
    return Promise(by, within(by, arrived, length, site))


def first_answer(tasks: Sequence[WantedTask]) -> WantedTask | None:
    """The first next thing, as long as it calls or writes to whoever asked. Where a visit is booked, neither what waits
    for it, whose day and hour are nobody's to know who merely asks, nor what is done beside it."""
    if any(task.kind == AWAITS for task in tasks):
        tasks = [task for task in tasks if task.kind != AWAITS and task.kind not in BESIDE]
    return next(iter(tasks), None)


def within(by: datetime, arrived: datetime, minutes: int, site: Site) -> int | None:
    """The business minutes that may be said beside a moment; None where it lies later than they say, or, as an earlier
    promise holds, before half of them are over."""
    said = clocks.due(arrived, minutes // 2, site) <= by <= clocks.due(arrived, minutes, site)
    return minutes if said else None
