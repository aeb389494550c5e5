"""An EB and the segments that hang on it, as lines: one for each service type it states. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.benefits import (
    AUTHORIZATION,
    BOTH,
    COINSURANCE,
    COPAY,
    DEDUCTIBLE,
    DOLLARS,
    EXCLUSION,
    IN,
    OTHER,
    OUT,
    OUT_OF_POCKET,
    VISITS,
    Delivery,
    Line,
    Place,
)  # fmt: skip
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.x12.dates import Dated
from firstvisit.steps.coverage.x12.delimiters import Delimiters
from firstvisit.steps.coverage.x12.parties import Party, Reference
from firstvisit.steps.coverage.x12.transactions import Segment, at

_KINDS: Final = {
    "A": COINSURANCE,
    "B": COPAY,
    "C": DEDUCTIBLE,
    "G": OUT_OF_POCKET,
    "E": EXCLUSION,
    "I": EXCLUSION,
}
_NETWORKS: Final = {"Y": IN, "N": OUT, "W": BOTH}
_YES: Final = {"Y": True, "N": False}
_VISITS: Final = frozenset({"VS", "P6"})
_REMAINING: Final = frozenset({"29", "33"})
_PER_PERIOD: Final = {"DA": "7", "WK": "35", "MO": "34"}
"""A rate of HSD03 as the period of EB06; a year has none there that says which year."""
_BENEFITS: Final = frozenset(codes.table("benefit"))
_LEVELS, _INSURANCES, _PERIODS, _UNITS = (
    frozenset(codes.table(name)) | {""} for name in ("level", "insurance", "period", "unit")
)
_LISTS: Final = (
    (1, "benefit", _BENEFITS), (2, "level", _LEVELS), (4, "insurance", _INSURANCES), (6, "period", _PERIODS),
    (9, "unit", _UNITS),
)  # fmt: skip
_SERVICES: Final = frozenset(codes.table("service"))
_STATED: Final = frozenset({"", "Y", "N", "U"})
_IN_NETWORK: Final = _STATED | {"W"}
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}")
_line = tuple.__new__
"""A `Line` of all its fields, without the count that `_make` does again for each of millions."""
_BLANKS: Final = [""] * 15


def number(text: str) -> Decimal | None:
    """A plain number without sign as X12 writes it (20, 20.5, .2); None for anything else."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


class OpenLine:
    """An EB while the segments that hang on it come."""

    __slots__ = (
        "dates", "deliveries", "messages", "numbers", "parties", "places", "references", "rejections", "text",
    )  # fmt: skip

    def __init__(self, n: int, text: str) -> None:
        self.text = text
        self.numbers: list[int] = [n]
        self.messages: tuple[str, ...] = ()
        self.dates: tuple[Dated, ...] = ()
        self.deliveries: tuple[Delivery, ...] = ()
        self.references: tuple[Reference, ...] = ()
        self.places: tuple[Place, ...] = ()
        self.parties: tuple[Party, ...] = ()
        self.rejections: tuple[Rejection, ...] = ()

    def lines(self, delimiters: Delimiters) -> tuple[list[Line], tuple[str, ...]]:
        """The lines, one a service type, and what of the EB is not understood, a sentence each."""
        stated, faults = _stated(
            self.text, self.deliveries, delimiters.element, delimiters.component, delimiters.repetition
        )
        hanging = (
            self.messages, self.dates, self.references, self.places, self.parties, self.rejections, tuple(self.numbers),
        )  # fmt: skip
        return [_line(Line, each + hanging) for each in stated], faults


def bare(n: int, text: str, delimiters: Delimiters) -> tuple[list[Line], tuple[str, ...]]:
    """As `OpenLine.lines`, of an EB on which nothing hangs: most are such, and this is half the work."""
    stated, faults = _stated(text, (), delimiters.element, delimiters.component, delimiters.repetition)
    hanging = ((), (), (), (), (), (), (n,))
    return [_line(Line, each + hanging) for each in stated], faults


