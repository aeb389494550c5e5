"""Everything the lead screen shows of one lead, opened once, in a constant number of questions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstvisit.journey.beside import Beside, said_beside
from firstvisit.journey.booking.seen import appointments_of_lead
from firstvisit.journey.case import Agreed as AgreedVisit
from firstvisit.journey.case import AppointmentSeen
from firstvisit.journey.endings import BOOKED
from firstvisit.journey.queries import explanation, user_names
from firstvisit.journey.reached import Reached, reached
from firstvisit.journey.status_links import links_ended
from firstvisit.journey.told import stands, told_by
from firstvisit.journey.verbs import LEASE
from firstvisit.kernel import leases, seal
from firstvisit.kernel.folding import folded
from firstvisit.kernel.leases import Held
from firstvisit.kernel.seal import OpenKey
from firstvisit.leads import scope
from firstvisit.leads.models import ContactAttempt, Event, Lead
from firstvisit.leads.queries import code
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.people.barring import barred_referrers, bars
from firstvisit.people.forbidding import Way, forbidden
from firstvisit.people.guarding import Restricted, Said, in_words, of_others
from firstvisit.people.households import others_at_home
from firstvisit.people.identity import Identity, Stated
from firstvisit.people.matching.places import same_house
from firstvisit.people.models import NOT_THEIRS, ConsentEntry, ContactPoint, Guardian
from firstvisit.people.queries import identities, same_people
from firstvisit.people.referrers import others_of_npi
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Queue
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Part

EVENTS = 40
EARLIER = 5
LEDGER = 60
"""Newest lines of the consent ledger that are shown; a channel seldom has more than two."""
TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Happening:
    """One timeline entry; `words` are what a person said, opened; None when nothing was, or may be, shown."""

    event: Event
    who: str
    words: str | None
    hidden: bool
    whom: str = ""
    """To whom the lead went."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One line of the consent ledger: what was said, under which wording, when, by which way in, and who took it."""

    channel: str
    given: bool
    wording: str
    at: datetime
    source: str
    by: str


@dataclass(frozen=True, slots=True)
class LeadFile:
    """One lead, opened as far as the person may see."""

    lead: Lead
    patient: Identity | None
    contact: Identity | None
    relationship: str | None
    organization: dict[str, Any] | None
    npi_of: tuple[str, ...]
    """Other names that came with the NPI of whoever refers."""
    referral: Referral
    consents: dict[str, bool]
    agreed: tuple[Agreed, ...]
    """The ledger of whoever is written to, newest first."""
    others: tuple[tuple[Identity, str], ...]
    """Who else speaks for the patient, and how they are related."""
    household: tuple[tuple[Identity, tuple[Lead, ...]], ...]
    """The other patients of the household, each with their open leads that this person may see."""
    together: tuple[tuple[Identity | None, Lead], ...]
    """The leads of others that came in one delivery with this one and that this person may see, each with its patient;
    at most twenty."""
    also_stated: tuple[Stated, ...]
    """What was said otherwise of the patient's names and birth date, in any of their records."""
    earlier: tuple[str, ...]
    """Phones and e-mail addresses that patient and contact were reached by and that are not shown with them."""
    parts: tuple[Part, ...]
    beside: tuple[Beside, ...]
    """What strangers said who joined it."""
    happenings: tuple[Happening, ...]
    why: dict[str, Any]
    held: Held | None
    holder: str | None
    before: tuple[Lead, ...]
    """Other leads of the same patient that this person may see, newest first."""
    leaving: tuple[tuple[str, datetime], ...]
    """Letters that wait for the end of quiet hours or for another attempt: template, and from when."""
    booked: AgreedVisit | None
    """The first visit that stands or took place: booked here, else agreed in the latest try; `again_at` is its moment,
    where that is known."""
    reached: Reached | None
    """How far a closed lead came; None of an open one."""
    promised: datetime | None
    """By when whoever asked was told that somebody calls or writes, while nobody has tried since."""
    restrictions: tuple[Restricted, ...]
    """What must not happen about the patient."""
    authority: Said | None
    """What the contact may decide for the patient, and who says so."""
    told_nothing: bool
    """Whether a restriction names whoever referred."""
    links_ended: datetime | None
    """When somebody last ended the links to how it stands."""
    avoided: frozenset[str]
    """Of the phones and e-mail addresses shown those that nothing may go to about the patient."""

    @property
    def avoids_home(self) -> bool:
        """Whether no letter may go to where the patient lives."""
        home = self.patient
        return home is not None and any(
            same_house(each.place, home.street, home.postal_code) for each in self.restrictions if each.place
        )

    @property
    def shown(self) -> list[uuid.UUID]:
        """The ids that an audit row of this view names."""
        home = (lead.patient_id for _, leads in self.household for lead in leads)
        came = (each for _, lead in self.together for each in (lead.id, lead.patient_id))
        told_of = (each.whose for each in self.restrictions)
        ids = (self.lead.id, self.lead.patient_id, self.lead.contact_id, *home, *came, *told_of)
        return list(dict.fromkeys(i for i in ids if i is not None))


