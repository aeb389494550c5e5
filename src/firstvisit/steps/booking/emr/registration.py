"""What an EMR is told of a booked patient: the record, the practice and the visit as one plain value. Pure.

Every way to the EMR writes this same value, so that no way says more or less than another. What nobody stated is "" or
None and is left out; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.people.relations import is_guardian
from firstvisit.practice.payers import of_our_list
from firstvisit.practice.shape import Practice, Site
from firstvisit.referral.names import person_name
from firstvisit.referral.record import Clinician, Diagnosis, Payer, Referral, Referrer

DISCIPLINES: Final = {"OT": "Occupational therapy", "PT": "Physical therapy", "SLP": "Speech therapy"}
_SELF: Final = "self"
_OWN_ID: Final = ("medicare", "medicaid")
"""Payers at which a child too has an id of its own."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts."""

    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    credential: str = ""

    @property
    def full(self) -> str:
        return " ".join(part for part in (self.first, self.middle, self.last, self.suffix) if part)

    def __bool__(self) -> bool:
        return bool(self.last or self.first)


@dataclass(frozen=True, slots=True)
class Relative:
    """Whom to get back to, where that is not the patient; `guardian` as on the lead's page."""

    name: Name
    relationship: str
    phone: str = ""
    extension: str = ""
    email: str = ""
    guardian: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """One payer, the first to pay first. `holder` is whoever holds the plan, as stated; `own` that it is the patient:
    they say so, or everybody has an id of their own there. Where neither holds nobody said whose plan it is."""

    id: str
    name: str
    kind: str
    member_id: str = ""
    group: str = ""
    authorization: str = ""
    authorized_from: dt.date | None = None
    authorized_through: dt.date | None = None
    holder: Name = Name()
    holder_born: dt.date | None = None
    claim: str = ""
    adjuster: Name = Name()
    adjuster_phone: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Doctor:
    """Who refers, or who ordered."""

    name: Name
    organization: str = ""
    npi: str = ""
    phone: str = ""
    fax: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.organization)


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as it is told: when, where, with whom. Moments are UTC."""

    id: str
    starts: dt.datetime
    ends: dt.datetime
    status: str
    kind: str
    kind_name: str
    site: str
    setting: str = "clinic"
    sequence: int = 0
    clinician: str = ""
    clinician_name: Name = Name()
    rooms: tuple[tuple[str, str], ...] = ()
    """Slug and name of each room, and so of each device."""
    devices: tuple[tuple[str, str], ...] = ()
    why: str = ""
    why_words: str = ""

    @property
    def minutes(self) -> int:
        return int((self.ends - self.starts).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Registration:
    """A booked patient. `code` is the lead's; `number` the patient's, the same for every lead of theirs."""

    code: str
    number: str
    practice: str
    site: Site
    patient: Name
    born: dt.date | None = None
    sex: str = ""
    phone: str = ""
    extension: str = ""
    email: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    language: str = ""
    interpreter: bool = False
    preferred_name: str = ""
    access: str = ""
    relatives: tuple[Relative, ...] = ()
    covers: tuple[Cover, ...] = ()
    plan_told_nothing: bool = False
    referrer: Doctor = Doctor(Name())
    orderer: Doctor = Doctor(Name())
    diagnoses: tuple[Diagnosis, ...] = ()
    discipline: str = ""
    program: str = ""
    program_name: str = ""
    reason: str = ""
    order: str = ""
    frequency: str = ""
    cause: str = ""
    events: tuple[tuple[str, dt.date], ...] = ()
    visit: Visit | None = None
    practice_npi: str = ""

    @property
    def referred(self) -> bool:
        """Whether anybody is known who refers or ordered."""
        return bool(self.referrer or self.orderer)


def registration(
    stated: Referral,
    practice: Practice,
    *,
    code: str,
    number: str,
    site: str,
    program: str = "",
    discipline: str = "",
    visit: Visit | None = None,
) -> Registration:
    """Put together what is known. A payer that is to be told nothing (45 CFR 164.522(a)(1)(vi)) is not named: whoever
    bills from the EMR must not meet it there."""
    patient, hidden = stated.patient, bool(stated.withhold_from_plan)
    ours = practice.programs.get(program)
    here = practice.sites.get(site) or practice.sites[practice.identity.home_site]
    return Registration(
        code=code,
        number=number,
        practice=practice.identity.name,
        site=here,
        patient=patient_name(stated),
        born=patient.date_of_birth,
        sex=patient.sex or "",
        phone=patient.phone or (_own(stated, "phone")),
        extension=(patient.extension if patient.phone else _own(stated, "extension")) or "",
        email=patient.email or _own(stated, "email"),
        street=patient.street or "",
        city=patient.city or "",
        state=patient.state or "",
        postal_code=patient.postal_code or "",
        language=patient.language or "",
        interpreter=bool(patient.interpreter),
        preferred_name=patient.preferred_name or "",
        access=stated.access_needs or "",
        relatives=_relatives(stated),
        covers=() if hidden else tuple(_cover(payer, stated, practice) for payer in stated.payers or () if payer.name),
        plan_told_nothing=hidden,
        referrer=_doctor(stated.referrer),
        orderer=_doctor(stated.ordering),
        diagnoses=stated.diagnoses or (),
        discipline=discipline or (stated.disciplines or ("",))[0],
        program=program,
        program_name=ours.name if ours is not None else "",
        reason=stated.concern or "",
        order=_order(stated),
        frequency="; ".join(_frequencies(stated)),
        cause=stated.cause or "",
        events=tuple((event.kind, event.date) for event in stated.events or () if event.date is not None),
        visit=visit,
        practice_npi=practice.identity.npi,
    )


def patient_name(stated: Referral) -> Name:
    """The patient's; who asks for themselves and gave one name is called by it."""
    patient, contact = stated.patient, stated.contact
    if contact.relationship == _SELF and contact.name and not (patient.first_name or patient.last_name):
        return name_of(contact.name)
    return Name(patient.last_name or "", patient.first_name or "", patient.middle_name or "", patient.suffix or "")


