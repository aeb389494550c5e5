"""The first weeks of treatment in steady patterns to choose from: the same weekdays and hour, the same therapist. Or
until when treatment is full, or why there is none.

Who evaluates treats where they can; then whoever else may, assistants too. A week counts from the day after the
evaluation; a day on which the site is closed has no visit and breaks no pattern, but a pattern without one goes before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any, Final, Literal, NamedTuple

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
MOST: Final = 3
"""Patterns to choose from."""
ANOTHER_HOUR: Final = 120
"""Minutes by which a pattern is at another hour."""

Key = tuple[int, int]
"""A place in the week: how many days after its first, and the minute of the day."""
Set = tuple[Key, ...]
"""The places of a pattern's visits in its week."""
Times = Mapping[Key, Mapping[int, Slot]]
"""Where in the week, and in which weeks."""


class Series(NamedTuple):
    """Treatment visits in their order, from `since`, of one therapist (the resource's id). `same_hour`: every visit is
    at one hour; else each weekday has its own."""

    visits: tuple[Slot, ...]
    clinician: int
    since: date
    same_hour: bool


class Steady(NamedTuple):
    """The patterns to choose from, the best first: beside that one, one at another hour, one on other weekdays, else of
    the next therapist. They begin in the week after the evaluation, unless `why` says what stands in the way there:
    full (hours there are, but not free), hours (nobody has hours on so many days of a week), beyond (so many weeks are
    longer than is booked ahead), too_far (the first day is), nobody (no therapist is one for them).

    `days` of a week on which anybody has hours for such a visit, at most. `fewer`: where there is no pattern, the most
    visits a week that have one, and that. `therapists`: the slugs of all who may treat there."""

    patterns: tuple[Series, ...] = ()
    why: Literal["", "full", "hours", "beyond", "too_far", "nobody"] = ""
    days: int = 0
    fewer: tuple[int, Series] | None = None
    therapists: tuple[str, ...] = ()


def steady(
    evaluation: Slot,
    treatment: Want,
    *,
    visits_a_week: int,
    weeks: int,
    shape: Practice,
    booking: Booking,
    now: datetime,
    only: str = "",
) -> Steady:
    """Patterns that begin in the week after an evaluation; else in the soonest later one. `treatment` is what they
    need, with the times they stated and the day before which it must not begin; `only`: of one therapist (a slug).

    They keep within the days for which the payer gave treatment; where none does, they are those without that bound."""
    asked: dict[str, Any] = {"shape": shape, "booking": booking, "now": now, "only": only}
    found = _steady(evaluation, treatment, visits_a_week, weeks, **asked)
    if treatment.given_until is None or found.patterns:
        return found
    return _steady(evaluation, treatment._replace(given_until=None), visits_a_week, weeks, **asked)


