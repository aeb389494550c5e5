"""What no entry of a practice can say of itself: names that point nowhere, skills that nobody has. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from firstvisit.practice.capabilities import CAPABILITIES
from firstvisit.practice.content import KINDS, PracticeFiles
from firstvisit.practice.shape import WEEKDAYS, Program, Resource, Site, StaffMember

EXCLUSION_FACTS: Final = frozenset(
    {
        "asked_program",
        "authorization",
        "disciplines",
        "documents",
        "event_kind",
        "icd_categories",
        "in_area",
        "lead_kind",
        "order_state",
        "setting",
        "timing",
    }
)
"""The facts an exclusion may test, by their names in `leads.facts`. Protected traits and payer are not
among them (45 CFR 92.210): age has its own range in the program, and payers lead to tasks."""

_ICD = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")

Named = Mapping[str, set[str]]


def problems(files: PracticeFiles, named: Named | None = None) -> list[str]:
    """A sentence for each thing that does not hold between entries.

    `named` is {collection: names that were written}, so that a reference to an entry which is itself
    faulty is not reported a second time.
    """
    names: Named = named or {
        kind.collection: {getattr(one, kind.named_by) for one in getattr(files, kind.collection)}
        for kind in KINDS
    }
    found: list[str] = []
    for kind in KINDS:
        values = (str(getattr(one, kind.named_by)) for one in getattr(files, kind.collection))
        found += [f"{kind.file}, {name}: stands there more than once" for name in _repeated(values)]
    if files.identity is not None and files.identity.home_site not in names["sites"]:
        found.append(f"identity.toml, home_site: there is no site {files.identity.home_site!r}")
    for site in files.sites:
        found += [f"sites.toml, {site.slug}, {problem}" for problem in _site(site)]
    for program in files.programs:
        for problem in (*_program(program, names), *_staffed(program, files, names)):
            found.append(f"programs.toml, {program.slug}, {problem}")
    found += _payers(files)
    for resource in files.resources:
        found += [f"clinicians.toml, {resource.slug}, {problem}" for problem in _resource(resource, names)]
    for queue in files.queues:
        if queue.site is not None and queue.site not in names["sites"]:
            found.append(f"queues.toml, {queue.slug}, site: there is no site {queue.site!r}")
    for role in files.roles:
        for capability in role.capabilities:
            if capability not in CAPABILITIES:
                found.append(f"roles.toml, {role.slug}, capabilities: there is no capability {capability!r}")
    for member in files.staff:
        found += [f"staff.toml, {member.email}, {problem}" for problem in _staff(member, names)]
    found += _shared_resources(files.staff)
    for place in files.places:
        if place.age_from_months >= place.age_to_months:
            found.append(f"places.toml, {place.slug}, age_to_months: is not above age_from_months")
    return found


def _site(site: Site) -> Iterator[str]:
    for day, stretches in site.hours.items():
        for one, two in pairwise(sorted(stretches, key=lambda stretch: stretch.opens)):
            if two.opens < one.closes:
                yield f"hours, {day}: {two.opens:%H:%M} is before {one.closes:%H:%M}, so they overlap"
    for date_ in _repeated(holiday.on.isoformat() for holiday in site.holidays):
        yield f"holidays: {date_} stands there more than once"
    for number, holiday in enumerate(site.holidays, start=1):
        weekday = WEEKDAYS[holiday.on.weekday()]
        if not site.hours.get(weekday):
            yield (
                f"holidays {number}, on: {holiday.on} ({holiday.name}) is a {holiday.on:%A}, when the site "
                "is closed anyway; is the day meant on which it is observed?"
            )


def _program(program: Program, names: Named) -> Iterator[str]:
    yield from _unknown("sites", program.sites, "site", names["sites"])
    if not program.sites:
        yield "sites: is empty, so the program is offered nowhere"
    if not program.disciplines:
        yield "disciplines: is empty"
    if not program.settings:
        yield "settings: is empty"
    if program.age_from_months >= program.age_to_months:
        yield "age_to_months: is not above age_from_months"
    for slug in program.accepts:
        if slug in names["programs"] and slug != program.slug:
            yield f"accepts: {slug!r} is a program of its own"
    for prefix in program.icd_prefixes:
        if not _ICD.fullmatch(prefix):
            yield f"icd_prefixes: {prefix!r} is not the beginning of an ICD-10-CM code, such as S66 or G56.0"
    for number, window in enumerate(program.windows, start=1):
        if window.first_day > window.last_day:
            yield f"windows {number}, last_day: {window.last_day} is before first_day {window.first_day}"
    for number, exclusion in enumerate(program.exclusions, start=1):
        if exclusion.fact not in EXCLUSION_FACTS:
            known = ", ".join(sorted(EXCLUSION_FACTS))
            yield f"exclusions {number}, fact: {exclusion.fact!r} may not be tested; there are {known}"
        if exclusion.instead is not None and exclusion.instead not in names["programs"]:
            yield f"exclusions {number}, instead: there is no program {exclusion.instead!r}"
        elif exclusion.instead == program.slug:
            yield f"exclusions {number}, instead: is this program itself"
    for code in _repeated(exclusion.code for exclusion in program.exclusions):
        yield f"exclusions: the code {code!r} stands there more than once"


def _staffed(program: Program, files: PracticeFiles, names: Named) -> Iterator[str]:
    """Somebody who may evaluate has each discipline and each skill, at every site of the program."""
    if len(files.resources) < len(names["resources"]):
        return  # a clinician is faulty, so nothing sure can be said of who is missing
    for site in program.sites:
        there = [
            one
            for one in files.resources
            if one.kind == "clinician" and not one.assistant and site in one.sites
        ]
        for discipline in program.disciplines:
            if not any(discipline in one.disciplines for one in there):
                yield f"disciplines: no clinician at {site} who may evaluate works in {discipline}"
        for skill in program.skills:
            if not any(
                skill in one.skills and set(one.disciplines) & set(program.disciplines) for one in there
            ):
                yield f"skills: no clinician of its disciplines at {site} has {skill!r}"


def _payers(files: PracticeFiles) -> Iterator[str]:
    by_name: dict[str, str] = {}
    for payer in files.payers:
        for name in {name.casefold() for name in (payer.name, payer.slug, *payer.also_called)}:
            other = by_name.setdefault(name, payer.slug)
            if other != payer.slug:
                yield f"payers.toml, {payer.slug}, also_called: {name!r} is also {other}"


def _resource(resource: Resource, names: Named) -> Iterator[str]:
    yield from _unknown("sites", resource.sites, "site", names["sites"])
    yield from _unknown("payers", resource.payers, "payer", names["payers"])
    if not resource.sites:
        yield "sites: is empty"
    if resource.kind == "clinician" and not resource.disciplines:
        yield "disciplines: is empty"


def _staff(member: StaffMember, names: Named) -> Iterator[str]:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", member.email):
        yield "email: is not an e-mail address"
    yield from _unknown("role", (member.role,), "role", names["roles"])
    yield from _unknown("sites", member.sites, "site", names["sites"])
    yield from _unknown("queues", member.queues, "queue", names["queues"])
    if member.resource is not None:
        yield from _unknown("resource", (member.resource,), "resource", names["resources"])


def _shared_resources(staff: Iterable[StaffMember]) -> Iterator[str]:
    held = [member.resource for member in staff if member.resource is not None]
    for resource in _repeated(held):
        yield f"staff.toml: the resource {resource!r} belongs to more than one account"


def _unknown(field: str, slugs: Iterable[str], what: str, known: set[str]) -> Iterator[str]:
    for slug in slugs:
        if slug not in known:
            yield f"{field}: there is no {what} {slug!r}"


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
