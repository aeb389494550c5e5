"""Treatment that its evaluation does not lead any more: none stands, or it is later than the treatment. Pure.

Plan and screens ask here, so they never differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from firstvisit.journey.case import AppointmentSeen

COURSE: Final = ("treatment", "group")
"""Services that follow an evaluation."""
LEADS: Final = ("booked", "arrived", "completed")
"""Statuses of an evaluation after which there is treatment."""
_FELL: Final = ("cancelled", "missed")


class Adrift(NamedTuple):
    """The treatment to come that wants a decision, the soonest first: without an `evaluation` that stands (then it is
    the one that fell through), or before it. `cause` changes with whatever makes the question a new one."""

    what: Literal["without", "before"]
    visits: tuple[AppointmentSeen, ...]
    evaluation: AppointmentSeen
    cause: str


def adrift(visits: Sequence[AppointmentSeen], *, now: datetime) -> Adrift | None:
    """What of a lead's treatment wants a decision; that without an evaluation first. Treatment of a lead that never had
    an evaluation here was booked so on purpose."""
    coming = [each for each in visits if _to_come(each, now)]
    if not coming:
        return None
    early = None
    for discipline in dict.fromkeys(each.discipline for each in coming):
        course = sorted((each for each in coming if each.discipline == discipline), key=lambda each: each.starts_at)
        firsts = [each for each in visits if each.service == "evaluation" and each.discipline == discipline]
        leads = [each for each in firsts if each.status in LEADS]
        if not leads:
            fell = max((each for each in firsts if each.status in _FELL), key=lambda each: each.status_at, default=None)
            if fell is not None:
                return Adrift("without", tuple(course), fell, f"{fell.id}:{fell.sequence}")
            continue
        first = min(leads, key=lambda each: each.starts_at)
        before = tuple(each for each in course if first.status == "booked" and each.starts_at < first.starts_at)
        if before and early is None:
            early = Adrift("before", before, first, f"{first.id}:{first.sequence}:before")
    return early


def following(
    evaluation: AppointmentSeen, visits: Sequence[AppointmentSeen], *, now: datetime
) -> tuple[AppointmentSeen, ...]:
    """The treatment to come that no evaluation would lead any more, were this one called off; the soonest first."""
    alike = [each for each in visits if each.discipline == evaluation.discipline and each.id != evaluation.id]
    if evaluation.service != "evaluation" or any(x.service == "evaluation" and x.status in LEADS for x in alike):
        return ()
    return tuple(sorted((each for each in alike if _to_come(each, now)), key=lambda each: each.starts_at))


def _to_come(visit: AppointmentSeen, now: datetime) -> bool:
    return visit.service in COURSE and visit.status == "booked" and visit.starts_at > now
