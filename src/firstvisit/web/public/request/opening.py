"""Opening hours and promises in words. Pure."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from firstvisit.practice.shape import WEEKDAYS, Opening, Site, Weekday
from firstvisit.steps.routing import clocks
from firstvisit.web.ui import words

_DAYS: Final[dict[Weekday, str]] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_ZONES: Final = {"C": "Central", "E": "Eastern", "M": "Mountain", "P": "Pacific"}


def zone_words(now: datetime, site: Site) -> str:
    """ "Central time"; elsewhere the zone's own short name."""
    name = now.astimezone(site.tz).tzname() or site.zone
    known = _ZONES.get(name[:1]) if len(name) == 3 and name[1:] in ("ST", "DT") else None
    return f"{known} time" if known else name


def hours_words(site: Site) -> str:
    """ "Monday to Friday, 8:00 am to 5:30 pm": days in a row with the same hours are one stretch."""
    stretches: list[tuple[list[Weekday], tuple[Opening, ...]]] = []
    for number, day in enumerate(WEEKDAYS):
        openings = site.hours.get(day, ())
        if not openings:
            continue
        before = stretches[-1] if stretches else None
        if before is not None and before[1] == openings and WEEKDAYS[number - 1] == before[0][-1]:
            before[0].append(day)
        else:
            stretches.append(([day], openings))
    return "; ".join(f"{_days(days)}, {_openings(openings)}" for days, openings in stretches)


def answer_words(now: datetime, minutes: int, site: Site) -> str:
    """How soon a visitor of this moment is answered."""
    closes, opens = clocks.closes_at(now, site), clocks.opens_at(now, site)
    within = f"within {minutes} minutes"
    if closes is not None:
        return f"We answer {within} while we are open, today until {words.clock_time(closes, site.tz)}."
    if opens is None:
        return f"We answer {within} of our opening hours."
    then = f"{words.moment(opens, site.tz, now)} {zone_words(now, site)}"
    return f"We open again {then} and then answer {within}."


def promise_words(received: datetime, minutes: int, site: Site, now: datetime) -> str:
    """By when somebody answers: "Mon Nov 23, 8:30 am Central time"."""
    due = clocks.due(received, minutes, site)
    local = due.astimezone(site.tz)
    return f"{words.day(local.date())}, {words.clock_time(due, site.tz)} {zone_words(now, site)}"


def _days(days: list[Weekday]) -> str:
    if len(days) == 1:
        return _DAYS[days[0]]
    joint = " to " if len(days) > 2 else " and "
    return f"{_DAYS[days[0]]}{joint}{_DAYS[days[-1]]}"


def _openings(openings: tuple[Opening, ...]) -> str:
    return " and ".join(f"{_clock(each.opens)} to {_clock(each.closes)}" for each in openings)


def _clock(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"
