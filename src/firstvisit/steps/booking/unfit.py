"""What is to come and supply no longer allows, visits and sessions of groups: somebody left, is away, or works at
another site, may not bill the payer any more, a site is closed, a room is away, hours were changed. And visits that are
over and could not be."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from firstvisit.practice.queries import resource_slugs
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import opening, spans, supply
from firstvisit.steps.booking.fitting import PAYS_THEMSELVES
from firstvisit.steps.booking.models import Appointment, Change, Claim, Group, Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Span

Why = Literal["left", "site", "payer", "closed", "holiday", "away", "busy", "hours"]
CANCELLED_AS: Final[Mapping[Why, str]] = {
    "left": "clinician_left",
    "site": "practice_other",
    "payer": "practice_other",
    "closed": "site_closed",
    "holiday": "site_closed",
    "away": "clinician_away",
    "busy": "clinician_away",
    "hours": "clinician_away",
}
"""The reason (a code of `endings`) with which such a visit is cancelled, and such a session closed."""
SAID_OF_DAYS: Final[frozenset[Why]] = frozenset({"left", "closed", "holiday", "away"})
"""What is said of days, and so of those that are over: the others are how it is now, or what another calendar has."""


class Unfit(NamedTuple):
    """A visit, why it cannot be, and whose time is missing (a resource's slug). `holiday` is the name of one."""

    appointment: Appointment
    why: Why
    resource: str
    holiday: str = ""

    @property
    def site(self) -> str:
        return self.appointment.site


class UnfitSession(NamedTuple):
    """The same of a session of a group, with or without somebody in it."""

    group: Group
    why: Why
    resource: str
    holiday: str = ""

    @property
    def site(self) -> str:
        return self.group.site


def unfit(
    shape: Practice,
    booking: Booking,
    *,
    now: datetime,
    leads: Iterable[uuid.UUID] | None = None,
    until: datetime | None = None,
) -> list[Unfit]:
    """Visits and holds to come that no longer lie in open hours of all they take (a seat: of all its session takes), or
    whose therapist may not bill their payer, the soonest first. With `leads` only those of these leads (ids, or a query
    of them), with `until` only those that begin before it. A constant number of questions."""
    rows = Appointment.objects.filter(status__in=("booked", "held"), starts_at__gt=now)
    if leads is not None:
        rows = rows.filter(lead__in=leads)
    if until is not None:
        rows = rows.filter(starts_at__lt=until)
    found = list(rows.select_related("lead__facts").order_by("starts_at", "id"))
    if not found:
        return []
    of_groups = _taken_by({row.group_id for row in found if row.group_id is not None})
    ground = _ground(shape, booking, found[0].starts_at, max(row.ends_at for row in found))
    answer = []
    for row in found:
        shared = of_groups.get(row.group_id, []) if row.group_id is not None else []
        takes = [each for each in (row.clinician_id, *row.resources, *shared) if each is not None]
        lost = ground.lost(takes, row, setting=row.setting, program=row.program)
        if lost is None and not ground.may_bill(row):
            lost = _Lost("payer", ground.slugs.get(row.clinician_id or 0, ""))
        if lost is not None:
            answer.append(Unfit(row, *lost))
    return answer


def could_not_be(shape: Practice, booking: Booking, visits: Collection[Appointment]) -> dict[uuid.UUID, Unfit]:
    """Those of these visits, which are over, on whose day the site was closed, or whose therapist or room was away or
    had had the last day; by their ids. A constant number of questions."""
    if not visits:
        return {}
    ground = _ground(shape, booking, min(row.starts_at for row in visits), max(row.ends_at for row in visits))
    found = {}
    for row in visits:
        takes = [each for each in (row.clinician_id, *row.resources) if each is not None]
        lost = ground.lost(takes, row, setting=row.setting, program=row.program)
        if lost is not None and lost.why in SAID_OF_DAYS and (lost.why != "left" or ground.over(takes, row)):
            found[row.id] = Unfit(row, *lost)
    return found


def unfit_sessions(shape: Practice, booking: Booking, *, now: datetime) -> list[UnfitSession]:
    """Sessions of groups to come that no longer lie in open hours of their therapist and room, also those in which
    nobody sits; the soonest first. A constant number of questions."""
    found = list(Group.objects.filter(cancelled_at=None, starts_at__gt=now).order_by("starts_at", "id"))
    if not found:
        return []
    taken = _taken_by({group.id for group in found})
    ground = _ground(shape, booking, found[0].starts_at, max(group.ends_at for group in found))
    answer = []
    for group in found:
        lost = ground.lost(taken.get(group.id, []), group, setting="clinic", program=group.program)
        if lost is not None:
            answer.append(UnfitSession(group, *lost))
    return answer


class _Lost(NamedTuple):
    why: Why
    resource: str
    holiday: str = ""


class _Ground(NamedTuple):
    """What decides whether something may stand: supply, changes of resources (by number) and of sites (None and the
    site), last days, slugs by number."""

    shape: Practice
    known: Mapping[int, Bookable]
    changes: Mapping[tuple[int | None, str], list[tuple[str, Span]]]
    last_days: Mapping[int, date]
    slugs: Mapping[int, str]

    def lost(
        self, takes: Iterable[int], at: Appointment | Group, *, setting: str, program: str
    ) -> _Lost | None:
        """The first of `takes` that cannot be had for it, and why; None where all can."""
        site = self.shape.sites.get(at.site)
        during = (spans.minute(at.starts_at), spans.minute_after(at.ends_at))
        day = self._day(at)
        holiday = next((each.name for each in site.holidays if each.on == day), "") if site else ""
        for number in dict.fromkeys(takes):
            one, slug = self.known.get(number), self.slugs.get(number, "")
            if one is None or self.over([number], at):
                return _Lost("left", slug)
            if at.site not in one.sites:
                return _Lost("site", slug)
            if not opening.is_open(one, during, site=at.site, setting=setting, program=program):
                why = self._why(number, at.site, during, holiday)
                return _Lost(why, slug, holiday if why == "holiday" else "")
        return None

    def over(self, takes: Iterable[int], at: Appointment | Group) -> bool:
        """Whether it is after the last day of any of `takes`."""
        return any(number in self.last_days and self._day(at) > self.last_days[number] for number in takes)

    def may_bill(self, row: Appointment) -> bool:
        """Whether the therapist of a visit may bill the lead's payer, as the search asks before it offers them."""
        one, facts = self.known.get(row.clinician_id or 0), getattr(row.lead, "facts", None)
        if facts is None or one is None or not one.payers or not facts.payer:
            return True
        return facts.payer_kind in PAYS_THEMSELVES or facts.payer in one.payers

    def _day(self, at: Appointment | Group) -> date:
        site = self.shape.sites.get(at.site)
        return (at.starts_at.astimezone(site.tz) if site else at.starts_at).date()

    def _why(self, number: int, site: str, during: Span, holiday: str) -> Why:
        if self._touching((None, site), during):
            return "closed"
        if holiday:
            return "holiday"
        what = self._touching((number, ""), during)
        return "hours" if not what else "busy" if what == "busy" else "away"

    def _touching(self, key: tuple[int | None, str], during: Span) -> str:
        changes = self.changes.get(key, ())
        return next((what for what, (start, end) in changes if start < during[1] and end > during[0]), "")


def _ground(shape: Practice, booking: Booking, begins: datetime, ends: datetime) -> _Ground:
    day = timedelta(days=1)
    here = supply.bookables(shape, booking, begins.date() - day, ends.date() + day)
    terms = Terms.objects.exclude(last_day=None)
    last_days = {row.resource_id: row.last_day for row in terms if row.last_day is not None}
    return _Ground(shape, {one.id: one for one in here}, _changes(begins, ends), last_days, resource_slugs())


def _changes(begins: datetime, ends: datetime) -> dict[tuple[int | None, str], list[tuple[str, Span]]]:
    found: dict[tuple[int | None, str], list[tuple[str, Span]]] = defaultdict(list)
    rows = Change.objects.filter(during__overlap=(begins, ends)).exclude(what="extra")
    for number, site, what, during in rows.values_list("resource_id", "site", "what", "during"):
        lower = spans.minute(during.lower or begins)
        upper = spans.minute_after(during.upper or ends)
        found[number, site if number is None else ""].append((what, (lower, upper)))
    return found


def _taken_by(groups: set[uuid.UUID]) -> dict[uuid.UUID | None, list[int]]:
    """What sessions take: the numbers of their therapists and rooms."""
    if not groups:
        return {}
    found: dict[uuid.UUID | None, list[int]] = defaultdict(list)
    rows = Claim.objects.filter(group__in=groups).order_by("resource_id")
    for group, resource in rows.values_list("group_id", "resource_id"):
        found[group].append(resource)
    return found
