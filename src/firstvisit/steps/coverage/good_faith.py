"""The good faith estimate for who has no insurance or uses none: when it is due, and what must stand in it. Pure.

Source: 42 USC 300gg-136; 45 CFR 149.610. Its clocks count business days, which the rule does not define; here they are
Monday to Friday without the federal holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from firstvisit.practice.shape import Site
from firstvisit.reference.federal_holidays import business_days_after, business_days_between, is_business_day
from firstvisit.steps.coverage.estimating import Service

AHEAD_LONG: Final = 10
AHEAD_SHORT: Final = 3
"""So many business days ahead a visit must be agreed for the clock to give three business days, or one."""


class Due(NamedTuple):
    """By which day, by the rule, and why: asked, ahead_long, ahead_short, day_open (the visit's day is not known)."""

    day: date
    why: str


def due_after_asking(asked: date) -> Due:
    """Three business days after somebody asked: 149.610(b)(1)(vi)(C)."""
    return Due(business_days_after(asked, 3), "asked")


def due_after_agreeing(agreed: date, visit: date | None) -> Due | None:
    """One business day after a visit was agreed at least three business days ahead, three where it is ten or more:
    149.610(b)(1)(vi)(A) and (B). None where it is nearer: then only who asks is given one. A visit without a day counts
    as near, so that nobody is late once it is known."""
    if visit is None:
        return Due(business_days_after(agreed, 1), "day_open")
    ahead = business_days_between(agreed, visit)
    if ahead >= AHEAD_LONG:
        return Due(business_days_after(agreed, 3), "ahead_long")
    return Due(business_days_after(agreed, 1), "ahead_short") if ahead >= AHEAD_SHORT else None


def due_before(visit: date) -> Due:
    """One business day before the visit, where what was estimated has changed: 149.610(b)(1)(viii)."""
    day = visit - timedelta(days=1)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return Due(day, "changed")


def due_at(due: Due, since: datetime, site: Site) -> datetime:
    """The moment by which somebody of the site must have given it: when it closes on that day, or on the last day
    before on which it is open; where it does not open until then, five in the afternoon of that day."""
    first = since.astimezone(site.tz).date()
    day = site.last_open_day(first, due.day)
    closes = site.openings(day)[-1][1] if day is not None else None
    if closes is not None and closes > since:
        return closes
    return datetime.combine(due.day, time(17), site.tz).astimezone(since.tzinfo)


class Line(NamedTuple):
    """One item: which code, what it is called, how many, and what is expected to be charged for them."""

    code: str
    name: str
    units: int
    charge: Decimal


@dataclass(frozen=True, slots=True)
class Provider:
    """Who gives the care and where, as the form wants it."""

    name: str
    npi: str
    tax_id: str
    location: str
    state: str


def lines(services: tuple[Service, ...], fees: Mapping[str, Decimal]) -> tuple[Line, ...]:
    """What is expected to be charged, item by item: of alternatives the dearest, and as many units as are usual at
    most, so that the bill is not above what was said. `fees` are our prices without insurance, by code."""
    found = []
    for service in services:
        code = max(service.codes, key=lambda each: fees[each])
        units = service.units[1]
        found.append(Line(code, service.names[service.codes.index(code)], units, fees[code] * units))
    return tuple(found)


def missing(provider: Provider, *, name: str, birth: date | None) -> list[str]:
    """What keeps an estimate from being complete: 149.610(c)(1)(i) and (v)."""
    absent = []
    if not name:
        absent.append("the patient's name")
    if birth is None:
        absent.append("the patient's birth date")
    if not provider.npi:
        absent.append("our NPI (Practice, identity)")
    if not provider.tax_id:
        absent.append("our tax id (Practice, identity)")
    return absent
