"""What the columns of a file mean: a mapping, from a file or a screen, held against the headings. Pure."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.file.cells import ORDERS, Order, order_of
from firstvisit.steps.intake.file.guess import guess
from firstvisit.steps.intake.file.table import DELIMITERS, Table, padded
from firstvisit.steps.intake.file.targets import LEFT_OUT, RECEIVED, Target, targets

Encoding = Literal["", "utf-8", "cp1252", "utf-16", "latin-1"]
_NAMES: Final = (
    "patient.name", "patient.first_name", "patient.last_name", "contact.name", "referrer.name",
    "referrer.organization",
)  # fmt: skip
_REACHES: Final = (
    "patient.phone", "patient.email", "contact.phone", "contact.email", "referrer.phone", "referrer.email",
    "referrer.fax",
)  # fmt: skip
_NEEDED: Final = {
    "the patient's first name": {"patient.name", "patient.first_name"},
    "the patient's last name": {"patient.name", "patient.last_name"},
    "the birth date": {"patient.date_of_birth", "patient.age_years"},
    "the ZIP code": {"patient.postal_code"},
    "the therapy": {"discipline", "program"},
    "when it was received": {RECEIVED},
}
_KEYS: Final = {"columns", "dates", "always", "words", "encoding", "delimiter"}
_DELIMITER_NAMES: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", **{d: d for d in DELIMITERS}}


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: heading to target, "" for left out. `dates`: heading to the order in which its dates are written.
    `always`: target to a value for every row. `words`: heading to {cell: what it means}. `encoding` and `delimiter`
    where somebody said so."""

    columns: dict[str, str]
    dates: dict[str, Order] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": self.columns,
            "dates": dict(self.dates),
            "always": self.always,
            "words": self.words,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
        }


def from_json(value: Mapped[str, Any]) -> Mapping:
    """The mapping again that `as_json` gave."""
    return Mapping(**value)


