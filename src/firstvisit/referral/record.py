"""The record that flows: every way in produces a Referral, every step reads it.

`None` means "not stated" and is never a guess. Where a value came from stands beside it in `evidence`,
under the value's path ("patient.date_of_birth", "events.0.date").
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Channel = Literal["web", "phone", "email", "fax"]
LeadKind = Literal["patient", "caregiver", "referral_partner", "organization"]
Discipline = Literal["OT", "PT", "SLP"]
Service = Literal["evaluation", "treatment", "evaluation_and_treatment"]
Sex = Literal["female", "male", "other"]
ContactMethod = Literal["phone", "sms", "email"]
ReferrerRole = Literal[
    "physician", "pt", "slp", "school", "case_manager", "social_worker", "hospital", "other"
]
Setting = Literal["clinic", "home", "school", "telehealth"]
Timing = Literal["asap", "within_month", "later"]
EventKind = Literal["surgery", "discharge", "injury", "iep", "onset", "birth", "other"]
PayerKind = Literal[
    "medicare", "medicaid", "commercial", "workers_comp", "auto", "private_pay", "school", "unknown"
]
AuthorizationStatus = Literal["approved", "pending", "required", "not_required"]
DocumentKind = Literal[
    "order", "prior_evaluation", "clinical_notes", "discharge_summary", "operative_note", "iep"
]
ConsentChannel = Literal["email", "sms", "phone", "voicemail"]

Confidence = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """Base of every part: immutable, and a field nobody declared is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Evidence(Frozen):
    """Where one value came from and how sure we are.

    `place` is "typed" for a form, a JSON path for an API body, "page 2 box 10,20,300,40" or
    "chars 118-131" for something read. `confirmed_by` is the id of the user who confirmed it.
    """

    item: str | None = None
    place: str = "typed"
    confidence: Confidence = 1.0
    confirmed_by: str | None = None


class Patient(Frozen):
    """Who needs care. Phones are E.164 ("+16085550123"), `state` two letters, `postal_code` five digits."""

    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: dt.date | None = None
    age_years: int | None = Field(default=None, ge=0, le=130)
    sex: Sex | None = None
    phone: str | None = None
    email: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    language: str | None = None


class Contact(Frozen):
    """Whom to get back to; `relationship` is "self" when it is the patient."""

    name: str | None = None
    relationship: str | None = None
    phone: str | None = None
    email: str | None = None
    preferred_method: ContactMethod | None = None


class Referrer(Frozen):
    """The person or office that refers."""

    name: str | None = None
    credential: str | None = None
    organization: str | None = None
    npi: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    role: ReferrerRole | None = None


class Diagnosis(Frozen):
    """An ICD-10-CM code as written, with its dot ("M54.50")."""

    code: str


class ClinicalEvent(Frozen):
    """A dated thing in the person's life that decides how soon they must be seen."""

    kind: EventKind
    date: dt.date | None = None


class Payer(Frozen):
    """Who is expected to pay; numbers as printed on the card, a claim number in `member_id`."""

    kind: PayerKind | None = None
    name: str | None = None
    member_id: str | None = None
    group_number: str | None = None
    authorization_number: str | None = None
    authorization_status: AuthorizationStatus | None = None


class Frequency(Frozen):
    """How often treatment is ordered; ranges are written "2-3"."""

    visits_per_week: float | str | None = None
    weeks: int | str | None = None
    total_visits: int | None = None


class ConsentGiven(Frozen):
    """What the person agreed to on this occasion and the wording they were shown ("email-receipt:1")."""

    channel: ConsentChannel
    given: bool
    wording: str


class Referral(Frozen):
    """One patient's (or one organization's) first contact, as far as it was stated."""

    channel: Channel
    lead_kind: LeadKind | None = None
    disciplines: tuple[Discipline, ...] | None = None
    service: Service | None = None
    program: str | None = None
    patient: Patient = Patient()
    contact: Contact = Contact()
    referrer: Referrer = Referrer()
    diagnoses: tuple[Diagnosis, ...] | None = None
    concern: str | None = None
    setting: Setting | None = None
    timing: Timing | None = None
    events: tuple[ClinicalEvent, ...] | None = None
    payers: tuple[Payer, ...] | None = None
    documents: tuple[DocumentKind, ...] | None = None
    order_signed: bool | None = None
    frequency: Frequency | None = None
    availability: tuple[str, ...] | str | None = None
    asks: str | None = None
    consents: tuple[ConsentGiven, ...] = ()
    not_a_referral: bool | None = None
    escalate: bool | None = None
    escalate_reason: str | None = None
    evidence: dict[str, Evidence] = {}
