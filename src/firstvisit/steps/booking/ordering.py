"""What a time is worth to a person: the points of the rules, each with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from firstvisit.practice.shape import WEEKDAYS
from firstvisit.steps.booking import fitting, spans
from firstvisit.steps.booking.days import HALVES, Day, at
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Span, Want, Why


def a_day(want: Want, booking: Booking) -> int:
    """Points that each day of waiting takes away. Of what cannot wait a day never counts for less than of the rest."""
    return max(booking.soonest, booking.soonest_urgent) if want.urgent else booking.soonest


def soonest(want: Want, booking: Booking, days: int) -> Why:
    """How far ahead a time is, and that it counts for more where they cannot wait."""
    said = (("days", str(days)), *((("because", "urgent"),) if want.urgent else ()))
    return Why("soonest", -days * a_day(want, booking), said)


def of_whom(want: Want, booking: Booking, who: Bookable, number: int, site: str) -> Iterator[Why]:
    """What holds of this clinician at the person's `number`th site at whatever time."""
    if who.slug in want.knows:
        yield Why("continuity", booking.continuity, (("clinician", who.slug),))
    if fitting.speaks(want, who):
        yield Why("language", booking.language, (("language", want.language),))
    elif want.language:
        yield Why("interpreter", 0, (("language", want.language),))
    if number == 0:
        yield Why("site", booking.same_site, (("site", site),))


def states_times(want: Want) -> bool:
    """Whether the person said when they can come."""
    return want.half_days is not None or want.between is not None


def may_be_stated(want: Want, today: Day) -> bool:
    """Whether that day holds times which the person stated."""
    if want.half_days is None:
        return want.between is not None
    return any(_half(today, half) in want.half_days for half in HALVES)


def stated_hours(want: Want, today: Day, zone: ZoneInfo) -> Span:
    """From which minute to which a visit of that day is within the hours they stated."""
    if want.between is None:
        return today.start, today.end + spans.DAY
    return at(today.on, want.between[0], zone), at(today.on, want.between[1], zone)


def as_stated(want: Want, start: int, end: int, today: Day, first: int, last: int) -> bool:
    """Whether a visit from `start` to `end` is among the times the person stated (`first` to `last`: their hours of
    that day); False where they stated none."""
    if not states_times(want):
        return False
    if want.half_days is not None and _half(today, HALVES[start >= today.noon]) not in want.half_days:
        return False
    return first <= start and end <= last


def _half(today: Day, half: str) -> str:
    return f"{WEEKDAYS[today.on.weekday()]}_{half}"
