"""A practice as a folder of TOML files: read with every problem at once, and written back the same.

    identity.toml                     the practice as it signs its messages
    sites.toml         [[site]]       programs.toml   [[program]]     payers.toml  [[payer]]
    clinicians.toml    [[resource]]   queues.toml     [[queue]]       roles.toml   [[role]]
    staff.toml         [[staff]]      places.toml     [[place]]       not_offered.toml  [[not_offered]]
    agreements.toml    [[agreement]]
    rules/<section>.toml              one section of the rules each

An entry's fields are those of its shape in `shape.py`; where a site's or other place's point on the map is
left out, it is that of its ZIP code. A file that is not there names nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import checks, completing, lines, policy, problems, toml_writer
from firstvisit.practice.content import KINDS, Kind, PracticeFiles
from firstvisit.practice.shape import Identity, Shape

__all__ = ["SAMPLE", "STARTER", "PracticeFiles", "read_folder", "write_folder"]

SAMPLE: Final = Path(__file__).parent / "sample" / "cedar_street"
"""The practice of the demo and of the tests."""
STARTER: Final = Path(__file__).parent / "sample" / "starter"
"""Roles and queues that a practice of one's own starts from."""


IDENTITY_FILE: Final = "identity.toml"
RULES_FOLDER: Final = "rules"
UNREAD: Final = "; save the file as UTF-8"


def read_folder(path: Path) -> PracticeFiles:
    """Read and check a folder. ConfigurationError holds a sentence for each problem in any of its files:
    "programs.toml, line 12, hand_tendon_repair, minutes: must be greater than 0 (found 0)"."""
    if not path.is_dir():
        raise ConfigurationError([f"{path} is not a folder"])
    try:
        return _read(path)
    except ConfigurationError as error:
        raise ConfigurationError(with_lines(error.problems, path)) from None


def with_lines(problems: Iterable[str], path: Path) -> list[str]:
    """Problems of a folder's files, each with the line that it is about where it has one."""
    files = [file for file in (*path.glob("*.toml"), *(path / RULES_FOLDER).glob("*.toml")) if file.is_file()]
    texts = {file.relative_to(path).as_posix(): file.read_text("utf-8", errors="replace") for file in files}
    return [lines.placed(sentence, texts) for sentence in problems]


def _read(path: Path) -> PracticeFiles:
    found: list[str] = list(_strangers(path))
    collections: dict[str, Any] = {}
    named: dict[str, set[str]] = {}
    for kind in KINDS:
        raw = _entries(path, kind, found)
        named[kind.collection] = {str(entry.get(kind.named_by)) for entry in raw}
        collections[kind.collection] = tuple(_shaped(kind, raw, found))
    if unread := [one for one in found if one.endswith(UNREAD)]:
        raise ConfigurationError(unread)  # what hangs together cannot be told while a part of it is not there
    files = PracticeFiles(identity=_identity(path, found), rules=_rules(path, found), **collections)
    if files.identity is None and not (path / IDENTITY_FILE).exists() and named["sites"]:
        found.append(f"{IDENTITY_FILE}: is missing, and the practice has sites")
    found += checks.problems(files, named)
    if found:
        raise ConfigurationError(found)
    return files


def write_folder(files: PracticeFiles, path: Path) -> None:
    """Write the folder, each value in full; `read_folder` gives equal files again. Made if it is not there,
    and a file of it that nothing is said in any more is removed."""
    rules = path / RULES_FOLDER
    rules.mkdir(parents=True, exist_ok=True)
    identity = files.identity
    _write(path / IDENTITY_FILE, "" if identity is None else toml_writer.table(_plain(identity)))
    for kind in KINDS:
        entries = [_plain(entry) for entry in getattr(files, kind.collection)]
        _write(path / kind.file, toml_writer.entries(kind.word, entries))
    for name in {one.stem for one in rules.glob("*.toml")} - set(files.rules):
        (rules / f"{name}.toml").unlink()
    for name, section in files.rules.items():
        (rules / f"{name}.toml").write_text(toml_writer.table(section), encoding="utf-8")


def _plain(value: Shape) -> dict[str, Any]:
    return value.model_dump(exclude_none=True)


def _write(file: Path, text: str) -> None:
    if text:
        file.write_text(text, encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def _strangers(path: Path) -> Iterator[str]:
    known = {IDENTITY_FILE, *(kind.file for kind in KINDS)}
    for file in sorted(path.glob("*.toml")):
        if file.name not in known:
            yield f"{file.name}: is not a practice file; they are {', '.join(sorted(known))}"


def _table(file: Path, name: str, found: list[str]) -> dict[str, Any]:
    """The file's content; empty when it is not there or cannot be read, which is then said in `found`."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))  # editors on Windows write a mark before the text
    except FileNotFoundError:
        pass
    except tomllib.TOMLDecodeError as error:
        found.append(f"{name}: is not TOML: {error}")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found.append(f"{name}, line {line}: holds a byte that is no text in UTF-8{UNREAD}")
    except OSError as error:
        found.append(f"{name}: cannot be read: {error.strerror}")
    return {}


def _entries(path: Path, kind: Kind, found: list[str]) -> list[dict[str, Any]]:
    table = _table(path / kind.file, kind.file, found)
    found += [
        f"{kind.file}, {key}: is not known here; each entry begins with [[{kind.word}]]"
        for key in table
        if key != kind.word
    ]
    raw = table.get(kind.word, [])
    if isinstance(raw, list) and all(isinstance(entry, dict) for entry in raw):
        return raw
    found.append(f"{kind.file}: each entry begins with [[{kind.word}]], in double brackets")
    return []


def _shaped(kind: Kind, raw: list[dict[str, Any]], found: list[str]) -> Iterator[Any]:
    for number, entry in enumerate(raw, start=1):
        try:
            yield kind.shape.model_validate(completing.completed(kind.collection, entry))
        except ValidationError as error:
            name = entry.get(kind.named_by) or f"entry {number}"
            found += [
                f"{kind.file}, {name}, {one.field}: {one.message}"
                if one.field
                else f"{kind.file}, {name}: {one.message}"
                for one in problems.of(error)
            ]


def _identity(path: Path, found: list[str]) -> Identity | None:
    if not (path / IDENTITY_FILE).exists():
        return None
    before = len(found)
    table = _table(path / IDENTITY_FILE, IDENTITY_FILE, found)
    if len(found) > before:
        return None
    try:
        return Identity.model_validate(table)
    except ValidationError as error:
        found += [f"{IDENTITY_FILE}, {one.field}: {one.message}" for one in problems.of(error)]
        return None


def _rules(path: Path, found: list[str]) -> dict[str, dict[str, Any]]:
    """Sections as JSON values. Those of a registered step are checked; unknown ones are refused on load."""
    rules: dict[str, dict[str, Any]] = {}
    for file in sorted((path / RULES_FOLDER).glob("*.toml")):
        name = f"{RULES_FOLDER}/{file.name}"
        section = {key: _json(value) for key, value in _table(file, name, found).items()}
        found += [f"{name}, {sentence}" for sentence in policy.section_problems(file.stem, section)]
        rules[file.stem] = section
    return rules


def _json(value: Any) -> Any:
    """TOML's dates and times as JSON says them."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    return [_json(one) for one in value] if isinstance(value, list) else value
