"""Moments as mails and public pages say them, in English and Spanish, in the zone of a site. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

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
_WEEKDAYS: Final[dict[Spoken, tuple[str, ...]]] = {
    "English": ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"),
    "Spanish": ("los lunes", "los martes", "los miércoles", "los jueves", "los viernes", "los sábados", "los domingos"),
}
_PATTERN: Final[dict[Spoken, str]] = {
    "English": "{days}, from {first} to {last}: {count} visits",
    "Spanish": "{days}, del {first} al {last}: {count} visitas",
}
_LEFT_OUT: Final[dict[Spoken, str]] = {"English": "none on {days}", "Spanish": "ninguna el {days}"}
_AND: Final[dict[Spoken, str]] = {"English": "and", "Spanish": "y"}
SEVERAL: Final = 2
"""A weekday with fewer visits is no part of a pattern."""
MOST_LEFT_OUT: Final = 2
"""With so many of its days left out a pattern is still one; with more of them each visit is named."""
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
    return _zone(at.astimezone(site.tz), spoken)


def _zone(local: datetime, spoken: Spoken) -> str:
    name = local.tzname() or str(local.tzinfo)
    known = _ZONES[spoken].get(name[:1]) if len(name) == 3 and name[1:] in ("ST", "DT") else None
    return known or name


def visit_time(at: datetime, site: Site, home: str | None, spoken: Spoken = "English", *, there: bool = True) -> str:
    """When a visit is: "Tue Dec 1, 10:00 am Central time", and where the reader's own zone (`home`) differs, also what
    it is there. The clinic's clock is first where one goes `there`, else the reader's."""
    zones = [site.tz, ZoneInfo(home)] if home else [site.tz]
    first, *others = zones if there else reversed(zones)
    local = at.astimezone(first)
    words = f"{short_day(local.date(), spoken)}, {_clock(local)} {_zone(local, spoken)}"
    for other in (at.astimezone(zone) for zone in others):
        if other.utcoffset() != local.utcoffset():
            day = f"{short_day(other.date(), spoken)}, " if other.date() != local.date() else ""
            words += f" ({day}{_clock(other)} {_zone(other, spoken)})"
    return words


def visit_times(
    visits: Sequence[datetime], site: Site, home: str | None, spoken: Spoken = "English", *, there: bool = True
) -> list[str]:
    """When several visits are, in one line where they are a steady pattern: "Mondays and Wednesdays at 11:00 am Central
    time, from Mon Dec 21 to Wed Jan 13: 8 visits". Else each as `visit_time` says it."""
    visits = sorted(visits)
    zones = [site.tz, ZoneInfo(home)] if home else [site.tz]
    first, *others = zones if there else reversed(zones)
    steady = _steady([each.astimezone(first) for each in visits], spoken)
    apart = any(
        each.astimezone(other).utcoffset() != each.astimezone(first).utcoffset() for other in others for each in visits
    )
    if steady is None or apart:
        return [visit_time(each, site, home, spoken, there=there) for each in visits]
    return [steady]


def _steady(local: Sequence[datetime], spoken: Spoken) -> str | None:
    """The pattern of visits in their order; None where they have none, or are too few to need one."""
    if len(local) <= SEVERAL:
        return None
    hours: dict[int, set[str]] = {}
    for each in local:
        hours.setdefault(each.weekday(), set()).add(f"{_at(each, spoken)} {_zone(each, spoken)}")
    first, last, had = local[0].date(), local[-1].date(), {each.date() for each in local}
    between = (first + timedelta(days=number) for number in range((last - first).days + 1))
    left_out = [day for day in between if day.weekday() in hours and day not in had]
    once = any(count < SEVERAL for count in Counter(each.weekday() for each in local).values())
    if once or len(had) < len(local) or any(len(at) > 1 for at in hours.values()) or len(left_out) > MOST_LEFT_OUT:
        return None
    names, both = _WEEKDAYS[spoken], {at for each in hours.values() for at in each}
    if len(both) == 1:
        days = f"{_listed([names[day] for day in sorted(hours)], spoken)} {both.pop()}"
    else:
        days = _listed([f"{names[day]} {min(hours[day])}" for day in sorted(hours)], spoken)
    ends = {"first": short_day(first, spoken), "last": short_day(last, spoken), "count": len(local)}
    words = _PATTERN[spoken].format(days=days, **ends)
    if left_out:
        words += f", {_LEFT_OUT[spoken].format(days=_listed([short_day(day, spoken) for day in left_out], spoken))}"
    return words


def _at(local: datetime, spoken: Spoken) -> str:
    if spoken == "English":
        return f"at {_clock(local)}"
    return f"{'a la' if local.hour % 12 == 1 else 'a las'} {_clock(local)}"


def _listed(parts: Sequence[str], spoken: Spoken) -> str:
    *most, last = parts
    return f"{', '.join(most)} {_AND[spoken]} {last}" if most else last


def short_day(day: date, spoken: Spoken = "English") -> str:
    """ "Mon Nov 23", "lun 23 nov"."""
    if spoken == "Spanish":
        return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day:%a %b} {day.day}"


def clock_time(at: datetime, site: Site) -> str:
    """ "10:42 am"."""
    return _clock(at.astimezone(site.tz))


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def duration(minutes: int, spoken: Spoken = "English") -> str:
    """Business minutes in words: "30 minutes", "2 hours", "1 working day" of eight hours."""
    units = _UNITS[spoken]
    for size, unit in ((480, units[2]), (60, units[1]), (1, units[0])):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit if count == 1 else _PLURAL.get(unit, unit + 's')}"
    return f"{minutes} {units[0]}s"
