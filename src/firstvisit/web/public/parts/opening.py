"""Opening hours and promises in words, English and Spanish. Pure."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from firstvisit.practice.shape import WEEKDAYS, Opening, Site, Weekday
from firstvisit.steps.routing import clocks
from firstvisit.web.public.texts import Language, words
from firstvisit.web.ui import words as said

_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS: Final = "ene feb mar abr may jun jul ago sep oct nov dic".split()
_SPANISH_DAYS: Final = "lun mar mié jue vie sáb dom".split()
_ZONES: Final[dict[Language, dict[str, str]]] = {
    "en": {"C": "Central time", "E": "Eastern time", "M": "Mountain time", "P": "Pacific time"},
    "es": {"C": "hora del Centro", "E": "hora del Este", "M": "hora de la Montaña", "P": "hora del Pacífico"},
}


def zone_words(now: datetime, site: Site, language: Language = "en") -> str:
    """ "Central time"; elsewhere the zone's own short name."""
    name = now.astimezone(site.tz).tzname() or site.zone
    known = _ZONES[language].get(name[:1]) if len(name) == 3 and name[1:] in ("ST", "DT") else None
    return known or name


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


def promise_words(received: datetime, minutes: int, site: Site, language: Language = "en") -> str:
    """By when somebody answers: "Mon Nov 23, 8:30 am Central time"."""
    due = clocks.due(received, minutes, site)
    return dated_words(due, site, language)


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
    day = day_words(at.astimezone(site.tz).date(), language)
    return f"{day}, {said.clock_time(at, site.tz)} {zone_words(at, site, language)}"


def day_words(day: date, language: Language = "en") -> str:
    """ "Mon Nov 23", "lun 23 nov"."""
    if language == "en":
        return said.day(day)
    return f"{_SPANISH_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


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