@lru_cache(maxsize=4096)
def _stated(
    text: str, deliveries: tuple[Delivery, ...], element: str, component: str, repetition: str
) -> tuple[tuple[tuple[Any, ...], ...], tuple[str, ...]]:
    """What an EB with its HSDs states by itself: the first fields of a `Line`, once a service type, and its faults.

    Kept, because a payer sends the same EB for every member of a plan.
    """
    eb = text.split(element)
    eb += _BLANKS[len(eb) :]
    if " " in text:
        eb = [each.strip() for each in eb]
    code, period, unit = eb[1], eb[6], eb[9]
    amount = number(eb[7]) if eb[7] else None
    percent = number(eb[8]) if eb[8] else None
    quantity = number(eb[10]) if eb[10] else None
    plain = (
        code in _BENEFITS and eb[2] in _LEVELS and eb[4] in _INSURANCES and period in _PERIODS and unit in _UNITS
        and eb[11] in _STATED and eb[12] in _IN_NETWORK and len(eb) == 15
        and (amount is not None or not eb[7]) and (percent is not None or not eb[8])
        and (quantity is not None or not eb[10])
    )  # fmt: skip
    faults = [] if plain else _faults(eb)
    used = remaining = None
    by_visit = unit in _VISITS
    if deliveries:
        quantity, remaining, period, unit, by_visit = _with_deliveries(
            deliveries, quantity, period, unit, by_visit
        )
    if unit == "99":
        used, quantity = quantity, None
    kind = _kind(eb, by_visit=by_visit or used is not None, has_amount=amount is not None)
    if period in _REMAINING and remaining is None and kind not in (COPAY, COINSURANCE):
        if amount is not None and kind != VISITS:
            remaining, amount = amount, None
        elif quantity is not None:
            remaining, quantity = quantity, None
    if percent is not None:
        if percent > 1:
            faults.append("EB08 is a share of one, and this one is over it: taken for a share of a hundred")
        else:
            percent = (percent * 100).normalize() + 0
    together: tuple[str, ...] = ()
    if eb[3] in _SERVICES:
        services = [eb[3]]
    else:
        services = list(dict.fromkeys(part for each in eb[3].split(repetition) if (part := each.strip())))
        together = tuple(services) if len(services) > 1 else ()
        faults += [
            f"EB03 {each!r} is no service type that is known" for each in services if each not in _SERVICES
        ]
    rest = (
        together, code, kind, _NETWORKS.get(eb[12]), eb[2], eb[4], eb[5],
        period, amount, percent, quantity, unit, used, remaining, _YES.get(eb[11]),
        tuple(eb[13].split(component)) if eb[13] else (), tuple(eb[14].split(component)) if eb[14] else (),
        deliveries, text,
    )  # fmt: skip
    if len(services) == 1:
        return ((services[0], *rest),), tuple(faults)
    return tuple((service, *rest) for service in services or (None,)), tuple(faults)


def _kind(eb: Sequence[str], *, by_visit: bool, has_amount: bool) -> str:
    """What an EB is about. A limit is one of visits, of dollars, or of what is no visit (days, hours: other)."""
    if eb[1] == "F":
        return VISITS if by_visit else DOLLARS if has_amount else OTHER
    if eb[1] == "H" and by_visit:
        return VISITS
    if eb[1] == "CB" and eb[11] in _YES:
        return AUTHORIZATION
    return _KINDS.get(eb[1], OTHER)


def _faults(eb: Sequence[str]) -> list[str]:
    """What of an EB is not understood by itself."""
    faults = [
        f"EB{n:02} {eb[n]!r} is no {name} that is known" for n, name, known in _LISTS if eb[n] not in known
    ]
    faults += [
        f"EB{place:02} {eb[place]!r} is no number"
        for place in (7, 8, 10)
        if eb[place] and number(eb[place]) is None
    ]
    if eb[11] not in _STATED:
        faults.append(f"EB11 {eb[11]!r} is neither Y, N nor U")
    if eb[12] not in _IN_NETWORK:
        faults.append(f"EB12 {eb[12]!r} is neither Y, N, U nor W")
    if len(eb) > 15 and any(eb[15:]):
        faults.append("there are more elements than an EB has")
    return faults


def _with_deliveries(
    deliveries: tuple[Delivery, ...], quantity: Decimal | None, period: str, unit: str, by_visit: bool
) -> tuple[Decimal | None, Decimal | None, str, str, bool]:
    """Quantity, remaining, period, unit and whether visits are meant, of an EB with its HSDs.

    Only a plain count is taken: so many visits a period. A rate over several weeks, or one for several months, stays a
    delivery to be read as it stands; where EB and HSD both count, the EB's own number stays.
    """
    remaining = None
    for each in deliveries:
        if each.unit not in _VISITS or each.quantity is None:
            continue
        by_visit = True
        over = each.period or _PER_PERIOD.get(each.per, "")
        if (
            each.every not in ("", "1")
            or each.periods not in ("", "1")
            or (each.per and (each.period or not over))
        ):
            continue
        if each.period in _REMAINING:
            remaining = each.quantity if remaining is None else remaining
        elif quantity is None:
            quantity, unit, period = each.quantity, unit or each.unit, period or over
    return quantity, remaining, period, unit, by_visit


@lru_cache(maxsize=4096)
def delivery(text: str, element: str) -> Delivery:
    """What an HSD says."""
    segment = text.split(element)
    sent = at(segment, 2)
    quantity = number(sent) if sent else None
    fault = f"HSD02 {sent!r} is no number" if sent and quantity is None else ""
    for position, name in ((1, "unit"), (3, "per"), (5, "period")):
        if not fault and at(segment, position) and at(segment, position) not in codes.table(name):
            fault = f"HSD{position:02} {at(segment, position)!r} is no {name} that is known"
    return Delivery(
        quantity, at(segment, 1), at(segment, 3), at(segment, 4), at(segment, 5), at(segment, 6), fault,
    )  # fmt: skip


def place(segment: Segment) -> Place:
    """What a III says."""
    return Place(at(segment, 1), at(segment, 2), at(segment, 4))
