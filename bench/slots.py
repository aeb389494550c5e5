"""How fast the best ten times of a person are found, the reading of what is taken included.

    python bench/slots.py [--clinicians 10 50 200] [--days 90] [--people 200] [--home DIR]

Prints one JSON line. A calendar in a real PostgreSQL: two sites in two zones, a 15-minute grid, each clinician's hours
half full of visits, each visit with a room; three rooms for four clinicians. People differ in skill, language, payer,
half days, first day and sites. `find` is milliseconds of `steps.booking.finding.find`, supply compiled before, what is
taken read each time; `processor` what one costs in processor time, the database's included (for a busy machine); `cold`
the first one after supply changed. Beside it the same answer in other ways, everything in
memory before the clock starts: `search` (the same search over the whole calendar), `masks` (every start of every
clinician as bits of whole numbers), `scan` (every start tried by itself, for a few whose window is short). `same` says
whether all gave the same slots.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

SEED = 20_261_123
TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 13, tzinfo=UTC)
"""Monday, 7:00 in Madison."""
VISIT = 55
COUNT = 10
SITES = ("madison", "marquette")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clinicians", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--scans", type=int, default=6, help="people for whom every start is tried by itself")
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args()
    from matching import _database, _stop

    with tempfile.TemporaryDirectory() as folder:
        try:
            _database(options.home or Path(folder))
            print(json.dumps(_measured(options)))
        finally:
            _stop()


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    from installation import machine

    said: dict[str, Any] = {"bench": "slots", "machine": machine(), "days": options.days, "people": options.people}
    said["claims"] = _kept() or _fill(max(options.clinicians), options.days)
    for many in options.clinicians:
        said[str(many)] = _of(many, options)
    return said


# The calendar


def _kept() -> int:
    """Claims of a calendar that was made before, under --home."""
    from firstvisit.steps.booking.models import Claim

    return Claim.objects.count()


def _practice(many: int) -> None:
    """The sample practice with so many clinicians and their rooms, and hours with a protected noon."""
    from firstvisit.practice import services
    from firstvisit.practice.files import SAMPLE, read_folder
    from firstvisit.practice.models import Resource
    from firstvisit.steps.booking.models import Block

    services.load(read_folder(SAMPLE), by="bench")
    chance = random.Random(SEED)
    rows = [Resource(slug=f"bench_{n}", data=_clinician(n, chance)) for n in range(many)]
    rows += [Resource(slug=f"bench_room_{n}", data=_room(n)) for n in range(_rooms(many))]
    Resource.objects.bulk_create(rows)
    blocks = []
    for row in rows[:many]:
        for what, begins, ends in (("clinic", "08:00", "17:00"), ("documentation", "12:00", "13:00")):
            rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
            (site,) = row.data["sites"]
            said = {"what": what, "begins": begins, "ends": ends, "rule": rule, "site": site}
            blocks.append(Block(resource=row, first_day=TODAY - timedelta(days=7), **said))
    Block.objects.bulk_create(blocks)


def _rooms(many: int) -> int:
    return max(2, many * 3 // 4)


def _clinician(number: int, chance: random.Random) -> dict[str, Any]:
    skills = ["orthopedic", *(skill for skill in ("hand", "neuro", "pelvic") if chance.random() < 0.3)]
    languages = ["English", "Spanish"] if chance.random() < 0.15 else ["English"]
    payers = ["medicare", "northfield_health"] if chance.random() < 0.8 else ["medicare"]
    return {
        "slug": f"bench_{number}", "kind": "clinician", "name": f"Clinician {number}", "sites": [SITES[number % 2]],
        "disciplines": ["PT"], "skills": skills, "languages": languages, "payers": payers,
        "assistant": chance.random() < 0.1,
    }  # fmt: skip


def _room(number: int) -> dict[str, Any]:
    return {"slug": f"bench_room_{number}", "kind": "room", "name": f"Room {number}", "sites": [SITES[number % 2]]}


def _shape(many: int) -> Any:
    """The practice as if it had so many of them and nobody else."""
    from firstvisit.practice.queries import practice

    shape = practice()
    wanted = {f"bench_{n}" for n in range(many)} | {f"bench_room_{n}" for n in range(_rooms(many))}
    kept = {slug: each for slug, each in shape.resources.items() if slug in wanted}
    return shape.model_copy(update={"resources": kept})


def _fill(many: int, days: int) -> int:
    """Visits in half of everybody's hours, each with a room of the site that is free; how many claims."""
    from django.db import connection

    _practice(many)
    from firstvisit.leads.models import Lead
    from firstvisit.practice import queries
    from firstvisit.practice.models import Resource
    from firstvisit.steps.booking.days import at
    from firstvisit.steps.booking.spans import moment

    chance = random.Random(SEED + 1)
    ids = dict(Resource.objects.filter(slug__startswith="bench_").values_list("slug", "id"))
    queue = next(iter(queries.queue_ids().values()))
    leads = Lead.objects.bulk_create(
        Lead(
            number=900_000 + n,
            kind="patient",
            site=SITES[0],
            stage="booked",
            outcome="book_now",
            received_at=NOW,
            owner_queue_id=queue,
            closed_at=NOW,  # so that nobody's plan is made of them: they have no facts
        )
        for n in range(200)
    )
    sites = queries.practice().sites
    visits, claims = [], []
    for day in range(days + 1):
        on = TODAY + timedelta(days=day)
        if on.weekday() > 4:
            continue
        taken: dict[int, list[tuple[int, int]]] = {}
        for number in range(many):
            site = SITES[number % 2]
            for minute in _begins(chance):
                start = at(on, minute, sites[site].tz)
                free = [
                    room
                    for room in (ids[f"bench_room_{n}"] for n in range(number % 2, _rooms(many), 2))
                    if all(start + VISIT <= a or b <= start for a, b in taken.get(room, ()))
                ]
                visit = uuid.uuid4()
                who = ids[f"bench_{number}"]
                service = "evaluation" if chance.random() < 0.25 else "treatment"
                begins, ends = moment(start), moment(start + VISIT)
                span = f"[{begins.isoformat()},{ends.isoformat()})"
                both = (who, *([chance.choice(free)] if free else []))
                lead = chance.choice(leads).id
                row = (visit, lead, service, service, site, who, begins, ends, NOW, NOW, span, list(both))
                visits.append(row)
                for one in both:
                    taken.setdefault(one, []).append((start, start + VISIT))
                    claims.append((one, span, visit))
    with connection.cursor() as cursor:
        columns = "id, lead_id, kind, service, site, clinician_id, starts_at, ends_at, status_at, made_at"
        columns += ", claimed, resources"
        same = {
            "program": "", "discipline": "PT", "setting": "clinic", "status": "booked", "why": "", "cancelled_by": "",
            "sequence": 0, "made_by": "desk", "new_patient": False, "came_from": "{}",
        }  # fmt: skip
        with cursor.copy(f"copy booking_appointment ({columns}, {', '.join(same)}) from stdin") as copy:
            for row in visits:
                copy.write_row((*row, *same.values()))
        with cursor.copy("copy booking_claim (resource_id, during, appointment_id) from stdin") as copy:
            for row in claims:
                copy.write_row(row)
    _counted()
    return len(claims)


