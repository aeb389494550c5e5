"""A request about somebody whose lead is open joins it; one that names nobody is kept aside until a person asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Q

from firstvisit.journey.advancing import advance_locked
from firstvisit.journey.deriving import derived
from firstvisit.journey.guarding import look_what_holds
from firstvisit.journey.opening import consents_of, known_by, names_patient, origin
from firstvisit.journey.own_referral import marked, referral_of
from firstvisit.journey.plan import Plan
from firstvisit.kernel import audit, clock, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.seal import OpenKey, open_key
from firstvisit.leads import services as leads
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import Event, FactsRow, Lead, LeadReferral
from firstvisit.people import records, strangers
from firstvisit.people import services as people
from firstvisit.people.referrers import find_or_make
from firstvisit.people.resolved import Resolved
from firstvisit.practice.payers import of_our_list
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice
from firstvisit.referral.cards import corrected_by_card
from firstvisit.referral.filling import filling
from firstvisit.referral.merge import joined
from firstvisit.referral.record import Contact, Payer, Referral
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.readings import reading_of
from firstvisit.steps.intake.sources import TYPED, Reading
from firstvisit.steps.qualify.facts import red_flags_of


def join(
    item: Item,
    reading: Reading,
    resolved: Resolved,
    lead: Lead,
    shape: Practice,
    *,
    told: str = "",
    stranger: Sequence[str] | None = None,
) -> tuple[Lead, Plan]:
    """Join this locked lead. `told` is the reference that the sender is given, where it is not the lead's own.
    `stranger` are the marks of somebody unknown (`by_itself.marks_of_asker`): what they say fills what nobody has said,
    and a person is asked about what they say otherwise."""
    # The lead is locked by now: whatever was ruled before this moment was ruled without knowing of the item.
    now, referral = clock.now(), reading.referral
    read, key = _read(lead)
    if item.source == CARD:
        read = corrected_by_card(read, referral, partial(_payer_of_ours, shape=shape))
    aside = resolved.barred or _aside(item, referral, read, lead)
    if lead.patient is not None and resolved.patient is not None and resolved.patient.new:
        people.settle_on(resolved, records.known(lead.patient), None if aside else referral)
    said = _without_ways(referral) if resolved.other_ways else referral
    otherwise: tuple[str, ...] = ()
    if stranger is not None and not aside:
        said, otherwise = filling(read, said)
    complete = reading.complete and stranger is None
    before, merged, facts, changed = _merged(lead, read, None if aside else said, shape, complete)
    if not aside:
        by_staff = item.sender.startswith("user:") and item.source in TYPED
        merged = marked(read, referral, merged, since=lead.received_at, by_staff=by_staff)
        _, lead.referrer, made = find_or_make(merged, pending=resolved.rows)
        resolved.rows += made
    flags = red_flags_of(referral)
    facts = facts._replace(red_flags=tuple(flag for flag in RED_FLAGS if flag in {*facts.red_flags, *flags}))
    data = {**origin(item, referral), **known_by(resolved), "changed": list(changed)}
    data |= {"aside": True} if aside else {}
    data |= {"stranger": list(stranger)} if stranger is not None else {}
    data |= {"otherwise": list(otherwise)} if otherwise else {}
    named = resolved.barred or stranger is not None
    kept = aside or stranger is not None
    # Who stands there is named first where a restriction names them: the look is at them.
    at_window = f"{reading.present} at the window" if resolved.barred and resolved.present else None
    by = ", ".join(each for each in (at_window, sent_by(referral)) if each)
    words = _said(referral, by=by if named else None) if kept else None
    data |= {"told": told} if told else {}
    event = leads.record(lead, "joined", SYSTEM, at=now, data=data, words=words, key=key)
    part = intake.part(
        item,
        lead,
        "joined",
        at=now,
        red_flags=sorted({*flags, *set(facts.red_flags) - set(before.red_flags)}),
        names_patient=resolved.barred or names_patient(referral),
        clock_from=reading.clock_from,
        quiet=resolved.barred or reading.quiet,
        pages=reading.pages,
        number=reading.number,
    )
    logged = audit.row(SYSTEM, "lead_joined", "lead", [lead.id])
    writes.insert([*resolved.rows, *consents_of(resolved, item, referral, now), part, event, logged])
    leads.replace_reading(lead, key, merged, facts)
    if not resolved.barred:
        leads.take_people(lead, resolved, facts)
    fresh = Lead.objects.get(id=lead.id)
    if otherwise:
        look_what_holds(fresh)
    [(plan_now, _)] = advance_locked([fresh], now)
    return fresh, plan_now


def leave_aside(lead: Lead, *, now: datetime) -> None:
    """What was kept aside of this locked lead was about somebody else: it stays outside the reading for good."""
    for item_id in _kept_aside(lead):
        writes.insert([leads.record(lead, "left_aside", SYSTEM, at=now, data={"item": item_id})])


def take_in(lead: Lead, items: Iterable[str] | None = None, *, now: datetime) -> None:
    """What was kept aside of this locked lead (of `items`, else all that named nobody) was about its patient after all:
    it completes and corrects the reading. Planning it again is the caller's."""
    read, key = _read(lead)
    shape = practice()
    for item_id in _kept_aside(lead) if items is None else items:
        item = Item.objects.select_related("key", "document").get(id=item_id)
        reading = reading_of(item, shape.program_words)
        _, whole, facts, changed = _merged(lead, read, reading.referral, shape, reading.complete)
        read = marked(read, reading.referral, whole, since=lead.received_at)
        leads.replace_reading(lead, key, read, facts)
        if lead.patient is not None:
            writes.insert(records.insured(records.known(lead.patient), reading.referral))
        data = {"item": item_id, "changed": list(changed)}
        writes.insert([leads.record(lead, "taken_in", SYSTEM, at=now, data=data)])


