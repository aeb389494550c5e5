"""What a request comes to by itself: told to somebody who joins a family's lead and is not known to belong to it.

Whoever states a name and a birth date would else read off the answer that this patient is here, by the family's own
reference and score; and somebody whom a restriction names, that it names them. So each of them is answered as anybody
whom nobody knows, with a reference of this very request (docs/why/0025).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final

from django.db.models import Q

from firstvisit.journey.opening import opened
from firstvisit.journey.own_referral import (
    began,
    joined_anothers,
    may_follow,
    named_before,
    reading_now,
    referral_of,
)
from firstvisit.journey.plan import Plan
from firstvisit.journey.policy import Cadence
from firstvisit.journey.told import stands, told_by
from firstvisit.kernel.blind import token
from firstvisit.leads.models import Event, FactsRow, Lead
from firstvisit.leads.services import next_number
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.people import services as people
from firstvisit.people.mailboxes import mailbox
from firstvisit.people.models import OrganizationPerson, Person, PossibleMatch
from firstvisit.people.queries import same_people
from firstvisit.people.records import Known
from firstvisit.people.referrers import WhoRefers, referrer_token
from firstvisit.people.resolved import Resolved
from firstvisit.people.strangers import is_stranger_to, ways_of
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.referral.filling import filling
from firstvisit.referral.joining_office import is_known_office
from firstvisit.referral.merge import joined
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.sources import Reading

ANSWERS: Final = frozenset({"form", "web_form", "refer", "event", "guide", "api"})
"""Ways in whose sender reads at once what became of it and may be anybody."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What a page says beside the receipt, in the place of the family's lead: the site, what is waited for and on whom,
    how the order stands, and whether whoever referred is asked for papers."""

    site: str
    blockers: tuple[tuple[str, str], ...]
    order_state: str
    asks: bool
    receipt: tuple[tuple[str, str], ...] = ()
    """What their receipt would say by itself (`messages.templates.render`); () where none would leave."""
    to_office: tuple[tuple[str, str], ...] = ()
    """The same of the letter to an office that what it sent has arrived."""

    def as_json(self) -> dict[str, Any]:
        return {
            "site": self.site,
            "blockers": [list(each) for each in self.blockers],
            "order_state": self.order_state,
            "asks": self.asks,
            **({"receipt": dict(self.receipt)} if self.receipt else {}),
            **({"to_office": dict(self.to_office)} if self.to_office else {}),
        }

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Apart:
        blockers = tuple((what, whom) for what, whom in said["blockers"])
        receipt, to_office = (tuple(said.get(name, {}).items()) for name in ("receipt", "to_office"))
        return cls(said["site"], blockers, said["order_state"], said["asks"], receipt, to_office)


def is_stranger(lead: Lead, resolved: Resolved, referral: Referral) -> bool:
    """Whether whoever asks was not known, before this, to belong to the patient of the lead it joins: to speak for them
    or to have referred them; of patients who ask for themselves, not known by the phone or address they give."""
    if resolved.barred or resolved.other_ways:
        return True
    patient, asks = resolved.patient, resolved.contact
    if patient is None or patient.new:
        unnamed = lead.patient_id is not None and asks is not None and not asks.new
        return unnamed and is_stranger_to(lead.patient_id, asks.person.id)  # type: ignore[arg-type, union-attr]
    if referral.lead_kind in ("referral_partner", "organization"):
        refers = resolved.referrer
        if refers is None:
            return False
        if lead.referrer_id == refers.id and began(lead, refers):
            return False
        return not _known_office(lead, refers, referral)
    return resolved.stranger


def _known_office(lead: Lead, refers: OrganizationPerson, referral: Referral) -> bool:
    """Whether an office whose request did not open the lead is or becomes the one that refers, and somebody else than
    itself says that it belongs to the patient."""
    if lead.referrer_id not in (None, refers.id):
        return False
    reading = reading_now(lead)
    if lead.referrer_id == refers.id:
        return is_known_office(reading)
    return named_before(reading, referral, lead.received_at)


def marks_of_asker(resolved: Resolved, referral: Referral) -> list[str]:
    """By what somebody who asks once more is known to be the same: the office, or, of a family, the person who asks and
    the ways they give."""
    if referral.lead_kind in ("referral_partner", "organization"):
        return [str(resolved.referrer.token)] if resolved.referrer is not None else []
    speaks = [str(resolved.contact.person.id)] if resolved.speaks is not None and resolved.contact is not None else []
    return [*speaks, *_marks_of_ways(referral)]


def _marks_of_ways(referral: Referral) -> list[str]:
    return sorted({str(token("reach", mailbox(way))) for way in ways_of(referral)})


@dataclass(frozen=True, slots=True)
class Before:
    """What a stranger asked before of a patient: the number they were told, when that was first, what their lead would
    say by now had nobody known the patient, and by when they were told that somebody answers."""

    number: int
    received_at: datetime
    said: Referral
    promised: datetime | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request of a stranger, or of somebody whom a restriction names, that came to a lead."""

    part: Part
    said: Referral
    told: int
    marks: frozenset[str]
    barred: bool


