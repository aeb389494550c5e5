"""An entry, a list and a change as the screens show them: words, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from firstvisit.practice.models import EntryChange, User
from firstvisit.practice.shape import (
    Identity,
    NotOffered,
    OtherPlace,
    Payer,
    Practice,
    Program,
    Queue,
    Resource,
    Role,
    Site,
    VendorAgreement,
)
from firstvisit.web.staff.practice.fields import DAYS, Field, age, difference, said
from firstvisit.web.staff.practice.register import (
    COLLECTIONS,
    DISCIPLINES,
    EVENTS,
    KNOWN,
    ORDER_RULES,
    PURPOSES,
    RESOURCES,
    Collection,
)
from firstvisit.web.ui import words
from firstvisit.web.ui.words import PAYER_KINDS, SETTINGS

Cell = tuple[str, str]
"""What a cell says first, and its circumstance."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a list."""

    slug: str
    name: str
    cells: tuple[Cell, ...]
    off: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words. `returns` is (change, side) where an entry may go back to what it was then."""

    id: int
    at: str
    who: str
    how: str
    title: str
    collection: str
    slug: str
    entry: str
    differences: tuple[tuple[str, str, str], ...]
    returns: str = ""


def names(practice: Practice) -> dict[str, dict[str, str]]:
    """{collection: {slug: name}} of everything that fields point at."""
    return {
        "sites": {one.slug: one.name for one in practice.sites.values()},
        "programs": {one.slug: one.name for one in practice.programs.values()},
        "payers": {one.slug: one.name for one in practice.payers.values()},
        "resources": {one.slug: one.name for one in practice.resources.values()},
        "queues": {one.slug: one.name for one in practice.queues.values()},
        "roles": {one.slug: one.name for one in practice.roles.values()},
        "places": {one.slug: one.name for one in practice.places.values()},
    }


HEADS: Final[dict[str, tuple[str, ...]]] = {
    "programs": ("Program", "Therapy, where", "Ages", "Order", "First visit", "Sites", "Status"),
    "not_offered": ("Service", "Why not", "Where we refer to"),
    "sites": ("Site", "Hours", "Area", "Holidays", "Phone"),
    "payers": ("Payer", "In network", "Order", "Authorization first", "As of"),
    "resources": ("Name", "Therapy", "Skills", "Sites", "Languages"),
    "places": ("Place", "Therapy, programs", "Ages", "Area", "Phone", "Last checked"),
    "queues": ("Queue", "Site", "Who is in it"),
    "staff": ("Name", "Role", "Sites", "Queues", "Clinician"),
    "roles": ("Role", "They may", "Accounts"),
    "agreements": ("Vendor", "What for", "Signed", "Valid until", "Contact"),
}


def lines(collection: str, practice: Practice, members: Iterable[User]) -> list[Line]:
    """The list of a collection; of accounts, those who may not sign in stand last."""
    called = names(practice)
    staff = list(members)
    if collection == "staff":
        return sorted(
            (_member(one, called) for one in staff), key=lambda line: (line.off, line.name.casefold())
        )
    if collection == "queues":
        return [_queue(one, staff, called) for one in practice.queues.values()]
    if collection == "roles":
        return [_role(one, staff) for one in practice.roles.values()]
    entries: Mapping[str, Any] = getattr(practice, collection)
    return [_LINES[collection](one, called) for one in entries.values()]


def change(one: EntryChange, practice: Practice, zone: Any, now: datetime, *, newest: bool = False) -> Change:
    """A change with what it changed, in words."""
    collection = COLLECTIONS[one.collection]
    side = one.after or one.before or {}
    returns = ""
    if one.collection != "staff" and not newest:
        returns = "after" if one.after is not None else ""
    if one.collection != "staff" and newest and one.after is None:
        returns = "before"
    return Change(
        id=one.id,
        at=words.moment(one.at, zone, now),
        who=one.made_by.name if one.made_by else "",
        how=one.how,
        title=collection.one,
        collection=one.collection,
        slug=one.slug,
        entry=str(side.get("name") or side.get("vendor") or one.slug),
        differences=tuple(differences(collection, one.before, one.after, practice)),
        returns=returns,
    )


def differences(
    collection: Collection,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    practice: Practice,
) -> list[tuple[str, str, str]]:
    """(field, was, is) for each field that differs; nothing for an entry that came or went whole."""
    if before is None or after is None:
        return []
    called = names(practice)
    return [
        (field.label, *difference(field, before.get(field.name), after.get(field.name), refs(field, called)))
        for field in collection.fields
        if before.get(field.name) != after.get(field.name)
    ]


def refs(field: Field, called: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The names that a field's slugs stand for, those of its columns too."""
    inner = {slug: name for column in field.columns for slug, name in called.get(column.of, {}).items()}
    return {**inner, **called.get(field.of, {})}