def _counted() -> None:
    """The tables are counted for the planner, as PostgreSQL does by itself some minutes after so many rows; its owner
    alone may ask for it."""
    from django.conf import settings

    from firstvisit.config.database import as_owner

    with as_owner(settings.ENVIRONMENT) as owner:
        owner.execute("analyze booking_claim")
        owner.execute("analyze booking_appointment")


def _begins(chance: random.Random) -> list[int]:
    """Minutes of the day at which visits begin: about half of the hours from 8 to 12 and from 13 to 17."""
    found = []
    for first in (8 * 60, 13 * 60):
        slots = [first, first + 60, first + 120, first + 180]
        found += sorted(chance.sample(slots, 2)) if chance.random() < 0.6 else [first + 15, first + 105]
    return found


def _people(many: int, shape: Any) -> list[Any]:
    from firstvisit.steps.booking.shapes import Want

    chance = random.Random(SEED + 2)
    halves = [f"{day}_{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm")]
    found = []
    for _ in range(many):
        first = TODAY + timedelta(days=chance.randrange(40)) if chance.random() < 0.3 else None
        last = first + timedelta(days=14) if first and chance.random() < 0.5 else None
        want = Want(
            service="evaluation", kind="evaluation", program="orthopedic", discipline="PT", setting="clinic",
            minutes=45, before=0, after=10, sites=chance.choice((SITES[:1], SITES[1:], SITES, SITES[::-1])),
            skills=frozenset(chance.choice(([], [], ["hand"], ["neuro"]))), room=True,
            payer=chance.choice(("medicare", "northfield_health")), payer_counts=True,
            language=chance.choice(("English", "English", "English", "Spanish")),
            half_days=frozenset(chance.sample(halves, 4)) if chance.random() < 0.5 else None,
            not_before=first, not_after=last, urgent=last is not None and chance.random() < 0.4,
        )  # fmt: skip
        found.append(want)
    return found


