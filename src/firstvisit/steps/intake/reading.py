"""What a source made of an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from firstvisit.referral.record import Referral


@dataclass(frozen=True, slots=True)
class Reading:
    """The patients (or the organization) of an item, each its own referral and part.

    `complete` is False after the first step of a form; `others` are further patients of the same delivery.
    """

    referral: Referral
    complete: bool = True
    others: tuple[Referral, ...] = ()

    def each(self) -> Iterator[Reading]:
        """One reading a patient, the first one first."""
        yield self
        for other in self.others:
            yield Reading(other, self.complete)
