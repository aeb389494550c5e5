"""What a family is written about its visit, and whoever referred is told of it. Pure.

A letter's key names the appointment, how often it was moved and which letter it is: what was wanted of a time that is
no more is withdrawn by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from firstvisit.journey.adrift import COURSE
from firstvisit.journey.case import AppointmentSeen
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.plan.called_off import no_time
from firstvisit.journey.plan.partner import ARRIVED, at_hour, tell_referrer, told_by_a_person
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage
from firstvisit.journey.twice import BOOKED_TWICE

MID_MORNING: Final = time(10)
"""When a reminder is wanted, at the visit's site; the gate waits for a decent hour where they live."""
EARLY: Final = time(8)
LOOK_AGAIN: Final = timedelta(minutes=15)
"""How often it is looked whether a visit fits again that cannot be as supply is."""
JUST_BOOKED: Final = timedelta(hours=1)
"""Whoever booked within the hour needs no reminder of it."""
EVENING: Final = time(18)
"""When whoever referred is told that they came, at the lead's site, where nothing more is known by then."""
TOO_LATE: Final = timedelta(hours=1)
"""So shortly before a visit nothing reminds any more."""
QUIET: Final = ("lead_closed", "another_time")
"""Why a visit is cancelled of which another letter tells."""
MISSED_TWICE: Final = "They missed the first visit twice"
"""Why whoever referred is called or written to then."""
SELDOM_COME: Final = 2
"""After so many missed visits whoever referred is told."""


def letters(ground: Ground, draft: Draft) -> None:
    """The letter that says how the first visit stands: booked, moved, cancelled or missed; and its reminders. Of a
    closed lead whose visit stays no other time is offered."""
    if not may_write(ground) or (ground.case.closed and ground.case.closed_how not in VISIT_STAYS):
        return
    visit = ground.case.visit
    if visit is not None and visit.status == "booked":
        _stands(ground, draft, visit)
        _reminders(ground, draft, visit)
    elif visit is None and (ended := ground.case.fell_through) is not None:
        _fell_through(ground, draft, ended)


def _stands(ground: Ground, draft: Draft, visit: AppointmentSeen) -> None:
    """When and where it is, once for each time it is given."""
    if ground.now >= visit.starts_at or _said_as_kept(ground, visit):
        return
    template = "visit_moved" if visit.sequence else "visit_booked"
    why = "The visit has a new time: say so in writing" if visit.sequence else "A visit is booked: say it in writing"
    after = following(ground, visit)
    then = (("then", moments(after)), ("visits", ids((visit, *after)))) if after else ()
    _want(ground, draft, visit, template, "visit_letter", why, visit.status_at, details=then)


def _said_as_kept(ground: Ground, visit: AppointmentSeen) -> bool:
    """Whether another letter says when it is: the one that says which of two first visits stays."""
    went = (each for each in ground.case.appointments if each.status == "cancelled" and each.why == BOOKED_TWICE)
    return any(each.status_at >= visit.status_at for each in went)


def _reminders(ground: Ground, draft: Draft, visit: AppointmentSeen) -> None:
    """Some days before, at the moments of `reminded`; of a visit that cannot be as supply is none leaves until it fits
    again or has another time."""
    for day, at, until in reminded(ground, visit, _told(ground, visit)):
        if ground.now < at:
            draft.look_again.append(at)
            return
        if ground.now < until and visit.unfit:
            draft.look_again.append(min(until, ground.now + LOOK_AGAIN))
        elif ground.now < until:
            why = f"The visit is in {day} days: remind them" if day > 1 else "The visit is near: remind them"
            _want(ground, draft, visit, "visit_reminder", "visit_reminder", why, at, which=f":{day}")
            draft.look_again.append(until)


def reminded(ground: Ground, visit: AppointmentSeen, told: datetime) -> list[tuple[int, datetime, datetime]]:
    """When somebody who was `told` of a visit at that moment is reminded of it: how many days before, from when and
    until when. Whoever said that they come is reminded once, the last time; of a reminder whose moment has passed while
    nobody looked the next one takes the place."""
    days = sorted(set(ground.booking.reminder_days), reverse=True)
    if visit.confirmed_at is not None:
        days = days[-1:]
    since = told + JUST_BOOKED
    moments = [(day, at) for day in days if (at := _moment(ground, visit, day)) >= since]
    ends = [*(at for _, at in moments[1:]), visit.starts_at - TOO_LATE]
    return [(day, at, until) for (day, at), until in zip(moments, ends, strict=False)]


def _told(ground: Ground, visit: AppointmentSeen) -> datetime:
    """When they last heard of this time: as it was booked, or as the letter about it left."""
    letter = ground.case.messages.get(letter_key(ground, visit, "visit_moved" if visit.sequence else "visit_booked"))
    booked = visit.booked_at or visit.made_at
    return max(booked, letter.ended_at) if letter is not None and letter.ended_at is not None else booked


def _moment(ground: Ground, visit: AppointmentSeen, day: int) -> datetime:
    site = ground.practice.sites.get(visit.site, ground.site)
    on = visit.starts_at.astimezone(site.tz).date() - timedelta(days=day)
    return datetime.combine(on, MID_MORNING if day else EARLY, site.tz)


