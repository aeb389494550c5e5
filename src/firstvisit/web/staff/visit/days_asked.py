"""The days that somebody looks at times of, as two date fields send them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from firstvisit.kernel.errors import Problem


class DaysAsked(NamedTuple):
    """From and through which day; None where nothing was typed, or what is no day. `problems` says what is wrong."""

    since: date | None
    until: date | None
    problems: list[Problem]


def days_asked(asked: Mapping[str, str]) -> DaysAsked:
    """What was typed as `from` and `until`."""
    since, until = day_of(asked.get("from", "")), day_of(asked.get("until", ""))
    problems = [
        Problem(name, f"{label} is not a day: type it as 11/24/2026, or choose it.")
        for name, label, found in (("from", "From", since), ("until", "Through", until))
        if asked.get(name, "").strip() and found is None
    ]
    if since is not None and until is not None and until < since:
        problems.append(Problem("until", "Through is before From: no day lies between them."))
    return DaysAsked(since, until, problems)


def day_of(text: str) -> date | None:
    """A day as a date field sends it, or as it is typed where a browser has no such field; None of what is none."""
    try:
        if "/" in text:
            month, day, year = text.strip().split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return None