def asked_before(lead: Lead, asker: Sequence[str]) -> Before | None:
    """What somebody with these marks asked of this lead before, as a stranger, or of a lead that their own request
    opened about perhaps the same patient; None where it is their first time.

    Of a patient whom nobody knows whoever gives a phone or mailbox that was stated before is known, whatever their
    name; so it is here. And the first who asked would have the lead, which what strangers say later fills as well.
    """
    asked = _asked(lead)
    theirs = [each for each in asked if each.told and each.marks & set(asker)]
    if not theirs:
        return asked_beside(lead, asker)
    heard = theirs
    if theirs[0] is asked[0]:
        heard = [each for each in asked if each in theirs or not each.barred]
    said = reduce(lambda whole, each: _with(whole, each, theirs), heard[1:], heard[0].said)
    return Before(theirs[0].told, theirs[0].part.item.received_at, said, _promised(each.part.item for each in theirs))


def _asked(lead: Lead) -> list[_Asked]:
    came = Event.objects.filter(lead=lead, name__in=("received", "joined")).order_by("id")
    events = {each.data["item"]: each for each in came if "stranger" in each.data or each.data.get("restricted")}
    parts = Part.objects.filter(lead=lead, item__in=events).select_related("item__key", "item__document").order_by("id")
    found = []
    for part in parts:
        event, said = events[str(part.item_id)], referral_of(part)
        told, marks = int(event.data.get("told", "").removeprefix("L-") or 0), {*_marks_of_ways(said)}
        if event.name == "received":
            told = lead.number
            marks |= {str(lead.contact_id), str(referrer_token(said))}
        marks |= set(event.data.get("stranger", ()))
        found.append(_Asked(part, said, told, frozenset(marks), barred="stranger" not in event.data))
    return found


def _with(whole: Referral, each: _Asked, theirs: Sequence[_Asked]) -> Referral:
    return joined(whole, each.said if each in theirs else filling(whole, each.said).fills)[0]


def asked_beside(lead: Lead, asker: Sequence[str]) -> Before | None:
    """What somebody with these marks asked in a lead of their own, which is about perhaps the same patient: a slip of
    the birth date opened it."""
    if lead.patient_id is None:
        return None
    records = same_people([lead.patient_id])[lead.patient_id]
    pairs = PossibleMatch.objects.filter(Q(known__in=records) | Q(newcomer__in=records))
    others = {each for pair in pairs.values_list("known", "newcomer") for each in pair} - records
    for other in Lead.objects.filter(patient__in=others, closed_at__isnull=True).order_by("id"):
        said = reading_now(other)
        if {*_marks_of_ways(said), str(other.contact_id), str(referrer_token(said))} & set(asker):
            items = Item.objects.filter(parts__lead=other)
            return Before(other.number, other.received_at, said, _promised(items))
    return None


def _promised(items: Iterable[Item]) -> datetime | None:
    """By when whoever sent these was told that somebody answers, where a page said so."""
    told = ((each.received_at, _told(each)) for each in items)
    return stands(told, ())


def _told(item: Item) -> datetime | None:
    answer = item.answer or {}
    return told_by(item.source, answer, answer.get("code", ""), mailed=True)


def by_itself(
    item: Item,
    reading: Reading,
    begun: Lead | None,
    shape: Practice,
    rules: Policy,
    now: datetime,
    *,
    before: Before | None = None,
) -> tuple[Lead, Plan, Apart]:
    """A lead as this request would have opened it had nobody known its people; nothing of it is written. `begun` is the
    lead that the request itself or the first step of its form opened, whose reference it keeps. Whoever asked `before`
    reads the reference of that time, and what both requests come to, as of a patient whom nobody knows."""
    number = begun.number if begun is not None else None
    promised = _promised([item.continues]) if item.continues is not None else None
    if before is not None:
        promised = min(filter(None, (promised, before.promised)), default=None)
        number, whole = before.number, joined(before.said, reading.referral)[0]
        reading = replace(reading, referral=whole, received_at=before.received_at, clock_from=before.received_at)
    alone = people.resolve(reading.referral, newcomers=WhoRefers())
    number = number if number is not None else next_number()
    lead, plan_now, rows = opened(item, reading, alone, shape, rules, now, number=number, promised=promised)
    asks = any(task.kind == "request_papers" for task in plan_now.tasks)
    asks = asks or any(message.template == "papers_request" for message in plan_now.messages)
    blockers = tuple((blocker.what, blocker.whom) for blocker in plan_now.blockers)
    order_state = next(row.order_state for row in rows if isinstance(row, FactsRow))
    said = {message.template: message.details for message in plan_now.messages}
    if "receipt" not in said and (later := receipt_due(item, reading, rules)) > now:
        # Of an unfinished form it leaves later, and says what it would say then.
        of_then = opened(item, reading, alone, shape, rules, later, number=number, promised=promised)[1]
        said |= {message.template: message.details for message in of_then.messages if message.template == "receipt"}
    letters = said.get("receipt", ()), said.get("partner_receipt", ())
    return lead, plan_now, Apart(lead.site, blockers, order_state, asks, *letters)


