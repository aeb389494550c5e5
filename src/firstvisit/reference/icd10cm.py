"""Which ICD-10-CM codes exist.

Source: the tabular list that the CDC's National Center for Health Statistics publishes twice a year (in
force from 1 April and 1 October), as `data/SOURCES.toml` records it with its date. A code that came into
force later is unknown here until `build_icd10cm.py` has been run on the newer list.
"""

from __future__ import annotations

from functools import lru_cache

from firstvisit.reference.lines import SortedLines

_codes = SortedLines("icd10cm.txt.gz")


@lru_cache(maxsize=4096)
def _row(code: str) -> str | None:
    """The row of a code written with its dot or without one: "1" (can be billed) or "0", and of a category
    of three characters also its title, after a tab."""
    stem, dot, rest = code.partition(".")
    if dot and (len(stem) != 3 or not rest):
        return None
    return _codes.find(stem + rest)


def is_code(code: str) -> bool:
    """Whether `code` ("M54", "M54.5", "M54.50" or "M5450", capitals) is in the list, billable or not."""
    return _row(code) is not None


def preload() -> None:
    """Open the list now (some milliseconds), so that no request pays for it."""
    _codes.load()
