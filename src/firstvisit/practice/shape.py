"""Who we are and what we offer, as plain frozen values: what rules read and practice files contain.

The rows in `models.py` keep these same values as checked JSON; `queries.practice()` gives the whole of
them at once as a `Practice`. Nothing here touches the database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from firstvisit.kernel.values import Value
from firstvisit.reference import nucc
from firstvisit.referral.record import Discipline, EventKind, PayerKind, Setting
from firstvisit.referral.vocabulary import PROGRAM_SLUGS

Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YesNoUnknown = Literal["yes", "no", "not_stated"]
OrderRule = Literal["not_required", "before_evaluation", "before_treatment"]
ProgramStatus = Literal["open", "waitlist", "closed"]
VendorPurpose = Literal[
    "email", "sms", "fax", "phone", "clearinghouse", "transcription", "model", "hosting", "backup", "other"
]
"""What a vendor sees of patients for us: the kinds of connectors, and where our data lies."""
Zip = Annotated[str, Field(pattern=r"^\d{5}$")]
Miles = Annotated[float, Field(gt=0, le=500)]
"""A radius around a site or a place: nobody comes to therapy from further away than a day's drive."""
Name = Annotated[str, Field(min_length=1, max_length=120)]
Line = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=2000)]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except Exception as error:
        raise ValueError(f"{name!r} is no IANA time zone, such as America/Chicago") from error
    return name


class Shape(Value):
    """Base of every value: immutable, and a key nobody declared is an error that names it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


class Opening(Shape):
    """One stretch of a day the site is staffed, in the site's zone; `closes` is later than `opens`."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("times are written without an offset; the site's zone applies")
        if self.opens >= self.closes:
            raise ValueError(f"opens {self.opens} is not before closes {self.closes}")
        return self


class Holiday(Shape):
    """A day the site is closed; the clocks stand still."""

    on: date
    name: Name


