"""The register of ways in: one file each, one line here.

A source is pure: it turns what was received, byte for byte as it was kept, into readings. The same bytes give
the same readings, so an item can be read again after a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.sources import api, form


@dataclass(frozen=True, slots=True)
class Reading:
    """One patient's (or organization's) part of an item. `complete` is False after the first step of a form."""

    referral: Referral
    complete: bool = True


SOURCES: Final[dict[str, Callable[[bytes, date, Collection[str]], tuple[Referral, bool]]]] = {
    "api": api.parse,
    "form": form.parse,
}


def parse(source: str, body: bytes, *, today: date, programs: Collection[str]) -> Reading:
    """Read what a source delivered. BadInput names every field that cannot be used."""
    referral, complete = SOURCES[source](body, today, programs)
    return Reading(referral, complete)