def _program(one: Program, called: Mapping[str, Mapping[str, str]]) -> Line:
    status = one.status + (f" until {_day(one.status_until)}" if one.status_until else "")
    windows = [
        f"day {w.first_day}–{w.last_day}"
        + (f" after {' or '.join(EVENTS[kind] for kind in w.since)}" if w.since else " after it arrived")
        for w in one.windows
    ]
    return Line(
        one.slug,
        one.name,
        (
            (
                ", ".join(DISCIPLINES[d] for d in one.disciplines),
                ", ".join(SETTINGS[s] for s in one.settings),
            ),
            (_ages(one.age_from_months, one.age_to_months), ""),
            (ORDER_RULES[one.order_rule], f"{one.minutes} minutes"),
            (
                windows[0] if windows else "no window",
                f"and {len(windows) - 1} more" if len(windows) > 1 else "",
            ),
            (_named(one.sites, called["sites"]), ""),
            (status, one.status_reason),
        ),
        off=one.status == "closed",
    )


def _not_offered(one: NotOffered, called: Mapping[str, Mapping[str, str]]) -> Line:
    return Line(
        one.slug,
        one.name,
        ((one.text or "–", ""), (_named(one.places, called["places"]) or "no place named", "")),
    )


def _site(one: Site, called: Mapping[str, Mapping[str, str]]) -> Line:
    zips = (
        f"and {len(one.area_zips)} ZIP code{'s' if len(one.area_zips) != 1 else ''}" if one.area_zips else ""
    )
    home = f"{one.home_area_miles:g} miles at home" if one.home_area_miles else ""
    return Line(
        one.slug,
        one.name,
        (
            (_week(one), one.zone),
            (f"{one.area_miles:g} miles", " ".join(part for part in (zips, home) if part)),
            (
                ", ".join(str(year) for year in one.holiday_years) or "none entered",
                f"{len(one.holidays)} days",
            ),
            (one.phone, f"fax {one.fax}" if one.fax else ""),
        ),
    )


def _payer(one: Payer, called: Mapping[str, Mapping[str, str]]) -> Line:
    return Line(
        one.slug,
        one.name,
        (
            (KNOWN[one.in_network], PAYER_KINDS.get(one.kind, one.kind)),
            (KNOWN[one.order_required], ""),
            (KNOWN[one.authorization_before_evaluation], ""),
            (_day(one.as_of), ""),
        ),
    )


def _resource(one: Resource, called: Mapping[str, Mapping[str, str]]) -> Line:
    kind = (
        RESOURCES[one.kind] if one.kind != "clinician" else ", ".join(DISCIPLINES[d] for d in one.disciplines)
    )
    return Line(
        one.slug,
        one.name,
        (
            (kind, "assistant" if one.assistant else ", ".join(one.credentials)),
            (", ".join(one.skills or one.equipment).replace("_", " ") or "–", ""),
            (_named(one.sites, called["sites"]), ""),
            (", ".join(one.languages) if one.kind == "clinician" else "–", ""),
        ),
    )


def _place(one: OtherPlace, called: Mapping[str, Mapping[str, str]]) -> Line:
    only = "only " + ", ".join(one.programs).replace("_", " ") if one.programs else ""
    return Line(
        one.slug,
        one.name,
        (
            (", ".join(DISCIPLINES[d] for d in one.disciplines), only),
            (_ages(one.age_from_months, one.age_to_months), ""),
            (f"{one.area_miles:g} miles of {one.postal_code}", ", ".join(one.languages)),
            (one.phone, one.note),
            (_day(one.verified_on), ""),
        ),
    )


