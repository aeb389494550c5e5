"""Who is there to do it: the therapists who can be booked for somebody, and programs for which nobody is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from firstvisit.journey.booking.weeks import first_visit
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Program, Site
from firstvisit.steps.booking import fitting, supply
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Want


class Unstaffed(NamedTuple):
    """A program and the therapies of it that nobody at a site can evaluate; `after`: once that day is over, None: now
    already."""

    program: Program
    site: Site
    disciplines: tuple[str, ...]
    after: date | None


def who_can(wants: Iterable[Want], *, now: datetime) -> frozenset[str]:
    """The therapists (slugs) who can do any of these visits at one of their sites, and have not left."""
    shape, found = practice(), set[str]()
    for want in wants:
        today = max((now.astimezone(shape.sites[site].tz).date() for site in want.sites), default=now.date())
        day = max(today, want.not_before or today)
        there = supply.bookables(shape, policy().section(Booking), today, today)
        found |= {
            who.slug for who in there if not fitting.stands_in_the_way(want, who) and not fitting.has_left(who, day)
        }
    return frozenset(found)


def unstaffed(sites: Collection[str], *, now: datetime) -> list[Unstaffed]:
    """The programs of these sites for which nobody is left who can do the first visit, or nobody after some day, in the
    order of the practice. What nobody there could ever do is not named."""
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
                able = [who for who in there if not fitting.stands_in_the_way(want, who)]
                days = [who.last_day for who in able if not fitting.has_left(who, today)]
                last = [day for day in days if day is not None]
                if able and len(last) == len(days):
                    left.setdefault(max(last, default=None), []).append(discipline)
            found += [Unstaffed(program, site, tuple(these), after) for after, these in left.items()]
    return found
