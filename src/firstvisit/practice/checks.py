"""What no entry of a practice can say of itself: names that point nowhere, skills that nobody has. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, get_args

from firstvisit.practice.capabilities import CAPABILITIES
from firstvisit.practice.content import KINDS, PracticeFiles
from firstvisit.practice.shape import (
    WEEKDAYS,
    Exclusion,
    NotOffered,
    Opening,
    OtherPlace,
    Program,
    Resource,
    Site,
    StaffMember,
    VendorAgreement,
    Weekday,
)
from firstvisit.reference import zips
from firstvisit.referral.record import (
    AuthorizationStatus,
    Discipline,
    DocumentKind,
    EventKind,
    LeadKind,
    OrderState,
    Setting,
    Timing,
)
from firstvisit.referral.vocabulary import PROGRAM_SLUGS, e164

_CLOSED: Final[Mapping[str, tuple[str | bool, ...]]] = {
    "authorization": get_args(AuthorizationStatus),
    "disciplines": get_args(Discipline),
    "documents": get_args(DocumentKind),
    "event_kind": get_args(EventKind),
    "in_area": (True, False),
    "lead_kind": get_args(LeadKind),
    "order_state": get_args(OrderState),
    "setting": get_args(Setting),
    "timing": get_args(Timing),
}
"""Facts an exclusion may test whose values are the same in every practice."""
EXCLUSION_FACTS: Final = frozenset({*_CLOSED, "asked_program", "icd_categories"})
"""The facts an exclusion may test, by their names in `leads.facts`. Protected traits and payer are not
among them (45 CFR 92.210): age has its own range in the program, and payers lead to tasks."""

_CATEGORY = re.compile(r"[A-Z]\d[0-9A-Z]")
_ICD = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")
_FILES: Final = {kind.collection: kind.file for kind in KINDS} | {"identity": "identity.toml"}

Named = Mapping[str, set[str]]
Said = Iterator[tuple[str, str]]
"""Pairs of a field's path ("windows 2, last_day") and a sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold. `name` is the entry's slug, or an account's address; empty: the collection.

    As text it is "programs.toml, hand_therapy, minutes: must be greater than 0".
    """

    collection: str
    name: str
    field: str
    message: str

    def __str__(self) -> str:
        path = ", ".join(part for part in (_FILES[self.collection], self.name, self.field) if part)
        return f"{path}: {self.message}"


def problems(files: PracticeFiles, named: Named | None = None) -> list[str]:
    """A sentence for each thing that does not hold between entries; `named` as in `findings`."""
    return [str(finding) for finding in findings(files, named)]


def findings(files: PracticeFiles, named: Named | None = None) -> list[Finding]:
    """Each thing that does not hold between entries.

    `named` is {collection: names that were written}, so that a reference to an entry which is itself
    faulty is not reported a second time.
    """
    names: Named = named or {
        kind.collection: {getattr(one, kind.named_by) for one in getattr(files, kind.collection)}
        for kind in KINDS
    }
    found: list[Finding] = []
    for kind in KINDS:
        values = (str(getattr(one, kind.named_by)) for one in getattr(files, kind.collection))
        found += [
            Finding(kind.collection, name, "", "stands there more than once") for name in _repeated(values)
        ]
    found += [Finding("identity", "", *said) for said in _identity(files, names)]
    for collection, look in _looks(files, names).items():
        for kind in KINDS:
            if kind.collection == collection:
                for entry in getattr(files, collection):
                    name = str(getattr(entry, kind.named_by))
                    found += [Finding(collection, name, *said) for said in look(entry)]
    found += _payers(files)
    found += _shared_resources(files.staff)
    return found


def _looks(files: PracticeFiles, names: Named) -> dict[str, Callable[..., Said]]:
    """What is looked at in each entry of a collection."""

    asked_for = {*PROGRAM_SLUGS, *names["programs"], *names["not_offered"]}
    asked_for |= {name for one in files.programs for name in one.accepts}
    asked_for |= {name for declined in files.not_offered for name in declined.accepts}

    def program(one: Program) -> Said:
        yield from _program(one, names, asked_for)
        yield from _staffed(one, files, names)

    def queue(one: object) -> Said:
        site = getattr(one, "site", None)
        if site is not None:
            yield from _unknown("site", (site,), "site", names["sites"])

    def role(one: object) -> Said:
        yield from _unknown("capabilities", getattr(one, "capabilities", ()), "capability", set(CAPABILITIES))

    return {
        "sites": _site,
        "programs": program,
        "resources": lambda one: _resource(one, names),
        "queues": queue,
        "roles": role,
        "staff": lambda one: _staff(one, names),
        "places": _place,
        "not_offered": lambda one: _not_offered(one, names),
        "agreements": _agreement,
    }


def _identity(files: PracticeFiles, names: Named) -> Said:
    if files.identity is not None:
        yield from _unknown("home_site", (files.identity.home_site,), "site", names["sites"])
        yield from _phone("phone", files.identity.phone)


def _site(site: Site) -> Said:
    yield from _phone("phone", site.phone)
    if site.fax is not None:
        yield from _phone("fax", site.fax)
    yield from _zips("postal_code", (site.postal_code,))
    yield from _zips("area_zips", site.area_zips)
    yield from _point(site.latitude, site.longitude)
    yield from _hours(site.hours)
    for date_ in _repeated(holiday.on.isoformat() for holiday in site.holidays):
        yield "holidays", f"{date_} stands there more than once"
    for number, holiday in enumerate(site.holidays, start=1):
        weekday = WEEKDAYS[holiday.on.weekday()]
        if not site.hours.get(weekday):
            yield (
                f"holidays {number}, on",
                f"{holiday.on} ({holiday.name}) is a {holiday.on:%A}, when the site "
                "is closed anyway; is the day meant on which it is observed?",
            )


def _hours(hours: Mapping[Weekday, tuple[Opening, ...]]) -> Said:
    for day, stretches in hours.items():
        for one, two in pairwise(sorted(stretches, key=lambda stretch: stretch.opens)):
            if two.opens < one.closes:
                yield f"hours, {day}", f"{two.opens:%H:%M} is before {one.closes:%H:%M}, so they overlap"


def _program(program: Program, names: Named, asked_for: set[str]) -> Said:
    """`asked_for`: what somebody may ask for by name, ours or not."""
    yield from _unknown("sites", program.sites, "site", names["sites"])
    if not program.sites:
        yield "sites", "is empty, so the program is offered nowhere"
    if not program.disciplines:
        yield "disciplines", "is empty"
    if not program.settings:
        yield "settings", "is empty"
    yield from _ages(program.age_from_months, program.age_to_months)
    for slug in program.accepts:
        if slug in names["programs"] and slug != program.slug:
            yield "accepts", f"{slug!r} is a program of its own"
    for prefix in program.icd_prefixes:
        if not _ICD.fullmatch(prefix):
            yield "icd_prefixes", f"{prefix!r} is not the beginning of an ICD-10-CM code, such as S66 or G56.0"
    for number, window in enumerate(program.windows, start=1):
        if window.first_day > window.last_day:
            yield f"windows {number}, last_day", f"{window.last_day} is before first_day {window.first_day}"
    for number, exclusion in enumerate(program.exclusions, start=1):
        at = f"exclusions {number}"
        if exclusion.fact not in EXCLUSION_FACTS:
            known = ", ".join(sorted(EXCLUSION_FACTS))
            yield f"{at}, fact", f"{exclusion.fact!r} may not be tested; there are {known}"
        yield from ((f"{at}, equals", said) for said in _never(exclusion, asked_for))
        if exclusion.instead is not None and exclusion.instead not in names["programs"]:
            yield f"{at}, instead", f"there is no program {exclusion.instead!r}"
        elif exclusion.instead == program.slug:
            yield f"{at}, instead", "is this program itself"
    for code in _repeated(exclusion.code for exclusion in program.exclusions):
        yield "exclusions", f"the code {code!r} stands there more than once"


def _never(exclusion: Exclusion, asked_for: set[str]) -> Iterator[str]:
    """Why the fact can never be what the exclusion says: it would rule out nobody, and nobody would know."""
    fact, value = exclusion.fact, exclusion.equals
    there: tuple[str | bool, ...] | None = _CLOSED.get(fact)
    if fact == "asked_program":
        there = tuple(sorted(asked_for))
    if fact == "icd_categories" and not (isinstance(value, str) and _CATEGORY.fullmatch(value)):
        yield f"{value!r} is no category of a diagnosis: it has three characters, such as S66"
    # 1 is no yes, although it equals True.
    if there is not None and not any(value == each and type(value) is type(each) for each in there):
        listed = ", ".join("yes" if each is True else "no" if each is False else each for each in there)
        yield f"{value!r} is nothing that {fact.replace('_', ' ')} can be; there are {listed}"


def _staffed(program: Program, files: PracticeFiles, names: Named) -> Said:
    """Somebody who may evaluate has each discipline and each skill, at every site of the program; a room or a
    device there has its equipment."""
    if len(files.resources) < len(names["resources"]):
        return  # a clinician is faulty, so nothing sure can be said of who is missing
    for site in program.sites:
        at_site = [one for one in files.resources if site in one.sites]
        there = [one for one in at_site if one.kind == "clinician" and not one.assistant]
        for discipline in program.disciplines:
            if not any(discipline in one.disciplines for one in there):
                yield "disciplines", f"no clinician at {site} who may evaluate works in {discipline}"
        for skill in program.skills:
            if not any(
                skill in one.skills and set(one.disciplines) & set(program.disciplines) for one in there
            ):
                yield "skills", f"no clinician of its disciplines at {site} has {skill!r}"
        for thing in program.equipment:
            if not any(thing in one.equipment for one in at_site):
                yield "equipment", f"no room or device at {site} has {thing!r}"


def _not_offered(one: NotOffered, names: Named) -> Said:
    yield from _unknown("places", one.places, "other place", names["places"])
    if one.slug in names["programs"]:
        yield "slug", f"{one.slug!r} is a program we offer"
    for slug in one.accepts:
        if slug in names["programs"]:
            yield "accepts", f"{slug!r} is a program we offer"


def _place(place: OtherPlace) -> Said:
    yield from _phone("phone", place.phone)
    yield from _zips("postal_code", (place.postal_code,))
    yield from _zips("area_zips", place.area_zips)
    yield from _point(place.latitude, place.longitude)
    yield from _ages(place.age_from_months, place.age_to_months)
    if not place.disciplines:
        yield "disciplines", "is empty"


def _agreement(agreement: VendorAgreement) -> Said:
    if not agreement.purposes:
        yield "purposes", "is empty: say what the vendor does for us"


def _payers(files: PracticeFiles) -> Iterator[Finding]:
    by_name: dict[str, str] = {}
    for payer in files.payers:
        for name in {name.casefold() for name in (payer.name, payer.slug, *payer.also_called)}:
            other = by_name.setdefault(name, payer.slug)
            if other != payer.slug:
                yield Finding("payers", payer.slug, "also_called", f"{name!r} is also {other}")


def _resource(resource: Resource, names: Named) -> Said:
    yield from _unknown("sites", resource.sites, "site", names["sites"])
    yield from _unknown("payers", resource.payers, "payer", names["payers"])
    if not resource.sites:
        yield "sites", "is empty"
    if resource.kind == "clinician" and not resource.disciplines:
        yield "disciplines", "is empty"
    yield from _hours(resource.hours)


def _staff(member: StaffMember, names: Named) -> Said:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", member.email):
        yield "email", "is not an e-mail address"
    yield from _unknown("role", (member.role,), "role", names["roles"])
    yield from _unknown("sites", member.sites, "site", names["sites"])
    yield from _unknown("queues", member.queues, "queue", names["queues"])
    if member.resource is not None:
        yield from _unknown("resource", (member.resource,), "resource", names["resources"])


def _shared_resources(staff: Iterable[StaffMember]) -> Iterator[Finding]:
    held = [member.resource for member in staff if member.resource is not None]
    for resource in _repeated(held):
        yield Finding("staff", "", "", f"the resource {resource!r} belongs to more than one account")


def _ages(first: int, too_old: int) -> Said:
    if first >= too_old:
        yield "age_to_months", "is not above age_from_months"


def _phone(field: str, number: str) -> Said:
    try:
        e164(number)
    except ValueError as error:
        yield field, str(error)


def _zips(field: str, codes: Iterable[str]) -> Said:
    for code in codes:
        if zips.place(code) is None:
            yield field, f"there is no ZIP code {code}"


def _point(latitude: float, longitude: float) -> Said:
    if not -90 <= latitude <= 90:
        yield "latitude", f"{latitude} is not between -90 and 90"
    if not -180 <= longitude <= 180:
        yield "longitude", f"{longitude} is not between -180 and 180"


def _unknown(field: str, slugs: Iterable[str], what: str, known: set[str]) -> Said:
    for slug in slugs:
        if slug not in known:
            yield field, f"there is no {what} {slug!r}"


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