def lead_file(lead: Lead, *, now: datetime, narrative: bool, user: User) -> LeadFile:
    """Open one lead for `user`. Words of the person are opened only with `narrative`; what ours wrote about the
    enquiry of an organization, which is no patient's story, also for whoever may see who asks, and to everybody what
    they wrote themselves."""
    lead = Lead.objects.select_related(
        "facts", "reading__key", "organization__key", "referrer__key", "owner_user", "owner_queue",
        "assigned_user", "assigned_queue",
    ).get(id=lead.id)
    key = seal.open_key(lead.reading.key)
    ours = lead.kind == "organization" and user.may("identity.see")
    speak = Guardian.objects.filter(patient=lead.patient_id) if lead.patient_id else Guardian.objects.none()
    pairs = {pair.guardian_id: pair for pair in speak}
    related = {person: pair.relationship for person, pair in pairs.items()}
    home = _household(lead, user)
    together = _together(lead, user)
    beside = {other.patient_id for other in together} - {lead.patient_id, lead.contact_id, *related}
    records = same_people([lead.patient_id])[lead.patient_id] if lead.patient_id else set()
    who = identities({p for p in (lead.contact_id, *records, *related, *home, *beside) if p})
    ledger = list(ConsentEntry.objects.filter(person=lead.writes_to_id).order_by("-id")[:LEDGER])
    newest = {entry.channel: entry for entry in reversed(ledger)}
    consents = {channel: entry.given for channel, entry in newest.items() if entry.wording != NOT_THEIRS}
    events = list(Event.objects.filter(lead=lead).order_by("-id")[:EVENTS])
    held = leases.held(LEASE, [lead.id], now=now).get(lead.id)
    again = _the_same(lead.contact_id, related, who)
    people = {uuid.UUID(event.actor[5:]) for event in events if event.actor.startswith("user:")}
    people |= {uuid.UUID(v) for event in events if isinstance(v := event.data.get("user"), str)}
    earlier, referral = _earlier(lead, who), read(lead.reading, key)
    parts = tuple(
        Part.objects.filter(lead=lead)
        .select_related("item__document", "item__reading")
        .defer("item__document__sealed", "item__reading__sealed", "item__reading__confirmed")
        .order_by("item__received_at", "item_id")
    )
    typed = {p.item_id: uuid.UUID(p.item.sender[5:]) for p in parts if p.item.sender.startswith("user:")}
    last, visits = ContactAttempt.objects.filter(lead=lead).order_by("-at").first(), appointments_of_lead(lead.id)
    names = user_names(people | set(typed.values()) | ({held.holder} if held else set()))
    theirs = [p for p in (lead.patient_id, lead.contact_id, *related) if p is not None]
    return LeadFile(
        lead=lead,
        patient=who[lead.patient_id][0] if lead.patient_id in who else None,
        contact=_whole(lead.contact_id, again, who),
        relationship=related.get(lead.contact_id) if lead.contact_id else None,
        others=tuple(
            (who[person][0], relationship)
            for person, relationship in sorted(related.items())
            if person != lead.contact_id and person in who and person not in again
        ),
        household=tuple((who[person][0], leads) for person, leads in home.items() if person in who),
        together=tuple((who[p][0] if (p := other.patient_id) in who else None, other) for other in together),
        also_stated=_also_stated(lead.patient_id, records, who),
        earlier=earlier,
        organization=_opened(lead.organization, "people_organization"),
        npi_of=tuple(others_of_npi(referral)),
        referral=referral,
        consents=consents,
        agreed=tuple(
            Agreed(
                channel=entry.channel,
                given=entry.given,
                wording=entry.wording,
                at=entry.at,
                source=entry.source_kind,
                by=names.get(typed[entry.source_id], "a former colleague") if entry.source_id in typed else "",
            )
            for entry in ledger
            if entry.wording != NOT_THEIRS
        ),
        parts=parts,
        beside=said_beside(lead),
        happenings=tuple(
            _happening(event, key, names, narrative or event.actor.startswith("user:" if ours else f"user:{user.id}"))
            for event in events
        ),
        why=explanation(lead, now=now),
        held=held,
        holder=names.get(held.holder) if held else None,
        before=_before(lead, records, user),
        leaving=tuple(
            Message.objects.filter(lead=lead, status="wanted", wanted_at__gt=now)
            .order_by("wanted_at")
            .values_list("template", "wanted_at")
        ),
        booked=_booked(visits, last),
        reached=reached(lead) if lead.closed_at is not None else None,
        promised=stands(
            (
                (p.at, told_by(p.item.source, p.item.answer, code(lead.number), mailed=lead.facts.may_email))
                for p in parts
                if not (p.quiet or (p.item.answer or {}).get("apart"))  # nobody told the family
            ),
            [at for at in (last.at if last else None, *(each.booked_at for each in visits)) if at is not None],
        ),
        restrictions=_restrictions(lead, who),
        told_nothing=bool(lead.patient_id and lead.referrer_id)
        and bool(barred_referrers({lead.id: (lead.patient_id, lead.referrer_id)})),  # type: ignore[dict-item]
        links_ended=links_ended(lead) if lead.referrer_id else None,
        authority=Said.of(pairs.get(lead.contact_id)) if lead.contact_id else None,
        avoided=_avoided(lead, {p: who[p][0] for p in theirs if p in who}, earlier),
    )


