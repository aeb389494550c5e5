"""Dates as X12 writes them: one day, a period of days, a day with its time."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple


class Dated(NamedTuple):
    """A DTP segment: what the date is of (`qualifier`, verbatim), from `begin` to `end`, both the same for one day.
    Both are None where `text` is no date that can be."""

    qualifier: str
    begin: dt.date | None
    end: dt.date | None
    form: str
    text: str

    @property
    def is_period(self) -> bool:
        """It says from when to when."""
        return self.form == "RD8"

    @property
    def words(self) -> str:
        """ISO 8601: a day, or a period with a slash; the text itself where it is no date."""
        if self.begin is None or self.end is None:
            return self.text
        return f"{self.begin}/{self.end}" if self.is_period else str(self.begin)


@lru_cache(maxsize=8192)
def day(text: str) -> dt.date | None:
    """CCYYMMDD as a date, whatever stands behind it (a time); None for anything else."""
    if len(text) not in (8, 12, 14) or not (text.isascii() and text.isdigit()):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def dated(qualifier: str, form: str, text: str) -> Dated:
    """The elements of a DTP: 1 (what of), 2 (D8, RD8, DT), 3 (the date)."""
    if form == "RD8" or (form not in ("D8", "DT") and len(text) == 17):
        first, _, last = text.partition("-")
        begin, end = day(first), day(last)
        if begin is None or end is None or end < begin:
            begin = end = None
        return Dated(qualifier, begin, end, "RD8", text)
    only = day(text)
    return Dated(qualifier, only, only, form, text)
