"""Calls as a person holds them: begun, saved as typed, taken over, ended; each checks who may and in what scope.

Ending a call sends what was said through the same door as every other request. A red flag does not wait for the end
(`journey.call_sending`): a clinician has it while the caller still talks.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q

from firstvisit.journey import undo, verbs
from firstvisit.journey.call_answers import WHO, told_by, unread
from firstvisit.journey.call_sending import deliver, pass_on, urgent
from firstvisit.journey.case import BESIDE, PROPOSAL
from firstvisit.journey.desk import TO_CALL
from firstvisit.journey.endings import ANSWERED, CALLED
from firstvisit.journey.visits import NOT_SAID, Visit
from firstvisit.kernel import audit, clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, Task, UndoStep
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, user_scope
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.calls import Said
from firstvisit.steps.intake.models import CallCard, Item
from firstvisit.steps.intake.policy import Calls

LEASE: Final = "call"
NOTHING: Final = "nothing_said"
"""How a call ends on which nothing was said (a wrong number): nothing is made of it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a call came to: the lead it is with, and how its outcome can be undone."""

    lead: Lead | None
    step: UndoStep | None


@dataclass(frozen=True, slots=True)
class Sent:
    """The lead that what was said is with; `restricted` where it was somebody whom a restriction names."""

    lead: Lead | None
    restricted: bool


def may_call(user: User) -> bool:
    """Whether somebody takes calls: works on leads and may see who it is and what they say."""
    return all(user.may(needed) for needed in TO_CALL)


def begin(by: User, *, actor: Actor, lead: Lead | None = None) -> CallCard:
    """A new card; about a lead, it begins with what the lead already says.

    A call about a lead that the same person has not ended is gone on with, and so is a card on which nothing was typed
    yet: one press too many makes no second.
    """
    if not may_call(by):
        raise NotAllowed("leads.work")
    now = clock.now()
    if lead is not None and not scope.sees(by, lead, now=now):
        raise NotAllowed("leads.see")
    with transaction.atomic():
        if lead is not None:
            Lead.objects.select_for_update().get(id=lead.id)
            begun = CallCard.objects.filter(lead=lead, holder=by).exclude(status="ended").order_by("-changed_at")
            if (going_on := begun.first()) is not None:
                return going_on
        else:
            User.objects.select_for_update(of=("self",)).get(id=by.id)
            mine = CallCard.objects.filter(lead=None, holder=by, kind="call", status="open", changed_at=F("started_at"))
            if (blank := mine.order_by("-changed_at").first()) is not None:
                return blank
        site = lead.site if lead is not None else site_of(by)
        card = cards.opened(by=by, site=site, now=now, lead=lead, told=told_by(lead) if lead else None)
        _hold(card, by, now)
        audit.note(actor, "call_begun", "call", [card.id, *([lead.id] if lead else [])])
    return card


def card_for(card_id: uuid.UUID, by: User) -> CallCard:
    """A card in somebody's scope: their own, or one of a colleague at one of their sites. NotAllowed otherwise."""
    found = CallCard.objects.select_related("key", "holder", "lead__facts").filter(id=card_id).first()
    if found is None or not may_call(by):
        raise NotAllowed("leads.work")
    if found.holder_id != by.id and not scope.works_at(by, found.site):
        raise NotAllowed("leads.see")
    return found


def unended(by: User) -> list[CallCard]:
    """The cards somebody could go on with: their own first, then those of colleagues at their sites."""
    if not may_call(by):
        return []
    sites = user_scope(by)
    near = Q(holder=by) if sites is None else Q(holder=by) | Q(site__in=sites)
    found = CallCard.objects.exclude(status="ended").select_related("key", "holder", "lead")
    found = found if sites is None else found.filter(near)
    return sorted(found.order_by("-changed_at")[:50], key=lambda card: card.holder_id != by.id)


def held_by(card: CallCard, *, now: datetime) -> uuid.UUID | None:
    """Who is on the call right now; None when nobody touched it for some minutes."""
    held = leases.held(LEASE, [card.id], now=now).get(card.id)
    return held.holder if held else None


def resume(card: CallCard, by: User, *, actor: Actor) -> None:
    """Go on with a card, on this machine or another; a colleague's only once they have let go of it."""
    now = clock.now()
    with transaction.atomic():
        locked = cards.locked(card.id)
        holder = leases.take(LEASE, card.id, by.id, now=now, minutes=_minutes().holds_minutes).holder
        if holder != by.id:
            raise Conflict(f"{locked.holder.name} is on this call")
        if locked.holder_id != by.id:
            audit.note(actor, "call_taken_over", "call", [card.id])
        cards.keep(locked, cards.said(locked), by=by, now=now)
        _task_of(card).update(status="withdrawn", ended_at=now)