def _steady(
    evaluation: Slot,
    treatment: Want,
    visits_a_week: int,
    weeks: int,
    *,
    shape: Practice,
    booking: Booking,
    now: datetime,
    only: str,
) -> Steady:
    site = shape.sites[evaluation.site]
    first, last = _days(evaluation, treatment, site, booking, now)
    if first > last:
        return Steady(why="too_far")
    everybody = tuple(_therapists(evaluation, treatment, shape, booking, first))
    who = [slug for slug in everybody if only in ("", slug)]
    begins = [first + timedelta(days=DAYS * week) for week in range((last - first).days // DAYS + 1)]
    begins = [day for day in begins if day + timedelta(days=DAYS * weeks - 1) <= last]
    if not who or not begins:
        return Steady(why="beyond" if who else "nobody", therapists=everybody)
    want = treatment._replace(sites=(evaluation.site,), not_before=first, not_after=last)
    found: dict[str, _Week] = {}
    kept: list[Series] = []
    for slug in who:
        found[slug] = _Week(_times(want, slug, shape, booking, now), site, weeks)
        since = begins if not kept else [day for day in begins if day < kept[0].since or day == begins[0]]
        kept = [*kept, *_soonest(found[slug], since, visits_a_week)]
        kept = sorted(kept, key=lambda pattern: pattern.since)[:MOST]
        if kept and kept[0].since == begins[0] and (len(kept) > 1 or len(found) > 1):
            break
    if kept and kept[0].since == begins[0]:
        return Steady(tuple(kept), therapists=everybody)
    until = kept[0].since if kept else last
    days = _days_with_hours(want, who, supply.bookables(shape, booking, first, until), site, first, until)
    why: Literal["full", "hours"] = "hours" if days < visits_a_week else "full"
    fewer = None if kept else _fewer(found, begins, visits_a_week)
    return Steady(tuple(kept), why, days, fewer, everybody)


def still_there(
    evaluation: Slot,
    treatment: Want,
    starts: Sequence[int],
    clinician: str,
    *,
    shape: Practice,
    booking: Booking,
    now: datetime,
) -> Series | None:
    """The pattern of one therapist (a slug) that was shown, by the minutes at which its visits start; None where it is
    not just so any more. Whoever chose it read how much of it lies after what the payer gave."""
    site = shape.sites[evaluation.site]
    first, last = _days(evaluation, treatment._replace(given_until=None), site, booking, now)
    want = treatment._replace(sites=(evaluation.site,), not_before=first, not_after=last)
    had = {slot.start: slot for slot in _times(want, clinician, shape, booking, now)}
    if not starts or not had.keys() >= set(starts):
        return None
    visits = [had[start] for start in sorted(starts)]
    hours = {_hour(slot, site) for slot in visits}
    return Series(tuple(visits), visits[0].clinician, local_date(visits[0].start, site.tz), len(hours) == 1)


def _days(evaluation: Slot, treatment: Want, site: Site, booking: Booking, now: datetime) -> tuple[date, date]:
    """The first day on which treatment may begin, and the last on which anybody is booked, or that the payer gave."""
    evaluated = local_date(evaluation.start, site.tz)
    first = max(evaluated + timedelta(days=1), treatment.not_before or evaluated)
    ahead = local_date(int(now.timestamp()) // 60, site.tz) + timedelta(days=booking.horizon_days)
    return first, min(ahead, treatment.given_until or ahead)


def _times(want: Want, slug: str, shape: Practice, booking: Booking, now: datetime) -> Sequence[Slot]:
    only = want._replace(only=frozenset({slug}), urgent=False)
    return find(only, shape=shape, booking=booking, now=now, count=EVERY).slots


def _therapists(
    evaluation: Slot, treatment: Want, shape: Practice, booking: Booking, day: date
) -> Iterator[str]:
    """Whoever may treat there: who evaluates first, then whom they know, then assistants, so that those who evaluate
    stay free for it."""
    here = treatment._replace(sites=(evaluation.site,), only=frozenset())

    def place(who: Bookable) -> tuple[bool, bool, bool, str]:
        return who.id != evaluation.clinician, who.slug not in treatment.knows, not who.assistant, who.slug

    may = [who for who in supply.bookables(shape, booking, day, day) if not fitting.stands_in_the_way(here, who)]
    return (who.slug for who in sorted(may, key=place) if not fitting.has_left(who, day))


def _days_with_hours(
    want: Want, slugs: Collection[str], there: Sequence[Bookable], site: Site, first: date, last: date
) -> int:
    """On how many days of one week, at most, one of these therapists has hours for such a visit, free or not."""
    most = 0
    for who in there:
        days = defaultdict(set)
        for stretch in who.open if who.slug in slugs else ():
            day = local_date(stretch.start, site.tz)
            fits = stretch.site == site.slug and want.setting in stretch.settings
            long = stretch.end - stretch.start >= want.minutes
            if fits and long and first <= day <= last and (not stretch.programs or want.program in stretch.programs):
                days[(day - first).days // DAYS].add(day)
        most = max([most, *map(len, days.values())])
    return most


class _Week:
    """One therapist's times, by their places in a week."""

    def __init__(self, slots: Sequence[Slot], site: Site, weeks: int) -> None:
        self._slots, self._site, self._weeks = slots, site, weeks

    def patterns(self, since: date, visits: int) -> list[Series]:
        """Those that are free in each of the weeks: the best, the best at another hour, the best on other weekdays."""
        times = _by_place(self._slots, self._site, since, self._weeks)
        closed = {
            (day, week)
            for day in range(DAYS)
            for week in range(self._weeks)
            if not self._site.openings(since + timedelta(days=day + DAYS * week))
        }
        whole = [
            key
            for key, had in times.items()
            if all(week in had or (key[0], week) in closed for week in range(self._weeks))
        ]
        sets = _same_hour(whole, visits) or _any_hour(whole, times, visits)
        return [_series(chosen, times, since) for chosen in _choice(sets, times)]


def _soonest(week: _Week, begins: Sequence[date], visits: int) -> list[Series]:
    """The patterns of the first of these weeks that has any."""
    return next((found for since in begins if (found := week.patterns(since, visits))), [])


def _fewer(found: Mapping[str, _Week], begins: Sequence[date], visits: int) -> tuple[int, Series] | None:
    """The most visits a week below so many that have a pattern, and the soonest of it."""
    for count in range(visits - 1, 0, -1):
        patterns = [each for week in found.values() for each in _soonest(week, begins, count)[:1]]
        if patterns:
            return count, min(patterns, key=lambda pattern: pattern.since)
    return None


def _series(chosen: Set, times: Times, since: date) -> Series:
    visits = sorted((slot for key in chosen for slot in times[key].values()), key=lambda slot: slot.start)
    return Series(tuple(visits), visits[0].clinician, since, len({minute for _, minute in chosen}) == 1)


def _hour(slot: Slot, site: Site) -> int:
    begins = moment(slot.start).astimezone(site.tz)
    return begins.hour * 60 + begins.minute


def _by_place(slots: Sequence[Slot], site: Site, since: date, weeks: int) -> Times:
    times: dict[Key, dict[int, Slot]] = defaultdict(dict)
    for slot in slots:
        begins = moment(slot.start).astimezone(site.tz)
        week, day = divmod((begins.date() - since).days, DAYS)
        if 0 <= week < weeks:
            times[day, begins.hour * 60 + begins.minute][week] = slot
    return times


def _same_hour(whole: Sequence[Key], visits: int) -> list[Set]:
    by_hour = defaultdict(list)
    for key in whole:
        by_hour[key[1]].append(key)
    return [chosen for keys in by_hour.values() for chosen in combinations(sorted(keys), visits)]


def _any_hour(whole: Sequence[Key], times: Times, visits: int) -> list[Set]:
    """The best hour of each weekday."""
    by_day: dict[int, Key] = {}
    for key in sorted(whole, key=lambda key: _place((key,), times)):
        by_day.setdefault(key[0], key)
    return list(combinations(sorted(by_day.values()), visits))


def _choice(sets: Sequence[Set], times: Times) -> list[Set]:
    """The best of these, the best at another hour, and the best on other weekdays, as far as there are any."""
    ranked = sorted((_place(chosen, times), chosen) for chosen in sets)
    if not ranked:
        return []
    (_, apart, *_), best = ranked[0]
    days, hour = _weekdays(best), best[0][1]
    others = [chosen for place, chosen in ranked if place[1] <= apart]  # nobody two days running for the sake of choice
    at_another_hour = next((each for each in others if abs(each[0][1] - hour) >= ANOTHER_HOUR), None)
    on_other_days = next((each for each in others if _weekdays(each) != days and each != at_another_hour), None)
    return [each for each in (best, at_another_hour, on_other_days) if each is not None]


def _weekdays(chosen: Set) -> tuple[int, ...]:
    return tuple(day for day, _ in chosen)


def _place(chosen: Set, times: Times) -> tuple[int, int, int, int, Set]:
    """The most visits first, and nobody two days running; then what the search prefers, then days well apart."""
    days = [day for day, _ in chosen]
    apart = min(later - day for day, later in zip(days, [*days[1:], days[0] + DAYS], strict=True))
    points = [slot.points for key in chosen for slot in times[key].values()]
    return -len(points), -min(apart, 2), -sum(points) // max(1, len(points)), -apart, chosen
