"""How soon somebody new can be seen: the third next time that is free, by program, therapy, site and payer.

The third, because the next one is often a gap that a cancellation left (the measure of the Institute for Healthcare
Improvement). Each of the three is counted as if the ones before it were taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from firstvisit.practice.shape import Practice, Program, Site
from firstvisit.steps.booking import fitting, supply
from firstvisit.steps.booking.finding import find
from firstvisit.steps.booking.kinds import first_visit
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Place, Setting, Slot, Want
from firstvisit.steps.booking.spans import moment

THIRD: Final = 3
KEPT_MINUTES: Final = 10
"""For so long a measurement stands before it is made anew."""
_kept: dict[str, tuple[tuple[object, ...], tuple[ThirdNext, ...]]] = {}


class ThirdNext(NamedTuple):
    """When somebody new could be seen. `payer` "": whoever pays. `next` and `third` are the first and the third free
    time (None: not within the days that are offered ahead), `days` from today to the third on the site's calendar."""

    program: str
    discipline: str
    site: str
    payer: str
    next: datetime | None
    third: datetime | None
    days: int | None


def measured(shape: Practice, booking: Booking, *, now: datetime) -> tuple[ThirdNext, ...]:
    """Every program, therapy and site, for whoever pays and for each payer; kept for ten minutes in each process."""
    key = shape, booking, int(now.timestamp()) // (KEPT_MINUTES * 60)
    kept = _kept.get("measured")
    if kept is None or kept[0] != key:
        kept = _kept["measured"] = key, tuple(_measured(shape, booking, now))
    return kept[1]


def third_next(
    program: Program,
    discipline: str,
    site: Site,
    *,
    shape: Practice,
    booking: Booking,
    now: datetime,
    payer: str = "",
) -> ThirdNext:
    """How soon somebody new of this program can be seen there."""
    want = _want(program, discipline, site, booking, payer)
    return _told(program, discipline, site, payer, now, _three(want, shape, booking, now))


def _measured(shape: Practice, booking: Booking, now: datetime) -> Iterator[ThirdNext]:
    today = now.date()
    people = [one for one in supply.bookables(shape, booking, today, today) if one.kind == "clinician"]
    for program in shape.programs.values():
        for discipline in program.disciplines:
            for site in (shape.sites[slug] for slug in program.sites if slug in shape.sites):
                # Payers whose therapists are the same people have the same times.
                found: dict[frozenset[int], list[Slot]] = {}
                for payer in ("", *shape.payers):
                    want = _want(program, discipline, site, booking, payer)
                    fit: frozenset[int] = frozenset()
                    if want is not None:
                        fit = frozenset(one.id for one in people if not fitting.stands_in_the_way(want, one))
                    if fit not in found:
                        found[fit] = _three(want, shape, booking, now) if fit else []
                    yield _told(program, discipline, site, payer, now, found[fit])


def _want(program: Program, discipline: str, site: Site, booking: Booking, payer: str) -> Want | None:
    order: tuple[Setting, ...] = ("clinic", "home", "telehealth")
    setting = next(each for each in order if each in program.settings)
    want = first_visit(program, discipline, setting, booking, (site.slug,))
    if want is None:
        return None
    # A visit at home is measured next door to the site.
    home = Place(site.latitude, site.longitude) if setting == "home" else None
    return want._replace(payer=payer, payer_counts=bool(payer), home=home)


def _three(want: Want | None, shape: Practice, booking: Booking, now: datetime) -> list[Slot]:
    """The next three by the clock, whatever the rules would offer first."""
    by_clock = booking.model_copy(
        update={
            "soonest": 1,
            "stated_times": 0,
            "continuity": 0,
            "fills_gap": 0,
            "language": 0,
            "same_site": 0,
        }
    )
    found: list[Slot] = []
    while want is not None and len(found) < THIRD:
        more = find(want, shape=shape, booking=by_clock, now=now, count=1, beside=found).slots
        if not more:
            break
        found += more
    return found


def _told(
    program: Program, discipline: str, site: Site, payer: str, now: datetime, found: list[Slot]
) -> ThirdNext:
    first = moment(found[0].start) if found else None
    third = moment(found[-1].start) if len(found) == THIRD else None
    days = (third.astimezone(site.tz).date() - now.astimezone(site.tz).date()).days if third else None
    return ThirdNext(program.slug, discipline, site.slug, payer, first, third, days)
