"""The record that flows: every way in produces a Referral, every step reads it.

`None` means "not stated" and is never a guess. Where a value came from stands beside it in `evidence`,
under the value's path ("patient.date_of_birth", "events.0.date").
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Channel = Literal["web", "phone", "email", "fax", "in_person", "file", "voicemail"]
LeadKind = Literal["patient", "caregiver", "referral_partner", "organization"]
Discipline = Literal["OT", "PT", "SLP"]
Service = Literal["evaluation", "treatment", "evaluation_and_treatment"]
Sex = Literal["female", "male", "other"]
ContactMethod = Literal["phone", "sms", "email"]
StatedAuthority = Literal["parent", "guardian", "shared", "none"]
"""What somebody says of themselves: the parent or the legal guardian, who may decide; that somebody else must agree;
that somebody else decides. Said, not proven."""
ReferrerRole = Literal[
    "physician", "pt", "ot", "slp", "therapist", "school", "case_manager", "social_worker", "hospital", "employer",
    "attorney", "other",
]
Setting = Literal["clinic", "home", "school", "telehealth"]
OrderSaid = Literal["none", "announced"]
"""Of an order that is not here: there is none, or somebody has one or sends one."""
OrderState = Literal["unknown", "none", "announced", "unsigned", "on_file", "signed"]
"""How an order stands. `announced`: somebody has one or sends one, and it is not here yet."""
Timing = Literal["asap", "two_weeks", "within_month", "later", "not_sure"]
EventKind = Literal["surgery", "discharge", "injury", "iep", "onset", "birth", "other"]
PayerKind = Literal[
    "medicare",
    "medicaid",
    "commercial",
    "workers_comp",
    "auto",
    "va",
    "vocational_rehabilitation",
    "employer",
    "private_pay",
    "school",
    "unknown",
]
Side = Literal["left", "right", "both"]
Cause = Literal["work", "auto", "school", "other", "none"]
"""How it came about: work and auto decide who pays and who must approve."""
SourceKind = Literal[
    "partner",
    "search_ad",
    "search",
    "social",
    "website",
    "directory",
    "event",
    "guide",
    "word_of_mouth",
    "returning",
    "walk_in",
    "phone",
    "import",
    "other",
]
"""Through what somebody came to us, as reports group by it."""
UpdatesBy = Literal["email", "fax", "phone", "none"]
MayBeTold = Literal["treats", "authorized", "received_only"]
"""What a partner may learn: one who treats the patient, one whom the patient authorized in writing, and anybody else,
who is told that it arrived and nothing more (45 CFR 164.508; docs/why)."""
AuthorizationStatus = Literal["approved", "pending", "required", "not_required", "denied"]
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
    "chars 118-131" for something read, "known before" for what a known person had stated earlier.
    `confirmed_by` is the id of the user who confirmed it.
    """

    item: str | None = None
    place: str = "typed"
    confidence: Confidence = 1.0
    confirmed_by: str | None = None


TYPED_BY: Final = "typed by "
"""How the place of evidence begins where one of ours typed a value while somebody spoke; their name follows."""

ORDER_HERE: Final = "order_signed.here"
"""Under this name stands who noted that the signed order is here: seen by us, not said by whoever sends."""


ONE_PATIENT: Final = "patient.one"
"""Under this name stands what settled that the record is about one patient, whatever its names and words suggest: a
person of ours, or the other patients of the same delivery."""


REFERRER_JOINED: Final = "referrer.joined"
"""Under this name stands that whoever refers joined what somebody else had asked, and by which word they are known to
belong to the patient, if by any (`referral.joining_office`)."""


DAYS_OF_SURGERY: Final = "events.surgery.days"
"""Under this name stands that two requests gave two days for what may be one surgery; it goes once one of ours has said
what holds."""


class Patient(Frozen):
    """Who needs care. Phones are E.164 ("+16085550123"), with the `extension` to dial after it; `state` two letters,
    `postal_code` five digits.

    `suffix` is Jr, Sr, II ...; `interpreter` that one is needed; `no_voicemail` that none may be left.
    """

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    suffix: str | None = None
    preferred_name: str | None = None
    date_of_birth: dt.date | None = None
    age_years: int | None = Field(default=None, ge=0, le=130)
    sex: Sex | None = None
    phone: str | None = None
    extension: str | None = None
    email: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    language: str | None = None
    interpreter: bool | None = None
    no_voicemail: bool | None = None


class Contact(Frozen):
    """Whom to get back to; `relationship` is "self" when it is the patient."""

    name: str | None = None
    relationship: str | None = None
    phone: str | None = None
    extension: str | None = None
    email: str | None = None
    preferred_method: ContactMethod | None = None
    no_voicemail: bool | None = None
    authority: StatedAuthority | None = None


class Clinician(Frozen):
    """Who wrote the order, where that is stated; often somebody else than whoever sent it."""

    name: str | None = None
    credential: str | None = None
    organization: str | None = None
    npi: str | None = None
    phone: str | None = None
    extension: str | None = None
    fax: str | None = None


class Referrer(Frozen):
    """The person or office that sent it, and how they want to hear what became of it."""

    name: str | None = None
    credential: str | None = None
    organization: str | None = None
    npi: str | None = None
    phone: str | None = None
    extension: str | None = None
    fax: str | None = None
    email: str | None = None
    role: ReferrerRole | None = None
    updates_by: UpdatesBy | None = None
    may_be_told: MayBeTold | None = None


