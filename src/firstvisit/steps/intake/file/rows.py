"""From a row to a referral record, under a mapping. Pure: what is wrong with a row is named by its column."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from firstvisit.kernel.errors import BadInput
from firstvisit.referral.names import person_name
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.file import cells
from firstvisit.steps.intake.file.mapping import Mapping, columns_of
from firstvisit.steps.intake.file.table import Row, padded
from firstvisit.steps.intake.file.targets import RECEIVED, Target, targets
from firstvisit.steps.intake.reading import says_something

WORDING: Final = "imported:1"
"""Consents of a file were given elsewhere; this wording says so."""
EARLIEST: Final = dt.date(1990, 1, 1)
_ROW: Final = "(whole row)"


@dataclass(frozen=True, slots=True)
class Read:
    """A row that can go in. `body` is what is kept of it; `received_at` where the file says when."""

    number: int
    line: int
    fingerprint: str
    body: bytes
    referral: Referral
    received_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot, and why: (column, sentence) each; no sentence repeats a value."""

    number: int
    line: int
    fingerprint: str
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one file. `now` bounds dates; `zone` is where days without an offset were written."""

    mapping: Mapping
    headings: tuple[str, ...]
    programs: Collection[str]
    now: dt.datetime
    zone: ZoneInfo

    def read(self, row: Row) -> Read | Refused:
        """One row. Never raises for what stands in it."""
        mark = fingerprint(self.headings, row)
        if row.fault:
            return Refused(row.number, row.line, mark, ((_ROW, row.fault),))
        stated, places, problems = self._record(row)
        received = None
        if RECEIVED in stated:
            received = self._received(stated.pop(RECEIVED), places[RECEIVED], problems)
        referral = None
        try:
            referral = record_of(stated, today=self.now.date(), programs=self.programs)
        except BadInput as bad:
            problems += [(_column(each.field, places), each.message) for each in bad.problems]
        if problems or referral is None:
            return Refused(row.number, row.line, mark, tuple(dict.fromkeys(problems)))
        written = {
            heading: cell for heading, cell in zip(self.headings, padded(row, len(self.headings)), strict=True) if cell
        }
        kept = {"row": row.number, "cells": written, "record": stated}
        body = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        return Read(row.number, row.line, mark, body, referral, received)

    def _record(self, row: Row) -> tuple[dict[str, Any], dict[str, str], list[tuple[str, str]]]:
        """The record's body, the column behind each of its paths, and what is wrong with single cells."""
        record: dict[str, Any] = {}
        places: dict[str, str] = {}
        problems: list[tuple[str, str]] = []
        written = padded(row, len(self.headings))
        known = targets()
        given = [(heading, target, written[n]) for n, heading, target in columns_of(self.mapping, self.headings)]
        given += [(f"always {name}", known[name], text) for name, text in self.mapping.always.items()]
        for heading, target, cell in given:
            text = cells.said(cell)
            meanings = self.mapping.words.get(heading)
            if meanings is not None:
                text = meanings.get(cell.strip().casefold(), text)
            if not text:
                continue
            try:
                self._put(record, places, heading, target, text)
            except ValueError as error:
                problems.append((heading, str(error)))
        _finished(record, places)
        return record, places, problems

    def _put(
        self, record: dict[str, Any], places: dict[str, str], heading: str, target: Target, text: str
    ) -> None:
        if target.kind == "moment":
            record[RECEIVED], places[RECEIVED] = text, heading
            return
        if target.kind == "name":
            first, last = person_name(text)
            patient = record.setdefault("patient", {})
            patient.update({"first_name": first} if first else {}, **({"last_name": last} if last else {}))
            places["patient.first_name"] = places["patient.last_name"] = heading
            return
        order = self.mapping.dates.get(heading, "ymd")
        into: dict[Any, Any] = record
        for step in target.path[:-1]:
            into = into.setdefault(step, {})
        into[target.path[-1]] = cells.value(target.name, target.kind, text, order)
        places[".".join(map(str, target.path))] = heading

    def _received(
        self, text: str, heading: str, problems: list[tuple[str, str]]
    ) -> dt.datetime | None:
        try:
            at = cells.moment(text, self.mapping.dates.get(heading, "ymd"), self.zone)
            if at > self.now + dt.timedelta(minutes=5):
                raise ValueError("This was received in the future; check the year.")
            if at.date() < EARLIEST:
                raise ValueError(f"This was received before {EARLIEST.year}; check the year.")
        except ValueError as error:
            problems.append((heading, str(error)))
            return None
        return min(at, self.now).astimezone(dt.UTC)


def record_of(stated: dict[str, Any], *, today: dt.date, programs: Collection[str]) -> Referral:
    """The record of a row's body. BadInput under the body's paths."""
    referral = read_record(stated, channel="file", today=today, item=None, known_programs=programs)
    says_something(referral)
    return referral


def fingerprint(headings: tuple[str, ...], row: Row) -> str:
    """What tells a row again in another file, whatever the order of its columns (SHA-256, hex)."""
    if row.fault:
        said = f"{row.number}\x1f{row.fault}\x1f" + "\x1f".join(row.cells)
    else:
        pairs = zip(headings, padded(row, len(headings)), strict=True)
        said = "\x1f".join(sorted(f"{heading}\x1e{cell.strip()}" for heading, cell in pairs if cell.strip()))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _finished(record: dict[str, Any], places: dict[str, str]) -> None:
    """Lists as the record has them, and what one column says of another."""
    for name in ("payers", "frequencies"):
        if name in record:
            numbered = sorted(record[name].items())
            record[name] = [entry for _, entry in numbered]
            for n, (was, _) in enumerate(numbered):
                _renumber(places, f"{name}.{was}.", f"{name}.{n}.")
    if "events" in record:
        found: list[dict[str, Any]] = []
        for kind, entry in record["events"].items():
            if kind == "stated":
                entry.setdefault("kind", "other")
            else:
                entry["kind"] = kind
            _renumber(places, f"events.{kind}.", f"events.{len(found)}.")
            found.append(entry)
        record["events"] = found
    if "consents" in record:
        record["consents"] = [
            {"channel": channel, "given": given, "wording": WORDING} for channel, given in record["consents"].items()
        ]
    contact, patient = record.get("contact", {}), record.get("patient", {})
    name = " ".join(part for part in (patient.get("first_name"), patient.get("last_name")) if part)
    if contact.get("name") and contact["name"].casefold() == name.casefold():
        contact.setdefault("relationship", "self")
    record.setdefault("attribution", {}).setdefault("kind", "import")


def _renumber(places: dict[str, str], was: str, now: str) -> None:
    for path in [path for path in places if path.startswith(was)]:
        places[now + path[len(was) :]] = places.pop(path)


def _column(path: str, places: dict[str, str]) -> str:
    """The heading behind a path of the record, or behind the nearest part around it."""
    while path not in places and "." in path:
        path = path.rpartition(".")[0]
    return places.get(path, _ROW)
