"""A closed lead: what the family and whoever referred are told, and whether they are asked once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from firstvisit.journey.case import ACCEPTED, PROPOSAL
from firstvisit.journey.endings import FILED_BY_MISTAKE
from firstvisit.journey.plan.partner import (
    MORNING,
    TAKEN_BACK,
    at_hour,
    heard_of_arrival,
    tell_referrer,
    told_by_a_person,
)
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedMessage
from firstvisit.steps.routing.rules import class_of

BY_THE_CLOCK: Final = "unable_to_reach"
NOT_TOLD: Final = ("duplicate", "deceased", "won", "lost", FILED_BY_MISTAKE)
"""Closings about which no machine writes to a partner."""

NAMES_A_PLACE: Final = ("out_of_area", "out_of_scope", "not_a_match")
"""Closings after which the place that we named is said."""


def stays(ground: Ground, draft: Draft) -> None:
    """A closed lead keeps its last stage, owner and what it waited for."""
    case = ground.case
    draft.stage, draft.owner = case.stage, Owner(queue=case.queue, user=case.user)
    draft.blockers = list(case.blockers)
    draft.owner_reason, draft.assigned = case.owner_reason, case.assigned


def close_note(ground: Ground, draft: Draft) -> None:
    """The family of a lead that nobody could reach is told that it was closed. Any other closing they know of."""
    case = ground.case
    if case.closed_how != BY_THE_CLOCK or case.closed_at is None or not _may_write(ground):
        return
    key = f"{ground.prefix}:close_note:lead:{case.closed_at.isoformat(timespec='seconds')}"
    pressed = any(
        task.kind == f"{PROPOSAL}close_out" and task.result in ACCEPTED and task.ended_at == case.closed_at
        for task in case.tasks
    )
    why = "Nobody was reached: tell them that the request is closed"
    if pressed or permitted(ground, draft, "close_out", key, why, since=case.closed_at):
        details = (("how", case.closed_how),)
        draft.messages.append(
            WantedMessage(key, "email", "request", "close_note", case.lead, details=details)
        )


def status_of_the_end(ground: Ground, draft: Draft) -> None:
    """Whoever referred is told how it ended, and of another place where we named one."""
    case = ground.case
    if case.closed_at is None or case.closed_how in NOT_TOLD or not case.closed_how:
        return
    place = draft.steers.place
    details = [("how", case.closed_how)]
    if place and case.closed_how in NAMES_A_PLACE:
        details.append(("place", place))
    if (heard := heard_of_arrival(ground)) is not None:
        tomorrow = at_hour(ground, heard + timedelta(days=1), MORNING)
        if ground.now < tomorrow:
            draft.look_again.append(tomorrow)
            return
    what, why = f"closed:{case.closed_how}", "It is closed: tell whoever referred how it ended"
    if (before := case.rulings.get(TAKEN_BACK)) is not None:  # told once, and that it was a mistake
        what = f"{what}:{before['ruling']}"
    tell_referrer(ground, draft, "partner_status", what, case.closed_at, tuple(details), why=why)
    at = case.closed_at.isoformat(timespec="seconds")
    told_by_a_person(ground, draft, f"{what}:{at}", case.closed_at, why=why)


def ask_again(ground: Ground, draft: Draft) -> None:
    """Months after a close-out for want of an answer they are asked once more, with consent, and never again."""
    case = ground.case
    if case.closed_how != BY_THE_CLOCK or case.closed_at is None or case.asked_again or not _may_write(ground):
        return
    facts = case.facts
    sequence = ground.tries.of(
        class_of(case.outcome, facts.lead_kind, urgent=draft.steers.urgent, timing=facts.timing)
    )
    if not sequence.reactivate_days or ground.switches.of("reactivation") == "off":
        return
    at = case.closed_at + timedelta(days=sequence.reactivate_days)
    if ground.now < at:
        draft.look_again.append(at)
        return
    key = f"{ground.prefix}:reactivation:lead:{case.closed_at.isoformat(timespec='seconds')}"
    why = "Closed for want of an answer: ask once more whether they still want an appointment"
    if permitted(ground, draft, "reactivation", key, why, since=at):
        draft.messages.append(WantedMessage(key, "email", "nurture", "reactivation", case.lead))


def _may_write(ground: Ground) -> bool:
    case, facts = ground.case, ground.case.facts
    return not case.silent and case.writes_to is not None and facts.has_email and facts.may_email
