"""The bodies of the REST doors, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Literal

import ninja
from pydantic import BaseModel, ConfigDict, Field

from firstvisit.referral.record import (
    AuthorizationStatus,
    ConsentChannel,
    ContactMethod,
    Discipline,
    DocumentKind,
    EventKind,
    LeadKind,
    PayerKind,
    ReferrerRole,
    Service,
    Setting,
    Sex,
    Timing,
)

Text = str | None


class _In(BaseModel):
    """What may be sent: a field nobody declared is refused."""

    model_config = ConfigDict(extra="forbid")


class PatientIn(_In):
    first_name: Text = None
    last_name: Text = None
    date_of_birth: Text = Field(None, description="YYYY-MM-DD", examples=["2019-04-02"])
    age_years: int | None = None
    sex: Sex | None = None
    phone: Text = Field(None, examples=["+16085550142"])
    email: Text = None
    street: Text = None
    city: Text = None
    state: Text = None
    postal_code: Text = Field(None, examples=["53703"])
    language: Text = None


class ContactIn(_In):
    name: Text = None
    relationship: Text = None
    phone: Text = None
    email: Text = None
    preferred_method: ContactMethod | None = None


class ReferrerIn(_In):
    name: Text = None
    credential: Text = None
    organization: Text = None
    npi: Text = None
    phone: Text = None
    fax: Text = None
    email: Text = None
    role: ReferrerRole | None = None


class EventIn(_In):
    kind: EventKind
    date: Text = None


class PayerIn(_In):
    kind: PayerKind | None = None
    name: Text = None
    member_id: Text = None
    group_number: Text = None
    authorization_number: Text = None
    authorization_status: AuthorizationStatus | None = None


class FrequencyIn(_In):
    visits_per_week: float | str | None = None
    weeks: int | str | None = None
    total_visits: int | None = None


class ConsentIn(_In):
    channel: ConsentChannel
    given: bool
    wording: str = Field(description="the wording they were shown, such as email-receipt:1")


class ReferralIn(_In):
    """One referral or enquiry. Leave out what is not stated; `null` means the same."""

    channel: Literal["web", "phone", "email", "fax"] = "web"
    lead_kind: LeadKind | None = None
    discipline: list[Discipline] | None = None
    service: Service | None = None
    program: Text = Field(None, description="a program's slug, such as hand_therapy")
    patient: PatientIn | None = None
    contact: ContactIn | None = None
    referrer: ReferrerIn | None = None
    diagnoses: list[str] | None = Field(None, examples=[["M54.50"]])
    concern: Text = None
    setting: Setting | None = None
    timing: Timing | None = None
    event: EventIn | None = None
    events: list[EventIn] | None = None
    payer: PayerIn | None = None
    payers: list[PayerIn] | None = None
    documents: list[DocumentKind] | None = None
    order_signed: bool | None = None
    frequency: FrequencyIn | None = None
    availability: list[str] | str | None = Field(None, examples=[["tue_am", "thu_pm"]])
    asks: Text = None
    consents: list[ConsentIn] | None = None


class ProblemOut(ninja.Schema):
    field: str
    message: str


class ProblemsOut(ninja.Schema):
    """What is wrong with the request; nothing was stored."""

    problems: list[ProblemOut]


class ReceiptOut(ninja.Schema):
    """The referral is kept. `reference` and `outcome` are empty when it will be judged in a moment."""

    item: str
    reference: str | None
    outcome: str | None
    score: list[int] | None = Field(description="lowest and highest possible score in per cent")
    joined: bool = Field(description="it joined a lead that was already open")