# What is measured


def _of(many: int, options: argparse.Namespace) -> dict[str, Any]:
    from firstvisit.steps.booking import busy, supply
    from firstvisit.steps.booking.finding import find
    from firstvisit.steps.booking.policy import Booking
    from firstvisit.steps.booking.shapes import Busy
    from firstvisit.steps.booking.slots import search
    from firstvisit.steps.booking.spans import minute
    from firstvisit.steps.booking.tests import oracle

    shape, rules = _shape(many), Booking(horizon_days=options.days)
    people = _people(options.people, shape)
    asked = {"shape": shape, "booking": rules, "now": NOW, "count": COUNT}

    def stored(want: Any) -> Any:
        return find(want, **asked).slots

    supply.forget()
    began = time.perf_counter()
    stored(people[0])
    said: dict[str, Any] = {"cold": _ms(time.perf_counter() - began)}
    for want in people:
        stored(want)
    used = _processor()
    answers, said["find"] = _timed(stored, people)
    said["processor"] = _ms((_processor() - used) / len(people))

    last = TODAY + timedelta(days=options.days + 1)
    everything = supply.bookables(shape, rules, TODAY - timedelta(days=1), last)
    since, until = minute(NOW) - 2 * 1440, minute(NOW) + (options.days + 3) * 1440
    ids = [one.id for one in everything]
    clinicians = [one.id for one in everything if one.kind == "clinician"]
    taken = Busy(
        busy.spans(ids, since, until, now=NOW), busy.visits(clinicians, (), shape.sites, since, until, now=NOW)
    )

    def in_memory(want: Any) -> Any:
        return search(want, everything, taken, rules, shape.sites, NOW, count=COUNT).slots

    from masks import Masks

    masks = Masks(everything, taken, rules, shape.sites, NOW, options.days)
    searched, said["search"] = _timed(in_memory, people)
    masked, said["masks"] = _timed(lambda want: masks.best(want, COUNT), people)
    few = sorted(people, key=lambda want: want.not_after or date.max)[: options.scans]
    scanned, said["scan"] = _timed(
        lambda want: oracle.best(want, everything, taken, rules, shape.sites, NOW, count=COUNT), few
    )
    told = [_told(each) for each in answers]
    said["same"] = (
        told == [_told(each) for each in searched]
        and told == [_told(each) for each in masked]
        and [_told(stored(want)) for want in few] == [_told(each) for each in scanned]
    )
    said["slots"] = sum(len(each) for each in told)
    return said


def _processor() -> float:
    """Processor seconds of this process and of the database's that serves it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (number,) = cursor.fetchone()
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _told(slots: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [(one.start, one.site, one.clinician, one.points, one.resources) for one in slots]


def _timed(look: Callable[[Any], Any], people: Sequence[Any]) -> tuple[list[Any], dict[str, float]]:
    answers, spent = [], []
    for want in people:
        began = time.perf_counter()
        answers.append(look(want))
        spent.append(time.perf_counter() - began)
    spent.sort()
    return answers, {
        "p50": _ms(spent[len(spent) // 2]), "p95": _ms(spent[int(len(spent) * 0.95)]), "max": _ms(spent[-1])
    }  # fmt: skip


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
