"""Free time of one resource: sorted spans in, sorted pieces out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from firstvisit.steps.booking.shapes import Span


class Piece(NamedTuple):
    """Free from `start` to `end`, with the end of what is taken before it and the start of what is taken after it
    (None: nothing), which may lie further off where the opening hours end first."""

    start: int
    end: int
    before: int | None
    after: int | None


def pieces(opened: Sequence[Span], taken: Sequence[Span]) -> list[Piece]:
    """What of `opened` is not `taken`; both joined."""
    found: list[Piece] = []
    at, count = 0, len(taken)
    for start, end in opened:
        while at < count and taken[at][1] <= start:
            at += 1
        cursor, here = start, at
        while here < count and taken[here][0] < end:
            if taken[here][0] > cursor:
                found.append(
                    Piece(cursor, taken[here][0], taken[here - 1][1] if here else None, taken[here][0])
                )
            cursor = taken[here][1]
            here += 1
        if cursor < end:
            found.append(
                Piece(
                    cursor,
                    end,
                    taken[here - 1][1] if here else None,
                    taken[here][0] if here < count else None,
                )
            )
    return found
