"""Limits: how much, how much of it is used, how much is left. Pure.

Visits left = the limit less what is used, and only within one service type, network, coverage level, insurance, and
what else the payer narrows them to. What the payer itself calls left goes before any sum. A limit that several services
share is shown as it was sent: what one service used of it says nothing of what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from firstvisit.steps.coverage.activity import holds_on
from firstvisit.steps.coverage.benefits import DEDUCTIBLE, DOLLARS, OUT_OF_POCKET, VISITS, Benefits, Line
from firstvisit.steps.coverage.wordings import speaks_of

STATED, RECKONED = "stated", "reckoned"
_COUNTED: Final = (VISITS, DOLLARS, DEDUCTIBLE, OUT_OF_POCKET)
_LEFT: Final = frozenset({"29", "33"})
_NO_LIMIT: Final = frozenset({"24", "27", "28", "30", "31"})
"""Periods that bound nothing over time: year to date, a visit, exceeded ..."""


class Balance(NamedTuple):
    """One limit. `period` is EB06 of the limit, "" where only what is left is known. `left_is`: stated by the payer,
    reckoned by us, or None. `pooled`: shared with other services, or perhaps so. `numbers` are the segments."""

    service: str | None
    kind: str
    network: str | None
    level: str
    period: str
    limit: Decimal | None
    used: Decimal | None
    left: Decimal | None
    left_is: str | None
    pooled: bool
    messages: tuple[str, ...]
    numbers: tuple[int, ...]


def balances(benefits: Benefits) -> list[Balance]:
    """Every limit that holds on the day asked for, in the order the payer states them."""
    counted = [
        line for line in benefits.lines if line.kind in _COUNTED and holds_on(line.dates, benefits.days)
    ]
    # A payer names insurance and plan on the limit and leaves them out beside what is left; one name is no other.
    insurances = {line.insurance for line in counted if line.insurance}
    plans = {line.plan for line in counted if line.plan}
    groups: dict[object, list[Line]] = {}
    for line in counted:
        if not line.rejections:
            key = (
                line.service, line.kind, line.network, line.level, line.insurance if len(insurances) > 1 else "",
 line.plan if len(plans) > 1 else "", line.procedure,
                line.diagnoses, line.places, line.together, line.references,
            )  # fmt: skip
            groups.setdefault(key, []).append(line)
    return [balance for lines in groups.values() for balance in _of(lines)]


def _of(lines: Sequence[Line]) -> Iterable[Balance]:
    first = lines[0]
    # A payer that says the same limit twice has one.
    limits = list({(line.period, _limit(line)): line for line in lines if _limit(line) is not None}.values())
    lefts = [line for line in lines if line.remaining is not None]
    useds = [line for line in lines if line.used is not None]
    pooled = bool(first.together) or any(speaks_of("pooled", line.messages) for line in lines)
    lifetime = [line for line in lefts if line.period == "33"]
    yearly = [line for line in lefts if line.period != "33"]
    for line in limits:
        # With one limit everything belongs to it; with several only what says so (a lifetime) finds its own.
        of_life = line.period == "32"
        rests = lefts if len(limits) == 1 else lifetime if of_life else []
        if len(limits) == 2 and not of_life and any(each.period == "32" for each in limits):
            rests = yearly
        yield _balance(line, rests, useds if len(limits) == 1 else [], pooled)
        lefts = [each for each in lefts if each not in rests]
    if limits:
        useds = useds if len(limits) > 1 else []
    for line in (*lefts, *(each for each in useds if each not in lefts)):
        yield _balance(
            line,
            [line] if line.remaining is not None else [],
            [line] if line.used is not None else [],
            pooled,
        )


def _limit(line: Line) -> Decimal | None:
    """The limit that a line states, None where it states what is left, used, or a share of each visit."""
    if line.period in _LEFT | _NO_LIMIT:
        return line.quantity if line.kind == VISITS and line.remaining is not None else None
    return line.quantity if line.kind == VISITS else line.amount


def _balance(line: Line, rests: Sequence[Line], useds: Sequence[Line], pooled: bool) -> Balance:
    limit = _limit(line)
    used = useds[0].used if len({each.used for each in useds}) == 1 else None
    left = rests[0].remaining if len({each.remaining for each in rests}) == 1 else None
    left_is = STATED if left is not None else None
    if left is None and not rests and limit is not None and used is not None and not pooled and used <= limit:
        left, left_is = limit - used, RECKONED
    if left is None and not rests and limit == 0 and line.kind == VISITS:
        left, left_is = limit, RECKONED  # of a limit of none nothing is left, whoever shares it
    lines = {id(each): each for each in (line, *rests, *useds)}.values()
    period = "" if line.period in _LEFT and limit is None else line.period
    return Balance(
        line.service, line.kind, line.network, line.level, period, limit, used, left, left_is, pooled,
        tuple(dict.fromkeys(text for each in lines for text in each.messages)),
        tuple(sorted({n for each in lines for n in each.numbers})),
    )  # fmt: skip
