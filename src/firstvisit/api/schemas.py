"""The bodies of the REST doors, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Literal

import ninja
from pydantic import BaseModel, ConfigDict, Field

from firstvisit.referral.record import (
    AuthorizationStatus,
    Cause,
    ConsentChannel,
    ContactMethod,
    Discipline,
    DocumentKind,
    EventKind,
    LeadKind,
    MayBeTold,
    OrderSaid,
    PayerKind,
    ReferrerRole,
    Service,
    Setting,
    Sex,
    Side,
    SourceKind,
    StatedAuthority,
    Timing,
    UpdatesBy,
)

Text = str | None


class _In(BaseModel):
    """What may be sent: a field nobody declared is refused."""

    model_config = ConfigDict(extra="forbid")


class PatientIn(_In):
    first_name: Text = None
    middle_name: Text = None
    last_name: Text = None
    suffix: Text = Field(None, examples=["Jr"])
    preferred_name: Text = None
    date_of_birth: Text = Field(None, description="YYYY-MM-DD", examples=["2019-04-02"])
    age_years: int | None = None
    sex: Sex | None = None
    phone: Text = Field(None, examples=["+16085550142"])
    extension: Text = Field(None, examples=["317"])
    email: Text = None
    street: Text = None
    city: Text = None
    state: Text = None
    postal_code: Text = Field(None, examples=["53703"])
    language: Text = None
    interpreter: bool | None = Field(None, description="an interpreter is needed")
    no_voicemail: bool | None = None


class ContactIn(_In):
    name: Text = None
    relationship: Text = None
    phone: Text = None
    extension: Text = None
    email: Text = None
    preferred_method: ContactMethod | None = None
    no_voicemail: bool | None = None
    authority: StatedAuthority | None = Field(
        None, description="what the contact says of themselves for this patient: parent, guardian, shared or none"
    )


class ClinicianIn(_In):
    """Who wrote the order, where that is somebody else than whoever sends it."""

    name: Text = None
    credential: Text = None
    organization: Text = None
    npi: Text = None
    phone: Text = None
    extension: Text = None
    fax: Text = None


class OrganizationIn(_In):
    """What an organization asks for."""

    needs: Text = None
    size: int | None = Field(None, description="how many people it is about")
    timeline: Text = None
    start_on: Text = Field(None, description="YYYY-MM-DD")
    budget: Text = None
    decision_maker: Text = None
    decision_path: Text = None


class DiagnosisIn(_In):
    code: Text = Field(None, examples=["M54.50"])
    side: Side | None = None
    words: Text = None


class ReferrerIn(_In):
    name: Text = None
    credential: Text = None
    organization: Text = None
    npi: Text = None
    phone: Text = None
    extension: Text = None
    fax: Text = None
    email: Text = None
    role: ReferrerRole | None = None
    updates_by: UpdatesBy | None = None
    may_be_told: MayBeTold | None = None


class EventIn(_In):
    kind: EventKind
    date: Text = None
    words: Text = None


class PayerIn(_In):
    kind: PayerKind | None = None
    name: Text = None
    member_id: Text = None
    group_number: Text = None
    authorization_number: Text = None
    authorization_status: AuthorizationStatus | None = None
    claim_number: Text = None
    adjuster_name: Text = None
    adjuster_phone: Text = None
    adjuster_extension: Text = None
    subscriber_name: Text = None
    subscriber_date_of_birth: Text = None


class FrequencyIn(_In):
    discipline: Discipline | None = None
    visits_per_week: float | str | None = None
    weeks: int | str | None = None
    total_visits: int | None = None


class ConsentIn(_In):
    channel: ConsentChannel
    given: bool
    wording: str = Field(description="the wording they were shown, such as email-receipt:1")
    at: Text = Field(None, description="when, in ISO 8601 with its offset, if earlier than now")


class TouchIn(_In):
    """One way in which they reached your pages."""

    at: Text = None
    landing_page: Text = None
    referrer: Text = None
    utm_source: Text = None
    utm_medium: Text = None
    utm_campaign: Text = None
    utm_term: Text = None
    utm_content: Text = None
    gclid: Text = None
    gbraid: Text = None
    wbraid: Text = None
    fbclid: Text = None
    msclkid: Text = None


class AttributionIn(_In):
    kind: SourceKind | None = None
    first: TouchIn | None = None
    last: TouchIn | None = None
    heard_of_us: Text = None


class RecordIn(_In):
    """One patient's referral or one organization's enquiry. Leave out what is not stated; `null` is the same."""

    channel: Literal["web", "phone", "email", "fax", "in_person", "file"] = "web"
    lead_kind: LeadKind | None = None
    discipline: list[Discipline] | None = None
    service: Service | None = None
    program: Text = Field(None, description="a program's slug, such as hand_therapy")
    patient: PatientIn | None = None
    contact: ContactIn | None = None
    referrer: ReferrerIn | None = None
    ordering: ClinicianIn | None = None
    organization: OrganizationIn | None = None
    diagnoses: list[str | DiagnosisIn] | None = Field(None, examples=[["M54.50"]])
    concern: Text = None
    setting: Setting | None = None
    timing: Timing | None = None
    not_known: list[str] | None = Field(None, description="slugs of questions that nobody could answer")
    not_before: Text = Field(None, description="YYYY-MM-DD; no care is wanted before this day")
    event: EventIn | None = None
    events: list[EventIn] | None = None
    payer: PayerIn | None = None
    payers: list[PayerIn] | None = None
    documents: list[DocumentKind] | None = None
    order: OrderSaid | None = Field(None, description="what is said of an order that is not enclosed")
    order_signed: bool | None = None
    frequency: FrequencyIn | None = None
    frequencies: list[FrequencyIn] | None = None
    cause: Cause | None = None
    returning: bool | None = None
    home_health: bool | None = None
    therapy_elsewhere: bool | None = None
    withhold_from_plan: bool | None = Field(None, description="they pay in full; their plan is told nothing")
    access_needs: Text = None
    availability: list[str] | str | None = Field(None, examples=[["tue_am", "thu_pm"]])
    hours: Text = Field(None, description="hours of the day between which they can come", examples=["1 pm to 4 pm"])
    asks: Text = None
    consents: list[ConsentIn] | None = None
    attribution: AttributionIn | None = None


class ReferralIn(RecordIn):
    """A referral; with several patients in one delivery each further one stands under `additional_records`."""

    additional_records: list[RecordIn] | None = None


class ProblemOut(ninja.Schema):
    field: str
    message: str


class ProblemsOut(ninja.Schema):
    """What is wrong with the request; nothing was stored."""

    problems: list[ProblemOut]


class ReceiptOut(ninja.Schema):
    """The referral is kept. `reference` and `outcome` are empty when it will be judged in a moment, or when a person of
    the practice reads it first."""

    item: str
    reference: str | None
    outcome: str | None
    score: list[int] | None = Field(description="lowest and highest possible score in per cent")
    joined: bool = Field(description="it joined a lead that was already open")
    others: list[str] = Field(description="references of the further patients of this delivery")
