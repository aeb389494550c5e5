"""What should be said to whoever asked, and what becomes of a message that went astray."""

from __future__ import annotations

from datetime import datetime, timedelta

from firstvisit.journey.case import RESTRICTED
from firstvisit.journey.plan.answered import answered_since
from firstvisit.journey.plan.dues import ASKED_FOR_CARE, moment, names_a_day
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.promised import promise
from firstvisit.journey.plan.untold import calls_instead
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage, WantedTask
from firstvisit.journey.plan.words import FORBIDDEN
from firstvisit.steps.routing import clocks


def receipt(ground: Ground, draft: Draft) -> None:
    """Whoever asked is told at once that it arrived; after an unfinished form, ten minutes later.

    Wanted only where somebody said that we may e-mail them. Never for a person nobody may contact.
    """
    case, facts = ground.case, ground.case.facts
    if ground.silent:
        return
    if case.quiet or case.writes_to is None or not (facts.has_email and facts.may_email):
        return
    cause, arrived = case.answers or (case.cause, case.clock_from)
    apart = case.answered_apart.get(case.writes_to)
    if apart is not None and (case.last_try is None or apart > case.last_try):
        return  # they have the receipt of this round, whoever else joined since
    ready_at = arrived + timedelta(minutes=ground.cadence.receipt_after_minutes)
    if not facts.complete_form and ground.now < ready_at:
        draft.look_again.append(ready_at)
        return
    key = f"{ground.prefix}:receipt:lead:{cause}"
    why = "They asked to be told that it arrived"
    if permitted(ground, draft, "receipt", key, why, since=arrived):
        details = () if case.has_left(key) else _answer_by(ground, draft, arrived)
        if details and any(flag.answered and flag.received_at >= arrived for flag in case.flagged):
            details = (*details, ("flagged", "yes"))  # the page of the same minute says so, too
        draft.messages.append(WantedMessage(key, "email", "receipt", "receipt", cause, details=details))


def _answer_by(ground: Ground, draft: Draft, arrived: datetime) -> tuple[tuple[str, str], ...]:
    """By when they are answered, and within how many minutes where that may be said."""
    usual = ground.practice.identity.answers_within_minutes
    told = promise(draft.tasks, arrived, ground.site, ground.now, minutes=usual)
    return ("answer_by", told.by.isoformat()), *((("minutes", str(told.minutes)),) if told.minutes else ())


def preferences(ground: Ground, draft: Draft) -> None:
    """Somebody who is not ready yet is asked once, some days later, what they want and when."""
    case, facts = ground.case, ground.case.facts
    if draft.outcome != "nurture" or ground.silent or case.writes_to is None:
        return
    if draft.steers.held_for in ASKED_FOR_CARE or names_a_day(ground, draft):
        return
    if not (facts.has_email and facts.may_email) or ground.switches.of("preferences") == "off":
        return
    if answered_since(case):
        return
    ruled = case.rulings.get("outcome")
    begun = max(case.received_at, moment(ruled["at"])) if ruled is not None else case.received_at
    at = begun + timedelta(days=ground.tries.preferences_days)
    if ground.now < at:
        draft.look_again.append(at)
        return
    key = f"{ground.prefix}:preferences:lead:{case.lead}"
    why = "Not ready yet: ask what they want and when"
    if permitted(ground, draft, "preferences", key, why, since=at):
        draft.messages.append(WantedMessage(key, "email", "nurture", "preferences", case.lead))


def messages_astray(ground: Ground, draft: Draft) -> None:
    """A message that was refused or may not have arrived is a person's to put right, unless a call takes its place;
    never sent again."""
    case, minutes = ground.case, ground.routing.standard_minutes
    for letter, seen in case.messages.items():
        if seen.status not in ("refused", "unclear") or seen.ended_at is None:
            continue
        if seen.why == RESTRICTED and seen.partner:
            continue  # nobody is to tell them in another way what must not be told
        kind = f"message_{seen.status}"
        key = f"{ground.prefix}:{kind}:message:{seen.id}"
        if case.ended(key) is not None or calls_instead(ground, draft, letter):
            continue
        why = "It may or may not have arrived" if seen.status == "unclear" else "It could not be sent"
        why = f"{why}: {FORBIDDEN}" if seen.why == RESTRICTED else why
        due_at = clocks.due(seen.ended_at, minutes, ground.site)
        draft.tasks.append(WantedTask(key, kind, why, draft.owner, due_at, minutes))
