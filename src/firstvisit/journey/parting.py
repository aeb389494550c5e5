"""Not this person: the machine took somebody for a person we know, and a person says that they are somebody else.

The request goes to a person and a lead of its own; the lead it was on stays as what its other requests say. The two
stand as a pair that was told apart, so no machine joins them again, and a person can take it back as they can say "same
person" (`journey.merging.same_after_all`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import one_chart
from firstvisit.journey.deriving import chosen_for
from firstvisit.journey.endings import BARRED_WROTE
from firstvisit.journey.joining import join, outside
from firstvisit.journey.opening import open_lead
from firstvisit.journey.reaching import notice
from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel import audit, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem, SealBroken
from firstvisit.leads import services
from firstvisit.leads.models import Event, FactsRow, Lead, LeadReferral, Ruling, Task
from firstvisit.leads.queries import code
from firstvisit.messages.models import Message
from firstvisit.people import records as records_of_people
from firstvisit.people import services as people
from firstvisit.people.barring import bars
from firstvisit.people.identity import contact_of
from firstvisit.people.merging import CAPABILITY
from firstvisit.people.models import Guardian, Person
from firstvisit.people.parting import Request, bar_too, contact_among, lock_for_parting, part_from, tell_apart
from firstvisit.people.present import named_present
from firstvisit.people.queries import same_people
from firstvisit.people.referrers import find_or_make, organization_token, referrer_token
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.referral.joining_office import office_opened
from firstvisit.referral.parting import parted
from firstvisit.referral.record import Referral
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.booking import merging as booking
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.readings import reading_of
from firstvisit.steps.intake.sources import Reading
from firstvisit.steps.qualify.facts import facts_of

NOTHING_ELSE = (
    "This request is all that is known of this person, so there is nobody to part it from. If a name or birth date is "
    "wrong, put it right on Add or correct."
)
BARRED = "A restriction about the person they were taken for names whoever asks: decide before anybody calls or writes"
ERASED = "What was sent has been erased, so it cannot be told whose it was."


@dataclass(frozen=True, slots=True)
class Sent:
    """One patient's share of something that was sent: the part, what it says, and whether it stays."""

    part: Part
    reading: Reading
    stays: bool

    @property
    def request(self) -> Request:
        return Request(self.part.item_id, self.reading.referral, self.stays)


def recognised(lead: Lead) -> set[uuid.UUID]:
    """The items of a lead by which the machine took somebody for a person it knew, and that are still with it."""
    told = Event.objects.filter(lead=lead, name__in=("received", "joined"), data__has_key="known_by")
    items = {uuid.UUID(item) for item in told.values_list("data__item", flat=True) if item}
    return set(Part.objects.filter(lead=lead, item__in=items).values_list("item", flat=True)) if items else set()


def not_this_person(lead: Lead, by: User, *, item: uuid.UUID, reason: str, actor: Actor) -> Lead:
    """What this item brought is about somebody else than the lead's patient; the lead it goes on in.

    Everything that came with it alone goes along: its reading, contact points, who speaks, cards, consents. Pressed
    twice, it is done once. BadInput for what cannot be parted, with the reason in words.
    """
    if not (by.may(CAPABILITY) and by.may("identity.see")):
        raise NotAllowed(CAPABILITY)
    words = reason_of(reason)
    with transaction.atomic():
        patient = Lead.objects.select_related("patient").get(id=lead.id).patient
        if patient is None or patient.erased_at is not None:
            raise BadInput([Problem("reason", ERASED)])
        ids = same_people([patient.id])[patient.id]
        known = list(Person.objects.filter(id__in=ids).order_by("id"))
        lock_for_parting(known, [each.request for each in sent_about(lead, known, item)])
        if (done := _done_already(lead, item)) is not None:
            return done
        if item not in recognised(lead):
            raise BadInput([Problem("reason", "Nobody was recognised by this entry, or it is not with this lead.")])
        sent = sent_about(lead, known, item)  # once more: what arrived while we waited counts
        if not any(each.stays for each in sent):
            raise BadInput([Problem("reason", NOTHING_ELSE)])
        went: list[Lead] = []

        def write(locked: Lead, now: datetime) -> None:
            went.append(_part(locked, known, sent, by, words, actor, now))

        act_on(lead, by, "leads.work", write)
        [other] = went
        notice(Lead.objects.filter(id__in=(lead.id, other.id), closed_at__isnull=True))
        advance([other.id, lead.id])
    return other


