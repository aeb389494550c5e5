"""A value and where it stands in its text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """`value` read from the characters `start` to `end` of the text that was searched."""

    start: int
    end: int
    value: T


def apart(spans: Iterable[Span[T]]) -> list[Span[T]]:
    """Without those that overlap an earlier or, from the same place, a longer one; in the order of the text."""
    kept: list[Span[T]] = []
    for each in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept
