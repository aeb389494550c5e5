"""A number that is not fully known yet: its lowest and its highest possible value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed interval of whole points, `lo <= hi`."""

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"an interval runs upward, not {self.lo} to {self.hi}")

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __str__(self) -> str:
        return str(self.lo) if self.lo == self.hi else f"{self.lo} to {self.hi}"

    @property
    def settled(self) -> bool:
        """True when nothing unknown is left in it."""
        return self.lo == self.hi
