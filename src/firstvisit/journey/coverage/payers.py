"""Payers beside each other: the practice's rules for each, how it is asked, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from firstvisit.journey.coverage.asking import why_off
from firstvisit.practice import shape
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.coverage.connectors import CONNECTORS
from firstvisit.steps.coverage.league import Standing, league
from firstvisit.steps.coverage.policy import Verification
from firstvisit.steps.coverage.resting import Rest, resting
from firstvisit.steps.coverage.services import line_of

MEASURED: Final = timedelta(days=365)
"""How far back what was measured goes."""


@dataclass(frozen=True, slots=True)
class PayerSeen:
    """One payer of the practice. `off` says why no machine asks it, "" where one does; `connector` is its name."""

    payer: shape.Payer
    standing: Standing
    connector: str
    off: str
    rest: Rest | None


def payers(*, now: datetime) -> list[PayerSeen]:
    """Every payer of the practice, whoever answers authorizations fastest first, then those without a median, by name.
    Four questions to the database."""
    rests = resting(policy().section(Verification), now=now)
    measured = {one.payer: one for one in league(since=now - MEASURED)}
    found = [_seen(each, measured, rests, now) for each in practice().payers.values()]
    return sorted(found, key=_order)


def payer_seen(slug: str, *, now: datetime) -> PayerSeen | None:
    """One payer; None where the practice has none of this slug."""
    return next((each for each in payers(now=now) if each.payer.slug == slug), None)


def off(payer: shape.Payer, *, now: datetime) -> str:
    """Why no machine asks this payer, as a sentence without a full stop; "" where one does."""
    if not payer.connector:
        return "asked by phone or in its portal: no connector is named"
    connector = CONNECTORS.get(payer.connector)
    if connector is None:
        return f"there is no connector {payer.connector!r}"
    return why_off(connector, now).rpartition(" is off: ")[2]


def _seen(
    payer: shape.Payer, measured: dict[str, Standing], rests: dict[str, Rest], now: datetime
) -> PayerSeen:
    connector = CONNECTORS.get(payer.connector)
    name = connector.name if connector is not None else payer.connector
    rest = rests.get(line_of(payer.connector, payer.slug)) if payer.connector else None
    return PayerSeen(payer, measured.get(payer.slug, Standing(payer.slug)), name, off(payer, now=now), rest)


def _order(one: PayerSeen) -> tuple[bool, float, bool, float, str]:
    days, seconds = one.standing.median_days, one.standing.median_seconds
    return days is None, days or 0.0, seconds is None, seconds or 0.0, one.payer.name.casefold()
