"""The tree that HL segments draw: payer, provider, subscriber, dependent, event, service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.coverage.x12.transactions import at

PAYER, PROVIDER, SUBSCRIBER, DEPENDENT, EVENT, SERVICE = "20", "21", "22", "23", "EV", "SS"
_ABOVE: Final = {
    PROVIDER: (PAYER,),
    SUBSCRIBER: (PROVIDER, PAYER),
    DEPENDENT: (SUBSCRIBER,),
    EVENT: (DEPENDENT, SUBSCRIBER),
    SERVICE: (EVENT, DEPENDENT, SUBSCRIBER),
}


@dataclass(slots=True)
class Level:
    """One HL and what stands below it until the next: segments `start` to `end`, counted from 1, `end` excluded."""

    number: str
    code: str
    parent: Level | None
    start: int
    end: int = 0

    def above(self, code: str) -> Level | None:
        """This level or the nearest one above it that has `code`."""
        level: Level | None = self
        while level is not None and level.code != code:
            level = level.parent
        return level


def levels(segments: Sequence[str], element: str) -> list[Level]:
    """Every level of a transaction in order. Where HL02 names no level that stands before, and where it names one that
    cannot be above, the nearest that can be is taken: a dependent's subscriber is the one read last."""
    found: list[Level] = []
    by_number: dict[str, Level] = {}
    latest: dict[str, Level] = {}
    begins = f"HL{element}"
    for n in [n for n, text in enumerate(segments, 1) if text[:3] == begins]:
        segment = segments[n - 1].split(element)
        if found:
            found[-1].end = n
        number, named, code = at(segment, 1), at(segment, 2), at(segment, 3)
        fitting = _ABOVE.get(code, ())
        parent = by_number.get(named)
        if parent is None or (fitting and parent.code not in fitting):
            parent = next((latest[each] for each in fitting if each in latest), None)
        level = Level(number, code, parent, n)
        found.append(level)
        by_number[number] = latest[code] = level
        for below, codes in _ABOVE.items():  # a new subscriber ends the dependent before
            if code in codes:
                latest.pop(below, None)
    if found:
        found[-1].end = len(segments) + 1
    return found
