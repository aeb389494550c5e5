"""How fast and how well pages are read.

    .venv/bin/python bench/reading.py [FOLDER]

FOLDER holds faxes (.tif, .pdf) with their truth beside them (fax.tif.json, as in the referral corpus); without it, ten
invented forms of the tests are drawn and faxed. Prints one JSON line: pages a second, seconds a page, micro-F1 of the
fields that `firstvisit read` would print, wrong values of a hundred, by the plan of pages and by each engine alone with
and without clean-up, all before the same understanding; and the peak memory of a process. Values are compared letter by
letter, more strictly than the corpus's own scorer does.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from firstvisit.referral.projection import project
from firstvisit.steps.intake.pages.engines import tesseract
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.reading import PageReader
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.faxed import faxed
from firstvisit.steps.intake.understanding.tests.invented import INVENTED, flat

PLANS = ("usual", "rapidocr", "plain rapidocr", "plain tesseract")
LEFT = {"patient.age_years", "additional_records"}


def documents(folder: Path | None) -> Iterator[tuple[bytes, list[dict[str, Any]]]]:
    """Each document's bytes with its records by paths."""
    if folder is None:
        for make in INVENTED.values():
            made = make()
            yield faxed(made), [dict(each) for each in made.records]
        return
    for truth in sorted(folder.glob("*.json")):
        document = truth.with_suffix("")
        if document.suffix in (".tif", ".pdf"):
            said = json.loads(truth.read_text())
            yield document.read_bytes(), [flat(each) for each in (said, *said.get("additional_records", []))]


def _processor() -> float:
    """Seconds of the processor that ended processes used: those that open and look at pages, not this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(plan: str, made: list[tuple[bytes, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Seconds of each page and fields right and wrong, under one plan."""
    seconds: list[float] = []
    worked = _processor()
    right = wrong = missed = 0
    with PageReader(plan) as reader:
        # The first page pays for starting the process that looks.
        list(reader.pages(made[0][0]))
        for data, truth in made:
            pages: list[Page] = []
            began = time.perf_counter()
            for page in reader.pages(data):
                pages.append(page)
                seconds.append(time.perf_counter() - began)
                began = time.perf_counter()
            understood = paper.understand(pages, dt.date(2026, 6, 1))
            records = [flat(project(sure(each.referral))) for each in understood.patients]
            for wanted, got in zip(truth, records + [{}] * len(truth), strict=False):
                for path in {path for path in wanted.keys() | got.keys() if path[0] != "_"} - LEFT:
                    one, other = wanted.get(path), got.get(path)
                    same = str(one).casefold() == str(other).casefold() or (
                        isinstance(one, list) and sorted(map(str, one)) == other
                    )
                    right += same
                    wrong += other is not None and not same
                    missed += one is not None and other is None
    return {
        "pages": len(seconds),
        "pages_a_second": round(len(seconds) / sum(seconds), 2),
        "median_s": round(statistics.median(seconds), 2),
        "processor_s_a_page": round((_processor() - worked) / (len(seconds) + 1), 2),
        "p95_s": round(sorted(seconds)[int(0.95 * (len(seconds) - 1))], 2),
        "f1": round(2 * right / max(1, 2 * right + 2 * wrong + missed), 3),
        "wrong_of_100": round(100 * wrong / max(1, right + wrong), 2),
    }


def main() -> None:
    """Measure each plan in turn; the figures of a busy machine say so by its load."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    made = list(documents(parser.parse_args().folder))
    if not made:
        sys.exit("There is no .tif or .pdf with its truth (.json) in that folder.")
    found: dict[str, Any] = {}
    for plan in PLANS:
        if plan == "plain tesseract" and tesseract.program() is None:
            continue
        found[plan] = measured(plan, made)
        print(f"{plan}: {found[plan]}", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    load = [round(each, 1) for each in os.getloadavg()]
    about = {"tesseract": tesseract.program() is not None, "peak_mb_of_a_process": peak, "load": load}
    print(json.dumps({"bench": "reading", **about, **found}))


if __name__ == "__main__":
    main()