def _fell_through(ground: Ground, draft: Draft, ended: AppointmentSeen) -> None:
    """A time that is no more theirs, while no other one is booked. Whoever did not come is called first; the letter is
    for whoever a call does not reach, so it waits for a person as other reminders do."""
    if ended.status == "missed" and not ground.case.closed:
        why = "They did not come: write as well, with times to choose from"
        _want(ground, draft, ended, "visit_missed", "reminder", why, ended.status_at)
    elif ended.status == "cancelled" and ended.booked_at and ground.now < ended.starts_at and ended.why not in QUIET:
        why = "The visit is cancelled: say so in writing"
        fell = _fell_with(ground, ended)
        with_it = (("with_it", moments(fell)), ("visits", ids((ended, *fell)))) if fell else ()
        # Whom no time can be offered is not told to choose one.
        template = "visit_cancelled" if no_time(ground.case, ended) is None else "visit_called_off"
        details = (*with_it, *((("closed", "yes"),) if ground.case.closed else ()))
        _want(ground, draft, ended, template, "visit_letter", why, ended.status_at, details=details)


def _fell_with(ground: Ground, evaluation: AppointmentSeen) -> list[AppointmentSeen]:
    """The visits of treatment that were cancelled together with an evaluation, the soonest first."""
    fell = (each for each in ground.case.appointments if each.service in COURSE and each.status == "cancelled")
    return sorted((each for each in fell if each.status_at == evaluation.status_at), key=_starts)


def following(ground: Ground, evaluation: AppointmentSeen) -> list[AppointmentSeen]:
    """The treatment to come that was booked together with an evaluation, the soonest first: one letter says both."""
    course = (each for each in ground.case.appointments if each.service in COURSE and each.status == "booked")
    together = (each for each in course if each.booked_at == evaluation.booked_at and each.starts_at > ground.now)
    return sorted(together, key=_starts)


def says_booked(ground: Ground, evaluation: AppointmentSeen) -> bool:
    """Whether a letter about this evaluation says, or has said, what was booked together with it."""
    to_say = evaluation.status == "booked" and ground.case.visit is evaluation and ground.now < evaluation.starts_at
    keys = [letter_key(ground, evaluation, "visit_booked", 0)]
    keys += [letter_key(ground, evaluation, "visit_moved", number) for number in range(1, evaluation.sequence + 1)]
    return to_say or any(map(ground.case.has_left, keys))


def says_cancelled(ground: Ground, evaluation: AppointmentSeen) -> bool:
    """Whether the letter about this cancelled evaluation says, or has said, what fell with it."""
    to_say = ground.case.fell_through is evaluation and ground.now < evaluation.starts_at and evaluation.booked_at
    keys = (letter_key(ground, evaluation, template) for template in ("visit_cancelled", "visit_called_off"))
    return bool(to_say) or any(map(ground.case.has_left, keys))


def moments(visits: Iterable[AppointmentSeen]) -> str:
    """When these are, as a letter's details carry it."""
    return ",".join(each.starts_at.isoformat() for each in visits)


def ids(visits: Iterable[AppointmentSeen]) -> str:
    """Which these are: what goes into the reader's calendar with the letter, or out of it."""
    return ",".join(str(each.id) for each in visits)


def _starts(visit: AppointmentSeen) -> datetime:
    return visit.starts_at


def _want(
    ground: Ground,
    draft: Draft,
    visit: AppointmentSeen,
    template: str,
    action: str,
    why: str,
    since: datetime,
    *,
    which: str = "",
    details: tuple[tuple[str, str], ...] = (),
) -> None:
    key = letter_key(ground, visit, template) + which
    details = (("at", visit.starts_at.isoformat()), ("setting", visit.setting), ("site", visit.site), *details)
    if permitted(ground, draft, action, key, why, since=since):
        draft.messages.append(WantedMessage(key, "email", "appointment", template, visit.id, details=details))


def letter_key(ground: Ground, visit: AppointmentSeen, template: str, sequence: int | None = None) -> str:
    """What a letter about this visit, as it stands or as often as it had been moved then, is known by."""
    return f"{ground.prefix}:{template}:{visit.id}:{visit.sequence if sequence is None else sequence}"


def may_write(ground: Ground) -> bool:
    """Whether a family may be written to about its visits."""
    case, facts = ground.case, ground.case.facts
    return not ground.silent and case.writes_to is not None and facts.has_email and facts.may_email


def partner(ground: Ground, draft: Draft) -> None:
    """Whoever referred is told that they came to the first visit, and when they missed it twice."""
    case = ground.case
    firsts = [each for each in case.appointments if each.service == "evaluation"]
    here = next((each for each in firsts if each.status in ("arrived", "completed")), None)
    if here is not None:
        # The evaluation mostly follows within hours, and is what they want to hear: one message a day, the newest.
        evening = at_hour(ground, here.status_at, EVENING)
        if ground.now < evening:
            draft.look_again.append(evening)
            return
        why = "They came to the first visit: tell whoever referred"
        tell_referrer(
            ground, draft, "partner_status", f"{ARRIVED}:{here.id}", here.status_at, (("status", "arrived"),), why=why
        )
        return
    missed = [each for each in firsts if each.status == "missed"]
    if len(missed) >= SELDOM_COME:
        last = max(missed, key=lambda each: each.status_at)
        why = f"{MISSED_TWICE}: tell whoever referred"
        what, details = f"missed:{len(missed)}", (("status", "missed"),)
        tell_referrer(ground, draft, "partner_status", what, last.status_at, details, why=why)
        told_by_a_person(ground, draft, what, last.status_at, why=why)