def receipt_due(item: Item, reading: Reading, rules: Policy) -> datetime:
    """When the receipt of a request leaves: at once, after an unfinished form some minutes later."""
    minutes = 0 if reading.complete else rules.section(Cadence).receipt_after_minutes
    return (reading.received_at or item.received_at) + timedelta(minutes=minutes)


def stands_apart(item: Item, lead: Lead, shape: Practice, rules: Policy) -> Apart | None:
    """How an office's own request stood by itself when it came, where it joined somebody else's lead, as its page was
    told or by a door that answered nothing; None where it may read how the lead stands."""
    told = item.answer.get("apart") if item.answer else None
    if not (told or joined_anothers(item, lead)) or may_follow(item, lead):
        return None
    if told:
        return Apart.of_json(told)
    part = item.parts.select_related("item__key", "item__document").filter(lead=lead).order_by("id")[0]
    return by_itself(item, Reading(referral_of(part)), lead, shape, rules, item.received_at)[2]


def letters_of_it(
    item: Item, lead: Lead, resolved: Resolved, apart: Apart, *, at: datetime, now: datetime
) -> list[Message]:
    """The receipt for whoever joined this lead and is not whom it writes to, or whom a restriction names: it leaves
    where and when (`at`) it would have left had nobody known the patient, or a mail that does not come would tell them
    so. To an office that a restriction names, or that does not become the one that refers, the letter that what it sent
    arrived. Once, however often they ask: nor is
    anybody sent a second one of a request that stands."""
    asks, refers = _asks(resolved), resolved.referrer
    found = []
    theirs = asks is not None and (asks.person.id != lead.writes_to_id or resolved.barred or resolved.stranger)
    theirs = theirs and (resolved.barred or not _opened_by(lead, asks))
    if asks is not None and theirs and apart.receipt and asks.identity.email and not _has_left(item, now):
        found.append(_letter(item, lead, "receipt", "receipt", at, now, person=asks.person))
    if refers is not None and (resolved.barred or refers.id != lead.referrer_id) and apart.to_office:
        found.append(_letter(item, lead, "partner_receipt", "partner", now, now, referrer=refers))
    standing = Message.objects.filter(lead=lead, cause_kind=BY_ITSELF).exclude(status="withdrawn") if found else ()
    told = {(each.template, each.person_id, each.referrer_id) for each in standing}
    return [each for each in found if (each.template, each.person_id, each.referrer_id) not in told]


def _opened_by(lead: Lead, asks: Known | None) -> bool:
    """Whether a stranger opened this lead, which then writes to them itself."""
    if asks is None or lead.contact_id != asks.person.id:
        return False
    return Part.objects.filter(lead=lead, end="opened", item__answer__has_key="apart").exists()


def _asks(resolved: Resolved) -> Known | None:
    """Whoever asks and is no office: for somebody else, or for themselves by the ways they state."""
    return resolved.contact or resolved.beside or (resolved.patient if resolved.itself else None)


def _has_left(item: Item, now: datetime) -> bool:
    """Whether the receipt of an earlier step of this item's form has begun to leave; one that only waits gives way."""
    if item.continues_id is None:
        return False
    earlier = Message.objects.filter(template="receipt", cause_id=item.continues_id)
    waits = earlier.filter(cause_kind=BY_ITSELF, status="wanted")
    waits.update(status="withdrawn", ended_at=now, why="no longer wanted")
    return earlier.exclude(status__in=("wanted", "withdrawn")).exists()


def _letter(
    item: Item, lead: Lead, template: str, purpose: str, at: datetime, now: datetime, **to: Person | OrganizationPerson
) -> Message:
    return Message(
        key=f"{lead.id}:{template}:{BY_ITSELF}:{item.id}",
        lead=lead,
        channel="email",
        purpose=purpose,
        template=template,
        cause_kind=BY_ITSELF,
        cause_id=item.id,
        made_at=now,
        wanted_at=at,
        **to,
    )
