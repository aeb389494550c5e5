"""How many people at once get each a time: two thousand for the same hundred slots, from 32 connections.

    .venv/bin/python bench/claims.py [--people 2000] [--slots 100] [--processes 4] [--threads 8]

A practice of its own with ten therapists whose one open day has --slots times. Everybody taps one of these times at
random; whoever finds it taken is offered the next best three in the same request and taps one of them, until there is
none left. One in twenty taps twice. All connections are open before it begins, as those of a web process are. Prints
one JSON line: how many were booked, how many were told that nothing is
left, requests a second, milliseconds of a request (p50, p95, p99, worst), the web's own processor time for one, the
machine's load before it began (others slow it), and what went wrong (deadlocks, somebody booked twice, a time that two
have): nothing may.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

DAY = date(2026, 12, 2)
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
THERAPISTS = 10
MINUTES = 30
FIRST = 8 * 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--slots", type=int, default=100)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--client", type=int, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client is not None:
        _client(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        from matching import _database, _stop

        try:
            _database(Path(folder))
            print(json.dumps(measured(options.people, options.slots, options.processes, options.threads)))
        finally:
            _stop()


def measured(people: int, slots: int, processes: int, threads: int) -> dict[str, Any]:
    """Fill the practice of this database, let the people come, and count."""
    from installation import machine

    _fill(people, slots)
    sizes = {"people": people, "slots": slots, "processes": processes, "threads": threads}
    said = [word for name, value in sizes.items() for word in (f"--{name}", str(value))]
    clients = [
        subprocess.Popen(
            [sys.executable, __file__, *said, "--client", str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
        )
        for number in range(processes)
    ]  # fmt: skip
    for client in clients:
        assert client.stdout is not None and client.stdout.readline() == "ready\n"
    load, begun = os.getloadavg()[0], time.perf_counter()
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    told = [json.loads(client.communicate()[0]) for client in clients]
    seconds = time.perf_counter() - begun
    times = sorted(each for one in told for each in one["times"])
    ends = sum((Counter(one["ends"]) for one in told), Counter[str]())
    return {
        "bench": "claims",
        "machine": machine(),
        "people": people,
        "slots": slots,
        "connections": processes * threads,
        "booked": ends["booked"],
        "nothing_left": ends["nothing_left"],
        "requests": len(times),
        "seconds": round(seconds, 2),
        "requests_a_second": round(len(times) / seconds),
        "ms": {name: round(times[min(len(times) - 1, int(len(times) * part))] * 1000, 1) for name, part in (
            ("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("worst", 1.0),
        )},
        "client_cpu_ms_a_request": round(sum(one["cpu"] for one in told) / len(times) * 1000, 2),
        "load_before": round(load, 1),
        "errors": sum((Counter(one["errors"]) for one in told), Counter[str]()),
        **_wrong(),
    }  # fmt: skip


def _fill(people: int, slots: int) -> None:
    """Ten therapists with one open day of so many times together, and the leads."""
    from datetime import time as clock_time

    from firstvisit.leads.models import Lead
    from firstvisit.practice import queries, services
    from firstvisit.practice.files import SAMPLE, read_folder
    from firstvisit.practice.models import Resource
    from firstvisit.steps.booking import supply
    from firstvisit.steps.booking.models import Block, Terms

    services.load(read_folder(SAMPLE), by="bench")
    for number in range(THERAPISTS):
        slug, own = f"therapist_{number}", slots // THERAPISTS + (number < slots % THERAPISTS)
        if own == 0:
            continue  # without a block of their own they would be there whenever the site is open
        who = Resource.objects.create(slug=slug, data={
            "slug": slug, "kind": "clinician", "name": f"Therapist {number}", "sites": ["madison"],
            "disciplines": ["PT"], "skills": ["storm"], "credentials": ["PT"],
        })  # fmt: skip
        end = FIRST + own * MINUTES
        Block.objects.create(
            resource=who, site="madison", what="clinic", first_day=DAY, last_day=DAY,
            begins=clock_time(FIRST // 60), ends=clock_time(end // 60, end % 60),
        )  # fmt: skip
        Terms.objects.create(resource=who, evaluations_a_day=own)
    supply.raise_revision()
    queue = next(iter(queries.queue_ids().values()))
    Lead.objects.bulk_create(
        Lead(number=number + 1, kind="patient", site="madison", stage="booking", outcome="book_now",
             received_at=NOW, owner_queue_id=queue)
        for number in range(people)
    )  # fmt: skip


def _client(options: argparse.Namespace) -> None:
    """One process of the web: as many connections as threads."""
    import django

    django.setup()
    from django.db import connection, connections, transaction

    from firstvisit.leads.models import Lead
    from firstvisit.practice.queries import practice
    from firstvisit.steps.booking import claims, finding
    from firstvisit.steps.booking.policy import Booking
    from firstvisit.steps.booking.shapes import Want

    want = Want(
        service="evaluation", kind="evaluation", program="orthopedic", discipline="PT", setting="clinic",
        minutes=MINUTES, before=0, after=0, sites=("madison",), skills=frozenset({"storm"}),
    )  # fmt: skip
    booking = Booking(grid_minutes=MINUTES)  # type: ignore[arg-type]
    # A client's first search compiles supply, as a web process does once; it is not part of the rush.
    first: list[Any] = []
    for start in range(THERAPISTS):
        only = want._replace(only=frozenset({f"therapist_{start}"}))
        first += finding.find(only, shape=practice(), booking=booking, now=NOW, count=options.slots).slots
    mine = list(Lead.objects.order_by("number")[options.client :: options.processes])
    times, ends, errors = [], Counter[str](), Counter[str]()

    def request(lead: Lead, slot: Any) -> tuple[Any, list[Any]]:
        """One tap: the appointment, or the next best three."""
        begun = time.perf_counter()
        with transaction.atomic():
            try:
                done = claims.book(slot, lead, want, made_by="family", now=NOW), []
            except claims.Taken:
                done = None, list(finding.find(want, shape=practice(), booking=booking, now=NOW, count=3).slots)
        times.append(time.perf_counter() - begun)
        return done

    def comes(lead: Lead) -> None:
        chance = random.Random(lead.number)
        offered = first
        while offered:
            slot = chance.choice(offered)
            row, offered = request(lead, slot)
            if row is not None:
                ends["booked"] += 1
                if chance.random() < 0.05 and request(lead, slot)[0].id != row.id:
                    errors["twice"] += 1
                return
        ends["nothing_left"] += 1

    open_now, go = threading.Barrier(options.threads + 1), threading.Event()

    def work(number: int) -> None:
        connection.ensure_connection()
        open_now.wait()
        go.wait()
        for lead in mine[number :: options.threads]:
            try:
                comes(lead)
            except Exception as error:  # noqa: BLE001  counted and said
                errors[type(error).__name__] += 1
        connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(options.threads)]
    for thread in threads:
        thread.start()
    open_now.wait()
    print("ready", flush=True)
    sys.stdin.readline()
    cpu = time.process_time()
    go.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"times": times, "ends": ends, "errors": errors, "cpu": time.process_time() - cpu}))


def _wrong() -> dict[str, int]:
    """What the database says was done wrong."""
    from django.db import connection

    from firstvisit.steps.booking.models import Appointment, Claim

    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (deadlocks,) = cursor.fetchone()
    rows = Appointment.objects.filter(status="booked")
    leads = set(rows.values_list("lead", flat=True))
    places = {(each.resource_id, each.during.lower) for each in Claim.objects.all()}
    return {
        "deadlocks": deadlocks,
        "booked_twice": rows.count() - len(leads),
        "times_taken_twice": rows.count() - len(places),
    }


if __name__ == "__main__":
    main()
