"""Which ICD-10-CM codes exist.

Source: the tabular list that the CDC's National Center for Health Statistics publishes twice a year (in
force from 1 April and 1 October), as `data/SOURCES.toml` records it with its date. A code that came into
force later is unknown here until `build_icd10cm.py` has been run on the newer list.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from firstvisit.reference.lines import SortedLines

_codes = SortedLines("icd10cm.txt.gz")


@lru_cache(maxsize=4096)
def _row(code: str) -> str | None:
    """The row of a code written with its dot or without one: "1" (can be billed) or "0", the letter of the side it
    names, and of a category of three characters its title, after a tab."""
    stem, dot, rest = code.partition(".")
    if dot and (len(stem) != 3 or not rest):
        return None
    return _codes.find(stem + rest)


def is_code(code: str) -> bool:
    """Whether `code` ("M54", "M54.5", "M54.50" or "M5450", capitals) is in the list, billable or not."""
    return _row(code) is not None


_SIDES: Final[dict[str, Literal["right", "left", "both"]]] = {"R": "right", "L": "left", "B": "both"}


def side_of(code: str) -> Literal["right", "left", "both"] | None:
    """The side of the body that the code itself names ("S62.501A": right); None when it names none."""
    flags = (_row(code) or "").partition("\t")[0]
    return _SIDES.get(flags[1:])


def preload() -> None:
    """Open the list now (some milliseconds), so that no request pays for it."""
    _codes.load()
