"""Moments as mails and public pages say them, in English and Spanish, in the zone of a site. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal

from firstvisit.practice.shape import Site

Spoken = Literal["English", "Spanish"]
_MONTHS: Final = "ene feb mar abr may jun jul ago sep oct nov dic".split()
_DAYS: Final = "lun mar mié jue vie sáb dom".split()
_ZONES: Final[dict[Spoken, dict[str, str]]] = {
    "English": {"C": "Central time", "E": "Eastern time", "M": "Mountain time", "P": "Pacific time"},
    "Spanish": {"C": "hora del Centro", "E": "hora del Este", "M": "hora de la Montaña", "P": "hora del Pacífico"},
}
_UNITS: Final[dict[Spoken, tuple[str, str, str]]] = {
    "English": ("minute", "hour", "working day"),
    "Spanish": ("minuto", "hora", "día hábil"),
}
_PLURAL: Final = {"día hábil": "días hábiles"}
_WITHIN: Final[dict[Spoken, str]] = {
    "English": "within {within} of our opening hours: by {by}",
    "Spanish": "dentro de {within} de nuestro horario: a más tardar {by}",
}
_BY: Final[dict[Spoken, str]] = {"English": "by {by}", "Spanish": "a más tardar {by}"}


def promise(by: datetime, minutes: int | None, site: Site, spoken: Spoken = "English") -> str:
    """By when somebody answers: "within 30 minutes of our opening hours: by Mon Nov 23, 8:30 am Central time".

    `minutes` are the business minutes of the clock that ends then; None where the moment was set otherwise: then the
    moment alone."""
    words = _WITHIN[spoken] if minutes else _BY[spoken]
    return words.format(within=duration(minutes or 0, spoken), by=dated(by, site, spoken))


def dated(at: datetime, site: Site, spoken: Spoken = "English") -> str:
    """ "Mon Nov 23, 8:30 am Central time", the day always in front."""
    return f"{short_day(at.astimezone(site.tz).date(), spoken)}, {clock_time(at, site)} {zone(at, site, spoken)}"


def zone(at: datetime, site: Site, spoken: Spoken = "English") -> str:
    """ "Central time"; elsewhere the zone's own short name."""
    name = at.astimezone(site.tz).tzname() or site.zone
    known = _ZONES[spoken].get(name[:1]) if len(name) == 3 and name[1:] in ("ST", "DT") else None
    return known or name


def short_day(day: date, spoken: Spoken = "English") -> str:
    """ "Mon Nov 23", "lun 23 nov"."""
    if spoken == "Spanish":
        return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day:%a %b} {day.day}"


def clock_time(at: datetime, site: Site) -> str:
    """ "10:42 am"."""
    local = at.astimezone(site.tz)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def duration(minutes: int, spoken: Spoken = "English") -> str:
    """Business minutes in words: "30 minutes", "2 hours", "1 working day" of eight hours."""
    units = _UNITS[spoken]
    for size, unit in ((480, units[2]), (60, units[1]), (1, units[0])):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit if count == 1 else _PLURAL.get(unit, unit + 's')}"
    return f"{minutes} {units[0]}s"
