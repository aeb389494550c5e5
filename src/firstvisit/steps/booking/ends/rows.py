"""Rows of an EMR's export of visits: which column is what, and what a row tells. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.booking.ends import CALLED, End
from firstvisit.steps.booking.ends.kinds import Kind, kind_of

COLUMNS: Final[dict[str, str]] = {
    "number": "our number of the appointment or the lead (L-2641)",
    "mark": "their own number of the visit",
    "name": "the patient's name, as Last, First",
    "last_name": "the patient's last name",
    "first_name": "the patient's first name",
    "born": "the birth date",
    "on": "the day of the visit",
    "type": "what kind of visit or note it is",
    "status": "what became of it",
}
"""What a column can mean."""
_GUESS: Final[dict[str, str]] = {
    "number": r"(?:appointment|appt|external|our|placer|referral|lead|firstvisit)(?:id|number|no|code|reference)|lead",
    "mark": r"(?:visit|encounter|note|document|emr|internal)(?:id|number|no)|id",
    "name": r"(?:patient|client)(?:name)?|name",
    "last_name": r"(?:patient|client)?(?:last|family|sur)name|last",
    "first_name": r"(?:patient|client)?(?:first|given)name|first",
    "born": r"(?:patient|client)?(?:dob|dateofbirth|birthdate|birthday|born)",
    "on": r"(?:(?:visit|appointment|appt|service|encounter|start)(?:date|day|time|datetime)?|dos|dateofservice|date)",
    "type": r"(?:visit|appointment|appt|encounter|note|document|service)?(?:type|kind)|service|reason",
    "status": r"(?:visit|appointment|appt|encounter|note)?(?:status|outcome|state|result)",
}
_STATUS: Final[tuple[tuple[str, str], ...]] = (
    (r"\bin-?complete|\bnot (?:complet|seen|signed|final)|\bun(?:signed|billed)|pending|progress|draft", "other"),
    (r"no.?show|missed|did not (?:come|attend)|dna\b|\bns\b", "missed"),
    (r"cancel|resched|delet|void", "other"),
    (r"left (?:before|without)|lwbs", "left"),
    (r"complet|check(?:ed)?.?out|seen|signed|final|closed|attended|kept|evaluated|billed", "completed"),
    (r"arriv|check(?:ed)?.?in|in (?:room|clinic)", "arrived"),
    (r"discharg", "discharged"),
)
_DATES: Final = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%Y%m%d")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a file means what, by its place."""

    places: Mapping[str, int]

    def cell(self, cells: Sequence[str], what: str) -> str:
        """The cell of a row that means this; "" where the file has none."""
        place = self.places.get(what)
        return cells[place].strip() if place is not None and place < len(cells) else ""


def columns_of(headings: Sequence[str], said: Mapping[str, str] | None = None) -> Columns:
    """What the columns mean: as `said` (heading to a key of COLUMNS, "" for left out), the others by their headings.

    BadInput where what says whose visit, when and what became of it is missing, or a heading is unknown.
    """
    said = dict(said or {})
    problems = [
        Problem(heading, f"There is no column “{heading}” in this file.") for heading in said if heading not in headings
    ]
    problems += [
        Problem(heading, f"“{means}” is nothing a column can mean: {', '.join(COLUMNS)}.")
        for heading, means in said.items()
        if means and means not in COLUMNS
    ]
    if problems:
        raise BadInput(problems)
    places = _places(headings, said)
    named = "name" in places or {"last_name", "first_name"} <= set(places)
    whose = "number" in places or (named and "born" in places)
    missing = [
        words
        for words, there in (
            ("whose visit it was: our number, or the name and the birth date", whose),
            ("the day of the visit", "on" in places),
            ("what became of it: a status or the kind of note", "status" in places or "type" in places),
        )
        if not there
    ]
    if missing:
        raise BadInput([Problem("columns", f"No column says {'; '.join(missing)}. Say which column does.")])
    return Columns(places)


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """What the columns seem to mean by their headings alone: a key of COLUMNS to a heading."""
    return {means: headings[place] for means, place in _places(headings, {}).items()}


def _places(headings: Sequence[str], said: Mapping[str, str]) -> dict[str, int]:
    places = {means: headings.index(heading) for heading, means in said.items() if means}
    for place, heading in enumerate(headings):
        if heading in said:
            continue
        plain = re.sub(r"[^a-z]", "", heading.lower())
        for means, pattern in _GUESS.items():
            if means not in places and re.fullmatch(pattern, plain):
                places[means] = place
                break
    return places


def mapping_of(text: str) -> dict[str, str]:
    """A mapping from a file: TOML with [columns], heading = meaning. BadInput where it is none."""
    try:
        read = tomllib.loads(text).get("columns", {})
    except tomllib.TOMLDecodeError as error:
        raise BadInput([Problem("map", f"The mapping is no TOML: {error}.")]) from None
    if not isinstance(read, dict) or not all(isinstance(each, str) for each in read.values()):
        raise BadInput([Problem("map", "The mapping says [columns] with a heading and what it means.")])
    return read


def told(cells: Sequence[str], columns: Columns, row: int) -> tuple[End | None, str]:
    """What a row tells; None where it tells of nothing that ends anything (a treatment, a cancellation). And why it
    cannot be sure: its day or birth date is none, and is left out of what it tells."""
    ends = _ends(columns.cell(cells, "status"), columns.cell(cells, "type"))
    if ends is None:
        return None, ""
    last, first = columns.cell(cells, "last_name"), columns.cell(cells, "first_name")
    if not last and (name := columns.cell(cells, "name")):
        last, comma, first = (part.strip() for part in name.partition(","))
        if not comma:
            first, _, last = (part.strip() for part in name.rpartition(" "))
    number, mark = columns.cell(cells, "number"), columns.cell(cells, "mark")
    called = ", ".join(filter(None, (columns.cell(cells, "type"), columns.cell(cells, "status"))))
    said_on, said_born = columns.cell(cells, "on"), columns.cell(cells, "born")
    on, born = _day(said_on), _day(said_born)
    faults = []  # without what stands there, which may name somebody
    if on is None:
        faults.append("the day of the visit cannot be read" if said_on else "it does not say on which day")
    if said_born and born is None:
        faults.append("the birth date cannot be read")
    end = End(
        ends.what,
        on,
        mark or number or f"row {row}",
        "csv",
        numbers=tuple(each for each in (number, mark) if each),
        last_name=last,
        first_name=first.split(" ")[0],
        born=born,
        called=called[:CALLED],
        therapies=ends.therapies,
        besides=ends.besides,
    )
    return end, ", ".join(faults)


def _ends(status: str, kind: str) -> Kind | None:
    became = next((means for pattern, means in _STATUS if re.search(pattern, status, re.I)), "")
    ends = kind_of((), (kind,))
    if became in ("missed", "left", "arrived", "discharged"):
        return Kind(became)  # type: ignore[arg-type]
    if became == "completed" or (not status and ends is not None):
        return ends
    return None


def _day(text: str) -> date | None:
    """A day as exports write it, with or without a time behind it; None where it is none."""
    plain = re.split(r"[T ]", text.strip(), maxsplit=1)[0]
    for form in _DATES:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a day alone
        except ValueError:
            continue
    return None
