"""A file of leads from the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from firstvisit.config.commands import ACTOR, DONE, PROBLEMS, Operation, out, say
from firstvisit.journey.importing import report, running, verbs
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.steps.intake import imports
from firstvisit.steps.intake.file.mapping import Mapping as Meant
from firstvisit.steps.intake.file.mapping import left_out, not_said, read_mapping
from firstvisit.steps.intake.models import ImportRun


class Command(Operation):
    words = (
        "Bring leads in from a CSV file: each row is matched, judged and given an owner and a clock as if it had come "
        "by a door; of older enquiries nothing is sent by itself. A run that was killed goes on where it stopped when "
        "the same command is given again. Rows that cannot be read are refused with row, column and what to enter."
    )
    example = "firstvisit import leads.csv --map leads.toml --report refused.csv"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with headings in its first row")
        parser.add_argument("--map", type=Path, help="what the columns mean, a TOML file; else by their headings")
        parser.add_argument("--dry-run", action="store_true", help="read and judge every row, bring nothing in")
        parser.add_argument("--report", type=Path, help="write row, end, column and reason of every row here (CSV)")
        parser.add_argument("--mend", type=Path, help="write the refused rows here as they came, to correct them")
        parser.add_argument("--again", action="store_true", help="try the refused rows of the same file once more")
        parser.add_argument(
            "--new-today", action="store_true", help="they ask today: clocks run, receipts leave by the switches"
        )
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help=argparse.SUPPRESS)

    def run(self, options: argparse.Namespace) -> int:
        body, stated = _read(options.file), read_mapping(_read(options.map)) if options.map else {}
        before = imports.same_file(body)
        if before is not None and before.status != ImportRun.Status.DONE and not options.dry_run:
            say(f"This import stopped at row {before.position:,}; it goes on from there.")
            verbs.begin(before, by=None, actor=ACTOR, again=True)
            return _go_on(before, options)
        if before is not None and not (options.again or options.dry_run):
            say(f"This very file came in on {before.made_at:%Y-%m-%d}: {verbs.told(before.counts)}. Nothing was done.")
            say("Correct the rows that were refused and import that file, or try them as they are with --again.")
            _write_reports(before, options)
            return DONE
        return self._first(options, body, stated)

    def _first(self, options: argparse.Namespace, body: bytes, stated: Mapping[str, Any]) -> int:
        run = verbs.upload(body, name=options.file.name, by=None, actor=ACTOR)
        try:
            mapping = verbs.settle_mapping(run, stated, by=None)
        except BadInput:
            verbs.discard(run, actor=ACTOR)
            raise
        _tell_mapping(mapping)
        if options.dry_run:
            return _check(run, options)
        verbs.begin(run, by=None, actor=ACTOR, again=True, new_today=options.new_today)
        return _go_on(run, options)


def _check(run: ImportRun, options: argparse.Namespace) -> int:
    """A dry run: every row read and judged, the reports written, nothing brought in, and the file forgotten."""
    refused: dict[int, tuple[tuple[str, str], ...]] = {}
    with options.report.open("wb") if options.report else nullcontext() as lines:
        if lines is not None:
            lines.write(report.HEADINGS)

        def note(row: verbs.Checked) -> None:
            if lines is not None:
                lines.write(report.checked_lines(row))
            if row.end == "refused" and options.mend:
                refused[row.number] = row.problems

        checked = verbs.check(
            run,
            processes=_processes(options, run),
            tell=lambda row: _progress("Checked", row, run.rows),
            each_row=note,
        )
    _end_progress()
    if options.report:
        say(f"What would become of every row: {options.report}")
    if options.mend:
        _write_to_mend(options.mend, report.checked_to_mend(run, refused, actor=ACTOR))
    verbs.discard(run, actor=ACTOR)
    return _tell_checked(checked, new_today=options.new_today)


def _go_on(run: ImportRun, options: argparse.Namespace) -> int:
    try:
        running.go_on(
            run,
            processes=_processes(options, run),
            tell=lambda at: _progress("Brought in", at.position, at.rows),
        )
    except KeyboardInterrupt:
        _end_progress()
        say(f"Stopped at row {run.position:,}. Give the same command again to go on.")
        return PROBLEMS
    except Conflict as error:
        _end_progress()
        say(f"firstvisit: {error}")
        return PROBLEMS
    _end_progress()
    for end in ("opened", "joined", "repeated", "refused"):
        out(f"{end}\t{run.counts.get(end, 0)}")
    _write_reports(run, options)
    refused = run.counts.get("refused", 0)
    if refused and not options.report:
        say("Why each row was refused: give the same command again with --report FILE.")
    return PROBLEMS if refused else DONE


def _processes(options: argparse.Namespace, run: ImportRun) -> int:
    """A small file is over before a second process has begun."""
    return 1 if run.rows < 500 else max(1, options.processes)


def _write_reports(run: ImportRun, options: argparse.Namespace) -> None:
    if options.report:
        options.report.write_bytes(b"".join(report.lines(run)))
        say(f"What became of every row: {options.report}")
    if options.mend:
        _write_to_mend(options.mend, report.to_mend(run, by=None, actor=ACTOR))


def _write_to_mend(path: Path, rows: Iterable[bytes]) -> None:
    path.write_bytes(b"".join(rows))
    say(f"The refused rows as they came: {path}. It names people; delete it when they are in.")


def _tell_mapping(mapping: Meant) -> None:
    for heading, target in mapping.columns.items():
        if target:
            order = mapping.dates.get(heading, "ymd")
            say(f"  {heading} -> {target}" + (f" ({order})" if order != "ymd" else ""))
    if unused := left_out(mapping):
        say(f"  Kept beside the record, in no field: {', '.join(unused)}")
    if missing := not_said(mapping):
        say(f"  No column says {', '.join(missing)}")


def _tell_checked(checked: Mapping[str, Any], *, new_today: bool) -> int:
    for name in ("ready", "repeated", "refused"):
        out(f"{name}\t{checked['counts'].get(name, 0)}")
    for outcome, count in checked["outcomes"].items():
        out(f"outcome {outcome}\t{count}")
    for words in verbs.told_clocks(checked, new_today=new_today):
        out(f"due\t{words}")
    out(f"letters\t{verbs.told_letters(checked, new_today=new_today)}")
    for problem in checked["problems"]:
        out(f"refused\t{problem['rows']}\trow {problem['first']}\t{problem['column']}\t{problem['sentence']}")
    return PROBLEMS if checked["counts"].get("refused") else DONE


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput([Problem(str(path), f"cannot be read: {error.strerror}")]) from None


def _progress(word: str, row: int, rows: int) -> None:
    if sys.stderr.isatty() or row % 5000 < 100:
        end = "\r" if sys.stderr.isatty() else "\n"
        # Rows are counted as a spreadsheet does, the headings being the first; the empty ones among them are none.
        print(f"{word} {min(max(row - 1, 0), rows):,} of {rows:,} rows", end=end, file=sys.stderr, flush=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
