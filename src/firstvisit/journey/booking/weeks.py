"""The calendar of one site: who is where, what is kept from visits, and where first visits still fit.

A page asks the database the same few questions for one clinician or thirty: supply is kept in the process, claims,
supply's own words, leads in scope and names are read once each for the whole stretch.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db.models import Count

from firstvisit.leads.queries import code
from firstvisit.leads.scope import leads_for
from firstvisit.people.identity import Identity
from firstvisit.people.queries import identities
from firstvisit.practice import shape as practice_shape
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Program, Site
from firstvisit.steps.booking import drawn, room_left, shapes, spans, supply
from firstvisit.steps.booking.drawn import Kept
from firstvisit.steps.booking.kinds import kind_for
from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Claim
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.queries import claims_between, visited_at
from firstvisit.steps.booking.room_left import Asked, Opening
from firstvisit.steps.booking.shapes import Bookable, Span, Want

By = Literal["clinician", "room"]
NOT_SEEN: Final = ("held", "left", "missed")
"""Of these no first visit was had, or not yet."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A stretch of a resource that is taken. `code` and `who` are empty where the lead is outside somebody's scope:
    then all that is said is that the time is taken. `start` and `end` are the visit's own, without what is kept free
    around it."""

    start: int
    end: int
    service: str
    status: str
    program: str
    site: str
    clinician: int | None
    held_until: datetime | None = None
    confirmed: bool = False
    appointment: uuid.UUID | None = None
    lead: uuid.UUID | None = None
    code: str = ""
    who: Identity | None = None
    contact: Identity | None = None
    seats: int = 0
    seated: int = 0
    setting: str = "clinic"


@dataclass(frozen=True, slots=True)
class Day:
    """One resource on one day. `works` says whether anything of it is open at this site at all, `most` how many first
    visits the day still allows, `apart` when it is open for visits at home or by video alone."""

    on: date
    span: Span
    visits: tuple[Visit, ...]
    kept: tuple[Kept, ...]
    openings: tuple[Opening, ...]
    works: bool
    most: int = 0
    apart: tuple[shapes.Stretch, ...] = ()
    has_left: bool = False
    """Whether it is after the last day of whoever it is; then nothing is kept for them."""

    @property
    def first_visits(self) -> int:
        return sum(visit.service == "evaluation" and visit.status not in NOT_SEEN for visit in self.visits)

    @property
    def held(self) -> int:
        return sum(visit.service == "evaluation" and visit.status == "held" for visit in self.visits)

    @property
    def open(self) -> int:
        return min(self.most, sum(opening.times for opening in self.openings))


@dataclass(frozen=True, slots=True)
class Row:
    """One clinician, room or device over all days. `gone`: retired, or no longer at this site; then it stands here for
    the visits that it has all the same, and nothing more is said of it."""

    id: int
    resource: practice_shape.Resource
    days: tuple[Day, ...]
    gone: Literal["", "retired", "elsewhere"] = ""

    @property
    def first_visits(self) -> int:
        return sum(day.first_visits for day in self.days)

    @property
    def held(self) -> int:
        return sum(day.held for day in self.days)

    @property
    def open(self) -> int:
        return sum(day.open for day in self.days)

    @property
    def note_minutes(self) -> int:
        return sum(one.end - one.start for day in self.days for one in day.kept if one.what == "documentation")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of one site. `closed` says why the whole site is closed on a day: a holiday's name, or a word of
    `drawn.AWAY`; "closed" on a day without hours. `leads` are those whose names are shown."""

    site: Site
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    closed: Mapping[date, str]
    leads: tuple[uuid.UUID, ...]
    names: Mapping[int, str] = field(default_factory=dict)
    """Names of resources by their id, for "with whom"."""