def _done_already(lead: Lead, item: uuid.UUID) -> Lead | None:
    """The lead to which this item was parted before."""
    told = Event.objects.filter(lead=lead, name="parted_off", data__item=str(item)).order_by("-id").first()
    part = Part.objects.filter(item=item).exclude(lead=lead).select_related("lead").first() if told else None
    return part.lead if part is not None else None


def sent_about(lead: Lead, known: list[Person], item: uuid.UUID) -> list[Sent]:
    """All that was sent about these records of one person, in the order in which it was settled; what goes with `item`
    is every step of its form."""
    goes = _steps_with(item)
    parts = Part.objects.filter(Q(lead__patient__in=known) | Q(lead=lead), end__in=("opened", "joined"))
    found, words = [], practice().program_words
    for part in parts.select_related("item__key", "item__document", "lead").order_by("id"):
        try:
            reading = list(reading_of(part.item, words).each())[part.number]
        except SealBroken:
            raise BadInput([Problem("reason", ERASED)]) from None
        # The first step of a form may have begun a lead that was continued in this one.
        here = part.lead_id == lead.id or (part.lead is not None and part.lead.closed_how == "continued")
        stays = not here or part.item_id not in goes
        found.append(Sent(part, replace(reading, pages=part.pages), stays))
    return found


def _steps_with(item: uuid.UUID) -> set[uuid.UUID]:
    """An item with the steps of the same form."""
    first = Item.objects.filter(id=item).values_list("continues", flat=True).first() or item
    return {item, *Item.objects.filter(Q(id=first) | Q(continues=first)).values_list("id", flat=True)}


def _part(
    lead: Lead, known: list[Person], sent: list[Sent], by: User, words: str, actor: Actor, now: datetime
) -> Lead:
    ids = [person.id for person in known]
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=ids)
    known = list(locked.select_related("key").order_by("id"))
    own = [each for each in sent if each.part.lead_id == lead.id]
    going, staying = [each for each in sent if not each.stays], [each for each in own if each.stays]
    barred = _barred(ids, going)
    if barred:  # nobody tells them that it arrived
        going = [replace(each, reading=replace(each.reading, quiet=True)) for each in going]
    not_they = _said_before({each.part.item_id for each in going})
    other = _moved(lead, {*ids, *(person.id for person in not_they)}, going, now)
    assert other.patient is not None
    for each in going if barred else ():
        bar_too(known, other.patient, barred, each.reading.referral)
    known = _without_begun(known, lead, going, other.patient)
    pair = part_from(known, other.patient, [each.request for each in sent], by=by, at=now)
    for person in not_they:
        tell_apart([person], other.patient, by=by, at=now)
    told = {"from": code(lead.number), "to": code(other.number), "pair": str(pair.id)}
    for each in going:
        data = {**told, "item": str(each.part.item_id)}
        services.noted(lead, "parted_off", actor, at=now, data=data, words=words)
    services.noted(other, "parted_from", actor, at=now, data=told, words=words)
    audit.note(actor, "person_parted", "person", [*(person.id for person in known), other.patient.id])
    if barred:
        _person_first(lead, other, going, by, actor, now)
    if staying:
        leave(lead, known, own, staying)
    else:
        _carry(lead, other, now)
        one_chart.want_apart(lead, other, now=now)
        booking.follow(lead, other)
        empty(lead)
        services.continue_in(lead, other, at=now)
        lead.refresh_from_db()
    return other


def _barred(known: Iterable[uuid.UUID], going: list[Sent]) -> set[uuid.UUID]:
    """Of those whom restrictions about the known person name the ones who asked in what goes."""
    asked = [who for each in going if (who := contact_of(each.reading.referral)) is not None]
    asked += [who for each in going for who in named_present(each.reading.present)]
    return {person for who in asked for person in bars(known, who)}


