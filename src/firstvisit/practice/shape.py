"""Who we are and what we offer, as plain frozen values: what rules read and practice files contain.

The rows in `models.py` keep these same values as checked JSON; `queries.practice()` gives the whole of
them at once as a `Practice`. Nothing here touches the database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from firstvisit.referral.record import Discipline, EventKind, PayerKind, Setting
from firstvisit.referral.vocabulary import PROGRAM_SLUGS

Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YesNoUnknown = Literal["yes", "no", "not_stated"]
OrderRule = Literal["not_required", "before_evaluation", "before_treatment"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except Exception as error:
        raise ValueError(f"{name!r} is no IANA time zone, such as America/Chicago") from error
    return name


class Shape(BaseModel):
    """Base of every value: immutable, and a key nobody declared is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


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
    name: str


class Site(Shape):
    slug: Slug
    name: str
    street: str
    city: str
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    postal_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    phone: str
    fax: str | None = None
    zone: Annotated[str, AfterValidator(_zone)]
    latitude: float
    longitude: float
    area_miles: Annotated[float, Field(gt=0)]
    """People who live within this great-circle distance are in the site's area."""
    home_area_miles: float | None = None
    """The smaller area for visits at home, if the site makes them."""
    area_zips: tuple[str, ...] = ()
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
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

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
    first_day: int = 0
    last_day: Annotated[int, Field(gt=0)]
    business_days: bool = False
    urgent: bool = False
    """The window is a matter of safety: the lead is time-critical while it runs."""
    ask_if_missing: bool = False


class Exclusion(Shape):
    """A hard reason this program is not the right place, checked against one fact."""

    code: Slug
    fact: str
    equals: str | bool | int
    text: str
    instead: Slug | None = None
    """Another program of ours that is the right place."""


class Program(Shape):
    slug: Slug
    name: str
    public_name: str
    disciplines: tuple[Discipline, ...]
    sites: tuple[Slug, ...]
    accepts: tuple[Slug, ...] = ()
    """Other program slugs that senders use for this one."""
    age_from_months: Annotated[int, Field(ge=0)] = 0
    age_to_months: Annotated[int, Field(gt=0)] = 130 * 12
    settings: tuple[Setting, ...]
    icd_prefixes: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    order_rule: OrderRule = "not_required"
    minutes: Annotated[int, Field(gt=0, le=240)]
    skills: tuple[Slug, ...] = ()
    status: Literal["open", "waitlist", "closed"] = "open"
    source: str = ""


class Payer(Shape):
    slug: Slug
    name: str
    kind: PayerKind
    also_called: tuple[str, ...] = ()
    in_network: YesNoUnknown = "not_stated"
    order_required: YesNoUnknown = "not_stated"
    authorization_before_evaluation: YesNoUnknown = "not_stated"
    as_of: date
    source: str


class Resource(Shape):
    """A person, room or device that can be booked; all share one id space."""

    slug: Slug
    kind: Literal["clinician", "room", "device"]
    name: str
    sites: tuple[Slug, ...]
    disciplines: tuple[Discipline, ...] = ()
    assistant: bool = False
    skills: tuple[Slug, ...] = ()
    credentials: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("English",)
    taxonomy: str | None = None
    payers: tuple[Slug, ...] = ()


class Role(Shape):
    slug: Slug
    name: str
    capabilities: tuple[str, ...]


class StaffMember(Shape):
    """An account. `sites` empty means every site."""

    email: str
    name: str
    role: Slug
    sites: tuple[Slug, ...] = ()
    queues: tuple[Slug, ...] = ()
    resource: Slug | None = None


class Queue(Shape):
    """A list of work that belongs to nobody in particular yet. `site` None: every site's."""

    slug: Slug
    name: str
    site: Slug | None = None


class OtherPlace(Shape):
    """A place we refer to when we are not the right one.

    `programs` names what a specialised place takes (low_vision, driving); empty is a place for whatever
    is ordinary in its disciplines.
    """

    slug: Slug
    name: str
    disciplines: tuple[Discipline, ...]
    programs: tuple[Slug, ...] = ()
    age_from_months: int = 0
    age_to_months: int = 130 * 12
    postal_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    latitude: float
    longitude: float
    area_miles: float
    languages: tuple[str, ...] = ("English",)
    phone: str
    verified_on: date


class Identity(Shape):
    """The practice as it signs its messages."""

    name: str
    legal_name: str
    address: str
    phone: str
    email: str
    home_site: Slug
    answers_within_minutes: int = 30
    """What the public pages promise in business minutes."""
    retention_years: Annotated[int, Field(ge=1)] = 10
    """How long records are kept before a person may be erased (state law differs; the practice sets it)."""


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
        return frozenset(self.program_by_any_slug) | frozenset(PROGRAM_SLUGS)

    @cached_property
    def payer_by_name(self) -> dict[str, Payer]:
        """Payers by every name they go by, lower case."""
        return {
            name.casefold(): payer
            for payer in self.payers.values()
            for name in (payer.name, payer.slug, *payer.also_called)
        }
