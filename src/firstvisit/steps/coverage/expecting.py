"""When a payer's answer to a request for authorization can be expected, and where that is from. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from firstvisit.practice.shape import Payer
from firstvisit.reference.facts import fact

Whence = Literal["payer", "rule", "law", "median", ""]
"""The payer named the day, its rule, the law, what was measured; "" nothing says when."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the law gives payers of these kinds: days, and hours for an urgent request."""

    kinds: tuple[str, ...]
    days: int
    urgent_hours: int
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The moment by which an answer is due, None where nothing says so; `words` say why, with day and source."""

    at: datetime | None
    whence: Whence
    words: str


NONE_KNOWN: Final = Expected(None, "", "Neither a rule nor the law nor enough earlier answers say when")


def legal_clock() -> Clock:
    """The clock of CMS-0057-F, as the reference data have it."""
    known = fact("authorization_clock")
    value: dict[str, object] = dict(known.value)  # type: ignore[call-overload]
    kinds, days, hours = value["kinds"], value["days"], value["urgent_hours"]
    if not isinstance(kinds, tuple) or not isinstance(days, int) or not isinstance(hours, int):
        raise TypeError("the fact authorization_clock holds kinds, days and urgent_hours")
    return Clock(tuple(str(each) for each in kinds), days, hours, known.as_of, known.source)


def expected(
    asked_at: datetime,
    *,
    urgent: bool,
    payer: Payer | None,
    kind: str | None,
    law: Clock,
    median: float | None,
    said: date | None = None,
) -> Expected:
    """When the answer is due to a request sent at `asked_at`, in the site's zone.

    `kind` is the payer's kind, `median` that of its earlier answers in days, `said` the day that the payer named.
    What it said of this very request goes before its rule, its rule before the law; a median says nothing of what is
    due, so it is the last. Days are calendar days and end with the day."""
    if said is not None:
        return Expected(_end_of(said, asked_at), "payer", "The payer named the day")
    if payer is not None and (found := _by_rule(asked_at, urgent, payer)) is not None:
        return found
    if kind in law.kinds:
        at = asked_at + timedelta(hours=law.urgent_hours) if urgent else _after(asked_at, law.days)
        length = f"{law.urgent_hours} hours" if urgent else f"{law.days} days"
        return Expected(at, "law", f"The law gives it {length}, as of {law.as_of}: {law.source}")
    if median is not None:
        words = f"Half of its earlier answers came within {median:g} days"
        return Expected(_after(asked_at, math.ceil(median)), "median", words)
    return NONE_KNOWN


def _by_rule(asked_at: datetime, urgent: bool, payer: Payer) -> Expected | None:
    since = f"as of {payer.as_of}: {payer.source}"
    if urgent and payer.authorization_urgent_hours is not None:
        hours = payer.authorization_urgent_hours
        return Expected(asked_at + timedelta(hours=hours), "rule", f"Its rule is {hours} hours, {since}")
    if payer.authorization_days is not None:
        days = payer.authorization_days
        return Expected(_after(asked_at, days), "rule", f"Its rule is {days} days, {since}")
    return None


def _after(asked_at: datetime, days: int) -> datetime:
    return _end_of(asked_at.date() + timedelta(days=days), asked_at)


def _end_of(day: date, asked_at: datetime) -> datetime:
    """The end of a working day in the zone of `asked_at`: the clock of the site says when somebody looks."""
    return datetime.combine(day, time(17), asked_at.tzinfo)