def read_mapping(body: bytes) -> dict[str, Any]:
    """A mapping file (TOML) as plain values, its shape checked. BadInput names what is wrong with it.

    Headings that it does not name are guessed by `settled`.
    """
    try:
        value = tomllib.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput([Problem("mapping", "The mapping file is not written in UTF-8.")]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput([Problem("mapping", f"The mapping file is not TOML: {error}.")]) from None
    found = [
        Problem(name, f"There is no such setting; the settings are {', '.join(sorted(_KEYS))}.")
        for name in value
        if name not in _KEYS
    ]
    for name in ("columns", "always"):
        if not _is_words(value.get(name, {})):
            found.append(Problem(name, 'This is a table of texts, such as "Phone" = "patient.phone".'))
    if not isinstance(value.get("dates", ""), str) and not _is_words(value["dates"]):
        found.append(Problem("dates", f"This is one of {', '.join(ORDERS)}, or a table with one for each heading."))
    if not isinstance(value.get("words", {}), dict) or not all(
        _is_words(each) for each in value.get("words", {}).values()
    ):
        found.append(Problem("words", 'This is a table for each heading, such as [words."Sex"] with F = "female".'))
    if not isinstance(value.get("encoding", ""), str) or value.get("encoding", "") not in get_args(Encoding):
        found.append(Problem("encoding", f"This is one of {', '.join(filter(None, get_args(Encoding)))}."))
    if value.get("delimiter", ",") not in _DELIMITER_NAMES:
        found.append(Problem("delimiter", "This is one of comma, semicolon, tab, bar."))
    if found:
        raise BadInput(found)
    if "delimiter" in value:
        value["delimiter"] = _DELIMITER_NAMES[value["delimiter"]]
    return value


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def settled(table: Table, stated: Mapped[str, Any]) -> Mapping:
    """The whole mapping of a file: what was stated, the rest guessed, the order of its dates found out.

    BadInput with every problem: a heading or target that is not there, a target given twice, no name or no way to
    reach anybody, and dates whose order nothing in the column tells ("dates.Received"): it is asked, never guessed.
    """
    mapping, found = _columns(table, stated)
    if not found:
        mapping, more = _dates(table, mapping, stated.get("dates", {}))
        found += more
    if found:
        raise BadInput(found)
    return mapping


def draft(table: Table, stated: Mapped[str, Any]) -> tuple[Mapping, list[Problem]]:
    """The mapping as far as it is settled and what is still wrong with it, for a screen."""
    mapping, found = _columns(table, stated)
    mapping, more = _dates(table, mapping, stated.get("dates", {}))
    return mapping, found + more


def _columns(table: Table, stated: Mapped[str, Any]) -> tuple[Mapping, list[Problem]]:
    known, found = targets(), list[Problem]()
    columns = {
        heading: target for heading, target in guess(table.headings).items() if heading not in stated.get("columns", {})
    }
    taken = set(stated.get("columns", {}).values()) | set(stated.get("always", {}))
    columns = {heading: LEFT_OUT if target in taken else target for heading, target in columns.items()}
    for heading, target in stated.get("columns", {}).items():
        if heading not in table.headings:
            near = get_close_matches(heading, table.headings, n=1, cutoff=0.6)
            meant = f"; did you mean “{near[0]}”?" if near else f". The columns are {_listed(table.headings)}."
            found.append(Problem(f"columns.{heading}", f"The file has no column “{heading}”{meant}"))
        elif target and target not in known:
            found.append(Problem(f"columns.{heading}", _no_target(target)))
        columns[heading] = target
    for target in stated.get("always", {}):
        if target not in known:
            found.append(Problem(f"always.{target}", _no_target(target)))
    for part in ("words", "dates"):
        for heading in stated.get(part, {}) if isinstance(stated.get(part, {}), dict) else ():
            if heading not in table.headings:
                found.append(Problem(f"{part}.{heading}", f"The file has no column “{heading}”."))
    found += _twice(table, columns)
    used = {target for target in columns.values() if target} | set(stated.get("always", {}))
    if not used & set(_NAMES):
        found.append(Problem("columns", "No column says a name; choose which one is the patient's or contact's."))
    if not used & set(_REACHES):
        found.append(Problem("columns", "No column is a phone number or e-mail address; choose which one is."))
    ordered = {heading: columns[heading] for heading in table.headings if heading in columns}
    words = {
        heading: {cell.strip().casefold(): means for cell, means in each.items()}
        for heading, each in stated.get("words", {}).items()
    }
    return (
        Mapping(ordered, {}, dict(stated.get("always", {})), words, table.encoding, table.delimiter),
        found,
    )


def _twice(table: Table, columns: dict[str, str]) -> list[Problem]:
    """Headings that stand twice and are used, and targets that two columns claim."""
    found = []
    for heading, count in Counter(table.headings).items():
        if count > 1 and columns.get(heading):
            said = f"The file has {count} columns “{heading or '(no heading)'}”; rename all but one."
            found.append(Problem(f"columns.{heading}", said))
    known, claimed = targets(), dict[str, str]()
    for heading, target in columns.items():
        if not target:
            continue
        if target in claimed:
            label = known[target].label if target in known else target
            said = f"“{claimed[target]}” means “{label}” already; leave one of the two out."
            found.append(Problem(f"columns.{heading}", said))
        claimed.setdefault(target, heading)
    if "patient.name" in claimed and {"patient.first_name", "patient.last_name"} & claimed.keys():
        said = "The full name and its parts are both there; leave the full name or the parts out."
        found.append(Problem(f"columns.{claimed['patient.name']}", said))
    return found


def _dates(
    table: Table, mapping: Mapping, stated: str | Mapped[str, Any]
) -> tuple[Mapping, list[Problem]]:
    """The order of each date column: as stated, else as its own cells prove it."""
    known, found = targets(), list[Problem]()
    wanted = {
        heading: n
        for n, heading in enumerate(table.headings)
        if (target := known.get(mapping.columns.get(heading, ""))) and target.kind in ("date", "moment")
    }
    given = dict.fromkeys(wanted, stated) if isinstance(stated, str) and stated else dict(stated or {})
    orders: dict[str, Order] = {}
    open_ones = dict(wanted)
    for heading, order in given.items():
        if order not in ORDERS:
            found.append(Problem(f"dates.{heading}", f"This is one of {', '.join(ORDERS)}."))
        elif heading in open_ones:
            orders[heading] = ORDERS[ORDERS.index(order)]
            del open_ones[heading]
    if open_ones:
        seen: dict[str, set[Order | None]] = {heading: set() for heading in open_ones}
        for row in table.rows():
            if row.fault:
                continue
            cells = padded(row, len(table.headings))
            for heading, n in open_ones.items():
                cell = cells[n].strip()
                if cell and (proof := order_of(cell)) != "ymd":
                    seen[heading].add(proof)
        for heading, each in seen.items():
            proven = [proof for proof in each if proof is not None]
            if len(proven) == 1:
                orders[heading] = proven[0]
            elif not each:
                orders[heading] = "ymd"
            else:
                why = "Some of these dates can only begin with the month and others only with the day"
                unsure = "Every one of these dates could begin with the month or with the day"
                said = f"{why if proven else unsure}; say which: mdy (month first) or dmy (day first)."
                found.append(Problem(f"dates.{heading}", said))
    return replace(mapping, dates=orders), found


def left_out(mapping: Mapping) -> list[str]:
    """The headings whose cells go into no field; they are kept beside the record."""
    return [heading for heading, target in mapping.columns.items() if not target]


def not_said(mapping: Mapping) -> list[str]:
    """What every request needs and no column says, in words: each lead of the file will be asked for it."""
    said = {*mapping.columns.values(), *mapping.always}
    return [words for words, ways in _NEEDED.items() if not ways & said]


def columns_of(mapping: Mapping, headings: tuple[str, ...]) -> list[tuple[int, str, Target]]:
    """(place, heading, target) of every column that is used."""
    known = targets()
    return [
        (n, heading, known[mapping.columns[heading]])
        for n, heading in enumerate(headings)
        if mapping.columns.get(heading)
    ]


def _no_target(name: str) -> str:
    near = get_close_matches(name, list(targets()), n=3, cutoff=0.5)
    meant = f"near it are {', '.join(near)}" if near else "docs/reference/import-mapping.md lists them"
    return f"There is no field “{name[:60]}”; {meant}."


def _listed(headings: tuple[str, ...]) -> str:
    shown = ", ".join(f"“{heading}”" for heading in headings[:12])
    return shown + (f" and {len(headings) - 12} more" if len(headings) > 12 else "")