def name_of(text: str, credential: str = "") -> Name:
    """A full name in its parts; one that no rule splits is a last name."""
    try:
        parts = person_name(text)
    except ValueError:
        return Name(last=text, credential=credential)
    if not parts.last:
        return Name(last=parts.first or text, credential=credential)
    return Name(parts.last, parts.first or "", credential=credential)


def _own(stated: Referral, what: str) -> str:
    """A way to reach the patient that was given as the contact's, who is the patient."""
    return (getattr(stated.contact, what) or "") if stated.contact.relationship == _SELF else ""


def _relatives(stated: Referral) -> tuple[Relative, ...]:
    contact = stated.contact
    if not contact.name or contact.relationship == _SELF or contact.relationship is None:
        return ()
    return (
        Relative(
            name_of(contact.name), contact.relationship, contact.phone or "", contact.extension or "",
            contact.email or "", is_guardian(contact.relationship, contact.authority),
        ),
    )  # fmt: skip


def _cover(payer: Payer, stated: Referral, practice: Practice) -> Cover:
    ours = of_our_list(payer, practice)
    holder = name_of(payer.subscriber_name) if payer.subscriber_name else Name()
    patient = patient_name(stated)
    kind = (ours.kind if ours is not None else payer.kind) or ""
    theirs = {folded(" ".join(part for part in (patient.first, *more, patient.last) if part))
              for more in ((), (patient.middle,))}  # fmt: skip
    own = kind in _OWN_ID or (bool(holder) and folded(holder.full) in theirs)
    holder = Name() if own else holder
    return Cover(
        id=(ours.payer_id or ours.slug) if ours is not None else "",
        name=ours.name if ours is not None else payer.name or "",
        kind=kind,
        member_id=payer.member_id or "",
        group=payer.group_number or "",
        authorization=payer.authorization_number or "",
        authorized_from=payer.authorization_from,
        authorized_through=payer.authorization_through,
        holder=holder,
        own=own,
        holder_born=payer.subscriber_date_of_birth if holder else None,
        claim=payer.claim_number or "",
        adjuster=name_of(payer.adjuster_name) if payer.adjuster_name else Name(),
        adjuster_phone=payer.adjuster_phone or "",
    )


def _doctor(who: Referrer | Clinician) -> Doctor:
    name = name_of(who.name, who.credential or "") if who.name else Name()
    return Doctor(name, who.organization or "", who.npi or "", who.phone or "", who.fax or "")


def _order(stated: Referral) -> str:
    """How the order stands, in words; "" where nobody said."""
    if stated.order_signed:
        return "signed order on file"
    if stated.documents and "order" in stated.documents:
        return "order on file, signature not seen"
    return {"none": "no order", "announced": "order announced, not here yet"}.get(stated.order or "", "")


def _frequencies(stated: Referral) -> list[str]:
    found = []
    for each in stated.frequencies or ():
        parts = (
            each.discipline or "",
            f"{each.visits_per_week:g} a week" if isinstance(each.visits_per_week, float)
            else f"{each.visits_per_week} a week" if each.visits_per_week else "",
            f"for {each.weeks} weeks" if each.weeks else "",
            f"{each.total_visits} visits in all" if each.total_visits else "",
        )  # fmt: skip
        if any(parts[1:]):
            found.append(" ".join(part for part in parts if part))
    return found