def stretch(user: User, site: Site, first: date, last: date, *, by: By, now: datetime) -> Stretch:
    """The days of a site from `first` through `last` as this person may see them, by clinician or by room and device.

    Saturday and Sunday stand there only where somebody works or is booked."""
    shape, booking = practice(), policy().section(Booking)
    bookables = [
        one for one in supply.bookables(shape=shape, booking=booking, first=first, last=last) if site.slug in one.sites
    ]
    begins, ends = (spans.moment(spans.midnight(day, site.tz)) for day in (first, last + timedelta(days=1)))
    others = _others(visited_at(site.slug, begins, ends, but=[one.id for one in bookables]))
    claims = claims_between([*(one.id for one in bookables), *others], begins, ends, now=now)
    kept = drawn.kept([one.id for one in bookables], shape.sites, site, first, last)
    taken = taken_of(claims)
    visits, shown = _visits(user, claims)
    asked = list(asked_of(shape, booking, site, bookables, taken))
    grid = booking.grid_minutes
    soonest = -(-spans.minute_after(now + timedelta(minutes=booking.notice_minutes)) // grid) * grid
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    wanted = [one for one in bookables if (one.kind == "clinician") == (by == "clinician")]
    rows = []
    for one in sorted(wanted, key=lambda each: _order(shape, each)):
        made = []
        for day in days:
            span = spans.midnight(day, site.tz), spans.midnight(day + timedelta(days=1), site.tz)
            theirs = tuple(each for each in visits.get(one.id, ()) if span[0] <= each.start < span[1])
            already = sum(each.service == "evaluation" for each in theirs)
            free = max(span[0], soonest), span[1]
            room: Sequence[Opening] = ()
            most = max(one.evaluations_a_day - already, 0)
            if one.kind == "clinician" and free[0] < free[1]:
                room = room_left.of_day(one, asked, taken.get(one.id, ()), free, site=site.slug, most=most)
            here = [each for each in one.open if each.site == site.slug and each.start < span[1] and each.end > span[0]]
            left = one.last_day is not None and day > one.last_day
            own = () if left else _of_day(kept.get(one.id, ()), span)
            keeps = tuple(sorted((*own, *_shut(site, day, kept.get(0, ()), span))))
            apart = tuple(each for each in here if "clinic" not in each.settings) if one.kind == "clinician" else ()
            made.append(Day(day, span, theirs, keeps, tuple(room), bool(here), most, apart, left))
        rows.append(Row(one.id, shape.resources[one.slug], tuple(made)))
    for number, (resource, retired) in others.items():
        if (resource.kind == "clinician") == (by == "clinician"):
            told = [each for each in visits.get(number, ()) if each.site == site.slug]
            if told:
                rows.append(Row(number, resource, _gone(told, days, site), "retired" if retired else "elsewhere"))
    closed = {day: why for day in days if (why := _closed(site, day, kept.get(0, ())))}
    keep = [
        n
        for n, day in enumerate(days)
        if len(days) == 1 or day.weekday() < 5 or any(row.days[n].works or row.days[n].visits for row in rows)
    ]
    names = {each.id: each.name for each in bookables} | {number: each.name for number, (each, _) in others.items()}
    return Stretch(
        site,
        tuple(days[n] for n in keep),
        tuple(replace(row, days=tuple(row.days[n] for n in keep)) for row in rows),
        closed,
        shown,
        names,
    )


def _others(numbers: Collection[int]) -> dict[int, tuple[practice_shape.Resource, bool]]:
    """Resources that are not of the site, by name; whether each is retired."""
    rows = Resource.objects.filter(id__in=numbers).order_by("data__name") if numbers else ()
    return {row.id: (row.shape(), row.retired_at is not None) for row in rows}


def _gone(visits: Sequence[Visit], days: Sequence[date], site: Site) -> tuple[Day, ...]:
    """The days of whoever is no longer of a site: the visits that stand there, and nothing else."""
    found = []
    for day in days:
        span = spans.midnight(day, site.tz), spans.midnight(day + timedelta(days=1), site.tz)
        theirs = tuple(each for each in visits if span[0] <= each.start < span[1])
        found.append(Day(day, span, theirs, (), (), False))
    return tuple(found)


def _order(shape: Practice, one: Bookable) -> tuple[bool, int, str]:
    """Therapists before assistants, each in the order of their therapy and name; rooms before devices."""
    therapies = ("OT", "PT", "SLP")
    first = min((therapies.index(each) for each in one.disciplines if each in therapies), default=len(therapies))
    return one.assistant or one.kind == "device", first, one.name


def _visits(user: User, claims: Sequence[Claim]) -> tuple[Mapping[int, list[Visit]], tuple[uuid.UUID, ...]]:
    """What is taken of each resource, in the order of time, and the leads whose names are among it."""
    ids = {claim.appointment.lead_id for claim in claims if claim.appointment is not None}
    seen = {
        lead: (number, patient, contact)
        for lead, number, patient, contact in leads_for(user)
        .filter(id__in=ids)
        .values_list("id", "number", "patient_id", "contact_id")
    }
    people = {who for _, patient, contact in seen.values() for who in (patient, contact) if who}
    known: Mapping[uuid.UUID, Identity] = {}
    if user.may("identity.see"):
        known = {who: identity for who, (identity, _) in identities(people).items()}
    seated = _seated(claim.group_id for claim in claims if claim.group_id)
    found: dict[int, list[Visit]] = defaultdict(list)
    for claim in claims:
        one, group = claim.appointment, claim.group
        if group is not None:
            start, end = spans.minute(group.starts_at), spans.minute_after(group.ends_at)
            visit = Visit(start, end, "group", "booked", group.program, group.site, None, seats=group.seats,
                          seated=seated.get(group.id, 0))  # fmt: skip
        elif one is not None:
            number, patient, contact = seen.get(one.lead_id, (0, None, None))
            visit = Visit(
                spans.minute(one.starts_at),
                spans.minute_after(one.ends_at),
                one.service,
                one.status,
                one.program,
                one.site,
                one.clinician_id,
                one.held_until,
                one.confirmed_at is not None,
                one.id,
                one.lead_id if number else None,
                code(number) if number else "",
                known.get(patient) if patient else None,
                known.get(contact) if contact else None,
                setting=one.setting,
            )
        else:
            continue
        found[claim.resource_id].append(visit)
    for visits in found.values():
        visits.sort(key=lambda visit: visit.start)
    return found, tuple(seen) if known else ()


def _seated(groups: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    seats = Appointment.objects.filter(group__in=set(groups), status__in=TAKES_TIME)
    return dict(seats.values_list("group_id").annotate(Count("id")))


def taken_of(claims: Iterable[Claim]) -> dict[int, list[Span]]:
    """What is taken of each resource, sorted."""
    found: dict[int, list[Span]] = defaultdict(list)
    for claim in claims:
        found[claim.resource_id].append((spans.minute(claim.during.lower), spans.minute_after(claim.during.upper)))
    return {number: spans.joined(each) for number, each in found.items()}


def asked_of(
    shape: Practice, booking: Booking, site: Site, bookables: Sequence[Bookable], taken: Mapping[int, list[Span]]
) -> Iterable[Asked]:
    """A first visit of each program of this site and each of its therapies, with when its rooms are free."""
    rooms = [one for one in bookables if one.kind == "room"]
    for program in shape.programs.values():
        if site.slug not in program.sites or "clinic" not in program.settings or program.status == "closed":
            continue
        for discipline in program.disciplines:
            want = first_visit(booking, program, discipline, site.slug)
            if want is None:
                continue
            free: list[Span] | None = None
            if want.room and rooms:
                free = room_left.free_spans(rooms, taken, site.slug)
            for word in sorted(want.equipment):
                having = [one for one in bookables if one.kind != "clinician" and word in one.equipment]
                there = room_left.free_spans(having, taken, site.slug)
                free = there if free is None else spans.common(free, there)
            yield Asked(want, free)


def first_visit(
    booking: Booking, program: Program, discipline: str, site: str, setting: Literal["clinic", "telehealth"] = "clinic"
) -> Want | None:
    """What a first visit needs, at the clinic or by video, of nobody in particular; None where no kind of appointment
    is for it."""
    kind = kind_for(booking, "evaluation", program.slug, setting)
    if kind is None:
        return None
    return Want(
        service="evaluation",
        kind=kind.slug,
        program=program.slug,
        discipline=discipline,
        setting=setting,
        minutes=kind.minutes or program.minutes,
        before=kind.minutes_before,
        after=kind.minutes_after,
        sites=(site,),
        skills=frozenset((*program.skills, *kind.skills)),
        credentials=frozenset(kind.credentials),
        equipment=frozenset((*program.equipment, *kind.equipment)) if setting == "clinic" else frozenset(),
        room=kind.room and setting == "clinic",
    )


def _of_day(kept: Iterable[Kept], span: Span) -> Iterable[Kept]:
    for one in kept:
        if one.start < span[1] and one.end > span[0]:
            yield one._replace(start=max(one.start, span[0]), end=min(one.end, span[1]))


def _shut(site: Site, day: date, changes: Iterable[Kept], span: Span) -> Iterable[Kept]:
    """When the site is closed on a day; from its opening where that is what it is closed from."""
    opens = min((spans.minute(opens) for opens, _ in site.openings(day)), default=span[0])
    for one in _of_day(changes, span):
        yield one._replace(start=opens) if one.start < opens < one.end else one


def _closed(site: Site, day: date, changes: Iterable[Kept]) -> str:
    holiday = next((each.name for each in site.holidays if each.on == day), "")
    if holiday:
        return holiday
    hours = [(spans.minute(opens), spans.minute_after(closes)) for opens, closes in site.openings(day)]
    if not hours:
        return "closed"
    shut = spans.joined((one.start, one.end) for one in changes)
    if spans.without(spans.joined(hours), shut):
        return ""
    return next((one.why for one in changes if one.end > hours[0][0] and one.start < hours[-1][1]), "") or "closed"