def save(
    card: CallCard,
    by: User,
    *,
    actor: Actor,
    typed_texts: Mapping[str, str],
    lists: Mapping[str, list[str]],
    settled: bool = False,
    at: str = "",
    leaving: str = "",
) -> Said:
    """Save answers as they were typed; what is on the card now. An empty text takes an answer back.

    `at` is the question in whose middle they are typed: the card opens there again, on whatever machine. `settled` is
    False while somebody is in the middle of a word: a red flag that is settled goes before a clinician now, any other
    as soon as nobody types (`call_sending.pass_on_left`), so that half a word alarms nobody. `leaving` is
    the question that these answers would leave: it stays the one that is asked while something of it cannot be read.
    Conflict when a colleague has taken the call over, or it has ended.
    """
    answers = cards.readable(typed_texts, lists)
    now = clock.now()
    with transaction.atomic():
        locked = cards.locked(card.id)
        holder = leases.take(LEASE, card.id, by.id, now=now, minutes=_minutes().holds_minutes).holder
        if holder != by.id:
            raise Conflict(f"{locked.holder.name} has taken this call over")
        what = cards.said(locked).with_answers(answers, at=at)
        if leaving and unread(leaving, what.answers, by):
            what = replace(what, at=leaving[:60])
        waits = urgent(what, by)
        locked.urgent_since = (locked.urgent_since or now) if waits else None
        cards.keep(locked, what, by=by, now=now)
        _task_of(card).update(status="withdrawn", ended_at=now)
    return pass_on(locked, by, actor=actor) if settled and waits else what


def about(card: CallCard, lead: Lead, by: User, *, actor: Actor) -> None:
    """The call is about this lead: it is joined at the end, and what it says already is not asked again."""
    now = clock.now()
    if not scope.leads_for(by).filter(id=lead.id).exists():
        raise NotAllowed("leads.see")
    with transaction.atomic():
        locked = cards.locked(card.id)
        what, told = cards.said(locked), told_by(lead)
        if lead.closed_at is None:
            locked.lead = lead
            what = replace(what, answers={**told, **what.answers}, told=told)
        else:
            # The same person with something new: who it is stands, what was wanted then does not.
            who: dict[str, Any] = {name: told[name] for name in WHO if name in told}
            what = replace(what, answers={**who, **what.answers})
        cards.keep(locked, what, by=by, now=now)
        audit.note(actor, "call_about", "call", [card.id, lead.id])


def turn(card: CallCard, by: User, *, actor: Actor, inbound: bool) -> None:
    """Say who called whom: a call that came in ends otherwise than one of ours. Conflict when a colleague has it."""
    now = clock.now()
    with transaction.atomic():
        locked = cards.locked(card.id)
        if leases.take(LEASE, card.id, by.id, now=now, minutes=_minutes().holds_minutes).holder != by.id:
            raise Conflict(f"{locked.holder.name} is on this call")
        cards.keep(locked, cards.said(locked), by=by, now=now)
        CallCard.objects.filter(id=locked.id).update(inbound=inbound)
        audit.note(actor, "call_turned", "call", [card.id])


def ends_of(card: CallCard) -> dict[str, str]:
    """What a card's call can end in, in words."""
    return ANSWERED if card.inbound else CALLED


def apart(card: CallCard, by: User, *, actor: Actor) -> None:
    """The call is about nobody known after all: what the lead had said goes off the card again."""
    with transaction.atomic():
        locked = cards.locked(card.id)
        what = cards.said(locked)
        locked.lead = None
        cards.keep(locked, replace(what, answers=what.news, told={}), by=by, now=clock.now())
        audit.note(actor, "call_about", "call", [card.id])


def shown(card: CallCard, ids: list[uuid.UUID], *, actor: Actor) -> None:
    """One audit row for people whose names were shown beside a card and had not been shown before."""
    with transaction.atomic():
        locked = cards.locked(card.id)
        what = cards.said(locked)
        fresh = [each for each in ids if str(each) not in what.shown]
        if not fresh:
            return
        locked.sealed = cards.sealed(locked, replace(what, shown=(*what.shown, *map(str, fresh))))
        locked.save(update_fields=["sealed"])
        audit.note(actor, "viewed", "call matches", fresh)


