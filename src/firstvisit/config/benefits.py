"""`firstvisit benefits`: what payers' replies say, one JSON line a transaction. Needs neither Django nor a database."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from firstvisit.steps.coverage import determinations, reading, shown, shown_reviews
from firstvisit.steps.coverage.acknowledgments import KINDS, acknowledgment
from firstvisit.steps.coverage.replies import NotX12, replies
from firstvisit.steps.coverage.x12.text import Readable
from firstvisit.steps.coverage.x12.transactions import Ending, Transaction

DONE, WRONG_USE = 0, 2
WORDS: Final = (
    "Say what payers' replies about benefits (271) and authorizations (278) mean: one JSON line a transaction, in the "
    "order they stand. Further patients of a transaction stand under additional_records. What is something else (999, "
    "TA1, a web page) says so, with active null. A file that cannot be opened prints its error and does not stop the "
    "others."
)
EXAMPLE: Final = "firstvisit benefits reply.271 batch.txt --json"
_NOTHING: Final[dict[str, Any]] = {
    "control": None, "trace": None, "payer": None, "subscriber": None, "patient": None, "service_date": None,
    "active": None, "lines": [], "rejections": [], "not_understood": [],
}  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Read the files named; the exit code: 0 also where some say nothing of use, 2 for wrong use."""
    parser = argparse.ArgumentParser(
        prog="firstvisit benefits",
        description=textwrap.fill(WORDS, 79),
        epilog=f"Example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments(parser)
    return run(parser.parse_args(words))


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may stand behind `firstvisit benefits`."""
    parser.add_argument("file", nargs="+", type=Path, help="a file of replies; - is standard input")
    parser.add_argument(
        "--json", action="store_true", help="JSON lines; the only form there is, and the default"
    )


def run(options: argparse.Namespace) -> int:
    """Read what `options` name; the exit code."""
    absent = [path for path in options.file if str(path) != "-" and not path.exists()]
    for path in absent:
        print(f"firstvisit benefits: there is no file {path}", file=sys.stderr)
    if len(absent) == len(options.file):
        return WRONG_USE
    for path in options.file:
        if path not in absent:
            for said in lines(path):
                print(json.dumps(said, ensure_ascii=False), flush=True)
    return DONE


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """One file as lines. What is wrong with an interchange as a whole stands on its last line."""
    name = "-" if str(path) == "-" else path.name
    try:
        if name == "-":
            yield from _lines(name, sys.stdin.buffer)
        else:
            with path.open("rb") as file:
                yield from _lines(name, file)
    except OSError:
        yield {"file": name, "kind": None, **_NOTHING, "error": "This file cannot be opened.", "faults": []}


def _lines(name: str, source: Readable) -> Iterator[dict[str, Any]]:
    held: dict[str, Any] | None = None
    ahead: list[str] = []
    for each in replies(source):
        if isinstance(each, Ending):
            said = [fault.said for fault in each.faults]
            if held is None:
                ahead += said
            else:
                held["faults"] = [*held["faults"], *said]
            continue
        if held is not None:
            yield held
        held = {"file": name, **(_other(each) if isinstance(each, NotX12) else _transaction(each))}
        held["faults"] = [*ahead, *held["faults"]]
        ahead = []
    if held is None:
        held = {"file": name, "kind": None, **_NOTHING, "faults": ahead}
        held["error"] = "No transaction stands in this file."
    yield held


def _transaction(transaction: Transaction) -> dict[str, Any]:
    kind = transaction.kind
    if kind == "271":
        answers = [shown.shown(each) for each in reading.read(transaction)]
    elif kind == "278":
        answers = [shown_reviews.shown(each) for each in determinations.read(transaction)]
    else:
        return _no_answer(transaction)
    first, *others = answers
    return {"kind": kind, **first} | ({"additional_records": others} if others else {})


def _no_answer(transaction: Transaction) -> dict[str, Any]:
    """A transaction that is no answer: an acknowledgment with what it acknowledges, anything else as it was sent."""
    stated: dict[str, Any] = {
        "kind": transaction.kind or None,
        **_NOTHING,
        "control": transaction.control or None,
    }
    stated["faults"] = [each.said for each in transaction.faults]
    if transaction.kind in KINDS:
        found = acknowledgment(transaction)
        return stated | {
            "error": found.said,
            "acknowledgment": {
                "taken": found.taken, "interchange": found.interchange or None, "group": found.group or None,
                "transactions": list(found.transactions), "errors": list(found.errors),
            },
        }  # fmt: skip
    what = f"a {transaction.kind}" if transaction.kind else "X12 that does not say what it is"
    unread = [
        {"n": n, "segment": text, "why": "this is no answer about benefits"}
        for n, text in enumerate(transaction.segments, 1)
    ]
    return stated | {"error": f"This is {what}, not an answer about benefits.", "not_understood": unread}


def _other(reply: NotX12) -> dict[str, Any]:
    unread = [{"n": 1, "segment": reply.beginning, "why": reply.said}] if reply.beginning else []
    return {"kind": reply.kind, **_NOTHING, "error": reply.said, "not_understood": unread, "faults": []}
