"""Group sessions: opened by the desk, joined by a lead that fits, closed with every seat offered again."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from firstvisit.journey.booking import visits
from firstvisit.journey.booking.wanting import EVALUATED, wanted
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads.models import Lead
from firstvisit.leads.scope import works_at
from firstvisit.messages.moments import short_day
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import home_zone, policy, practice, resource_names, resource_slugs
from firstvisit.practice.shape import Site
from firstvisit.steps.booking import claims, groups, spans, supply, taking
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.finding import find
from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Claim, Group
from firstvisit.steps.booking.opening import is_open
from firstvisit.steps.booking.policy import Booking, Kind
from firstvisit.steps.booking.queries import claims_between
from firstvisit.steps.booking.sessions import sessions as sessions_to_come
from firstvisit.steps.booking.sessions import sitting
from firstvisit.steps.booking.shapes import Slot, Want
from firstvisit.steps.booking.taking import Taken
from firstvisit.steps.booking.unfit import unfit_sessions

MOST_WEEKS: Final = 26
EVERY: Final = 1_000
"""More sessions than one lead could join."""
NOT_OF_A_GROUP: Final = ("by_mistake", "booked_twice", "no_authorization", "no_order")
TOO_FAR: Final = "That day is too far ahead. Visits are booked {ahead} days ahead: begin by {last}."
NO_ROAD: Final = "A visit at another place leaves the therapist no time on the road"
OPEN_THERE: Final = (
    "A group is open there already on {day}: {room}, with {seats}, for {program}. To have it otherwise, close it "
    "first; nothing was opened."
)
WHY_CLOSED: Final = {
    each.code: each.words for each in REASONS if each.by == "practice" and each.code not in NOT_OF_A_GROUP
}
"""Why a session does not take place."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the desk asks for: a session at `site` on a day at a time, and in the same week place for so many weeks.
    `room` "" is none; `program` "" is open to every one."""

    site: str
    kind: str
    program: str
    clinician: str
    room: str
    on: date | None
    at: time | None
    seats: int
    weeks: int


class Session(NamedTuple):
    """A session to come. `sits` are the leads in it: their ids and codes; `fits` whether a lead that is looked at may
    join, `own` the seat that it has, `given_until` the last day for which its payer gave treatment."""

    group: Group
    resources: tuple[str, ...]
    left: int
    sits: tuple[tuple[uuid.UUID, str], ...] = ()
    fits: bool = False
    own: uuid.UUID | None = None
    given_until: date | None = None


class Closed(NamedTuple):
    """Codes of leads whose seat is cancelled and to be offered again, and of those that somebody else has in hand."""

    done: tuple[str, ...]
    not_done: tuple[str, ...]


def sessions(sites: Sequence[str], *, now: datetime) -> list[Session]:
    """The sessions to come at these sites, the soonest first, with who sits in them; as far ahead as any can be opened.
    A constant number of questions."""
    booking = policy().section(Booking)
    kinds = [each.slug for each in booking.kinds if each.service == "group"]
    until = now + timedelta(days=booking.horizon_days + 1, weeks=MOST_WEEKS)
    found = sessions_to_come(kinds, sites, now, until, now=now)
    rows = Appointment.objects.filter(group__in=[each.group.id for each in found], status__in=TAKES_TIME)
    sits: dict[uuid.UUID | None, list[tuple[uuid.UUID, str]]] = {}
    for group, lead, number in rows.order_by("seat").values_list("group", "lead", "lead__number"):
        sits.setdefault(group, []).append((lead, f"L-{number}"))
    slugs = resource_slugs()
    return [
        Session(
            each.group,
            tuple(slugs[number] for number in each.resources if number in slugs),
            each.left,
            tuple(sits.get(each.group.id, ())),
        )
        for each in found
    ]


def for_lead(lead: Lead, *, now: datetime) -> list[Session]:
    """The sessions to come where this lead may be treated, which of them it may join, and in which it sits; of full
    ones those in the days that are booked ahead."""
    if not Group.objects.filter(starts_at__gt=now, cancelled_at=None).exists():
        return []
    fits = _fits(lead, now)
    sites = {site for want in fits.wants for site in want.sites}
    own = Appointment.objects.filter(lead=lead, group__isnull=False, status__in=TAKES_TIME)
    seats = dict(own.values_list("group", "id"))
    ahead = now + timedelta(days=policy().section(Booking).horizon_days)
    return [
        each._replace(
            fits=(want := fits.slots.get(str(each.group.id))) is not None,
            own=seats.get(each.group.id),
            given_until=want and want.given_until,
        )
        for each in sessions(sorted(sites), now=now)
        if each.group.id in seats
        or str(each.group.id) in fits.slots
        or (each.left <= 0 and each.group.starts_at < ahead)
    ]


def open_sessions(asked: Opening, *, by: User, actor: Actor) -> list[Group]:
    """Open a session, or one a week; all of them or none. A week in which the site is closed has none. The same again
    is the same sessions. BadInput in words, also where the first day is beyond those that are booked ahead, therapist
    or room is not open or taken, or a group is open there otherwise."""
    if not (by.may(visits.CAPABILITY) and works_at(by, asked.site)):
        raise NotAllowed(visits.CAPABILITY)
    now, shape = clock.now(), practice()
    site, kind = shape.sites.get(asked.site), _kind(asked.kind)
    ahead = policy().section(Booking).horizon_days
    last = now.astimezone(site.tz if site is not None else home_zone()).date() + timedelta(days=ahead)
    too_far = TOO_FAR.format(ahead=ahead, last=f"{short_day(last)}, {last.year}")
    problems = [
        *([] if kind is not None else [Problem("kind", "Choose the kind of group.")]),
        *([] if asked.on is not None else [Problem("on", "Enter the first day.")]),
        *([] if asked.on is None or asked.on <= last else [Problem("on", too_far)]),
        *([] if asked.at is not None else [Problem("at", "Enter when it begins, such as 10:00.")]),
        *([] if 1 <= asked.seats <= 30 else [Problem("seats", "A group has 1 to 30 seats.")]),
        *([] if 1 <= asked.weeks <= MOST_WEEKS else [Problem("weeks", f"Once, or weekly up to {MOST_WEEKS} weeks.")]),
        *([] if not asked.program or asked.program in shape.programs else [Problem("program", "Choose the program.")]),
    ]
    if problems or site is None or kind is None or asked.on is None or asked.at is None:
        raise BadInput(problems or [Problem("site", "Choose the site.")])
    days = [asked.on + timedelta(days=7 * week) for week in range(asked.weeks)]
    open_days = [day for day in days if site.openings(day)]
    if not open_days:
        raise BadInput([Problem("on", "The site is closed on that day.")])
    slots = _slots(asked, site, kind, asked.at, open_days)
    with transaction.atomic():
        taking.lock_days([taking.wanted(slot) for slot in slots])
        made = [_opened(slot, asked, kind, site, now) for slot in slots]
        _as_asked(made, slots, asked, site)
        audit.note(actor, "group_opened", "group", [group.id for group in made])
    return made


def join(lead: Lead, chosen: Sequence[uuid.UUID], *, by: User, actor: Actor) -> list[Appointment]:
    """A seat in each of these sessions for a lead, or in none of them. Taken("full") where one has no seat left,
    Taken("over") where one does not take place; pressed twice it sits there once. BadInput where one does not fit."""
    if not chosen:
        raise BadInput([Problem("group", "Choose a session.")])
    made: list[Appointment] = []

    def write(locked: Lead, now: datetime) -> None:
        fits = _fits(locked, now)
        had = set(Appointment.objects.filter(lead=locked, status__in=TAKES_TIME).values_list("group", flat=True))
        # One order for everybody: two who join the same sessions do not wait for each other in a circle.
        for group in Group.objects.filter(id__in=chosen).order_by("id"):
            if group.id in had:
                continue
            want = fits.slots.get(str(group.id))
            if want is None:
                raise _cannot(group, fits.wants, now)
            made.append(claims.join(group, locked, want, made_by="desk", now=now))
        if made:
            first = min(made, key=lambda row: row.starts_at)
            data = {"visits": str(len(made))}
            visits.note(locked, "group_joined", actor, first, now, data=data)

    visits.act(lead, by, write, closed=(EVALUATED,))
    return made


def close(number: uuid.UUID, *, why: str, by: User, actor: Actor) -> Closed:
    """A session does not take place: every seat is cancelled as ours to answer for, each in a transaction of its own,
    then therapist and room are free. Who has moved to another session meanwhile keeps that. What somebody else has in
    hand, and who has sat down meanwhile, keep it open until that is settled."""
    group = Group.objects.filter(id=number).first()
    if group is None or not (by.may(visits.CAPABILITY) and works_at(by, group.site)):
        raise NotAllowed(visits.CAPABILITY)
    if why not in WHY_CLOSED:
        raise BadInput([Problem("why", "Choose why it does not take place.")])
    done, not_done = list[str](), list[str]()
    rows = Appointment.objects.filter(group=group, status__in=("held", "booked")).select_related("lead")
    for row in rows.order_by("seat"):
        try:
            visits.cancel(row, why=why, by=by, actor=actor, shown=row.sequence)
        except (Conflict, NotAllowed):
            continue
        done.append(f"L-{row.lead.number}")
    now = clock.now()
    try:
        groups.close_group(group, now=now)
    except Conflict:
        left = sitting(now).filter(group=group).order_by("seat")
        not_done = [f"L-{each}" for each in left.values_list("lead__number", flat=True)]
    else:
        audit.note(actor, "group_closed", "group", [group.id], why=why)
    return Closed(tuple(done), tuple(not_done))


class _Fits(NamedTuple):
    """What a lead may join: by the id of a session what it needs there; and all that it needs."""

    slots: dict[str, Want]
    wants: tuple[Want, ...]


def _fits(lead: Lead, now: datetime) -> _Fits:
    if lead.closed_at is not None and lead.closed_how != EVALUATED:
        return _Fits({}, ())
    needs = wanted(lead, now=now, service="group")
    booking, shape = policy().section(Booking), practice()
    found: dict[str, Want] = {}
    for want in needs.wants:
        for kind in booking.kinds:
            if kind.service != "group" or (kind.programs and want.program not in kind.programs):
                continue
            # No window of the first visit bounds what follows it.
            whole = want._replace(kind=kind.slug, not_after=None, urgent=False)
            for slot in find(whole, shape=shape, booking=booking, now=now, count=EVERY).slots:
                found.setdefault(slot.group, whole)
    return _Fits(found, needs.wants)


def _cannot(group: Group, wants: Sequence[Want], now: datetime) -> Exception:
    if group.cancelled_at is not None or group.starts_at <= now:
        return Taken("over")
    if Appointment.objects.filter(group=group, status__in=TAKES_TIME).count() >= group.seats:
        return Taken("full")
    begins, ends = spans.minute(group.starts_at), spans.minute(group.ends_at)
    if any(start < ends and begins < end for want in wants for start, end in want.elsewhere):
        return Taken("own")
    if any(each.group.id == group.id for each in unfit_sessions(practice(), policy().section(Booking), now=now)):
        return BadInput([Problem("group", "Its therapist, its room or its site is not open for this group any more.")])
    return BadInput([Problem("group", "This group does not fit their program, therapy or coverage.")])


def _kind(slug: str) -> Kind | None:
    kinds = policy().section(Booking).kinds
    return next((each for each in kinds if each.slug == slug and each.service == "group"), None)


def _slots(asked: Opening, site: Site, kind: Kind, at: time, days: Sequence[date]) -> list[Slot]:
    """The stretch of each day, where therapist and room are open for all of it."""
    booking, shape = policy().section(Booking), practice()
    bookables = supply.bookables(shape, booking, days[0] - timedelta(days=1), days[-1] + timedelta(days=1))
    here = {one.slug: one for one in bookables if site.slug in one.sites}
    who, room = here.get(asked.clinician), here.get(asked.room)
    problems = []
    if who is None or who.kind != "clinician":
        problems.append(Problem("clinician", "Choose the therapist."))
    elif not set(kind.skills) <= who.skills or (kind.credentials and not who.credentials & set(kind.credentials)):
        problems.append(Problem("clinician", f"{who.name} has not what this kind of group asks for."))
    if (asked.room or kind.room) and (room is None or room.kind == "clinician"):
        problems.append(Problem("room", "Choose the room."))
    elif not set(kind.equipment) <= (room.equipment if room is not None else frozenset()):
        problems.append(Problem("room", "This room has not what this kind of group asks for."))
    if problems or who is None:
        raise BadInput(problems)
    minutes = kind.minutes or (shape.programs[asked.program].minutes if asked.program else 60)
    takes = [one for one in (who, room) if one is not None]
    made = []
    for day in days:
        start = spans.minute(datetime.combine(day, at, site.tz))
        claimed = (start - kind.minutes_before, start + minutes + kind.minutes_after)
        for one in takes:
            if not is_open(one, claimed, site=site.slug, setting="clinic", program=asked.program):
                when = f"{day:%a %b} {day.day}"
                field = "clinician" if one is who else "room"
                raise BadInput([Problem(field, f"{one.name} is not open for all of it on {when}.")])
        ids = tuple(sorted(one.id for one in takes))
        made.append(Slot(start, start + minutes, claimed, site.slug, "clinic", who.id, ids, 0, ()))
    return made


def _opened(slot: Slot, asked: Opening, kind: Kind, site: Site, now: datetime) -> Group:
    day = spans.moment(slot.start).astimezone(site.tz)
    try:
        return groups.open_group(slot, kind=kind.slug, program=asked.program, seats=asked.seats, now=now)
    except Taken as taken:
        if taken.why == "over":
            raise BadInput([Problem("on", "That time has passed.")]) from taken
        what = NO_ROAD if taken.why == "road" else _taken(slot, now)
        raise BadInput([Problem("at", f"{what} on {day:%a %b} {day.day}; nothing was opened.")]) from taken


def _as_asked(made: Sequence[Group], slots: Sequence[Slot], asked: Opening, site: Site) -> None:
    """BadInput where one of these was open there before with another room, other seats or for other programs: whoever
    sits in it has it as it is."""
    takes: dict[uuid.UUID, set[int]] = defaultdict(set)
    for number, resource in Claim.objects.filter(group__in=made).values_list("group_id", "resource_id"):
        if number is not None:
            takes[number].add(resource)
    for group, slot in zip(made, slots, strict=True):
        if (takes[group.id], group.seats, group.program) != (set(slot.resources), asked.seats, asked.program):
            slugs, names = resource_slugs(), resource_names()
            rooms = [names[slugs[each]] for each in sorted(takes[group.id] - {slot.clinician})]
            program = practice().programs.get(group.program)
            stands = OPEN_THERE.format(
                day=short_day(group.starts_at.astimezone(site.tz).date()),
                room=f"in {' and '.join(rooms)}" if rooms else "without a room",
                seats="1 seat" if group.seats == 1 else f"{group.seats} seats",
                program=program.name if program is not None else "every program",
            )
            raise BadInput([Problem("at", stands)])


def _taken(slot: Slot, now: datetime) -> str:
    """Which of those that a session needs are taken then, by name, the therapist first."""
    begins, ends = map(spans.moment, slot.claimed)
    taken = {each.resource_id for each in claims_between(slot.resources, begins, ends, now=now)}
    slugs, known = resource_slugs(), practice().resources
    ids = sorted(taken, key=lambda each: each != slot.clinician)
    names = [known[slugs[each]].name for each in ids]
    return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} taken" if names else "That time is taken"


def rooms_of(site: str) -> dict[str, str]:
    """Rooms of a site that a group can have, by their slugs."""
    known = practice().resources
    return {slug: one.name for slug, one in known.items() if one.kind == "room" and site in one.sites}


def therapists_of(site: str) -> dict[str, str]:
    """Whoever can lead a group at a site, assistants too, by their slugs."""
    there = set(Resource.objects.values_list("slug", flat=True))
    known = practice().resources
    found = {slug: one.name for slug, one in known.items() if one.kind == "clinician" and site in one.sites}
    return {slug: name for slug, name in sorted(found.items(), key=lambda pair: pair[1]) if slug in there}
