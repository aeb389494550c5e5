"""Filing: what was settled becomes leads, in one transaction with everything that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from firstvisit.journey import items
from firstvisit.journey.inbox.learning import learn
from firstvisit.journey.inbox.seeing import LEASE, UNSETTLED, Goes, Opened, may_open, opened, reads
from firstvisit.journey.inbox.unfiling import hold_letters
from firstvisit.journey.receiving import Receipt, settle_claimed
from firstvisit.kernel import audit, clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.kernel.shortening import shortened
from firstvisit.leads import services as leads
from firstvisit.leads.models import Event, Lead, LeadReferral, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice
from firstvisit.referral.called import in_a_sentence
from firstvisit.referral.record import ORDER_HERE, Channel, ConsentGiven, Referral
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.inbox.card import CARD, whose
from firstvisit.steps.intake.inbox.filing import referral_of
from firstvisit.steps.intake.inbox.values import WholeReading
from firstvisit.steps.intake.inbox.weighing import Field, Part
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.models import Part as ItemPart
from firstvisit.steps.intake.reading import Reading, says_something
from firstvisit.steps.intake.readings import keep_confirmed
from firstvisit.steps.intake.understanding.kinds import OPENS_NONE
from firstvisit.steps.intake.understanding.values.refusals import refused
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing

_HIDDEN = "lead_kind"
"""A read value that no field asks about and that the record carries all the same."""


THEIR_WORDS = "their own words"
"""The wording of a refusal that was written, not answered."""


def file(item: Item, by: User, *, actor: Actor) -> Receipt:
    """File a document whose every value was answered: each part opens or joins its lead, or is signed as none. A red
    flag goes with its part, and stays before the clinicians until one of them has looked.

    Conflict while something is left or a colleague holds it; BadInput names the fields that cannot go together.
    """
    if not (may_open(by) and reads(by)):
        raise NotAllowed("items.resolve")
    with transaction.atomic():
        now, shape, rules = clock.now(), practice(), policy()
        if not intake.claim(item.id):
            raise Conflict("this document has found its end already")
        held = leases.held(LEASE, [item.id], now=now).get(item.id)
        if held is not None and held.holder != by.id:
            raise Conflict("a colleague has this document open")
        seen = opened(item, by, now=now)
        if seen.item.status not in UNSETTLED or (left := what_is_left(seen)):
            raise Conflict(left)
        if seen.unlooked and any(part in seen.flags for part in seen.dropped):
            raise Conflict(items.LOOK_FIRST)
        referrals = [_referral(seen, part, by, shape) for part in seen.kept_parts]
        for referral, part in zip(referrals, seen.kept_parts, strict=True):
            if seen.goes[part.number].lead is None:
                says_something(referral)
        keep_confirmed(item, referrals, by=by, now=now)
        pages = _pages(seen)
        into = {
            number: _locked(seen.goes[part.number])
            for number, part in enumerate(seen.kept_parts)
            if seen.goes[part.number].lead is not None
        }
        readings = [
            Reading(referral, pages=pages[part.number], number=number)
            for number, (referral, part) in enumerate(zip(referrals, seen.kept_parts, strict=True))
        ]
        receipt = settle_claimed(item, readings, shape, rules, now, into=into)
        for end in item.parts.filter(lead__isnull=False).select_related("lead"):
            if end.lead is not None:
                leads.noted(end.lead, "document_confirmed", actor, at=now, subject=("item", item.id))
        for dropped, reason in seen.dropped.items():
            ItemPart.objects.create(
                item=item, end="not_a_lead", at=now, signed_by=by, reason=reason, pages=pages.get(dropped, 0)
            )
        _ask_sender(seen, item, shape, now)
        hold_letters(item, now)
        items.end_tasks(item, by)
        learn(seen, now=now)
        leases.give_back(LEASE, item.id, by.id)
        audit.note(actor, "filed", "item", [item.id])
    return receipt


def what_is_left(seen: Opened) -> str:
    """What still keeps a document from being filed, in words; "" when nothing does."""
    if seen.reading is None and not any(part.fields for part in seen.parts):
        return "nothing was read: type what it says first, or sign that it is no referral"
    if seen.reading is not None and seen.reading.kind in OPENS_NONE:
        return "it opens no lead: see to the lead it is about and say under “Answered” what you did, or sign it as none"
    doubts = sum(field.level == "doubtful" for part in seen.kept_parts for field in part.left)
    rest = sum(field.level != "doubtful" for part in seen.kept_parts for field in part.left)
    empty = [part for part in seen.kept_parts if not part.fields]
    if not seen.kept_parts:
        return "nobody is left who would be filed: sign the whole document as no referral"
    if seen.unread:
        return "look first at what could not be read, and say that you have"
    if doubts:
        return f"{doubts} {'doubt' if doubts == 1 else 'doubts'} left"
    if rest:
        return f"{rest} to confirm together"
    if empty:
        where = f"pages {', '.join(map(str, empty[0].pages))}" if empty[0].pages else "one person"
        return f"nothing was read of {where}: join it to the person before, or sign it as no referral"
    return ""


def _referral(seen: Opened, part: Part, by: User, shape: Practice) -> Referral:
    whole = seen.reading
    hidden: dict[str, Any] = {
        value.path: value.value
        for value in (whole.values if whole is not None else ())
        if value.path == _HIDDEN and value.patient == part.number
    }
    goes = seen.goes[part.number].lead
    if seen.item.source == CARD and goes is not None:
        row = LeadReferral.objects.select_related("key").get(lead=goes)
        hidden |= whose(leads.read(row, open_key(row.key)))
    if part.number in seen.flags:
        hidden |= {"escalate": True, "escalate_reason": seen.flags[part.number]}
    try:
        referral = referral_of(
            _reachable(part, whole),
            item=str(seen.item.id),
            channel=whole.channel if whole is not None else channel_of(seen.item.document.media_type),
            today=seen.item.received_at.date(),
            programs=shape.program_words,
            by=str(by.id),
            hidden=hidden,
        )
    except BadInput as bad:
        raise BadInput([Problem(f"{part.number}.{each.field}", each.message) for each in bad.problems]) from None
    return _with_refusals(_with_order_seen(referral), whole)


def _with_order_seen(referral: Referral) -> Referral:
    """An order whose signature somebody confirmed on a page of the document itself is here, not only stated."""
    signed = referral.evidence.get("order_signed")
    if referral.order_signed is not True or signed is None or not signed.place.startswith("page "):
        return referral
    return referral.model_copy(update={"evidence": {**referral.evidence, ORDER_HERE: signed}})


def _with_refusals(referral: Referral, whole: WholeReading | None) -> Referral:
    """What a mail refuses in its own words holds as if they had been asked; nothing is agreed to by words."""
    if whole is None or whole.channel != "email":
        return referral
    ways = refused("\n\n".join(text for name, text in whole.texts.items() if name in ("subject", "body")))
    said = tuple(ConsentGiven(channel=way, given=False, wording=THEIR_WORDS) for way in ways)
    return referral.model_copy(update={"consents": (*referral.consents, *said)})


def channel_of(media_type: str) -> Channel:
    """How something reached us that nobody could read by machine: a recording by phone, a mail, else paper."""
    kinds: dict[str, Channel] = {"audio": "phone", "message": "email"}
    return kinds.get(media_type.partition("/")[0], "fax")


def _reachable(part: Part, whole: WholeReading | None) -> Part:
    """A part that states no way to get back to anybody has the number that the fax came from: its sender can be
    asked."""
    reach = ("patient.phone", "patient.email", "contact.phone", "contact.email", "referrer.phone", "referrer.fax")
    faxed = whole is not None and whole.channel != "phone" and whole.number.startswith("+")
    if whole is None or not faxed or any(part.value(path) for path in reach):
        return part
    came_from = Field("referrer.fax", part.number, whole.number, "clear")
    return replace(part, fields=(*(field for field in part.fields if field.path != "referrer.fax"), came_from))


def _pages(seen: Opened) -> dict[int, int]:
    """How many pages each part covers: all of them together are what was received."""
    counted = {part.number: len(part.pages) for part in seen.parts}
    if not seen.pages:
        first = seen.kept_parts[0].number
        counted[first] = seen.row.pages if seen.row is not None else 1
    return counted


def _locked(goes: Goes) -> Lead:
    assert goes.lead is not None
    lead = (
        Lead.objects.select_for_update(of=("self",))
        .select_related("patient__key", "patient__same_as__key")
        .get(id=goes.lead.id)
    )
    if lead.closed_at is not None:
        raise Conflict("the lead that it would join was closed meanwhile; choose again")
    return lead


def _from_somebody_restricted(lead: Lead, item: Item) -> bool:
    """Whether whoever sent it is named in a restriction: they are asked for nothing, which would tell them something;
    their own task says to read it."""
    return Event.objects.filter(lead=lead, data__item=str(item.id), data__restricted=True).exists()


def _ask_sender(seen: Opened, item: Item, shape: Practice, now: datetime) -> None:
    """A task on each lead to ask whoever sent it for what nobody could read."""
    ends: list[Any] = list(item.parts.filter(lead__isnull=False).select_related("lead").order_by("at", "id"))
    minutes = policy().section(Routing).standard_minutes
    for part, end in zip(seen.kept_parts, ends, strict=False):
        paths = [field.path for field in part.fields if field.answer == "unreadable"]
        unread = [in_a_sentence(path) for path in paths]
        lead: Lead = end.lead
        if not unread or _from_somebody_restricted(lead, item):
            continue
        Task.objects.create(
            lead=lead,
            about_kind="lead",
            about_id=lead.id,
            site=lead.site,
            kind="ask_sender",
            reason=shortened(f"Ask whoever sent it for what could not be read: {', '.join(unread)}", 200),
            owner_user_id=lead.owner_user_id,
            owner_queue_id=lead.owner_queue_id if lead.owner_user_id is None else None,
            made_at=now,
            due_at=clocks.due(now, minutes, shape.sites[lead.site]),
            minutes=minutes,
        )


