"""Nobody was reached: the tries of the lead's class, the reminder, and the close-out by the clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from firstvisit.journey.case import TaskSeen
from firstvisit.journey.endings import ENDS_SILENCE
from firstvisit.journey.plan.dues import due
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Closing, Draft, Ground, Owner, WantedMessage, WantedTask
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.rules import class_of, queue_for
from firstvisit.steps.routing.tries import Course, Sequence, course, open_day

BUSINESS_DAY: Final = 480


def unanswered(ground: Ground, draft: Draft, done: TaskSeen, begun: datetime) -> None:
    """The next try at another time of day; after the last one the reminder, then the close-out.

    Tries count from the latest time somebody was reached, or from the beginning of the round.
    """
    case = ground.case
    sequence = ground.tries.of(
        class_of(
            draft.outcome,
            case.facts.lead_kind,
            urgent=draft.steers.urgent,
            timing=case.facts.timing,
        )
    )
    tried = _tried(ground, begun) or [done.ended_at or begun]
    ahead = course(sequence, tried, ground.tries.gap_minutes, ground.site)
    safety = draft.outcome == "clinician_review"
    if ahead.next_try is not None:
        draft.tasks.append(
            WantedTask(
                key=f"{ground.prefix}:follow_up:lead:{done.id}",
                kind="follow_up",
                reason=f"The last try did not settle it: try {ahead.number} of {ahead.of}",
                owner=draft.owner,
                due_at=due(case, ahead.next_try),
                minutes=ground.cadence.follow_up_minutes,
                safety=safety,
            )
        )
        if sequence.call_office and case.referrer is not None and case.asks_referrer:
            _office(ground, draft, tried[0])
        return
    _quiet(ground, draft, done, tried[0], ahead, sequence)


def _tried(ground: Ground, begun: datetime) -> list[datetime]:
    """When tries that reached nobody were made, oldest first."""
    tries = [task for task in ground.case.tasks if task.tried and task.ended_at is not None]
    since = max(
        (task.ended_at for task in tries if task.result in ENDS_SILENCE and task.ended_at), default=begun
    )
    since = max(since, begun)
    made = sorted(
        task.ended_at
        for task in tries
        if task.ended_at is not None and task.ended_at >= since and task.result not in ENDS_SILENCE
    )
    # Two numbers dialled one after the other, or a button pressed twice, are one try.
    apart, counted = timedelta(minutes=ground.tries.gap_minutes / 2), made[:1]
    for at in made[1:]:
        if at - counted[-1] >= apart:
            counted.append(at)
    return counted


def _office(ground: Ground, draft: Draft, first: datetime) -> None:
    """Somebody urgent does not answer: the office that sent them may know another way."""
    key = f"{ground.prefix}:call_office:lead:{first.isoformat(timespec='seconds')}"
    if ground.case.ended(key) is not None:
        return
    minutes = ground.routing.high_intent_minutes
    due_at = clocks.due(first, minutes, ground.site)
    why = "Urgent and not reached: ask whoever referred for another way"
    draft.tasks.append(WantedTask(key, "call_office", why, draft.owner, due_at, minutes))


def _quiet(
    ground: Ground, draft: Draft, done: TaskSeen, first: datetime, ahead: Course, sequence: Sequence
) -> None:
    """All tries were made: remind once, wait, then close by the switch, or let a person decide."""
    now, tries = ground.now, ahead.of
    safety = draft.outcome == "clinician_review"
    key = f"{ground.prefix}:close_out:lead:{done.id}"
    reminded = _reminded(ground, first)
    if reminded is not None:
        ahead = ahead._replace(close_at=_after_reminder(ground, ahead, sequence, reminded))
    # Past the close-out nobody is reminded of it any more.
    if ahead.remind_at is not None and (reminded or max(ahead.remind_at, now) < ahead.close_at):
        _remind(ground, draft, done, first, ahead, sequence)
    if now < ahead.close_at or safety:
        why = f"{tries} tries reached nobody: wait for an answer, then decide about closing"
        draft.tasks.append(
            WantedTask(
                f"{ground.prefix}:await_answer:lead:{done.id}",
                "await_answer",
                why,
                draft.owner,
                due(ground.case, ahead.close_at),
                BUSINESS_DAY,
                safety,
            )
        )
        draft.look_again.append(ahead.close_at)
        return
    if sequence.call_office and not _clinician_knows(ground, draft, done, ahead):
        return
    count = len(draft.tasks)
    found = f"{tries} tries reached nobody"
    if ahead.remind_at is not None and reminded is None:
        found += ", and nobody reminded them"
    if permitted(ground, draft, "close_out", key, found, since=ahead.close_at):
        draft.closing = Closing("unable_to_reach", found)
    if len(draft.tasks) == count:
        draft.tasks.append(
            WantedTask(
                f"{ground.prefix}:decide_silence:lead:{done.id}",
                "decide_silence",
                f"{found}: try once more, or close the lead",
                draft.owner,
                due(ground.case, clocks.due(ahead.close_at, BUSINESS_DAY, ground.site)),
                BUSINESS_DAY,
            )
        )


def _reminder_keys(ground: Ground, first: datetime) -> tuple[str, str]:
    """How the reminder of a series of tries is known: the e-mail, and the letter."""
    mark = first.isoformat(timespec="seconds")
    return f"{ground.prefix}:reminder:lead:{mark}", f"{ground.prefix}:send_letter:lead:{mark}"


def _reminded(ground: Ground, first: datetime) -> datetime | None:
    """When the reminder of this series of tries really left."""
    mail, letter = _reminder_keys(ground, first)
    sent, posted = ground.case.messages.get(mail), ground.case.ended(letter)
    if sent is not None and sent.status == "sent":
        return sent.ended_at
    return posted.ended_at if posted is not None else None


def _after_reminder(ground: Ground, ahead: Course, sequence: Sequence, reminded: datetime) -> datetime:
    """When a lead may be closed: a late reminder leaves as many days to answer as one in time."""
    days = sequence.close_day - (sequence.reminder_day or 0)
    answered_by = open_day(reminded, days, time(9), ground.site)
    return max(ahead.close_at, clocks.due(answered_by, 0, ground.site))


def _remind(
    ground: Ground, draft: Draft, done: TaskSeen, first: datetime, ahead: Course, sequence: Sequence
) -> None:
    """One e-mail a series of tries, or a letter where nobody may be e-mailed."""
    case = ground.case
    if ahead.remind_at is None or case.writes_to is None:
        return
    if ground.now < ahead.remind_at:
        draft.look_again.append(ahead.remind_at)
        return
    key, letter = _reminder_keys(ground, first)
    if case.facts.has_email and case.facts.may_email:
        why = "Nobody was reached by phone: remind them once by e-mail"
        if permitted(ground, draft, "reminder", key, why, since=ahead.remind_at):
            by = _after_reminder(ground, ahead, sequence, _reminded(ground, first) or ground.now)
            details = (("by", by.astimezone(ground.site.tz).date().isoformat()),)
            draft.messages.append(
                WantedMessage(key, "email", "request", "reminder", done.id, details=details)
            )
        return
    if ground.switches.of("reminder") == "off" or case.ended(letter) is not None:
        return
    due_at = clocks.due(ahead.remind_at, BUSINESS_DAY, ground.site)
    may = "they may not be e-mailed" if case.facts.has_email else "there is no e-mail"
    why = f"Nobody was reached by phone and {may}: send a letter in a plain envelope, "
    why += "to an address that no restriction is about"
    draft.tasks.append(WantedTask(letter, "send_letter", why, draft.owner, due_at, BUSINESS_DAY))


def _clinician_knows(ground: Ground, draft: Draft, done: TaskSeen, ahead: Course) -> bool:
    """Somebody urgent is not closed before a clinician has looked; until then the lead waits with them."""
    key = f"{ground.prefix}:review_unreached:lead:{done.id}"
    if ground.case.ended(key) is not None:
        return True
    if "owner" not in ground.case.rulings:
        case = ground.case
        draft.owner = Owner(
            queue=queue_for(
                "clinician_review", case.facts.lead_kind, case.site, ground.routing, ground.practice
            )
        )
    minutes = ground.routing.standard_minutes
    due_at = due(ground.case, clocks.due(ahead.close_at, minutes, ground.site))
    why = "Urgent, and every try reached nobody: does this wait, or must somebody be told?"
    draft.tasks.append(WantedTask(key, "review_unreached", why, draft.owner, due_at, minutes))
    return False