class Diagnosis(Frozen):
    """An ICD-10-CM code as written, with its dot ("M54.50"), or the words that stood for it, or both."""

    code: str | None = None
    side: Side | None = None
    words: str | None = None


class ClinicalEvent(Frozen):
    """A dated thing in the person's life that decides how soon they must be seen."""

    kind: EventKind
    date: dt.date | None = None
    words: str | None = None


class Payer(Frozen):
    """Who is expected to pay, the first of several before the second; numbers as printed on the card.

    An authorization holds for so many units (visits, or units of time as the payer counts) and from one day through
    another. `claim_number` and the adjuster belong to a work or auto injury, the subscriber is whoever holds the plan.
    """

    kind: PayerKind | None = None
    name: str | None = None
    member_id: str | None = None
    group_number: str | None = None
    authorization_number: str | None = None
    authorization_status: AuthorizationStatus | None = None
    authorization_units: int | None = Field(default=None, ge=1)
    authorization_from: dt.date | None = None
    authorization_through: dt.date | None = None
    claim_number: str | None = None
    adjuster_name: str | None = None
    adjuster_phone: str | None = None
    adjuster_extension: str | None = None
    subscriber_name: str | None = None
    subscriber_date_of_birth: dt.date | None = None


class Frequency(Frozen):
    """How often treatment is ordered, of one therapy or of all; ranges are written "2-3"."""

    discipline: Discipline | None = None
    visits_per_week: float | str | None = None
    weeks: int | str | None = None
    total_visits: int | None = None


class ConsentGiven(Frozen):
    """What the person agreed to and the wording they were shown ("email-receipt:1"). `at` where that was
    earlier than this record reached us (a paper sheet, an imported row)."""

    channel: ConsentChannel
    given: bool
    wording: str
    at: dt.datetime | None = None


class OrganizationNeed(Frozen):
    """What an organization asks for: the service, how many people, by when, for how much, and who decides how."""

    needs: str | None = None
    size: int | None = Field(default=None, ge=0)
    timeline: str | None = None
    start_on: dt.date | None = None
    budget: str | None = None
    decision_maker: str | None = None
    decision_path: str | None = None


class Touch(Frozen):
    """One way in which somebody reached our pages: what the address said. Kept here and told to nobody."""

    at: dt.datetime | None = None
    landing_page: str | None = None
    referrer: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    click_ids: dict[str, str] = {}
    """By name: gclid, gbraid, wbraid, fbclid, msclkid."""


class Attribution(Frozen):
    """Through what they came: the first touch, never overwritten, the last, and their own words for it."""

    kind: SourceKind | None = None
    first: Touch | None = None
    last: Touch | None = None
    heard_of_us: str | None = None


class Referral(Frozen):
    """One patient's (or one organization's) first contact, as far as it was stated.

    `home_health`: an agency's plan of care is open or was within three months; `therapy_elsewhere`: therapy
    somewhere else this calendar year. Both matter to Medicare (domain sheet, sections 1.2 and 8). `not_before`:
    no care is wanted before that day. `not_known`: slugs of questions that were asked and that nobody could
    answer; they are not asked again.
    """

    channel: Channel
    lead_kind: LeadKind | None = None
    disciplines: tuple[Discipline, ...] | None = None
    service: Service | None = None
    program: str | None = None
    patient: Patient = Patient()
    contact: Contact = Contact()
    referrer: Referrer = Referrer()
    ordering: Clinician = Clinician()
    also_referred: tuple[Referrer, ...] | None = None
    """Others who sent something about the same request, each as they stated themselves."""
    also_ordered: tuple[Clinician, ...] | None = None
    """Others who were named as having written an order for it."""
    organization: OrganizationNeed = OrganizationNeed()
    diagnoses: tuple[Diagnosis, ...] | None = None
    concern: str | None = None
    setting: Setting | None = None
    timing: Timing | None = None
    not_before: dt.date | None = None
    events: tuple[ClinicalEvent, ...] | None = None
    payers: tuple[Payer, ...] | None = None
    documents: tuple[DocumentKind, ...] | None = None
    order: OrderSaid | None = None
    """What is said of an order that is not here; the documents say what is."""
    order_signed: bool | None = None
    frequencies: tuple[Frequency, ...] | None = None
    cause: Cause | None = None
    returning: bool | None = None
    home_health: bool | None = None
    therapy_elsewhere: bool | None = None
    withhold_from_plan: bool | None = None
    """They pay in full themselves and asked that their plan is told nothing (45 CFR 164.522(a)(1)(vi))."""
    access_needs: str | None = None
    availability: tuple[str, ...] | str | None = None
    hours: str | None = None
    """Between which hours of the day they can come (`hours`): "13:00-16:00"."""
    asks: str | None = None
    consents: tuple[ConsentGiven, ...] = ()
    not_known: tuple[str, ...] | None = None
    taken_at: str | None = None
    """The site (slug) of whoever of ours took it down, where they work at one alone; it counts while no home is
    known."""
    not_a_referral: bool | None = None
    escalate: bool | None = None
    escalate_reason: str | None = None
    attribution: Attribution | None = None
    evidence: dict[str, Evidence] = {}