def _booked(visits: Iterable[AppointmentSeen], last: ContactAttempt | None) -> AgreedVisit | None:
    """The first visit as it stands in the calendar; what was agreed in a try only where nothing was booked here since
    that fell through."""
    first = [each for each in visits if each.service == "evaluation" and each.booked_at is not None]
    for visit in first:
        if visit.stands or visit.status == "completed":
            return AgreedVisit(visit.id, visit.booked_at, visit.starts_at, visit.site, visit.clinician, visit)
    if last is None or last.outcome != BOOKED or any(each.status_at >= last.at for each in first):
        return None
    return AgreedVisit(last.id, last.at, last.again_at, last.visit_site, last.visit_with)


def _restrictions(lead: Lead, who: dict[uuid.UUID, tuple[Identity, seal.OpenKey]]) -> tuple[Restricted, ...]:
    """What must not happen about the patient, and that contact or patient are named in a restriction about another."""
    own = in_words([lead.patient_id]).get(lead.patient_id, []) if lead.patient_id else []
    ids = [person for person in (lead.contact_id, lead.patient_id) if person in who]
    others = of_others([who[person][0] for person in ids], ids, [lead.patient_id] if lead.patient_id else [])
    return (*own, *others)


def _also_stated(
    patient: uuid.UUID | None, records: Iterable[uuid.UUID], who: Mapping[uuid.UUID, tuple[Identity, OpenKey]]
) -> tuple[Stated, ...]:
    """What the patient's records say of names and birth date beside what stands."""
    if patient is None or patient not in who:
        return ()
    theirs = [who[record][0] for record in sorted(records) if record in who]
    return who[patient][0].beside(said for one in theirs for said in (*(one.also_stated or ()), *one.naming))


def _before(lead: Lead, records: Iterable[uuid.UUID], user: User) -> tuple[Lead, ...]:
    """The patient's other leads, whichever of their records they are about."""
    if lead.patient_id is None:
        return ()
    theirs = scope.leads_for(user).filter(patient__in=records).exclude(id=lead.id)
    return tuple(theirs.order_by("-number")[:EARLIER])


def _together(lead: Lead, user: User) -> tuple[Lead, ...]:
    """Leads of other patients that came in one delivery with this one, inside the scope, the oldest first."""
    deliveries = Part.objects.filter(lead=lead).values("item")
    others = scope.leads_for(user).filter(parts__item__in=deliveries).exclude(id=lead.id)
    return tuple(others.distinct().order_by("number")[:TOGETHER])


def _avoided(lead: Lead, reached: Mapping[uuid.UUID, Identity], earlier: Iterable[str]) -> frozenset[str]:
    """What the gate would refuse of the ways to reach patient, contact and whoever else speaks, and what leads to
    somebody who may be barred by the one name on file."""
    if lead.patient_id is None:
        return frozenset()
    ways: list[Way] = [(lead.patient_id, None, way) for way in earlier]
    for person, one in reached.items():
        ways += [(lead.patient_id, person, way) for way in (one.phone, one.email) if way]
    return frozenset(way for _, _, way in forbidden(ways)) | _of_one_name(lead, reached)


def _of_one_name(lead: Lead, reached: Mapping[uuid.UUID, Identity]) -> set[str]:
    """The ways of those who also speak, are on file by one name alone and may be somebody barred by it. Whoever the
    lead writes to is reached as the gate says."""
    own = {person for person in (lead.patient_id, lead.contact_id) if person is not None}
    kept = {way for person in own if person in reached for way in (reached[person].phone, reached[person].email)}
    alone = [one for person, one in reached.items() if person not in own and not (one.first_name and one.last_name)]
    maybe = [one for one in alone if lead.patient_id and bars([lead.patient_id], one)]
    return {way for one in maybe for way in (one.phone, one.email) if way and way not in kept}


