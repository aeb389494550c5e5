"""The register of ways in: one file each, one line here.

A source is pure: it turns what was received, byte for byte as it was kept, into readings. The same bytes give
the same readings, so an item can be read again after a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Final

from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.sources import (
    api,
    csv,
    event,
    fhir,
    form,
    guide,
    hl7v2,
    preferences,
    refer,
    typed,
)

__all__ = ["SOURCES", "Reading", "parse"]

SOURCES: Final[dict[str, Callable[[bytes, date, Collection[str]], Reading]]] = {
    "api": api.parse,
    "form": form.parse,
    "refer": refer.parse,
    "event": event.parse,
    "guide": guide.parse,
    "preferences": preferences.parse,
    "csv": csv.parse,
    "call": typed.parse,
    "added": typed.parse,
    "walk_in": typed.parse,
    "hl7": hl7v2.parse,
    "fhir": fhir.parse,
}


TYPED: Final = frozenset({"call", "added", "walk_in"})
"""Sources that somebody of ours types while the page shows what restrictions say; all else somebody outside wrote."""


def parse(source: str, body: bytes, *, today: date, programs: Collection[str]) -> Reading:
    """Read what a source delivered. BadInput names every field that cannot be used."""
    return SOURCES[source](body, today, programs)