def _person_first(lead: Lead, other: Lead, going: list[Sent], by: User, actor: Actor, now: datetime) -> None:
    """Before anybody calls or writes to somebody whom a restriction names a person decides; a clinician goes first.
    What was to be read of them on the known person's lead is read on theirs."""
    mine = {each.part.item_id for each in going}
    joins = Part.objects.filter(lead=other).exclude(item__in=mine).exists()
    flagged = any(each.part.red_flags for each in going)
    if not (joins or flagged):
        services.rule(
            lead=other, what="outcome", value={"outcome": "person_looks"}, reason=BARRED, by=by, actor=actor, at=now
        )
    nothing_barred(lead, now)


def nothing_barred(lead: Lead, now: datetime) -> None:
    """Once nothing of somebody whom a restriction names is left on a lead, nothing of theirs is read there."""
    told = Event.objects.filter(lead=lead, data__restricted=True, name__in=("joined", "received"))
    here = {str(item) for item in Part.objects.filter(lead=lead).values_list("item", flat=True)}
    if not here & set(told.values_list("data__item", flat=True)):
        wrote = Task.objects.filter(lead=lead, kind=BARRED_WROTE, status="open")
        services.withdraw_tasks(wrote.values_list("id", flat=True), at=now)


def _without_begun(known: list[Person], lead: Lead, going: list[Sent], newcomer: Person) -> list[Person]:
    """The records without one that the first step of a form began and that goes along: it is the newcomer's."""
    others = {each.part.lead.patient_id for each in going if each.part.lead and each.part.lead_id != lead.id}
    begun = {person.id for person in known if person.same_as_id is not None and person.id in others}
    Person.objects.filter(id__in=begun).update(same_as=newcomer)
    return [person for person in known if person.id not in begun]


def _moved(lead: Lead, but: set[uuid.UUID], going: list[Sent], now: datetime) -> Lead:
    """Settle what goes once more, as if the people of these records were not there: the lead that it opens or joins."""
    shape, rules = practice(), policy()
    other: Lead | None = None
    for each in going:
        item, told = each.part.item, told_it_came(lead, each.part)
        reading = replace(each.reading, clock_from=now, quiet=each.reading.quiet or told)
        begun = records_of_people.known(other.patient) if other is not None and other.patient is not None else None
        resolved = people.resolve(reading.referral, continues=begun, but=but)
        into = other or services.find_open(resolved, reading.referral, received_at=item.received_at)
        if into is not None and into.patient_id in but:
            into = None
        each.part.delete()
        if into is None:
            other, _ = open_lead(item, reading, resolved, shape, rules, now)
        else:
            other, _ = join(item, reading, resolved, into, shape)
    assert other is not None
    return Lead.objects.select_for_update(of=("self",)).select_related("patient__key").get(id=other.id)


def _said_before(items: set[uuid.UUID]) -> list[Person]:
    """The people of whom it was said before that these items are not about them."""
    told = Event.objects.filter(name="parted_off", data__item__in=[str(item) for item in items])
    patients = set(told.exclude(lead__patient=None).values_list("lead__patient", flat=True))
    records = {record for same in same_people(patients).values() for record in same}
    return list(Person.objects.filter(id__in=records, same_as=None, erased_at=None).order_by("id"))


def told_it_came(lead: Lead, part: Part) -> bool:
    """Whether somebody was told since that it arrived: then nobody is told again."""
    letters = Message.objects.filter(lead=lead, template__in=("receipt", "partner_receipt"))
    left = letters.filter(status__in=("sending", "sent", "unclear"))
    return left.filter(Q(cause_id=part.item_id) | Q(sending_at__gte=part.at)).exists()