class Site(Shape):
    slug: Slug
    name: Name
    street: Line
    city: Line
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    postal_code: Zip
    phone: Line
    fax: Line | None = None
    zone: Annotated[str, AfterValidator(_zone)]
    latitude: float
    longitude: float
    area_miles: Miles
    """People who live within this great-circle distance are in the site's area."""
    home_area_miles: Miles | None = None
    """The smaller area for visits at home, if the site makes them."""
    area_zips: tuple[Zip, ...] = ()
    """ZIP codes that count as inside whatever their distance."""
    hours: dict[Weekday, tuple[Opening, ...]]
    holidays: tuple[Holiday, ...] = ()

    @model_validator(mode="after")
    def _opens_sometime(self) -> Self:
        if not any(self.hours.values()):
            raise ValueError("hours: a site opens on at least one day of the week, or no clock could run")
        return self

    @cached_property
    def closed_days(self) -> frozenset[date]:
        return frozenset(holiday.on for holiday in self.holidays)

    @cached_property
    def holiday_years(self) -> tuple[int, ...]:
        """The years for which any holiday is entered."""
        return tuple(sorted({holiday.on.year for holiday in self.holidays}))

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def last_open_day(self, first: date, last: date) -> date | None:
        """The last day from `first` through `last` on which the site opens; None where it opens on none of them. Looks
        at the last sixty days of them."""
        days = (last - timedelta(days=back) for back in range(min((last - first).days + 1, 60)))
        return next((day for day in days if self.openings(day)), None)

    def openings(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The stretches of a local day in which the site is open, as UTC; none on a closed day.

        Each end is turned to UTC on its own, so a day with a clock change has the minutes it really has.
        """
        found = self._openings.get(day)
        if found is None:
            hours = () if day in self.closed_days else self.hours.get(WEEKDAYS[day.weekday()], ())
            found = self._openings[day] = tuple(
                (
                    datetime.combine(day, opening.opens, self.tz).astimezone(UTC),
                    datetime.combine(day, opening.closes, self.tz).astimezone(UTC),
                )
                for opening in hours
            )
        return found

    @cached_property
    def _openings(self) -> dict[date, tuple[tuple[datetime, datetime], ...]]:
        """Days looked up before: planning asks for the same few again and again."""
        return {}


class Window(Shape):
    """By when a first visit must happen, counted from a dated event in the person's life.

    `first_day`..`last_day` are whole days after the event (after receipt where `since` is None).
    `ask_if_missing`: the date is asked for instead of assuming that nothing hurries.
    """

    since: tuple[EventKind, ...] = ()
    first_day: Annotated[int, Field(ge=0, le=3650)] = 0
    last_day: Annotated[int, Field(gt=0, le=3650)]
    business_days: bool = False
    urgent: bool = False
    """The window is a matter of safety: the lead is time-critical while it runs."""
    ask_if_missing: bool = False


class Exclusion(Shape):
    """A hard reason this program is not the right place, checked against one fact."""

    code: Slug
    fact: Line
    equals: str | bool | int
    text: Line
    instead: Slug | None = None
    """Another program of ours that is the right place."""


class Program(Shape):
    slug: Slug
    name: Name
    public_name: Name
    public_name_es: Line = ""
    disciplines: tuple[Discipline, ...]
    sites: tuple[Slug, ...]
    accepts: tuple[Slug, ...] = ()
    """Other program slugs that senders use for this one."""
    age_from_months: Annotated[int, Field(ge=0)] = 0
    age_to_months: Annotated[int, Field(gt=0, le=130 * 12)] = 130 * 12
    settings: tuple[Setting, ...]
    icd_prefixes: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    order_rule: OrderRule = "not_required"
    minutes: Annotated[int, Field(gt=0, le=240)]
    general: bool = False
    """It takes whatever is ordinary in its therapies and ages, so it may stand in for a program that does not fit."""
    skills: tuple[Slug, ...] = ()
    equipment: tuple[Slug, ...] = ()
    """What a room or a device at each of its sites must have."""
    status: ProgramStatus = "open"
    status_until: date | None = None
    """The last day of that status, in the site's zone; from the next day on the program is open."""
    status_reason: Line = ""
    source: Text = ""

    @model_validator(mode="after")
    def _open_has_no_end(self) -> Self:
        if self.status == "open" and self.status_until is not None:
            raise ValueError("status_until: an open program has no end; leave it empty, or choose another status")
        return self

    def called(self, language: str) -> str:
        """What families call it, in their language ("en", "es") where the practice wrote it."""
        return self.public_name_es if language == "es" and self.public_name_es else self.public_name

    def status_on(self, day: date) -> ProgramStatus:
        """The status on a local day: what is said until a day holds through that day."""
        over = self.status_until is not None and day > self.status_until
        return "open" if over else self.status


class NotOffered(Shape):
    """A service that people ask us for and that we do not offer: what to say, and where to refer them."""

    slug: Slug
    name: Name
    accepts: tuple[Slug, ...] = ()
    """Other names that senders use for it."""
    text: Line = ""
    """Why not, in words that a family can be told."""
    places: tuple[Slug, ...] = ()
    """Where we refer to, best first; none: the other places that say they take it."""


class Payer(Shape):
    slug: Slug
    name: Name
    kind: PayerKind
    also_called: tuple[Name, ...] = ()
    in_network: YesNoUnknown = "not_stated"
    order_required: YesNoUnknown = "not_stated"
    authorization_before_evaluation: YesNoUnknown = "not_stated"
    authorization_before_treatment: YesNoUnknown = "not_stated"
    authorization_days: Annotated[int, Field(ge=1, le=90)] | None = None
    """Calendar days within which the payer answers a request that is not urgent, by its rule or by law."""
    authorization_urgent_hours: Annotated[int, Field(ge=1, le=240)] | None = None
    """Hours within which it answers an urgent one."""
    phone: Line = ""
    """Its line for providers."""
    portal: Line = ""
    connector: Slug | Literal[""] = ""
    """Through which connector it is asked about benefits; "": by phone or portal."""
    payer_id: Annotated[str, Field(max_length=80)] = ""
    """Its id at that connector."""
    as_of: date
    source: Text


class Resource(Shape):
    """A person, room or device that can be booked; all share one id space."""

    slug: Slug
    kind: Literal["clinician", "room", "device"]
    name: Name
    sites: tuple[Slug, ...]
    disciplines: tuple[Discipline, ...] = ()
    assistant: bool = False
    skills: tuple[Slug, ...] = ()
    credentials: tuple[Name, ...] = ()
    languages: tuple[Name, ...] = ("English",)
    taxonomy: Annotated[str, Field(pattern=r"^[0-9A-Z]{10}$")] | None = None
    payers: tuple[Slug, ...] = ()
    equipment: tuple[Slug, ...] = ()
    """What a room or a device offers to the programs that need it."""
    hours: dict[Weekday, tuple[Opening, ...]] = {}
    """When it can be booked; empty: whenever its site is open."""

    @model_validator(mode="after")
    def _taxonomy_agrees(self) -> Self:
        if self.taxonomy is None:
            return self
        said = nucc.taxonomy(self.taxonomy)
        if said is None:
            raise ValueError(f"taxonomy {self.taxonomy!r} is no code of OT, PT or speech (NUCC), such as 225XH1200X")
        if said.discipline not in self.disciplines or said.assistant != self.assistant:
            who = f"{said.discipline} {'assistant' if said.assistant else 'therapist'}"
            raise ValueError(f"taxonomy {self.taxonomy} belongs to: {who}; disciplines or assistant say otherwise")
        return self


class Role(Shape):
    slug: Slug
    name: Name
    capabilities: tuple[str, ...]


class StaffMember(Shape):
    """An account. `sites` empty means every site."""

    email: Annotated[str, Field(max_length=254)]
    name: Name
    role: Slug
    sites: tuple[Slug, ...] = ()
    queues: tuple[Slug, ...] = ()
    resource: Slug | None = None


class Queue(Shape):
    """A list of work that belongs to nobody in particular yet. `site` None: every site's."""

    slug: Slug
    name: Name
    site: Slug | None = None


class OtherPlace(Shape):
    """A place we refer to when we are not the right one.

    `programs` names what a specialised place takes (low_vision, driving); empty is a place for whatever
    is ordinary in its disciplines.
    """

    slug: Slug
    name: Name
    disciplines: tuple[Discipline, ...]
    programs: tuple[Slug, ...] = ()
    age_from_months: Annotated[int, Field(ge=0)] = 0
    age_to_months: Annotated[int, Field(gt=0, le=130 * 12)] = 130 * 12
    postal_code: Zip
    latitude: float
    longitude: float
    area_miles: Miles
    languages: tuple[Name, ...] = ("English",)
    phone: Line
    area_zips: tuple[Zip, ...] = ()
    """ZIP codes that count as inside whatever their distance."""
    note: Text = ""
    """What one should know before referring there: waiting time, whom to ask for."""
    verified_on: date


class VendorAgreement(Shape):
    """A vendor that sees patients' data for us, and the business associate agreement with it.

    A covered entity may let a vendor see them only under a signed agreement (45 CFR 164.502(e), 164.504(e),
    164.314); a mere conduit, such as a telephone carrier, needs none.
    """

    slug: Slug
    vendor: Name
    purposes: tuple[VendorPurpose, ...]
    signed_on: date | None = None
    signed_by: Line = ""
    valid_until: date | None = None
    """The last day it is in force; none: until somebody ends it."""
    contact: Line = ""
    note: Text = ""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.valid_until is not None and self.signed_on is None:
            raise ValueError("signed_on: is missing, though the agreement is valid until a day")
        if self.valid_until is not None and self.signed_on is not None and self.valid_until < self.signed_on:
            raise ValueError("valid_until: is before signed_on")
        return self

    def in_force(self, day: date) -> bool:
        """Whether a signed agreement holds on this day."""
        return (
            self.signed_on is not None
            and self.signed_on <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


class Identity(Shape):
    """The practice as it signs its messages."""

    name: Name
    legal_name: Name
    address: Line
    phone: Line
    email: Annotated[str, Field(min_length=3, max_length=254)]
    home_site: Slug
    npi: Annotated[str, Field(pattern=r"^(\d{10})?$")] = ""
    """Of the practice as an organization (type 2): whoever asks a payer says it."""
    tax_id: Annotated[str, Field(pattern=r"^(\d{2}-\d{7})?$")] = ""
    """The employer identification number, as 12-3456789: it stands on a good faith estimate."""
    answers_within_minutes: Annotated[int, Field(ge=1, le=10080)] = 30
    """What the public pages promise in business minutes."""
    retention_years: Annotated[int, Field(ge=1, le=100)] = 10
    """How long records are kept before a person may be erased (state law differs; the practice sets it)."""
    check_again_days: Annotated[int, Field(ge=1, le=3650)] = 180
    """After how many days what we say of a payer or another place is to be checked again."""


class Practice(Shape):
    """Everything that is said about the practice, as one value. `version` grows with every change."""

    version: int
    identity: Identity
    sites: dict[str, Site]
    programs: dict[str, Program]
    payers: dict[str, Payer]
    resources: dict[str, Resource]
    queues: dict[str, Queue]
    roles: dict[str, Role]
    places: dict[str, OtherPlace]
    not_offered: dict[str, NotOffered] = {}
    agreements: dict[str, VendorAgreement] = {}

    @cached_property
    def program_by_any_slug(self) -> dict[str, Program]:
        """Our own slugs first, then the names that senders use for them (the first program wins)."""
        found: dict[str, Program] = {}
        for program in self.programs.values():
            for slug in program.accepts:
                found.setdefault(slug, program)
        return {**found, **self.programs}

    @cached_property
    def program_words(self) -> frozenset[str]:
        """Every program a sender may name: ours by any slug, and the field's usual ones that we may not
        offer, which are then referred out and not refused."""
        declined = {name for one in self.not_offered.values() for name in (one.slug, *one.accepts)}
        return frozenset(self.program_by_any_slug) | frozenset(PROGRAM_SLUGS) | declined

    @cached_property
    def not_offered_by_any_slug(self) -> dict[str, NotOffered]:
        """What we do not offer, by every name that senders use for it."""
        return {name: one for one in self.not_offered.values() for name in (one.slug, *one.accepts)}

    @cached_property
    def front_desks(self) -> dict[str, str]:
        """The slug of each site's own queue, the first where it has several."""
        return {queue.site: queue.slug for queue in reversed(self.queues.values()) if queue.site is not None}

    @cached_property
    def memo(self) -> dict[tuple[object, ...], Any]:
        """What rules worked out before from this very practice and nothing else, by their own keys: a preview judges
        a hundred thousand leads by one practice."""
        return {}

    @cached_property
    def payer_by_name(self) -> dict[str, Payer]:
        """Payers by every name they go by, lower case."""
        return {
            name.casefold(): payer
            for payer in self.payers.values()
            for name in (payer.name, payer.slug, *payer.also_called)
        }
