"""Opening hours and promises in words, English and Spanish. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from firstvisit.messages import moments
from firstvisit.practice.shape import WEEKDAYS, Opening, Site, Weekday
from firstvisit.steps.routing import clocks
from firstvisit.web.public.texts import NAMES, Language, words
from firstvisit.web.ui import words as said

_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}


def zone_words(now: datetime, site: Site, language: Language = "en") -> str:
    """ "Central time"; elsewhere the zone's own short name."""
    return moments.zone(now, site, NAMES[language])


def hours_words(site: Site, language: Language = "en") -> str:
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
    return "; ".join(f"{_days(days, language)}, {_openings(each, language)}" for days, each in stretches)


def answer_words(now: datetime, minutes: int, site: Site, language: Language = "en") -> str:
    """How soon a visitor of this moment is answered."""
    closes, opens = clocks.closes_at(now, site), clocks.opens_at(now, site)
    texts = words("everywhere", language)
    if closes is not None:
        return texts["within_open"].format(minutes=minutes, closes=said.clock_time(closes, site.tz))
    if opens is None:
        return texts["within_hours"].format(minutes=minutes)
    return texts["within_opens"].format(opens=moment_words(opens, site, now, language), minutes=minutes)


def moment_words(at: datetime, site: Site, now: datetime, language: Language = "en") -> str:
    """A moment with its zone, the day in front unless it is today, the year unless it is this one."""
    local, today = at.astimezone(site.tz).date(), now.astimezone(site.tz).date()
    clock = f"{said.clock_time(at, site.tz)} {zone_words(now, site, language)}"
    if local == today:
        return clock
    year = f", {local.year}" if local.year != today.year else ""
    return f"{day_words(local, language)}{year}, {clock}"


def dated_words(at: datetime, site: Site, language: Language = "en") -> str:
    """ "Mon Nov 23, 8:30 am Central time", the day always in front."""
    return moments.dated(at, site, NAMES[language])


def visits_words(visits: Sequence[datetime], site: Site, language: Language = "en") -> list[str]:
    """When several visits are: one line where they are a steady pattern, else one each."""
    return moments.visit_times(visits, site, None, NAMES[language])


def day_words(day: date, language: Language = "en") -> str:
    """ "Mon Nov 23", "lun 23 nov"."""
    return moments.short_day(day, NAMES[language])


def long_days(language: Language) -> tuple[str, ...]:
    """Monday to Friday."""
    return _DAYS[language][:5]


def _days(days: list[Weekday], language: Language) -> str:
    names = [_DAYS[language][WEEKDAYS.index(day)] for day in days]
    if len(names) == 1:
        return names[0]
    joint = {"en": (" and ", " to "), "es": (" y ", " a ")}[language][len(names) > 2]
    return f"{names[0]}{joint}{names[-1]}"


def _openings(openings: tuple[Opening, ...], language: Language) -> str:
    written = {"en": "{} to {}", "es": "de {} a {}"}[language]
    joint = {"en": " and ", "es": " y "}[language]
    return joint.join(written.format(_clock(each.opens), _clock(each.closes)) for each in openings)


def _clock(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"