def take_over(lead: Lead, *, now: datetime) -> None:
    """What somebody unknown stated otherwise of this locked lead holds, as a person says: it corrects the reading and
    the patient, and whoever stated it belongs to them from now on. Planning it again is the caller's."""
    read, key = _read(lead)
    shape = practice()
    for event in kept_beside(lead):
        parts = Part.objects.select_related("item__key", "item__document")
        part = parts.filter(item=event.data["item"], lead=lead).order_by("id")[0]
        said = _without_ways(referral_of(part))
        if read.contact.name:  # whom we talk to stays: no value of theirs was asked about
            said = said.model_copy(update={"contact": Contact(relationship=read.contact.relationship)})
        if lead.patient is not None:
            known = records.known(lead.patient)
            resolved = people.resolve(said, continues=known)
            writes.insert([*resolved.rows, *records.insured(known, said)])
            asks = [UUID(mark) for mark in event.data["stranger"]]
            strangers.welcome(known.person.id, asks, strangers.ways_of(referral_of(part)))
        _, whole, facts, changed = _merged(lead, read, said, shape, complete=False)
        read = marked(read, said, whole, since=lead.received_at)
        leads.replace_reading(lead, key, read, facts)
        data = {"item": event.data["item"], "changed": list(changed)}
        writes.insert([leads.record(lead, "taken_over", SYSTEM, at=now, data=data)])


def leave_as_stated(lead: Lead, *, now: datetime) -> None:
    """What somebody unknown stated otherwise of this locked lead does not hold: all stays as it was stated."""
    for event in kept_beside(lead):
        data = {"item": event.data["item"]}
        writes.insert([leads.record(lead, "left_as_stated", SYSTEM, at=now, data=data)])


def kept_beside(lead: Lead) -> list[Event]:
    """What strangers stated otherwise of a lead and nobody has decided yet: how each joined, in their order."""
    told = Event.objects.filter(lead=lead, name__in=("taken_over", "left_as_stated"))
    done = set(told.values_list("data__item", flat=True))
    kept = Event.objects.filter(lead=lead, name="joined", data__has_key="otherwise").order_by("id")
    return [event for event in kept if event.data["item"] not in done]


