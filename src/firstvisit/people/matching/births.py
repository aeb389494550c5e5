"""Comparing birth dates: the same, written the other way round, one figure off, or a generation apart."""

from __future__ import annotations

from typing import Final

from firstvisit.people.matching.described import Described
from firstvisit.people.matching.edits import edits
from firstvisit.people.matching.shown import FieldWeight

GENERATION: Final = 14
"""Years between two birth dates from which father and son are likelier than a slip."""
DECADE: Final = 9
"""Years from which one figure off is no slip to be sure of: 1958 and 1988."""


def compare_births(one: Described, two: Described, *, age_slack: int) -> FieldWeight:
    """Birth dates, or a birth date and a stated age."""
    if one.birth is None or two.birth is None:
        if one.year is None or two.year is None:
            return FieldWeight("birth_date", "unknown", "unknown", 0.0, "Birth date not stated in both")
        if abs(one.year - two.year) <= age_slack:
            return FieldWeight("birth_date", "age_fits", "close", 3.0, "The stated age fits")
        return FieldWeight("birth_date", "age_differs", "differs", -6.0, "The stated age does not fit")
    a, b = one.birth, two.birth
    if a == b:
        return FieldWeight("birth_date", "exact", "same", 14.5, "Same birth date")
    years = abs(int(a[:4]) - int(b[:4]))
    if a[:4] == b[:4] and a[5:7] == b[8:] and a[8:] == b[5:7]:
        return FieldWeight("birth_date", "swapped", "close", 8.0, "Day and month the other way round")
    if edits(a.replace("-", ""), b.replace("-", ""), 1) == 1:
        if years < DECADE:
            return FieldWeight("birth_date", "slip", "close", 5.0, "Birth dates one figure apart")
        return FieldWeight("birth_date", "decade", "close", 1.0, "Same day, another decade")
    alike = (a[:4] == b[:4]) + (a[5:7] == b[5:7]) + (a[8:] == b[8:])
    if alike == 2 and years < GENERATION:
        return FieldWeight("birth_date", "part", "close", 1.0, "Two of day, month and year are the same")
    if alike == 2:
        return FieldWeight("birth_date", "decade", "close", 0.0, "Same day and month, another generation")
    if years >= GENERATION:
        return FieldWeight("birth_date", "generation", "differs", -8.0, "Birth dates a generation apart")
    return FieldWeight("birth_date", "differs", "differs", -8.0, "Another birth date")
