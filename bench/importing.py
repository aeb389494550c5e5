"""A file of full referrals from the command to the last decision: rows a second, and where the time goes.

    python bench/importing.py [--rows 20000] [--known 0.02] [--zips 5] [--processes 2]

Prints one JSON line: rows a second by the clock; processor milliseconds a row of each stage, of all our processes and
of the database; beside it, in the same run, what a bare COPY of the very rows that were written takes.
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import json
import os
import random
import resource
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from installation import _load, _tree, machine

if TYPE_CHECKING:
    from invented import Maker

HEADINGS = (
    "First name", "Last name", "DOB", "ZIP", "Street", "City", "Phone", "Parent name", "Parent phone", "Parent email",
    "Relationship", "Therapy", "Program", "Reason for referral", "Insurance", "Member ID", "Dx", "Papers",
    "Order signed", "Date received", "Referring practice", "Referring provider", "Referring phone", "May email",
)  # fmt: skip
OFFICES = "Bader Gahoka Linmor Nespel Quinros Saltor Ulven Walxi Yorzan Morlin Rosnes Torsal".split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--known", type=float, default=0.02, help="share of rows about somebody of an earlier row")
    parser.add_argument("--zips", type=int, default=5, help="families live in so many ZIP codes: the fewer, the denser")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--home", type=Path, default=None, help="keep and use this home")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="firstvisit-bench-") as temporary:
        home = options.home or Path(temporary)
        os.environ.update(
            FIRSTVISIT_HOME=str(home),
            FIRSTVISIT_DEMO="1",
            FIRSTVISIT_PORT=str(_free_port()),
            FIRSTVISIT_LOG_LEVEL="error",
            DJANGO_SETTINGS_MODULE="firstvisit.config.settings",
        )
        from firstvisit.kernel import postgres

        server = postgres.start(home)
        try:
            _load()
            print(json.dumps(_measured(options, server.pid)))
        finally:
            from django.db import connections

            for connection in connections.all():
                connection.close()
            postgres.stop(home)


def _measured(options: argparse.Namespace, database: int) -> dict[str, object]:
    from firstvisit.journey.importing import running, verbs
    from firstvisit.kernel.audit import SYSTEM

    body = leads_file(options.rows, options.known, zips=options.zips)
    begun = time.perf_counter()
    run = verbs.upload(body, name="bench.csv", by=None, actor=SYSTEM)
    verbs.settle_mapping(run, {}, by=None)
    mapped = time.perf_counter() - begun
    verbs.begin(run, by=None, actor=SYSTEM)
    before, ours, begun = _tree(database), _own(), time.perf_counter()
    done = running.go_on(run, processes=options.processes)
    taken = time.perf_counter() - begun
    used, our_own = _tree(database) - before, _own() - ours
    bare = _bare(options.rows)
    each = {stage: round(seconds * 1000 / options.rows, 3) for stage, seconds in done.seconds.items()}
    return {
        "bench": "importing",
        "machine": machine(),
        "rows": options.rows,
        "known": options.known,
        "zips": options.zips,
        "file_mb": round(len(body) / 2**20, 1),
        "processes": options.processes,
        "counts": dict(done.counts),
        "by_the_door": done.by_the_door,
        "per_second": round(options.rows / taken, 1),
        "seconds": round(taken, 1),
        "keeping_and_mapping_seconds": round(mapped, 1),
        "cpu_ms_each": {
            **each,
            "all_of_ours": round(our_own * 1000 / options.rows, 3),
            "database": round(used * 1000 / options.rows, 3),
        },
        "bare_copy": bare,
    }


def _own() -> float:
    """Processor seconds of this process and the preparing ones that have ended."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def _bare(rows: int) -> dict[str, object]:
    """The database alone: every table that the import filled, copied out and in again, in one transaction each
    hundred leads, with all indexes and without the foreign keys."""
    from django.db import connections, transaction

    tables = (
        "kernel_datakey documents_document people_person people_personkey people_contactpoint people_guardian "
        "people_insurance leads_lead leads_leadreferral leads_factsrow leads_decisionrow leads_task leads_event "
        "intake_item intake_part intake_importrow kernel_auditrow people_consententry"
    ).split()
    out: dict[str, list[bytes]] = {}
    count = 0
    owner = connections["owner"]
    with owner.cursor() as cursor:
        for table in tables:
            with cursor.cursor.copy(f"COPY {table} TO STDOUT") as sent:  # type: ignore[attr-defined]
                out[table] = [bytes(block) for block in sent]
            count += len(out[table])
        for table in tables:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    steps = max(1, rows // 100)
    begun = time.perf_counter()
    for step in range(steps):
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            for table, lines in out.items():
                some = lines[len(lines) * step // steps : len(lines) * (step + 1) // steps]
                with cursor.cursor.copy(f"COPY bare_{table} FROM STDIN") as sending:  # type: ignore[attr-defined]
                    sending.write(b"".join(some))
    taken = time.perf_counter() - begun
    return {"rows_written": count, "leads_per_second": round(rows / taken, 1)}


def leads_file(rows: int, known: float, *, seed: int = 20_261_121, zips: int = 5) -> bytes:
    """A CSV file of families' complete requests, with names as often as they are; a share of rows is about somebody of
    an earlier row and asks something else. With more than five ZIP codes: those around Madison, the nearest first.
    Everybody is invented."""
    from invented import Maker

    dice, maker = random.Random(seed), Maker(seed)
    text, families = io.StringIO(), list[dict[str, str]]()
    write = csv.DictWriter(text, HEADINGS)
    write.writeheader()
    for number in range(rows):
        if number and dice.random() < known:
            families.append({**families[dice.randrange(number)], "Reason for referral": "Asks about evenings"})
        else:
            families.append(_family(dice, maker, _places(zips)))
        write.writerow(families[-1])
    return text.getvalue().encode()


def _family(dice: random.Random, maker: Maker, places: Sequence[tuple[str, str]]) -> dict[str, str]:
    child, parent, office = maker.person(), maker.person(), dice.randrange(400)
    return {
        "First name": child.first_name or "",
        "Last name": child.last_name or "",
        "DOB": f"{dice.randint(2018, 2024)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        "ZIP": (home := dice.choice(places))[0],
        "Street": child.street or "",
        "City": home[1],
        "Parent name": f"{parent.first_name} {child.last_name}",
        "Parent phone": f"({dice.choice(_area_codes())}) 555-01{dice.randrange(100):02d}",
        "Parent email": f"{parent.first_name}.{child.last_name}{dice.randrange(10**6)}@example.org".lower(),
        "Relationship": "mother",
        "Therapy": "SLP",
        "Program": "early_language",
        "Reason for referral": "She says about twenty words and does not put two together",
        "Insurance": "Northfield Health",
        "Member ID": f"NH{dice.randrange(10**11):011d}",
        "Dx": "F80.2",
        "Papers": "order",
        "Order signed": "yes",
        "Date received": f"2026-11-{dice.randint(10, 20)}",
        "Referring practice": f"Clinic {office:03d}",
        "Referring provider": f"Dr. {OFFICES[office % len(OFFICES)]} {OFFICES[office % 7]}",
        "Referring phone": f"(608) 555-01{office % 100:02d}",
        "May email": "yes",
    }


FEW: Final = tuple((code, "Madison") for code in ("53703", "53713", "53711", "49855", "53590"))


@functools.cache
def _places(count: int) -> Sequence[tuple[str, str]]:
    """ZIP codes and their towns: the five of the first measurements, or as many of Wisconsin, from Madison on."""
    if count <= len(FEW):
        return FEW[:count]
    import zipcodes

    from firstvisit.reference.zips import miles, place

    home = place("53703")
    listed = {each["zip_code"]: each["city"] for each in zipcodes.filter_by(state="WI", zip_code_type="STANDARD")}
    away = {code: miles(home, there) for code in listed if home and (there := place(code))}
    nearest = sorted((code for code in away if away[code] is not None), key=lambda code: (away[code] or 0.0, code))
    return [(code, listed[code]) for code in nearest[:count]]


@functools.cache
def _area_codes() -> list[int]:
    """Every area code of the United States, so that few families share one of the hundred invented numbers."""
    from phonenumbers import is_valid_number, parse

    return [code for code in range(201, 990) if is_valid_number(parse(f"+1{code}5550142"))]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