def _whole(
    contact: uuid.UUID | None, again: Iterable[uuid.UUID], who: Mapping[uuid.UUID, tuple[Identity, OpenKey]]
) -> Identity | None:
    """The contact, with the ways to reach them that another record of the same name states."""
    if contact is None or contact not in who:
        return None
    one = who[contact][0]
    for person in again:
        one = who[person][0].completed_by(one)
    return one


def _the_same(
    contact: uuid.UUID | None, related: Iterable[uuid.UUID], who: Mapping[uuid.UUID, tuple[Identity, OpenKey]]
) -> set[uuid.UUID]:
    """Of those who speak for the patient the records that only name the contact again: the same name, and no phone or
    e-mail that says otherwise."""
    if contact is None or contact not in who:
        return set()
    one = who[contact][0]
    return {
        person
        for person in related
        if person in who
        and folded(who[person][0].name) == folded(one.name)
        and person != contact
        and not any(_differ(getattr(who[person][0], way), getattr(one, way)) for way in ("phone", "email"))
    }


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _household(lead: Lead, user: User) -> dict[uuid.UUID, tuple[Lead, ...]]:
    """The other patients of the household with their open leads inside the scope; those with none are not named."""
    ids = others_at_home(lead.patient_id) if lead.patient_id else set()
    if not ids:
        return {}
    theirs: dict[uuid.UUID, list[Lead]] = {}
    for other in scope.leads_for(user).filter(patient__in=ids, closed_at__isnull=True).order_by("number"):
        if other.patient_id is not None:
            theirs.setdefault(other.patient_id, []).append(other)
    return {person: tuple(leads) for person, leads in theirs.items()}


def _earlier(lead: Lead, who: dict[uuid.UUID, tuple[Identity, seal.OpenKey]]) -> tuple[str, ...]:
    """What was stated first and then otherwise is still there to try, and to notice."""
    theirs = [p for p in (lead.patient_id, lead.contact_id) if p in who]
    shown = {reach for p in theirs for reach in (who[p][0].phone, who[p][0].email)}
    points = ContactPoint.objects.filter(person__in=theirs).order_by("id")
    reaches = (
        seal.unseal(who[p.person_id][1], "people_contactpoint", "sealed", p.id, p.sealed).decode()
        for p in points
    )
    return tuple(dict.fromkeys(reach for reach in reaches if reach not in shown))


def colleagues(lead: Lead, user: User) -> list[User]:
    """Who else could take this lead: active accounts of its site that work on leads; while a red flag waits,
    those who may judge one."""
    others = (
        User.objects.filter(is_active=True, role__capabilities__contains=["leads.see", "leads.work"])
        .exclude(id=user.id)
        .prefetch_related("sites")
        .order_by("name")
    )
    flagged = lead.outcome == "clinician_review"
    return [
        other
        for other in others
        if scope.works_at(other, lead.site) and (not flagged or other.may("clinical.review"))
    ]


def queues_of(lead: Lead) -> list[Queue]:
    """The queues that take leads of this site."""
    return [queue for queue in practice().queues.values() if queue.site in (None, lead.site)]


def _opened(row: Any, table: str) -> dict[str, Any] | None:
    if row is None:
        return None
    value: dict[str, Any] = seal.unseal_json(seal.open_key(row.key), table, "sealed", row.id, row.sealed)
    return value


def _happening(event: Event, key: seal.OpenKey, names: dict[uuid.UUID, str], opens: bool) -> Happening:
    words = None
    if event.sealed is not None and opens:
        words = seal.unseal(key, "leads_event", "sealed", event.event_id, event.sealed).decode()
    who = ""
    if event.name in ("received", "joined") and isinstance(typed_by := event.data.get("user"), str):
        who = f"typed by {names.get(uuid.UUID(typed_by), 'a former colleague')}"
    if event.actor.startswith("user:"):
        who = names.get(uuid.UUID(event.actor[5:]), "a former colleague")
    to = event.data.get("user") if event.name == "reassigned" else None
    whom = names.get(uuid.UUID(to), "a former colleague") if isinstance(to, str) else ""
    if isinstance(slug := event.data.get("queue"), str) and event.name == "reassigned":
        queue = practice().queues.get(slug)
        whom = queue.name if queue else slug
    return Happening(event, who, words, event.sealed is not None and not opens, whom)