def leave(lead: Lead, known: list[Person], own: list[Sent], staying: list[Sent]) -> None:
    """The lead without what went: reading, facts, people and red flags of what stays."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = seal.open_key(row.key)
    aside = outside(lead)
    requests = [(each.reading.referral, each.stays) for each in own if str(each.part.item_id) not in aside]
    left = parted(services.read(row, key), requests)
    before = services.facts_of_row(FactsRow.objects.get(lead=lead))
    first = staying[0]
    opened_it = own[0].stays
    if not opened_it and referrer_token(staying[0].reading.referral) == referrer_token(left):
        left = office_opened(left)
    lead.received_at = lead.received_at if opened_it else first.reading.received_at or first.part.item.received_at
    facts = facts_of(
        left,
        practice(),
        received_at=lead.received_at,
        source=before.source if opened_it else first.part.item.source,
        complete=any(each.reading.complete for each in staying),
        chosen=chosen_for(lead.id),
    )
    went = {flag for each in own if not each.stays for flag in each.part.red_flags}
    stated = (set(before.red_flags) - went) | {flag for each in staying for flag in each.part.red_flags}
    facts = facts._replace(red_flags=tuple(flag for flag in RED_FLAGS if flag in {*stated, *facts.red_flags}))
    services.replace_reading(lead, key, left, facts)
    _people_of(lead, known, left, [each.reading.referral for each in staying], own)
    columns = ["received_at", "contact", "organization", "referrer", "referrer_mail"]
    lead.save(update_fields=columns)


def _people_of(lead: Lead, known: list[Person], left: Referral, staying: list[Referral], own: list[Sent]) -> None:
    """Whom one talks to and who refers, of those whom what stays names."""
    pairs = Guardian.objects.filter(patient__in=known).select_related("guardian").order_by("id")
    speakers = [pair.guardian for pair in pairs]
    going = [each.reading.referral for each in own if not each.stays]
    if lead.contact_id is not None and lead.contact_id not in {person.id for person in speakers}:
        named = (contact_among(speakers, referral) for referral in staying)
        lead.contact = next((person for person in named if person is not None), None)
    has = lead.organization
    if has is not None and _only(has.token, map(organization_token, going), map(organization_token, staying)):
        lead.organization = None
    _, lead.referrer, made = find_or_make(left)
    writes.insert(made)
    if lead.referrer is None:
        lead.referrer_mail = ""


def _only(mark: uuid.UUID, going: Iterable[uuid.UUID | None], staying: Iterable[uuid.UUID | None]) -> bool:
    return mark in set(going) and mark not in set(staying)


def _carry(lead: Lead, other: Lead, now: datetime) -> None:
    """All of a lead goes on in another: what people ruled and made for it goes along."""
    rows = {row.lead_id: row for row in LeadReferral.objects.filter(lead__in=(lead, other)).select_related("key")}
    was, key = seal.open_key(rows[lead.id].key), seal.open_key(rows[other.id].key)
    for ruling in Ruling.objects.filter(lead=lead, withdrawn_at__isnull=True).order_by("at"):
        if Ruling.objects.filter(lead=other, what=ruling.what, withdrawn_at__isnull=True).exists():
            continue
        said = seal.unseal(was, "leads_ruling", "sealed", ruling.id, ruling.sealed)
        copy = Ruling(lead=other, what=ruling.what, value=ruling.value, by_id=ruling.by_id, at=ruling.at)
        copy.person_id = other.writes_to_id if ruling.person_id is not None else None
        copy.until = ruling.until
        copy.sealed = seal.seal(key, "leads_ruling", "sealed", copy.id, said)
        copy.save(force_insert=True)
        if ruling.person_id is not None:
            Ruling.objects.filter(id=ruling.id).update(withdrawn_at=now)
    Task.objects.filter(lead=lead, status="open", key__isnull=True).update(lead=other, about_id=other.id)
    other.first_tried_at, other.first_reached_at = lead.first_tried_at, lead.first_reached_at
    other.save(update_fields=["first_tried_at", "first_reached_at"])


def empty(lead: Lead) -> None:
    """Nothing that somebody else said stays in the reading of a lead that was only about them."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = seal.open_key(row.key)
    was = services.read(row, key)
    kept = services.reading_row(lead, key, Referral(channel=was.channel, lead_kind=was.lead_kind))
    LeadReferral.objects.filter(lead=lead).update(sealed=kept.sealed)

