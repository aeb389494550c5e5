"""Who is there to do it: the therapists who can be booked for somebody, until when somebody can treat after a first
visit, and programs for which nobody is left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from firstvisit.journey.booking.weeks import first_visit
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Program, Site
from firstvisit.steps.booking import fitting, spans, supply
from firstvisit.steps.booking.kinds import kind_for
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Want

A_FORTNIGHT: Final = 14


class Unstaffed(NamedTuple):
    """A program and the therapies of it that nobody at a site can evaluate, or treat; `after`: once that day is over,
    None: now already."""

    program: Program
    site: Site
    disciplines: tuple[str, ...]
    after: date | None


def who_can(wants: Iterable[Want], *, now: datetime) -> frozenset[str]:
    """The therapists (slugs) who can do any of these visits at one of their sites, and have a day left in what is
    looked for."""
    shape, found = practice(), set[str]()
    for want in wants:
        today = max((now.astimezone(shape.sites[site].tz).date() for site in want.sites), default=now.date())
        day = max(today, want.not_before or today)
        there = supply.bookables(shape, policy().section(Booking), today, today)
        found |= {
            who.slug for who in there if not fitting.stands_in_the_way(want, who) and _is_there(want, who, day, now)
        }
    return frozenset(found)


def _is_there(want: Want, who: Bookable, day: date, now: datetime) -> bool:
    """Whether somebody is there from this day on. Of whoever leaves it has to be a day with hours that are long enough
    and not over."""
    if who.last_day is None:
        return True
    if who.last_day < day:
        return False
    shape, booking = practice(), policy().section(Booking)
    last = who.last_day if want.not_after is None else min(who.last_day, want.not_after)
    long = want.before + want.minutes + want.after
    soonest = spans.minute_after(now) + booking.notice_minutes - want.before
    theirs = next((each for each in supply.bookables(shape, booking, day, max(day, last)) if each.id == who.id), who)
    return any(
        stretch.end - max(stretch.start, soonest) >= long
        for stretch in theirs.open
        if stretch.site in want.sites and want.setting in stretch.settings
    )


def treated_until(want: Want, *, now: datetime) -> date | None:
    """The last day on which anybody, assistants too, can treat after this first visit, at one of its sites: an
    evaluation on that day or later has no treatment behind it. None where somebody stays, or no treatment follows."""
    shape, booking = practice(), policy().section(Booking)
    kind = kind_for(booking, "treatment", want.program, want.setting) if want.service == "evaluation" else None
    program = shape.programs.get(want.program)
    if kind is None or program is None:
        return None
    treats = want._replace(
        service="treatment",
        kind=kind.slug,
        skills=frozenset((*program.skills, *kind.skills)),
        credentials=frozenset(kind.credentials),
        only=frozenset(),
        assistants=True,
    )
    today = max((now.astimezone(shape.sites[site].tz).date() for site in want.sites), default=now.date())
    there = supply.bookables(shape, booking, today, today)
    days = [who.last_day for who in there if not fitting.stands_in_the_way(treats, who)]
    last = [day for day in days if day is not None]
    return max(last, default=today - timedelta(days=1)) if len(last) == len(days) else None


def untreated(sites: Collection[str], *, now: datetime) -> list[Unstaffed]:
    """The programs of these sites after whose first visit nobody can treat, or nobody after some day, in the order of
    the practice. What nobody there could ever evaluate is not named."""

    def ends(want: Want, there: Sequence[Bookable], today: date) -> tuple[bool, date | None]:
        if all(fitting.stands_in_the_way(want, who) for who in there):
            return False, None
        until = treated_until(want, now=now)
        return until is not None, until

    return _without_anybody(sites, ends, now)


def unstaffed(sites: Collection[str], *, now: datetime) -> list[Unstaffed]:
    """The programs of these sites for which nobody is left who can do the first visit, or nobody after some day, in the
    order of the practice: everybody leaves, takes no first visits or has no hours in the days that are booked ahead.
    What nobody there could ever do is not named."""

    def ends(want: Want, there: Sequence[Bookable], today: date) -> tuple[bool, date | None]:
        hindered = [(who, fitting.stands_in_the_way(want, who)) for who in there]
        able = [who for who, why in hindered if why in ("", fitting.NO_FIRST_VISITS)]
        takes = [who for who, why in hindered if not why and not fitting.has_left(who, today)]
        days = [who.last_day for who in _with_hours(takes, want, today)]
        last = [day for day in days if day is not None]
        return bool(able) and len(last) == len(days), max(last, default=None)

    return _without_anybody(sites, ends, now)


def _with_hours(those: Sequence[Bookable], want: Want, today: date) -> list[Bookable]:
    """Who of them has hours for the program at one of its sites: in two weeks, which mostly answers it, or in the days
    that are booked ahead."""
    shape, booking = practice(), policy().section(Booking)
    left = {who.id for who in those}
    for ahead in (A_FORTNIGHT, booking.horizon_days):
        there = supply.bookables(shape, booking, today, today + timedelta(days=ahead)) if left else ()
        left -= {who.id for who in there if who.id in left and _opens(who, want)}
    return [who for who in those if who.id not in left]


def _opens(who: Bookable, want: Want) -> bool:
    """Whether anything of somebody is open for the program at one of its sites."""
    return any(
        stretch.site in want.sites and (not stretch.programs or want.program in stretch.programs)
        for stretch in who.open
    )


def _without_anybody(
    sites: Collection[str], ends: Callable[[Want, Sequence[Bookable], date], tuple[bool, date | None]], now: datetime
) -> list[Unstaffed]:
    """The programs that end at a site by `ends`: whether a first visit of one therapy does, and after which day; one
    that has passed is now already."""
    shape, booking = practice(), policy().section(Booking)
    found = []
    for site in (shape.sites[slug] for slug in sites if slug in shape.sites):
        today = now.astimezone(site.tz).date()
        there = supply.bookables(shape, booking, today, today)
        for program in shape.programs.values():
            if site.slug not in program.sites or program.status_on(today) == "closed":
                continue
            left: dict[date | None, list[str]] = {}
            for discipline in program.disciplines:
                want = first_visit(booking, program, discipline, site.slug)
                if want is None:
                    continue
                over, after = ends(want, there, today)
                if over:
                    left.setdefault(after if after is not None and after >= today else None, []).append(discipline)
            found += [Unstaffed(program, site, tuple(these), after) for after, these in left.items()]
    return found
