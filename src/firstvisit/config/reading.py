"""`firstvisit read`: what documents say, one JSON line a file. Needs neither Django, nor a database, nor a network."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from firstvisit.referral.projection import project
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document, Unreadable
from firstvisit.steps.intake.understanding.confidence import THRESHOLD
from firstvisit.steps.intake.understanding.settle import Settled, sure

DONE, WRONG_USE = 0, 2
LARGEST: Final = 60 * 1024 * 1024
"""Bytes of a file that is read at all; the doors refuse larger ones too."""

WORDS: Final = (
    "Say what documents are about: one JSON line a file, in the order given, folders walked by name. Only values that "
    "are sure enough are printed; with --evidence also every other one, with its confidence and its place. A file that "
    "cannot be read prints its error and does not stop the others."
)
EXAMPLE: Final = "firstvisit read letters/ referral.eml --json --evidence"


def main(words: Sequence[str]) -> int:
    """Read the files named; the exit code: 0 also where some could not be read, 2 for wrong use."""
    parser = argparse.ArgumentParser(
        prog="firstvisit read",
        description=textwrap.fill(WORDS, 79),
        epilog=f"Example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments(parser)
    return run(parser.parse_args(words))


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may stand behind `firstvisit read`."""
    parser.add_argument("path", nargs="+", type=Path, help="a file, or a folder whose files are read")
    parser.add_argument("--json", action="store_true", help="JSON lines; the only form there is, and the default")
    parser.add_argument("--evidence", action="store_true", help="every value with confidence and place")
    parser.add_argument(
        "--threshold", type=_share, default=THRESHOLD, metavar="SHARE",
        help=f"print values at or above this confidence, 0 to 1 (default {THRESHOLD}, as the rules ship; a practice's "
        "own stands in its rules, section inbox)",
    )  # fmt: skip


def _share(text: str) -> float:
    """A share as typed; argparse says what is wrong with it."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; enter one from 0 to 1 such as 0.9")
    return share


def run(options: argparse.Namespace) -> int:
    """Read what `options` name; the exit code."""
    absent = [path for path in options.path if not path.exists()]
    for path in absent:
        print(f"firstvisit read: there is no file or folder {path}", file=sys.stderr)
    if len(absent) == len(options.path):
        return WRONG_USE
    for path in _files(options.path):
        said = line(path, evidence=options.evidence, threshold=options.threshold)
        print(json.dumps(said, ensure_ascii=False, default=str), flush=True)
    return DONE


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if _is_document(each))
        elif path.exists():
            yield path


def _is_document(path: Path) -> bool:
    """Whether a file of a folder is to be read: `NAME.json` beside a file NAME is the record of that one."""
    described = path.suffix == ".json" and path.with_suffix("").is_file()
    return path.is_file() and not path.name.startswith(".") and not described


def line(path: Path, *, evidence: bool = False, threshold: float = THRESHOLD) -> dict[str, Any]:
    """One file as the published schema's record, further patients under `additional_records`."""
    try:
        understood = readers.read_whole(_document(path))
    except (Unreadable, OSError) as error:
        return {"file": path.name, "error": _said(error), "not_a_referral": None}
    except Exception as error:  # noqa: BLE001 -- one file, however odd, must not keep the others from being read
        print(f"firstvisit read: {path.name}: {type(error).__name__}; please report it", file=sys.stderr)
        return {"file": path.name, "error": "This file could not be read.", "not_a_referral": None}
    first, *others = [_record(settled, evidence, threshold) for settled in understood.patients]
    return {"file": path.name, **first} | ({"additional_records": others} if others else {})


def _document(path: Path) -> Document:
    size = path.stat().st_size
    if size > LARGEST:
        raise Unreadable(f"This file has {size // 1_000_000} MB; at most {LARGEST // 1_000_000} MB are read.")
    if size == 0:
        raise Unreadable("This file is empty.")
    # On the command line nobody says when the file reached us: today bounds its dates where it has none itself.
    return Document(path.name, "", path.read_bytes(), dt.date.today())  # noqa: DTZ011


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, Unreadable) else "This file cannot be opened."


def _record(settled: Settled, evidence: bool, threshold: float) -> dict[str, Any]:
    record = project(sure(settled.referral, threshold))
    if evidence:
        record["evidence"] = _evidence(settled)
    return record


def _evidence(settled: Settled) -> dict[str, Any]:
    """Every value that was read, sure or not, by its path in the record, and what a person should look at."""
    stated = settled.referral.model_dump(mode="json", exclude={"evidence"})
    values = {
        path: {"value": _at(stated, path), "confidence": each.confidence, "place": each.place}
        for path, each in settled.referral.evidence.items()
    }
    doubts = [
        {name: getattr(doubt, name) for name in ("path", "value", "reason", "confidence", "place", "quote")}
        for doubt in settled.doubts
    ]
    return {"values": values, "doubts": doubts}


def _at(stated: Any, path: str) -> Any:
    for name in path.split("."):
        stated = stated[int(name)] if isinstance(stated, list) else stated[name]
    return stated
