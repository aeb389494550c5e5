"""From what was stated to what a payer is asked with: the plans of a patient, and the question to one of them. Pure.

The name and number are those of the card. Whoever holds the plan is the subscriber and has the member id; a patient who
is somebody else is asked about as their dependent. Of Medicare and Medicaid everybody has an id of their own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.practice.payers import of_our_list
from firstvisit.practice.shape import Practice
from firstvisit.referral.names import person_name, without_generation
from firstvisit.referral.record import Patient, Payer, Referral
from firstvisit.steps.coverage.answers import SERVICES
from firstvisit.steps.coverage.inquiries import Inquiry, Insured, service_of
from firstvisit.steps.coverage.medicare import plain_number

MOST: Final = 2
"""Plans of one patient that are asked: the first to pay and the second."""
HEALTH_PLANS: Final = frozenset({"medicare", "medicaid", "commercial"})
"""Kinds of payers that answer a question about benefits. An accident's insurer, a school or the VA does not."""
_OWN_ID: Final = frozenset({"medicare", "medicaid"})
_SEXES: Final = {"female": "F", "male": "M"}


@dataclass(frozen=True, slots=True)
class Card:
    """One plan, the first to pay with rank 0. `payer` is a slug of ours or "". `missing` are the fields, by their path
    in the record, without which no payer knows who is meant. `says` is everything a question would say of the patient,
    to be hashed: while it stays the same, so does the answer."""

    rank: int
    kind: str
    payer: str
    missing: tuple[str, ...]
    withheld: bool
    disciplines: tuple[str, ...]
    says: tuple[str, ...]


def cards(referral: Referral, practice: Practice, disciplines: tuple[str, ...]) -> tuple[Card, ...]:
    """The plans of a patient, at least one (of no kind, where nobody said who pays). `disciplines` are those of the
    lead: PT, OT, SLP; of another nothing can be asked."""
    asked = tuple(each for each in disciplines if each in SERVICES)
    payers = (referral.payers or (Payer(),))[:MOST]
    return tuple(_card(rank, payer, referral, practice, asked) for rank, payer in enumerate(payers))


def _card(
    rank: int, payer: Payer, referral: Referral, practice: Practice, disciplines: tuple[str, ...]
) -> Card:
    ours = of_our_list(payer, practice)
    kind = ours.kind if ours is not None else payer.kind or ""
    if kind == "unknown" or (not kind and payer.name):
        kind = "commercial"  # a name without a kind is that of a plan until somebody says otherwise
    patient = _patient(referral)
    holder = _holder(payer, patient, kind)
    missing = () if kind not in HEALTH_PLANS else tuple(_missing(rank, payer, patient, disciplines))
    says = (
        kind, payer.name or "", payer.member_id or "", payer.group_number or "", holder or "",
        str(payer.subscriber_date_of_birth or "") if holder else "", patient.first_name or "", patient.last_name or "",
        str(patient.date_of_birth or ""), patient.sex or "",
    )  # fmt: skip
    slug = ours.slug if ours is not None else ""
    return Card(rank, kind, slug, missing, bool(referral.withhold_from_plan), disciplines, says)


def _patient(referral: Referral) -> Patient:
    """The patient; who asks for themselves and gave one name is called by it, as people are (`people.identity`)."""
    patient, contact = referral.patient, referral.contact
    if contact.relationship != "self" or not contact.name or patient.first_name or patient.last_name:
        return patient
    try:
        parts = person_name(contact.name)
    except ValueError:
        return patient  # no name of a person: nobody can be asked about it
    return patient.model_copy(update={"first_name": parts.first, "last_name": parts.last})


def _missing(rank: int, payer: Payer, patient: Patient, disciplines: tuple[str, ...]) -> list[str]:
    needed = (
        (payer.name, f"payers.{rank}.name"),
        (payer.member_id, f"payers.{rank}.member_id"),
        (patient.last_name, "patient.last_name"),
        (patient.first_name, "patient.first_name"),
        (patient.date_of_birth, "patient.date_of_birth"),
        (disciplines, "disciplines"),
    )
    return [path for value, path in needed if not value]


def holder_of(referral: Referral, payer: Payer, kind: str) -> str | None:
    """The name of whoever holds this plan of a patient, where that is somebody else; `kind` is that of our list, or as
    stated."""
    return _holder(payer, _patient(referral), kind)


def _holder(payer: Payer, patient: Patient, kind: str) -> str | None:
    """The name of whoever holds the plan, where that is somebody else than the patient."""
    if kind in _OWN_ID or not payer.subscriber_name:
        return None
    same = folded(payer.subscriber_name) in {
        folded(f"{patient.first_name or ''}{patient.last_name or ''}"),
        folded(f"{patient.first_name or ''}{patient.middle_name or ''}{patient.last_name or ''}"),
        folded(f"{patient.last_name or ''}{patient.first_name or ''}"),
    }
    return None if same else payer.subscriber_name


def inquiry(
    referral: Referral, practice: Practice, *, rank: int, discipline: str, service_date: dt.date, trace: str,
    origin: str,
) -> Inquiry:  # fmt: skip
    """The question to the payer of this rank about one therapy. What is missing stays empty, and `inquiries.write`
    refuses it by name. ValueError where that payer is not in our list."""
    payer = (referral.payers or ())[rank]
    ours = of_our_list(payer, practice)
    if ours is None:
        raise ValueError("this payer is not in our list")
    patient = _patient(referral)
    holder = _holder(payer, patient, ours.kind)
    member = _member_id(payer.member_id or "", ours.kind)
    own = Insured(
        without_generation(patient.last_name or ""), patient.first_name or "", patient.date_of_birth,
        "" if holder else member, _SEXES.get(patient.sex or "", ""), patient.middle_name or "",
    )  # fmt: skip
    identity = practice.identity
    return Inquiry(
        trace=trace,
        origin=origin,
        payer=ours.name,
        payer_id=ours.payer_id,
        provider=identity.legal_name,
        npi=identity.npi,
        subscriber=_subscriber(holder, payer, member) if holder else own,
        service=service_of(discipline),
        service_date=service_date,
        dependent=own if holder else None,
    )


def _subscriber(name: str, payer: Payer, member: str) -> Insured:
    parts = person_name(name)
    return Insured(
        without_generation(parts.last or ""),
        parts.first or "",
        payer.subscriber_date_of_birth,
        member_id=member,
    )


def _member_id(stated: str, kind: str) -> str:
    """As it stands on the card, without blanks; a Medicare number without its dashes."""
    return (plain_number(stated) if kind == "medicare" else None) or "".join(stated.split()).upper()