def _agreement(one: VendorAgreement, called: Mapping[str, Mapping[str, str]]) -> Line:
    signed = (
        (_day(one.signed_on), f"by {one.signed_by}" if one.signed_by else "")
        if one.signed_on
        else ("not signed", "")
    )
    return Line(
        one.slug,
        one.vendor,
        (
            (", ".join(PURPOSES[p] for p in one.purposes), one.note),
            signed,
            (_day(one.valid_until) if one.valid_until else "until it is ended", ""),
            (one.contact or "–", ""),
        ),
        off=one.signed_on is None,
    )


_LINES: Final[dict[str, Callable[[Any, Mapping[str, Mapping[str, str]]], Line]]] = {
    "programs": _program,
    "not_offered": _not_offered,
    "sites": _site,
    "payers": _payer,
    "resources": _resource,
    "places": _place,
    "agreements": _agreement,
}


def _queue(one: Queue, staff: list[User], called: Mapping[str, Mapping[str, str]]) -> Line:
    inside = [
        user.name for user in staff if user.is_active and one.slug in {q.slug for q in user.queues.all()}
    ]
    site = called["sites"].get(one.site, one.site) if one.site else "every site"
    return Line(one.slug, one.name, ((site, ""), (", ".join(inside) or "nobody", "")), off=not inside)


def _role(one: Role, staff: list[User]) -> Line:
    having = [user.name for user in staff if user.is_active and user.role.slug == one.slug]
    may = ", ".join(one.capabilities[:4]) + (
        f" and {len(one.capabilities) - 4} more" if len(one.capabilities) > 4 else ""
    )
    return Line(
        one.slug, one.name, ((f"{len(one.capabilities)} things", may), (", ".join(having) or "none", ""))
    )


def _member(one: User, called: Mapping[str, Mapping[str, str]]) -> Line:
    return Line(
        str(one.id),
        one.name,
        (
            (one.role.name, "may not sign in" if not one.is_active else ""),
            (", ".join(called["sites"].get(s.slug, s.slug) for s in one.sites.all()) or "every site", ""),
            (", ".join(called["queues"].get(q.slug, q.slug) for q in one.queues.all()) or "–", ""),
            (called["resources"].get(one.resource.slug, one.resource.slug) if one.resource else "–", ""),
        ),
        off=not one.is_active,
    )


def identity_said(identity: Identity, practice: Practice) -> list[tuple[str, str]]:
    """The practice itself as pairs of label and words."""
    called, data = names(practice), identity.model_dump(mode="json")
    return [
        (field.label, said(field, data.get(field.name), refs(field, called)))
        for field in COLLECTIONS["identity"].fields
    ]


def _ages(first: int, too_old: int) -> str:
    if too_old >= 130 * 12:
        return f"from {age(first)}" if first else "every age"
    return f"{age(first)} to {age(too_old)}" if first else f"under {age(too_old)}"


def _named(slugs: Iterable[str], called: Mapping[str, str]) -> str:
    return ", ".join(called.get(slug, slug) for slug in slugs)


def _day(day: Any) -> str:
    return f"{day:%b} {day.day}, {day.year}" if day else ""


def _week(site: Site) -> str:
    """ "Mon–Fri 8:00–17:30": days with the same hours together."""
    groups: list[tuple[list[str], str]] = []
    for day in DAYS:
        spoken = ", ".join(
            f"{o.opens:%H:%M}–{o.closes:%H:%M}".removeprefix("0")
            for o in site.hours.get(day, ())  # type: ignore[call-overload]
        )
        if groups and groups[-1][1] == spoken:
            groups[-1][0].append(day)
        else:
            groups.append(([day], spoken))
    return "; ".join(
        f"{days[0].title()}{f'–{days[-1].title()}' if len(days) > 1 else ''} {spoken}"
        for days, spoken in groups
        if spoken
    )
