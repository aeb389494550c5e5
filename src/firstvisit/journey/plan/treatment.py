"""Treatment whose evaluation fell through, or was moved behind it, is somebody's to decide; and what a family is
written of treatment. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from firstvisit.journey.adrift import COURSE, LEADS, adrift
from firstvisit.journey.case import AppointmentSeen
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.visits import QUIET, ids, may_write, moments, says_booked, says_cancelled
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedMessage, WantedTask
from firstvisit.journey.plan.words import DECIDE_TREATMENT, OFFER_AGAIN
from firstvisit.journey.twice import BOOKED_TWICE
from firstvisit.messages.moments import short_day
from firstvisit.steps.booking.emr.owed import BY_MISTAKE
from firstvisit.steps.booking.endings import reason
from firstvisit.steps.routing import clocks

RULED: Final = "treatment"
"""What is ruled by whoever lets treatment stand as it is."""
GOES_ON: Final = "evaluated"
"""How a lead is closed whose treatment goes on."""


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
    why = words[found.what].format(visits=visits, are="is" if count == 1 else "are", first=first)
    draft.tasks.append(WantedTask(key, kind, why, draft.owner, due, minutes))
    draft.look_again.append(found.visits[0].starts_at)


def offer_again(ground: Ground, draft: Draft) -> None:
    """What we called off ourselves is offered anew, one task for all of one moment, until somebody has, other treatment
    was booked since, or its time is over. Without an evaluation there is nothing to offer it after."""
    case = ground.case
    gone: dict[datetime, list[AppointmentSeen]] = defaultdict(list)
    for each in case.appointments:
        if each.service in COURSE and _is_ours(each) and each.starts_at > ground.now:
            gone[each.status_at].append(each)
    if not gone or ground.silent:
        return
    if not any(each.service == "evaluation" and each.status in LEADS for each in case.appointments):
        return
    newest = max(each.booked_at or each.made_at for each in case.appointments if each.service in COURSE)
    kind, words = OFFER_AGAIN
    for at, visits in gone.items():
        first, *more = sorted(visits, key=lambda each: each.starts_at)
        key = f"{ground.prefix}:{kind}:{first.id}:{first.sequence}"
        if newest > at or case.ended(key) is not None:
            continue
        site = ground.practice.sites.get(first.site, ground.site)
        day = short_day(first.starts_at.astimezone(site.tz).date())
        what = "a seat in a group" if first.service == "group" else "treatment"
        why = words.format(what=what, days=f"{day} and {len(more)} more" if more else day)
        minutes = ground.routing.standard_minutes
        owner = draft.owner if any(draft.owner) else Owner(queue=ground.routing.escalation_queue)  # of a closed lead
        draft.tasks.append(WantedTask(key, kind, why, owner, clocks.due(at, minutes, ground.site), minutes))
        draft.look_again.append(first.starts_at)


def _is_ours(each: AppointmentSeen) -> bool:
    cancelled = each.status == "cancelled" and each.booked_at is not None and each.why not in (BY_MISTAKE, BOOKED_TWICE)
    return cancelled and reason(each.why).by == "practice"


def letters(ground: Ground, draft: Draft) -> None:
    """What was booked at one moment, what was moved, and what was cancelled at one moment, each in one letter; what was
    booked with its evaluation or fell with it stands in the letter about that."""
    case = ground.case
    course = [each for each in case.appointments if each.service in COURSE and each.booked_at is not None]
    if not course or not may_write(ground) or (case.closed and case.closed_how != GOES_ON):
        return
    firsts = [each for each in case.appointments if each.service == "evaluation"]
    told = {each.booked_at for each in firsts if says_booked(ground, each)}
    fell = {each.status_at for each in firsts if each.status == "cancelled" and says_cancelled(ground, each)}
    booked: dict[datetime | None, list[AppointmentSeen]] = defaultdict(list)
    gone: dict[datetime, list[AppointmentSeen]] = defaultdict(list)
    for each in course:
        booked[each.booked_at].append(each)
        if each.starts_at <= ground.now:
            continue
        if each.status == "booked" and each.sequence:
            _want(ground, draft, [each], "treatment_moved", "A visit of treatment has a new time: say so in writing")
        elif each.status == "cancelled" and each.why not in QUIET and each.status_at not in fell:
            gone[each.status_at].append(each)
    for at, visits in booked.items():
        stand = [each for each in visits if each.status == "booked" and each.starts_at > ground.now]
        if stand and at not in told:
            # Named after one of them for good, so that what is moved or cancelled later is not told as booked again.
            which = str(min(each.id for each in visits))
            _want(ground, draft, stand, "treatment_booked", "Treatment is booked: say it in writing", which=which)
    for visits in gone.values():
        _want(ground, draft, visits, "treatment_cancelled", "Treatment is cancelled: say so in writing")


def _want(
    ground: Ground, draft: Draft, visits: list[AppointmentSeen], template: str, why: str, *, which: str = ""
) -> None:
    first, *_ = visits = sorted(visits, key=lambda each: each.starts_at)
    key = f"{ground.prefix}:{template}:{which or f'{first.id}:{first.sequence}'}"
    details = (
        ("at", first.starts_at.isoformat()),
        ("all_at", moments(visits)),
        ("visits", ids(visits)),
        ("setting", first.setting),
        ("site", first.site),
    )
    if permitted(ground, draft, "visit_letter", key, why, since=first.status_at):
        draft.messages.append(WantedMessage(key, "email", "appointment", template, first.id, details=details))
