"""Visits that are no more by our doing: whoever no letter tells so is called, before they set out. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from firstvisit.journey.case import AppointmentSeen, proposal_of
from firstvisit.journey.endings import CALL_OFF, TWO_WAY
from firstvisit.journey.plan.called_off import day_and_time, no_time
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.visits import ids, letter_key, may_write, moments
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedMessage, WantedTask
from firstvisit.journey.plan.words import FIND_SOMEBODY, TELL_CALLED_OFF
from firstvisit.journey.twice import BOOKED_TWICE
from firstvisit.steps.booking.emr.owed import BY_MISTAKE
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.routing import clocks

LEAD_CLOSED: Final = "lead_closed"
"""Why visits are cancelled that a closed lead had (`steps.booking.endings`)."""
VISIT_CLOSED: Final = "visit_closed"
"""The letter about them."""
TELLS: Final = ("visit_cancelled", VISIT_CLOSED)
"""Letters after which nobody has to call."""
SAYS_WE_CALL: Final = "visit_called_off"
OURS: Final = frozenset(each.code for each in REASONS if each.by == "practice") - {BY_MISTAKE, BOOKED_TWICE}
"""Why visits are cancelled that the family expects to hear of."""
NOT_TOLD: Final = ("deceased",)
"""Closings after which nobody is told that a visit is cancelled."""
THEIR_WORD: Final = ("patient_declined", "other_provider")
"""Closings that the family asked for: they are written to and not called."""
SET_OUT: Final = timedelta(hours=1)
"""So long before a visit whoever is to hear that it is cancelled has been called."""
A_DAY: Final = timedelta(days=1)


def closed(ground: Ground, draft: Draft) -> None:
    """One letter of all the visits that a closed lead had to come."""
    case = ground.case
    if case.closed_how in NOT_TOLD or not may_write(ground):
        return
    for visits in _gone(ground, LEAD_CLOSED):
        first = visits[0]
        key = letter_key(ground, first, VISIT_CLOSED)
        why = "The lead is closed, and with it the visit is cancelled: say so in writing"
        if permitted(ground, draft, "visit_letter", key, why, since=first.status_at):
            details = (
                ("at", first.starts_at.isoformat()),
                ("all_at", moments(visits)),
                ("visits", ids(visits)),
                ("setting", first.setting),
                ("site", first.site),
            )
            message = WantedMessage(key, "email", "appointment", VISIT_CLOSED, first.id, details=details)
            draft.messages.append(message)


def untold(ground: Ground, draft: Draft) -> None:
    """A task for what was called off at one moment, whatever is decided of the lead, until somebody spoke with them or
    another visit is booked: where no letter goes, or where the letter says that we call and nothing else asks for it.
    It is due in the standard clock and before they set out; of several the soonest visit first."""
    case = ground.case
    if ground.silent or case.closed_how in NOT_TOLD:
        return
    kind, words = TELL_CALLED_OFF
    owner = draft.owner if any(draft.owner) else Owner(queue=ground.routing.escalation_queue)  # of a closed lead
    minutes = ground.routing.standard_minutes
    for what, why in (("ours", ""), ("closed", LEAD_CLOSED)):
        for visits in _gone(ground, why):
            first, at = visits[0], visits[0].status_at
            key = letter_key(ground, first, kind)
            their_word = what == "closed" and case.closed_how in THEIR_WORD
            if their_word or _spoken_with(ground, visits) or case.ended(key) is not None or _told(ground, draft, first):
                continue
            more = f" and {len(visits) - 1} more" if len(visits) > 1 else ""
            over = first.starts_at <= ground.now
            reason = words["over" if over else what].format(when=f"{day_and_time(ground, first)}{more}")
            due = clocks.due(at, minutes, ground.site)
            if not over:
                # Of visits called off at one moment each day further away is due a minute later.
                due = min(due + timedelta(minutes=(first.starts_at - at) / A_DAY), first.starts_at - SET_OUT)
                draft.look_again.append(first.starts_at)
            draft.tasks.append(WantedTask(key, kind, reason, owner, due, minutes))


def calls_instead(ground: Ground, draft: Draft, letter: str) -> bool:
    """Whether a call takes the place of the letter of this key, which did not go: it is asked for, or they were spoken
    with since. Of a letter about a visit that we called off, and no other."""
    finds = FIND_SOMEBODY["left"][0]
    for each in ground.case.appointments:
        told_by = (letter_key(ground, each, template) for template in (*TELLS, SAYS_WE_CALL))
        if each.status == "cancelled" and _ours(each) and letter in told_by:
            call = letter_key(ground, each, CALL_OFF)
            asked = any(task.key == call or task.kind == finds for task in draft.tasks)
            return asked or ground.case.ended(call) is not None or _spoken_with(ground, [each])
    return False


def _gone(ground: Ground, why: str) -> list[list[AppointmentSeen]]:
    """Visits that were cancelled, by the moment at which they were, each with the soonest first: those to come for this
    reason, or without one the first visits that are ours to answer for, to come or called off once they were over."""
    found: dict[datetime, list[AppointmentSeen]] = defaultdict(list)
    for each in ground.case.appointments:
        if each.status != "cancelled" or each.booked_at is None:
            continue
        to_come = each.starts_at > ground.now
        if (to_come and each.why == why) if why else _ours(each) and (to_come or each.status_at >= each.ends_at):
            found[each.status_at].append(each)
    return [sorted(visits, key=lambda each: each.starts_at) for visits in found.values()]


def _ours(each: AppointmentSeen) -> bool:
    return each.service == "evaluation" and each.why in OURS


def _spoken_with(ground: Ground, visits: list[AppointmentSeen]) -> bool:
    """Whether they were reached since, or have another visit of that kind."""
    case, first = ground.case, visits[0]
    for task in case.tasks:
        if task.tried and task.result in TWO_WAY and task.ended_at is not None and task.ended_at >= first.status_at:
            return True
    return any(
        each.stands and (each.booked_at or each.made_at) >= first.status_at
        for each in case.appointments
        if (each.service, each.discipline) == (first.service, first.discipline)
    )


def _told(ground: Ground, draft: Draft, visit: AppointmentSeen) -> bool:
    """Whether a letter tells them, or a person is asked to send it; of one that says that we call, whether the next
    thing is that call."""
    wanted = {each.key for each in draft.messages} | {each.key for each in draft.tasks}
    over = visit.starts_at <= ground.now
    asked = (task for task in draft.tasks if task.kind == FIND_SOMEBODY["left"][0])
    calls = any(over or task.due_at < visit.starts_at for task in asked)
    if no_time(ground.case, visit) is not None and calls:
        return True
    return any(_goes(ground, letter_key(ground, visit, template), wanted) for template in TELLS)


def _goes(ground: Ground, key: str, wanted: set[str]) -> bool:
    """Whether the letter of this key was sent, or is on its way."""
    seen = ground.case.messages.get(key)
    if seen is not None and seen.status != "withdrawn":
        return seen.status in ("sending", "sent") or (seen.status == "wanted" and key in wanted)
    return key in wanted or proposal_of(key) in wanted
