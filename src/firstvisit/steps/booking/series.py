"""The first weeks of treatment in a steady pattern: the same weekdays and hour, the same therapist. Or until when
treatment is full.

Who evaluates treats where they can; then whoever else may, assistants too. A week counts from the day after the
evaluation; a day on which the site is closed has no visit and breaks no pattern, but a pattern without one goes before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Final, NamedTuple

from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking import fitting, supply
from firstvisit.steps.booking.days import local_date
from firstvisit.steps.booking.finding import find
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Slot, Want
from firstvisit.steps.booking.spans import moment

EVERY: Final = 10_000
"""More times than one therapist has within the horizon."""
DAYS: Final = 7

Key = tuple[int, int]
"""A place in the week: how many days after its first, and the minute of the day."""
Times = Mapping[Key, Mapping[int, Slot]]
"""Where in the week, and in which weeks."""


class Series(NamedTuple):
    """Treatment visits in their order, from `since`, of one therapist (the resource's id). `same_hour`: every visit is
    at one hour; else each weekday has its own."""

    visits: tuple[Slot, ...]
    clinician: int
    since: date
    same_hour: bool


class Full(NamedTuple):
    """Treatment is full until a day, from which there is a steady pattern; None: as far as anybody is booked."""

    until: Series | None


def steady(
    evaluation: Slot,
    treatment: Want,
    *,
    visits_a_week: int,
    weeks: int,
    shape: Practice,
    booking: Booking,
    now: datetime,
) -> Series | Full:
    """The pattern that begins in the week after an evaluation; else the soonest later one, as what is full until then.
    `treatment` is what they need, with the times they stated and the day before which it must not begin."""
    site = shape.sites[evaluation.site]
    evaluated = local_date(evaluation.start, site.tz)
    first = max(evaluated + timedelta(days=1), treatment.not_before or evaluated)
    last = local_date(int(now.timestamp()) // 60, site.tz) + timedelta(days=booking.horizon_days)
    begins = [first + timedelta(days=DAYS * week) for week in range((last - first).days // DAYS + 1)]
    begins = [day for day in begins if day + timedelta(days=DAYS * weeks - 1) <= last]
    if not begins:
        return Full(None)
    best: Series | None = None
    for slug in _therapists(evaluation, treatment, shape, booking, evaluated):
        only = treatment._replace(
            only=frozenset({slug}), sites=(evaluation.site,), not_before=first,
            not_after=last, urgent=False,
        )  # fmt: skip
        found = find(only, shape=shape, booking=booking, now=now, count=EVERY).slots
        for since in begins:
            if best is not None and since >= best.since:
                break
            pattern = _pattern(found, site, since, visits_a_week=visits_a_week, weeks=weeks)
            if pattern is not None:
                best = pattern
                break
        if best is not None and best.since == begins[0]:
            return best
    return Full(best)


def _therapists(
    evaluation: Slot, treatment: Want, shape: Practice, booking: Booking, day: date
) -> Iterator[str]:
    """Whoever may treat there: who evaluates first, then whom they know, then assistants, so that those who evaluate
    stay free for it."""
    here = treatment._replace(sites=(evaluation.site,), only=frozenset())

    def place(who: Bookable) -> tuple[bool, bool, bool, str]:
        return who.id != evaluation.clinician, who.slug not in treatment.knows, not who.assistant, who.slug

    may = [who for who in supply.bookables(shape, booking, day, day) if not fitting.stands_in_the_way(here, who)]
    return (who.slug for who in sorted(may, key=place))


def _pattern(
    slots: Sequence[Slot], site: Site, since: date, *, visits_a_week: int, weeks: int
) -> Series | None:
    """The best places in the week that are free in each of so many weeks."""
    times = _by_place(slots, site, since, weeks)
    closed = {
        (day, week)
        for day in range(DAYS)
        for week in range(weeks)
        if not site.openings(since + timedelta(days=day + DAYS * week))
    }
    whole = [
        key
        for key, had in times.items()
        if all(week in had or (key[0], week) in closed for week in range(weeks))
    ]
    chosen = _same_hour(whole, times, visits_a_week) or _any_hour(whole, times, visits_a_week)
    if chosen is None:
        return None
    visits = sorted((slot for key in chosen for slot in times[key].values()), key=lambda slot: slot.start)
    hours = {minute for _, minute in chosen}
    return Series(tuple(visits), visits[0].clinician, since, len(hours) == 1)


def _by_place(slots: Sequence[Slot], site: Site, since: date, weeks: int) -> Times:
    times: dict[Key, dict[int, Slot]] = defaultdict(dict)
    for slot in slots:
        begins = moment(slot.start).astimezone(site.tz)
        week, day = divmod((begins.date() - since).days, DAYS)
        if 0 <= week < weeks:
            times[day, begins.hour * 60 + begins.minute][week] = slot
    return times


def _same_hour(whole: Sequence[Key], times: Times, visits: int) -> tuple[Key, ...] | None:
    by_hour = defaultdict(list)
    for key in whole:
        by_hour[key[1]].append(key)
    sets = [chosen for keys in by_hour.values() for chosen in combinations(sorted(keys), visits)]
    return min(sets, key=lambda chosen: _place(chosen, times), default=None)


def _any_hour(whole: Sequence[Key], times: Times, visits: int) -> tuple[Key, ...] | None:
    """The best hour of each weekday."""
    by_day: dict[int, Key] = {}
    for key in sorted(whole, key=lambda key: _place((key,), times)):
        by_day.setdefault(key[0], key)
    sets = combinations(sorted(by_day.values()), visits)
    return min(sets, key=lambda chosen: _place(chosen, times), default=None)


def _place(chosen: Sequence[Key], times: Times) -> tuple[int, int, int, int, Sequence[Key]]:
    """The most visits first, and nobody two days running; then what the search prefers, then days well apart."""
    days = [day for day, _ in chosen]
    apart = min(later - day for day, later in zip(days, [*days[1:], days[0] + DAYS], strict=True))
    points = [slot.points for key in chosen for slot in times[key].values()]
    return -len(points), -min(apart, 2), -sum(points) // max(1, len(points)), -apart, chosen