def end(
    card: CallCard,
    by: User,
    *,
    actor: Actor,
    result: str,
    words: str = "",
    again_at: datetime | None = None,
    visit: Visit = NOT_SAID,
    why: str = "",
) -> Ended:
    """End a call with its outcome: what was said becomes a lead or joins one, and the call counts as a try, unless it
    was with somebody whom a restriction names.

    No lead when nothing was said. Done twice it makes nothing twice: the same words are the same item. That it counted
    as a try can be undone for some seconds; what was said stays where it went.
    """
    if result not in ends_of(card) and result != NOTHING:
        raise BadInput([Problem("result", "Choose how the call ended.")])
    verbs.check_ending(result, again_at=again_at, visit=visit, why=why, now=clock.now())
    if result == NOTHING and cards.said(card).news:
        raise BadInput([Problem("result", "Something was typed; choose how the call ended, so that it is kept.")])
    sent = send(card, by, actor=actor, result=result)
    lead = sent.lead
    if lead is None or result == NOTHING:
        return Ended(lead, None)
    how = _How(result, words, again_at, visit, why)
    if sent.restricted:
        _note_spoken(lead, "", actor, how)
        return Ended(lead, None)
    return Ended(lead, _count_as_try(lead, by, actor=actor, how=how))


def send(card: CallCard, by: User, *, actor: Actor, result: str) -> Sent:
    """What was said becomes a lead or joins one, and the card is put away; twice it makes nothing twice."""
    what = cards.said(card)
    lead, item, restricted = card.lead, None, False
    if result != NOTHING and (what.news or lead is None):
        if not what.answers:
            raise BadInput([Problem("result", "Nothing was typed yet; enter at least a number to call back.")])
        receipt, _ = deliver(card, by, actor=actor)
        item, restricted = Item.objects.get(id=receipt.item), receipt.neutral
        lead = by_code(receipt.code) if receipt.code else lead
    pass_on(card, by, actor=actor)
    put_away(card, by, actor=actor, item=item, lead=lead, result=result)
    return Sent(lead, restricted)


def count_as_reached(lead: Lead, by: User, *, actor: Actor) -> None:
    """They were reached in this call, and nothing that can be kept was agreed."""
    _count_as_try(lead, by, actor=actor, how=_How("reached_answered", "", None, NOT_SAID, ""))


def put_away(
    card: CallCard, by: User, *, actor: Actor, item: Item | None, lead: Lead | None, result: str
) -> None:
    """End a card with what became of it; of what was typed nothing stays here."""
    now = clock.now()
    with transaction.atomic():
        cards.end(cards.locked(card.id), item=item, lead=lead, now=now)
        leases.give_back(LEASE, card.id, by.id)
        _task_of(card).update(status="done", ended_at=now, ended_by=by, result=result[:24])
        audit.note(actor, f"{card.kind}_ended", "call", [card.id, *([lead.id] if lead else [])])


@dataclass(frozen=True, slots=True)
class _How:
    """How a call ended."""

    result: str
    words: str
    again_at: datetime | None
    visit: Visit
    why: str


def _count_as_try(lead: Lead, by: User, *, actor: Actor, how: _How) -> UndoStep | None:
    """The call was a human try: it ends the lead's next thing. A red flag stays for whoever may judge it.

    How that can be undone; None when the call ended nothing.
    """
    lead.refresh_from_db()
    ours = Task.objects.filter(lead=lead, status="open", key__isnull=False).exclude(kind__startswith=PROPOSAL)
    task = ours.exclude(kind__in=BESIDE).order_by("-safety", "due_at").first()
    closed = lead.closed_at is not None
    if task is None or closed or (task.safety and not by.may("clinical.review")):
        _note_spoken(lead, task.kind if task else "", actor, how)
        return None
    try:
        finish = partial(
            verbs.finish, task, by, actor=actor, result=how.result, words=how.words, again_at=how.again_at,
            visit=how.visit, why=how.why,
        )  # fmt: skip
        return undo.undoable(lead, by, "call-end", finish)
    except Conflict:
        # A colleague has the lead open at this moment; the try is theirs to finish, ours to tell.
        _note_spoken(lead, task.kind, actor, how)
    return None


def _note_spoken(lead: Lead, task: str, actor: Actor, how: _How) -> None:
    """Somebody was spoken with, which ends nothing that the lead waits for."""
    data = {"task": task, "result": how.result}
    with transaction.atomic():
        leads.noted(lead, "spoken", actor, at=clock.now(), data=data, words=how.words.strip() or None)


def _task_of(card: CallCard) -> Any:
    return Task.objects.filter(about_kind="call", about_id=card.id, status="open")


def _hold(card: CallCard, by: User, now: datetime) -> None:
    leases.take(LEASE, card.id, by.id, now=now, minutes=_minutes().holds_minutes)


def _minutes() -> Calls:
    return policy().section(Calls)


def site_of(by: User) -> str:
    """The site for which somebody begins a card: the first of theirs, else the practice's home."""
    shape, own = practice(), user_scope(by)
    return next((slug for slug in shape.sites if own and slug in own), shape.identity.home_site)