def take_first_step(item: Item, begun: Lead, lead: Lead, *, now: datetime) -> None:
    """Earlier steps of this item's form named nobody and were kept aside at `begun`, the lead of a brother or sister;
    they belong to `lead`, for which the form goes on. Both timelines say so."""
    if item.continues_id is None:
        return
    Lead.objects.select_for_update().get(id=begun.id)
    aside = set(_kept_aside(begun))
    same_form = Q(item=item.continues_id) | Q(item__continues=item.continues_id)
    parts = Part.objects.filter(same_form, lead=begun).exclude(item=item).select_related("item").order_by("id")
    moved = [part for part in parts if str(part.item_id) in aside]
    for part in moved:
        part.delete()
        # Written anew: parts stand in the order in which they came to their lead.
        part.id, part.lead, part.at = new_id(), lead, now
        away = {"item": str(part.item_id), "in": f"L-{lead.number}"}
        gone = leads.record(begun, "went_on_elsewhere", SYSTEM, at=now, data=away)
        came = leads.record(lead, "first_step", SYSTEM, at=now, data=origin(part.item))
        writes.insert([part, gone, came])
    if moved:
        advance_locked([begun], now)


def outside(lead: Lead) -> set[str]:
    """The items that joined and never became part of the reading."""
    aside = Event.objects.filter(lead=lead, name="joined", data__aside=True).values_list("data__item", flat=True)
    taken = Event.objects.filter(lead=lead, name="taken_in").values_list("data__item", flat=True)
    return set(aside) - set(taken)


def _kept_aside(lead: Lead) -> list[str]:
    """The items that joined without a name and of which nobody has said yet whom they are about, in their order."""
    told = Event.objects.filter(lead=lead, name__in=["taken_in", "left_aside", "went_on_elsewhere"])
    done = set(told.values_list("data__item", flat=True))
    kept = Event.objects.filter(lead=lead, name="joined", data__aside=True).order_by("id")
    kept = kept.exclude(data__has_key="restricted")
    return [item for item in kept.values_list("data__item", flat=True) if item not in done]


def _payer_of_ours(payer: Payer, *, shape: Practice) -> str:
    ours = of_our_list(payer, shape)
    return ours.slug if ours is not None else ""


def _read(lead: Lead) -> tuple[Referral, OpenKey]:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = open_key(row.key)
    return leads.read(row, key), key


def _merged(
    lead: Lead, read: Referral, newer: Referral | None, shape: Practice, complete: bool
) -> tuple[Facts, Referral, Facts, tuple[str, ...]]:
    """The facts before, the reading and its facts with what is newer, and which paths changed. Red flags stay."""
    before = leads.facts_of_row(FactsRow.objects.get(lead=lead))
    if newer is None:
        return before, read, before, ()
    merged, changed = joined(read, newer)
    return before, merged, derived(lead, merged, shape, before=before, complete=complete), changed


def _without_ways(referral: Referral) -> Referral:
    """What is said of a patient by other ways than the ones on file, which stay; the others are kept with the
    person."""
    none = {"phone": None, "extension": None, "email": None}
    own = {"contact": referral.contact.model_copy(update=none)} if referral.contact.relationship == "self" else {}
    return referral.model_copy(update={"patient": referral.patient.model_copy(update=none), **own})


def _aside(item: Item, referral: Referral, read: Referral, lead: Lead) -> bool:
    """Whether a request that names nobody joins the lead of somebody named: it may be about a brother or sister, so
    nothing of it changes what is known of this patient until a person has asked. What was asked about the lead
    itself, by its own link, is about nobody else."""
    if item.source == "preferences" or names_patient(referral):
        return False
    return names_patient(read) or (lead.patient is not None and records.known(lead.patient).identity.is_named)


def sent_by(referral: Referral) -> str | None:
    """The name of whoever asks or refers, as they state it."""
    partner = referral.lead_kind in ("referral_partner", "organization")
    return referral.referrer.name if partner else referral.contact.name


def _said(referral: Referral, *, by: str | None = None) -> str | None:
    """What somebody said that is no part of the reading, for a person to read: who said it, words and coverage."""
    cards = (
        ", ".join(part for part in (payer.name or payer.kind, payer.member_id) if part)
        for payer in referral.payers or ()
    )
    said = [referral.concern, referral.asks, *(f"Coverage: {card}" for card in cards if card)]
    words = "\n".join(part for part in said if part)
    return (f"{by}: {words}".rstrip(": ") if by else words) or None
