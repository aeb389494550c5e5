"""What an EMR's export says of visits, from the terminal."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from firstvisit.config.commands import ACTOR, DONE, PROBLEMS, Operation, out, say
from firstvisit.journey.booking.end_rows import take_rows
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.booking.ends.rows import COLUMNS, mapping_of


class Command(Operation):
    words = (
        "Take what an EMR's export (CSV) says of visits: evaluations completed, plans of care sent, discharges, "
        "arrivals and missed visits. A row counts only where it is sure whose it is: by our number, or by name, birth "
        "date and the day of a visit that stands here; an unsure one waits in the Inbox. The same row again changes "
        "nothing. One JSON line for each row that ends something. What a column can mean: " + ", ".join(COLUMNS) + "."
    )
    example = "firstvisit visits export.csv --map visits.toml"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with headings in its first row")
        parser.add_argument("--map", type=Path, help="TOML: [columns], heading = meaning; else by their headings")
        parser.add_argument("--dry-run", action="store_true", help="say what each row would do, and do nothing")

    def run(self, options: argparse.Namespace) -> int:
        body = _read(options.file)
        mapping = mapping_of(_read(options.map).decode("utf-8", "replace")) if options.map else None
        counts: Counter[str] = Counter()
        now = clock.now()
        for row in take_rows(
            body, options.file.name, mapping, actor=ACTOR, source="folder", now=now, dry=options.dry_run
        ):
            counts[row.became.how] += 1
            said = {"row": row.row, "what": row.what, "became": row.became.how, "lead": row.became.code}
            out(json.dumps({**said, "why": row.became.why}))
        told = ", ".join(f"{counts[how]} {how}" for how in ("noted", "known", "unsure", "nothing"))
        say(f"{told}.{' Nothing was changed.' if options.dry_run else ''}")
        return PROBLEMS if counts["unsure"] else DONE


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput([Problem(str(path), f"This file cannot be read: {error.strerror}.")]) from None
