"""Treatment whose evaluation fell through, or was moved behind it, is somebody's to decide; and what a family is
written of treatment. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from firstvisit.journey.adrift import COURSE, LEADS, adrift
from firstvisit.journey.case import AppointmentSeen
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.visits import (
    LOOK_AGAIN,
    QUIET,
    TOO_LATE,
    ids,
    may_write,
    moments,
    reminded,
    says_booked,
    says_cancelled,
)
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedMessage, WantedTask
from firstvisit.journey.plan.words import DECIDE_TREATMENT, MISSED_TREATMENT, OFFER_AGAIN, OFFER_CANCELLED
from firstvisit.journey.twice import BOOKED_TWICE
from firstvisit.messages.moments import short_day
from firstvisit.steps.booking.emr.owed import BY_MISTAKE
from firstvisit.steps.booking.endings import reason
from firstvisit.steps.routing import clocks

RULED: Final = "treatment"
"""What is ruled by whoever lets treatment stand as it is."""
A_DAY: Final = timedelta(days=1)
GOES_ON: Final = ("evaluated", *VISIT_STAYS)
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
    """What we called off ourselves is offered anew, one task for all of one moment; and what they called off on their
    own page, one task for all that nobody has seen to: until somebody has, other treatment was booked since, or its
    time is over. Without an evaluation there is nothing to offer it after."""
    case = ground.case
    course = [each for each in case.appointments if each.service in COURSE]
    if not course or ground.silent:
        return
    if not any(each.service == "evaluation" and each.status in LEADS for each in case.appointments):
        return
    newest = max(each.booked_at or each.made_at for each in course)
    gone = [each for each in course if _fell(each) and each.status_at >= newest]
    ours: dict[datetime, list[AppointmentSeen]] = defaultdict(list)
    for each in gone:
        if reason(each.why).by == "practice":
            ours[each.status_at].append(each)
    kind, words = OFFER_AGAIN
    for visits in ours.values():
        first, *_ = sorted(visits, key=_starts)
        key = f"{ground.prefix}:{kind}:{first.id}:{first.sequence}"
        if case.ended(key) is None:
            _offer(ground, draft, key, visits, words)
    theirs = sorted((each for each in gone if each.cancelled_by == "family"), key=lambda each: each.status_at)
    while theirs:
        key = f"{ground.prefix}:{kind}:{theirs[0].id}:{theirs[0].sequence}"
        done = case.ended(key)
        if done is None or done.ended_at is None:
            _offer(ground, draft, key, theirs, OFFER_CANCELLED)
            return
        theirs = [each for each in theirs[1:] if each.status_at > done.ended_at]


def _offer(ground: Ground, draft: Draft, key: str, gone: list[AppointmentSeen], words: str) -> None:
    """The task of this key for those of them that are still to come; its key names one of them for good."""
    visits = sorted((each for each in gone if each.starts_at > ground.now), key=_starts)
    if not visits:
        return
    first, *more = visits
    site = ground.practice.sites.get(first.site, ground.site)
    day = short_day(first.starts_at.astimezone(site.tz).date())
    what = "a seat in a group" if first.service == "group" else "treatment"
    said = "; ".join(dict.fromkeys(reason(each.why).words for each in visits))
    why = words.format(what=what, days=f"{day} and {len(more)} more" if more else day, reason=said)
    minutes = ground.routing.standard_minutes
    owner = draft.owner if any(draft.owner) else Owner(queue=ground.routing.escalation_queue)  # of a closed lead
    since = min(each.status_at for each in gone)
    draft.tasks.append(WantedTask(key, OFFER_AGAIN[0], why, owner, clocks.due(since, minutes, ground.site), minutes))
    draft.look_again.extend(each.starts_at for each in visits)


def missed(ground: Ground, draft: Draft) -> None:
    """Nobody came to a visit of treatment: they are called at once, to see that they are safe and to find another time.
    One call for all that were missed before it."""
    gone = [each for each in ground.case.appointments if each.service in COURSE and each.status == "missed"]
    if not gone or ground.silent:
        return
    last = max(gone, key=lambda each: each.status_at)
    kind, words = MISSED_TREATMENT
    key = f"{ground.prefix}:{kind}:{last.id}:{last.sequence}"
    if ground.case.ended(key) is not None:
        return
    site = ground.practice.sites.get(last.site, ground.site)
    why = words.format(day=short_day(last.starts_at.astimezone(site.tz).date()))
    minutes = ground.booking.missed_call_minutes
    owner = draft.owner if any(draft.owner) else Owner(queue=ground.routing.escalation_queue)
    draft.tasks.append(WantedTask(key, kind, why, owner, last.status_at + timedelta(minutes=minutes), minutes))


def _fell(each: AppointmentSeen) -> bool:
    """Whether it was a visit that is no more, and was meant as one."""
    return each.status == "cancelled" and each.booked_at is not None and each.why not in (BY_MISTAKE, BOOKED_TWICE)


def _starts(each: AppointmentSeen) -> datetime:
    return each.starts_at


def letters(ground: Ground, draft: Draft) -> None:
    """What was booked at one moment, what was moved, and what was cancelled at one moment, each in one letter; what was
    booked with its evaluation or fell with it stands in the letter about that."""
    case = ground.case
    course = [each for each in case.appointments if each.service in COURSE and each.booked_at is not None]
    if not course or not may_write(ground) or (case.closed and case.closed_how not in GOES_ON):
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
    _remind(ground, draft, [each for each in course if each.status == "booked" and each.starts_at > ground.now])


def _remind(ground: Ground, draft: Draft, coming: list[AppointmentSeen]) -> None:
    """At the moments of a first visit's reminders, one letter for each place: it names every visit there of the days
    that reminders look ahead, but those that cannot be as supply is. Its key names its day, so what one letter has said
    no other says on the same day."""
    ahead = timedelta(days=max(ground.booking.reminder_days, default=0))
    places: dict[tuple[str, str], list[AppointmentSeen]] = defaultdict(list)
    for each in coming:
        if each.starts_at > ground.now + ahead + A_DAY:  # of those far off only when somebody looks again
            draft.look_again.append(each.starts_at - ahead - A_DAY)
        elif each.unfit:
            draft.look_again.append(min(each.starts_at, ground.now + LOOK_AGAIN))
        elif each.starts_at > ground.now + TOO_LATE:
            places[each.site, each.setting].append(each)
    for (slug, setting), visits in places.items():
        zone = ground.practice.sites.get(slug, ground.site).tz
        due: list[datetime] = []
        for each in visits:
            for _, at, until in reminded(ground, each, _told(ground, each)):
                if ground.now < until:
                    draft.look_again.append(at if ground.now < at else until)
                if at <= ground.now < until:
                    due.append(at)
        if not due:
            continue
        on, last = max(due).astimezone(zone).date(), ground.now.astimezone(zone).date() + ahead
        near = [each for each in visits if each.starts_at.astimezone(zone).date() <= last]
        which, why = f"{on}:{slug}:{setting}", "Treatment is near: remind them"
        _want(ground, draft, near, "treatment_reminder", why, which=which, action="visit_reminder", since=max(due))


def _told(ground: Ground, visit: AppointmentSeen) -> datetime:
    """When they last heard of this time: as it was booked, or as the letter left that says it is moved."""
    letter = ground.case.messages.get(f"{ground.prefix}:treatment_moved:{visit.id}:{visit.sequence}")
    booked = visit.booked_at or visit.made_at
    return max(booked, letter.ended_at) if letter is not None and letter.ended_at is not None else booked


def _want(
    ground: Ground,
    draft: Draft,
    visits: list[AppointmentSeen],
    template: str,
    why: str,
    *,
    which: str = "",
    action: str = "visit_letter",
    since: datetime | None = None,
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
    if permitted(ground, draft, action, key, why, since=since or first.status_at):
        draft.messages.append(WantedMessage(key, "email", "appointment", template, first.id, details=details))
