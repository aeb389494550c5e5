"""Times for the first visit, offered by e-mail with a link to choose one. Pure.

By itself where the switch is on "do", to whoever fits and wrote last; where it is on "propose" no task stands for it
beside the call that books: a person sends the link from the lead's first visit.
"""

from __future__ import annotations

from typing import Final

from firstvisit.journey.case import Case
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage
from firstvisit.steps.qualify.rules import BOOKS

ACTION: Final = "offer"
"""Switch, template and what a person rules who sends the link."""


def offer(ground: Ground, draft: Draft) -> None:
    """One letter a round, or one for each time a person sends it, as long as no visit stands."""
    case = ground.case
    if ground.silent or case.writes_to is None or case.agreed is not None or not case.facts.may_email:
        return
    if (ruled := case.rulings.get(ACTION)) is not None:
        _want(ground, draft, f"{ground.prefix}:{ACTION}:{ruled['ruling']}")
    elif _by_itself(ground, draft):
        key = f"{ground.prefix}:{ACTION}:{case.cause}"
        if permitted(ground, draft, ACTION, key, "They fit: offer times by e-mail", since=case.clock_from):
            _want(ground, draft, key)


def _by_itself(ground: Ground, draft: Draft) -> bool:
    case, steers = ground.case, draft.steers
    fits = draft.outcome in BOOKS and steers.program is not None and not steers.full and not steers.authorization
    return fits and ground.switches.of(ACTION) == "do" and not case.quiet and not _spoken_with(case)


def _spoken_with(case: Case) -> bool:
    """Whether somebody has tried since they asked: then a person has it in hand."""
    return case.last_try is not None and case.last_try >= case.clock_from


def _want(ground: Ground, draft: Draft, key: str) -> None:
    draft.messages.append(WantedMessage(key, "email", "request", ACTION, ground.case.lead))
