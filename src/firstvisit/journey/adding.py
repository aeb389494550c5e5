"""A lead that somebody of the practice types: on the phone, or for whoever stands at the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from firstvisit.journey import calls
from firstvisit.journey.call_answers import HOWS, channel_of, typist
from firstvisit.journey.receiving import Receipt, receive
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.models import CallCard, Item
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import Reading, typed


def add_lead(
    by: User, *, actor: Actor, answers: Mapping[str, Any], how: str, repeat_key: str | None = None
) -> Receipt:
    """Keep what was typed and judge it, by the same door as everything else that arrives.

    BadInput names each field that cannot be used; nothing is kept then. The same `repeat_key` twice is one lead.
    """
    _need(by)
    if how not in HOWS:
        raise BadInput([Problem("how", "Choose how it reached you.")])
    source, channel = channel_of("add", {"how": how})
    who = typist(by)
    today, programs = clock.now().date(), practice().program_words
    referral = typed.read(answers, by=who, channel=channel, today=today, programs=programs)
    body = typed.kept(answers, by=who, channel=channel)
    card = begun(by)  # of which a red flag may have gone ahead: what it made is gone on with
    arrival = Arrival(source, actor, body, "application/json", repeat_key, card.lead_id if card else None)
    receipt = receive(arrival, Reading(referral, present=typed.present_in(answers)), waits=True)
    _end(by, actor=actor, receipt=receipt)
    return receipt


def begun(by: User) -> CallCard | None:
    """The lead that somebody began to add and has not added; None when there is none."""
    cards_of = CallCard.objects.select_related("key", "holder", "lead").filter(kind="add", holder=by)
    return cards_of.exclude(status="ended").order_by("-changed_at").first()


def save(by: User, *, actor: Actor, answers: Mapping[str, str], settled: bool = False) -> CallCard:
    """Keep what is being typed, sealed, so that it is there again when the page is opened again, on any machine.

    A red flag in it goes to a clinician as in a call (`calls.save`), before the lead is added. BadInput names a field
    that is too long or no text.
    """
    _need(by)
    with transaction.atomic():
        User.objects.select_for_update().get(id=by.id)
        card = begun(by)
        if card is None:
            card = cards.opened(by=by, site=calls.site_of(by), now=clock.now(), kind="add")
            audit.note(actor, "adding_begun", "call", [card.id])
    calls.save(card, by, actor=actor, typed_texts=answers, lists={}, settled=settled)
    return CallCard.objects.select_related("key", "holder", "lead").get(id=card.id)


def drop(by: User, *, actor: Actor) -> None:
    """Throw away what was typed; nothing is made of it."""
    _need(by)
    _end(by, actor=actor, receipt=None)


def _end(by: User, *, actor: Actor, receipt: Receipt | None) -> None:
    card = begun(by)
    if card is None:
        return
    item = Item.objects.get(id=receipt.item) if receipt else None
    lead = by_code(receipt.code) if receipt and receipt.code else None
    calls.put_away(card, by, actor=actor, item=item, lead=lead, result="added" if receipt else "dropped")


def _need(by: User) -> None:
    if not (by.may("leads.work") and by.may("identity.see")):
        raise NotAllowed("leads.work")
