"""What was said on a card goes through the door of every other request: at its end, and of a red flag at once.

A red flag waits neither for the end of the call nor for its field to be left: while one stands on a card, whatever the
lead does not have yet goes to it as soon as nobody types for some seconds, from whoever's browser or, where that is
gone, from the sweep. A card says itself since when something of it waits (`urgent_since`), and no screen says that a
clinician was told before it is so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from firstvisit.journey.call_answers import (
    ALWAYS,
    HOME,
    PAYING,
    channel_of,
    paths_of,
    record,
    typist,
    words_of,
)
from firstvisit.journey.receiving import Receipt, receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.leads import services as leads
from firstvisit.leads.models import FactsRow, Lead, Task
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.calls import Said
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.intake.policy import Calls
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import Reading, typed
from firstvisit.steps.qualify.facts import red_flags_of

log = structlog.get_logger("journey")


@dataclass(frozen=True, slots=True)
class Alarm:
    """The red flags beside a card, by code: those that `waiting` on it no clinician was told of yet, those that were
    `told`, and those of them that the card does not state any more. `at`: when the clinicians got it; None where
    nothing was told, or they have decided about it already."""

    waiting: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    at: datetime | None = None
    since: datetime | None = None
    """Since when something of it waits to be sent."""

    @property
    def standing(self) -> tuple[str, ...]:
        """What is to be acted on now, each once."""
        return tuple(flag for flag in (*self.waiting, *self.told) if flag not in self.taken_back)


def alarm_of(card: CallCard, what: Said, by: User) -> Alarm:
    """The red flags beside a card as it stands; two questions to the database where it is about a lead."""
    stated, before = _flags(what.answers, by), _flags(what.told, by)
    known, at = set(before), None
    if card.lead_id is not None:
        known |= set(leads.facts_of_row(FactsRow.objects.get(lead=card.lead_id)).red_flags)
        task = Task.objects.filter(lead=card.lead_id, status="open", safety=True).order_by("made_at").first()
        at = task.made_at if task else None
    return Alarm(
        waiting=tuple(flag for flag in stated if flag not in before),
        told=_in_order(known),
        taken_back=tuple(flag for flag in what.alerted if flag not in stated),
        at=at,
        since=card.urgent_since,
    )


def urgent(what: Said, by: User) -> bool:
    """Whether something on the card cannot wait for its end: words beside a red flag that the lead does not have, or
    that a red flag which was told is not said any more."""
    return bool((what.news and _flags(what.answers, by)) or _unsaid(what, by))


def deliver(card: CallCard, by: User, *, actor: Actor) -> tuple[Receipt, Said]:
    """Send what the lead does not have yet through the door; afterwards the lead has it.

    Not inside a transaction: what was kept must stay kept whatever follows.
    """
    card = CallCard.objects.select_related("key", "lead").get(id=card.id)
    what = cards.said(card)
    source, channel = channel_of(card.kind, what.answers)
    always: dict[str, Any] = {name: what.answers[name] for name in ALWAYS if name in what.answers}
    news = {**always, **what.news}
    for together in _read_together(news):
        news = {**{name: what.answers[name] for name in together if name in what.answers}, **news}
    news |= words_of(news)
    body = typed.kept(news, by=typist(by), channel=channel, paths=paths_of(news))
    mark = f"{card.id}:{hashlib.sha256(body).hexdigest()[:16]}"
    arrival = Arrival(source, actor, body, "application/json", mark, card.lead_id)
    receipt = receive(arrival, Reading(record(news, by), present=typed.present_in(news)), waits=True)
    found = by_code(receipt.code) if receipt.code else None
    after = _told(card, what, found, by) if found is not None else None
    return receipt, after or what


def _read_together(news: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The groups of answers of which one is new and cannot be read without the others."""
    paying = not news.keys().isdisjoint(PAYING) or any(path.startswith("payers.") for path in paths_of(news))
    return [group for group, new in ((HOME, "home_place" in news), (PAYING, paying)) if new]


def pass_on(card: CallCard, by: User, *, actor: Actor) -> Said:
    """Send what cannot wait: a clinician has it now, and reads what of it was taken back. What is on the card then."""
    card = CallCard.objects.select_related("key", "lead").get(id=card.id)
    what = cards.said(card)
    if what.news:
        what = deliver(card, by, actor=actor)[1]
    with transaction.atomic():
        locked = _unended(card)
        if locked is None or locked.lead is None:
            return what
        what = cards.said(locked)
        if unsaid := _unsaid(what, by):
            words = "; ".join(RED_FLAGS[flag] for flag in unsaid)
            leads.noted(locked.lead, "flag_taken_back", actor, at=clock.now(), words=words)
            what = replace(what, taken_back=(*what.taken_back, *unsaid))
        cards.note(locked, what, urgent_since=locked.urgent_since if urgent(what, by) else None)
    return what


def pass_on_left(*, now: datetime) -> int:
    """Send what stands on cards where a red flag was typed and nobody types any more: the field was never left, the
    tab died, or the call was abandoned. How many cards were looked at."""
    rules = policy().section(Calls)
    quiet = Q(changed_at__lte=now - timedelta(seconds=rules.alert_after_seconds))
    long = Q(urgent_since__lte=now - timedelta(seconds=rules.alert_within_seconds))
    waiting = CallCard.objects.exclude(status="ended").filter(quiet | long, urgent_since__isnull=False)
    found = list(waiting.select_related("holder").order_by("urgent_since")[:50])
    for card in found:
        try:
            pass_on(card, card.holder, actor=SYSTEM)
        except Exception as error:  # the next card is not to wait for this one; the next round tries it again
            log.error("passing_on_failed", call=str(card.id), exc_info=error)
    return len(found)


def _told(card: CallCard, what: Said, lead: Lead, by: User) -> Said | None:
    """The card once the lead has this much of it; None when it has ended meanwhile."""
    with transaction.atomic():
        locked = _unended(card)
        if locked is None:
            return None
        now_said = cards.said(locked)
        locked.lead = lead
        alerted = _in_order({*now_said.alerted, *_flags(what.news, by)})
        after = replace(now_said, told={**now_said.told, **what.answers}, alerted=alerted)
        cards.note(locked, after, urgent_since=locked.urgent_since if urgent(after, by) else None)
    return after


def _unended(card: CallCard) -> CallCard | None:
    """The card for update, with its key and lead, if it has not ended."""
    found = CallCard.objects.select_for_update(of=("self",)).select_related("key", "holder", "lead")
    return found.filter(id=card.id).exclude(status="ended").first()


def _flags(answers: Mapping[str, Any], by: User) -> tuple[str, ...]:
    return red_flags_of(record(answers, by)) if answers else ()


def _unsaid(what: Said, by: User) -> tuple[str, ...]:
    """Red flags that the lead has from here, that the card does not state any more, and the lead does not know it."""
    if not what.alerted:
        return ()
    stated = {*_flags(what.answers, by), *what.taken_back}
    return tuple(flag for flag in what.alerted if flag not in stated)


def _in_order(flags: set[str]) -> tuple[str, ...]:
    return tuple(flag for flag in RED_FLAGS if flag in flags)
