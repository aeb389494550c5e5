"""Visits that we called off because nobody can see to them, and for which no time could be offered: a person calls.
Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from firstvisit.journey.case import AppointmentSeen, Case
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedTask
from firstvisit.journey.plan.words import CALL_ABOUT_TREATMENT
from firstvisit.messages.moments import clock_time, short_day
from firstvisit.steps.routing import clocks

NO_TIME: Final = "no_time"
"""What is ruled of first visits that were called off and for which no time was there; `causes` names them, `why` says
whether whoever can do it has left (left) or every time is taken (full)."""
CALL: Final = "call_treatment"
"""What is ruled of treatment of a closed lead that nobody can see to: `visits` names them as they stood then."""


def cause_of(visit: AppointmentSeen) -> str:
    """A visit as it stands: it changes with whatever becomes of the visit."""
    return f"{visit.id}:{visit.sequence}"


def day_and_time(ground: Ground, visit: AppointmentSeen) -> str:
    """When a visit was to be, at its site: Tue Nov 24, 2:00 pm."""
    site = ground.practice.sites.get(visit.site, ground.site)
    return f"{short_day(visit.starts_at.astimezone(site.tz).date())}, {clock_time(visit.starts_at, site)}"


def no_time(case: Case, fell: AppointmentSeen) -> str | None:
    """Why there was no time to offer as this visit was called off; None where there was one."""
    ruled = case.rulings.get(NO_TIME)
    return str(ruled["why"]) if ruled is not None and cause_of(fell) in ruled["causes"] else None


def call(ground: Ground, draft: Draft) -> None:
    """One task for the treatment that nobody can see to and that was not called off, until somebody has spoken with
    them or each visit was moved or cancelled."""
    case = ground.case
    ruled = case.rulings.get(CALL)
    if ruled is None or ground.silent:
        return
    kind, words = CALL_ABOUT_TREATMENT
    key = f"{ground.prefix}:{kind}:{ruled['ruling']}"
    meant = (each for each in case.appointments if cause_of(each) in ruled["visits"])
    left = sorted((each.starts_at, each.site) for each in meant if _stands(each, ground.now))
    if not left or case.ended(key) is not None:
        return
    site = ground.practice.sites.get(left[0][1], ground.site)
    first = short_day(left[0][0].astimezone(site.tz).date())
    reason = words.format(visits="1 visit" if len(left) == 1 else f"{len(left)} visits", first=first)
    minutes = ground.routing.standard_minutes
    due = clocks.due(moment(ruled["at"]), minutes, ground.site)
    owner = draft.owner if any(draft.owner) else Owner(queue=ground.routing.escalation_queue)
    draft.tasks.append(WantedTask(key, kind, reason, owner, due, minutes))
    draft.look_again.append(left[-1][0])


def _stands(visit: AppointmentSeen, now: datetime) -> bool:
    return visit.status == "booked" and visit.starts_at > now
