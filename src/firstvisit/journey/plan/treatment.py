"""Treatment whose evaluation fell through, or was moved behind it, is somebody's to decide; and what a family is
written of treatment. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from firstvisit.journey.adrift import COURSE, adrift
from firstvisit.journey.case import AppointmentSeen
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.visits import QUIET, may_write
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage, WantedTask
from firstvisit.journey.plan.words import DECIDE_TREATMENT
from firstvisit.messages.moments import short_day
from firstvisit.steps.routing import clocks

RULED: Final = "treatment"
"""What is ruled by whoever lets treatment stand as it is."""
GOES_ON: Final = "evaluated"
"""How a lead is closed whose treatment goes on."""
MOST: Final = 20
"""So many moments a letter lists."""


def decide(ground: Ground, draft: Draft) -> None:
    """One task until somebody cancels it, lets it stand, or books an evaluation before it."""
    found = adrift(ground.case.appointments, now=ground.now)
    if found is None:
        return
    kind, words = DECIDE_TREATMENT
    key = f"{ground.prefix}:{kind}:{found.cause}"
    ruled = ground.case.rulings.get(RULED)
    if ground.case.ended(key) is not None or (ruled is not None and ruled["cause"] == found.cause):
        return
    count = len(found.visits)
    visits = "1 treatment visit" if count == 1 else f"{count} treatment visits"
    site = ground.practice.sites.get(found.visits[0].site, ground.site)
    first = short_day(found.visits[0].starts_at.astimezone(site.tz).date())
    minutes = ground.routing.standard_minutes
    seen = next((task for task in ground.case.open_tasks() if task.key == key), None)
    # A moved visit does not say when it was moved: the clock runs from the moment at which that is first seen.
    due = seen.due_at if seen is not None else clocks.due(ground.now, minutes, ground.site)
    reason = words[found.what].format(visits=visits, are="is" if count == 1 else "are", first=first)
    draft.tasks.append(WantedTask(key, kind, reason, draft.owner, due, minutes))
    draft.look_again.append(found.visits[0].starts_at)


def letters(ground: Ground, draft: Draft) -> None:
    """What was moved, and what was cancelled at one moment, each in one letter; what fell with its evaluation stands in
    the letter about that."""
    case = ground.case
    course = [each for each in case.appointments if each.service in COURSE and each.booked_at is not None]
    if not course or not may_write(ground) or (case.closed and case.closed_how != GOES_ON):
        return
    told = {each.status_at for each in case.appointments if each.service == "evaluation" and each.status == "cancelled"}
    gone: dict[datetime, list[AppointmentSeen]] = defaultdict(list)
    for each in course:
        if each.starts_at <= ground.now:
            continue
        if each.status == "booked" and each.sequence:
            _want(ground, draft, [each], "treatment_moved", "A visit of treatment has a new time: say so in writing")
        elif each.status == "cancelled" and each.why not in QUIET and each.status_at not in told:
            gone[each.status_at].append(each)
    for visits in gone.values():
        _want(ground, draft, visits, "treatment_cancelled", "Treatment is cancelled: say so in writing")


def _want(ground: Ground, draft: Draft, visits: list[AppointmentSeen], template: str, why: str) -> None:
    first, *_ = visits = sorted(visits, key=lambda each: each.starts_at)
    key = f"{ground.prefix}:{template}:{first.id}:{first.sequence}"
    details = (
        ("at", first.starts_at.isoformat()),
        ("all_at", ",".join(each.starts_at.isoformat() for each in visits[:MOST])),
        ("setting", first.setting),
        ("site", first.site),
    )
    if permitted(ground, draft, "visit_letter", key, why, since=first.status_at):
        draft.messages.append(WantedMessage(key, "email", "appointment", template, first.id, details=details))
