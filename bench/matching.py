"""How well newcomers are recognised, and how fast among a million: through the real blocks, database and rules.

    python bench/matching.py [--stored 1000000] [--newcomers 500] [--data DIR] [--skip-million] [--home DIR]

Prints one JSON line. `febrl` reads febrl-dataset*.csv from --data where they are (without soc_sec_id): every record of
4b is a newcomer to 4a; in 1 to 3 each record is a newcomer to those before it. Each with all columns and with names,
postcode and birth date only. Entities are split in two by a hash of their number: thresholds are chosen on `estimate`
of FEBRL 4 alone, `unseen` and all other sets are only reported. `opened` are the pairs that the blocks brought
together, `pure` the same without the database's limits. `same` is what the machine decides, `possibly` what it decides
or asks about; `by_weight` what it decides with the rule `family_doubts` off and `same_at` 0. `invented` are people of a
seed that no threshold was chosen on. `million` measures `people.services.resolve` of one newcomer; with --home the
store is kept and measured again as it is.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

NEEDED = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state")
HELD_OUT = 20_261
YEAR = 2026
HALVES = ("estimate", "unseen")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--newcomers", type=int, default=500)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared/data/matching")
    parser.add_argument("--skip-million", action="store_true")
    parser.add_argument("--only-million", action="store_true")
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            _database(options.home or Path(folder))
            print(json.dumps(_measured(options)))
        finally:
            _stop()


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    from installation import machine

    said: dict[str, Any] = {"bench": "matching", "machine": machine()}
    if not options.only_million:
        said["febrl"] = {}
        for name, first, second in _sets(options.data):
            for columns in ("all", "names, postcode, birth date"):
                told = _febrl(options.data, first, second, all_columns=columns == "all")
                said["febrl"].setdefault(name, {})[columns] = told
        said["invented"] = _invented(2000)
    if not options.skip_million:
        said["million"] = _million(options.stored, options.newcomers)
    return said


def _database(home: Path) -> None:
    """An empty, migrated database of its own."""
    os.environ.update(FIRSTVISIT_HOME=str(home), FIRSTVISIT_DEMO="1", FIRSTVISIT_LOG_LEVEL="error")
    os.environ["DJANGO_SETTINGS_MODULE"] = "firstvisit.config.settings"
    from firstvisit.config import env
    from firstvisit.kernel import postgres

    os.environ.setdefault("DATABASE_URL", postgres.start(env.read().home).owner_url)
    import django

    django.setup()
    from django.conf import settings

    from firstvisit.config import database

    database.prepare(settings.ENVIRONMENT)


def _stop() -> None:
    from django.db import connections

    from firstvisit.kernel import postgres

    for connection in connections.all():
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    postgres.stop(Path(os.environ["FIRSTVISIT_HOME"]))


def _sets(folder: Path) -> Iterator[tuple[str, str, str | None]]:
    if (folder / "febrl-dataset4b.csv").exists():
        yield "febrl4", "febrl-dataset4a.csv", "febrl-dataset4b.csv"
    for number in (1, 2, 3):
        if (folder / f"febrl-dataset{number}.csv").exists():
            yield f"febrl{number}", f"febrl-dataset{number}.csv", None


def _febrl(folder: Path, first: str, second: str | None, *, all_columns: bool) -> dict[str, Any]:
    """Known and newcomers of one set, through the database."""
    known = list(_records(folder / first, all_columns))
    if second is not None:
        return _recognised(known, list(_records(folder / second, all_columns)), each_other=False)
    return _recognised(known, known, each_other=True)


def _records(path: Path, all_columns: bool) -> Iterator[tuple[str, Any]]:
    from firstvisit.people.identity import Identity

    with path.open(newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            said = {name: (row[name] or "").strip() or None for name in NEEDED}
            street = " ".join(filter(None, (said["street_number"], said["address_1"], said["address_2"])))
            place = {"street": street or None, "city": said["suburb"], "state": said["state"]} if all_columns else {}
            yield row["rec_id"].split("-")[1], Identity(
                first_name=said["given_name"],
                last_name=said["surname"],
                date_of_birth=_day((row["date_of_birth"] or "").strip()),
                postal_code=said["postcode"],
                **place,
            )


def _day(text: str) -> str | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat() if len(text) == 8 else None
    except ValueError:
        return None


def _recognised(
    known: list[tuple[str, Any]], newcomers: list[tuple[str, Any]], *, each_other: bool
) -> dict[str, Any]:
    """Pairs found of the pairs that there are, for the two halves of the entities apart, through the database and by
    the pure functions alone. With `each_other` a record is compared with those before it."""
    from firstvisit.people.keys import block_tokens
    from firstvisit.people.matching.described import described
    from firstvisit.people.policy import Matching
    from firstvisit.people.recognising import candidates, opened_candidates

    rules, ids = Matching(), _stored([who for _, who in known])
    order = {person: number for number, person in enumerate(ids)}
    ready = [described(who) for _, who in newcomers]
    stored = ready if each_other else [described(who) for _, who in known]
    counts, without = Counter[str](), Counter[str]()
    pure = _blocked(stored, ready, rules)
    before: Counter[str] = Counter() if each_other else Counter(label for label, _ in known)
    for number, (label, _) in enumerate(newcomers):
        half = _half(label)
        counts[f"{half} pairs"] += before[label]
        without[f"{half} pairs"] += before[label]
        before[label] += each_other
        near = candidates(block_tokens(ready[number]), rules)
        if each_other:
            near = [person for person in near if order[person] < number]
        for record, *_, theirs in opened_candidates(near):
            _tell(counts, half, known[order[record]][0] == label, theirs, ready[number])
        for other in pure[number]:
            if not each_other or other < number:
                _tell(without, half, known[other][0] == label, stored[other], ready[number])
    _emptied()
    return {
        "known": len(known),
        **{half: _told(counts, half) for half in HALVES},
        "pure": {half: _told(without, half) for half in HALVES},
    }


def _half(label: str) -> str:
    """Which half an entity belongs to: thresholds are chosen on the first alone."""
    return HALVES[hashlib.md5(label.encode(), usedforsecurity=False).digest()[0] & 1]


def _tell(counts: Counter[str], half: str, true: bool, one: Any, two: Any) -> None:
    """Count what the shipped rules say of a pair, and what weight alone says."""
    from firstvisit.people.matching.verdict import compare
    from firstvisit.people.policy import Matching

    verdict = compare(one, two, Matching(), this_year=YEAR).verdict
    loose = compare(one, two, Matching(family_doubts=False, same_at=0), this_year=YEAR).verdict
    right = "right" if true else "wrong"
    counts[f"{half} opened"] += true
    counts[f"{half} same {right}"] += verdict == "same"
    counts[f"{half} possibly {right}"] += verdict != "different"
    counts[f"{half} by_weight {right}"] += loose == "same"


def _blocked(known: list[Any], newcomers: list[Any], rules: Any) -> list[list[int]]:
    """For each newcomer the numbers of those who share enough in the blocks, without the database."""
    from firstvisit.people.matching.blocking import blocks, shared_bits

    by_block: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, who in enumerate(known):
        for texts in blocks(who):
            by_block[texts].append(number)
    found = []
    for who in newcomers:
        shared: dict[int, int] = defaultdict(int)
        for texts, part in blocks(who).items():
            for number in by_block[texts]:
                shared[number] |= part
        found.append([n for n, parts in shared.items() if shared_bits(parts) >= rules.shared_bits])
    return found


def _told(counts: Counter[str], half: str) -> dict[str, Any]:
    pairs = counts[f"{half} pairs"]
    kinds = ("same", "possibly", "by_weight")
    return {
        "pairs": pairs,
        "opened": counts[f"{half} opened"],
        **{k: _quality(counts[f"{half} {k} right"], counts[f"{half} {k} wrong"], pairs) for k in kinds},
    }


def _quality(right: int, wrong: int, pairs: int) -> dict[str, float]:
    precision, recall = right / max(right + wrong, 1), right / max(pairs, 1)
    both = precision + recall
    return {
        "precision": round(precision, 5),
        "recall": round(recall, 5),
        "f1": round(2 * precision * recall / both if both else 0.0, 5),
        "wrong": wrong,
    }


def _invented(count: int) -> dict[str, Any]:
    """People of a seed kept apart, and second records of them with this project's own kinds of faults."""
    from invented import Maker

    maker = Maker(HELD_OUT)
    people = [(str(number), maker.person()) for number in range(count)]
    return _recognised(people, [(label, maker.again(who)) for label, who in people], each_other=False)


def _million(stored: int, newcomers: int) -> dict[str, Any]:
    """Milliseconds to resolve one newcomer, everything included, half of them known under garbled data. A store that is
    filled already (--home) is measured again as it is."""
    from django.db import connection, transaction

    from firstvisit.kernel.seal import open_key
    from firstvisit.people.models import Person
    from firstvisit.people.records import opened
    from firstvisit.people.services import resolve
    from firstvisit.referral.record import Contact, Patient, Referral
    from invented import Maker

    others, again = Maker(1), Maker(2)
    begun, filled = time.monotonic(), None
    if Person.objects.count() < stored:
        _emptied()
        _stored((others.person() for _ in range(stored)), indexed_after=True)
        filled = round(time.monotonic() - begun)
    # Read from the store: the generator may draw other people since it was filled.
    known = [opened(row, open_key(row.key)) for row in map(_person, range(newcomers // 2))]
    asked = [(None, again.person()) for _ in range(newcomers - len(known))]
    asked += [(_id(number), again.again(who)) for number, who in enumerate(known)]
    again.chance.shuffle(asked)
    taken: list[float] = []
    cpu: list[float] = []
    questions: list[int] = []
    found = 0
    for person, who in asked:
        stated = {name: value for name, value in who.as_json().items() if name in Patient.model_fields}
        referral = Referral(
            channel="web", patient=Patient(**stated), contact=Contact(relationship="self")
        )
        with transaction.atomic(), _counted(connection) as asks:
            at, used = time.perf_counter(), time.process_time()
            resolved = resolve(referral)
            taken.append((time.perf_counter() - at) * 1000)
            cpu.append((time.process_time() - used) * 1000)
            alike = {pair.known_id for pair in resolved.possible} | {resolved.patient.person.id}  # type: ignore[union-attr]
            found += person is not None and person in alike
            transaction.set_rollback(True)
        questions.append(asks[0])
    return {
        "stored": stored,
        "fill_seconds": filled,
        "milliseconds": _spread(taken),
        "own_processor_milliseconds": _spread(cpu),
        "questions": _spread([float(each) for each in questions]),
        "known_again": len(known),
        "of_them_found": found,
    }


def _spread(values: list[float]) -> dict[str, float]:
    values = sorted(values)
    return {
        "median": round(values[len(values) // 2], 2),
        "p95": round(values[int(len(values) * 0.95)], 2),
        "most": round(values[-1], 2),
    }


@contextmanager
def _counted(connection: Any) -> Iterator[list[int]]:
    """How many questions are asked of the database meanwhile."""
    count = [0]

    def counting(execute: Any, *rest: Any) -> Any:
        count[0] += 1
        return execute(*rest)

    with connection.execute_wrapper(counting):
        yield count


def _id(number: int) -> uuid.UUID:
    """The same id for the same person at every run, as evenly spread as real ones."""
    return uuid.UUID(bytes=hashlib.md5(str(number).encode(), usedforsecurity=False).digest())


def _person(number: int) -> Any:
    from firstvisit.people.models import Person

    return Person.objects.select_related("key").get(id=_id(number))


def _stored(people: Iterable[Any], *, indexed_after: bool = False) -> list[uuid.UUID]:
    """Store people as the services do, in bulk: sealed, with blocks, strong keys and contact points. One data key for
    all spares the time of a million; opening one costs the same."""
    from django.db import connections

    from firstvisit.kernel import seal
    from firstvisit.kernel.blind import token
    from firstvisit.people.keys import block_tokens, strong_keys
    from firstvisit.people.matching.described import described

    ids: list[uuid.UUID] = []
    marks: set[uuid.UUID] = set()
    key_row, key = seal.new_key()
    key_row.save(force_insert=True)
    with connections["owner"].cursor() as cursor:
        if indexed_after:
            cursor.execute("DROP INDEX person_blocks")
            cursor.execute("SET maintenance_work_mem = '256MB'")
        raw = cursor.connection.cursor()
        every = iter(people)
        while batch := list(islice(every, 20_000)):
            rows = [(_id(len(ids) + n), who) for n, who in enumerate(batch)]
            with raw.copy(
                "COPY people_person (id, key_id, sealed, blocks, finders) FROM STDIN (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["uuid", "uuid", "bytea", "int4[]", "int4[]"])
                for row_id, who in rows:
                    sealed = seal.seal_json(key, "people_person", "sealed", row_id, who.as_json())
                    copy.write_row((row_id, key_row.id, sealed, sorted(block_tokens(described(who))), []))
            with raw.copy("COPY people_personkey (token, person_id) FROM STDIN") as copy:
                for row_id, who in rows:
                    for mark in strong_keys(who) - marks:
                        marks.add(mark)
                        copy.write_row((mark, row_id))
            with raw.copy(
                "COPY people_contactpoint (id, person_id, kind, sealed, token, avoid, no_voicemail, whose)"
                " FROM STDIN (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["uuid", "uuid", "text", "bytea", "uuid", "bool", "bool", "text"])
                for row_id, who in rows:
                    if who.phone:
                        sealed = seal.seal(key, "people_contactpoint", "sealed", row_id, who.phone.encode())
                        reach = token("reach", who.phone)
                        copy.write_row((row_id, row_id, "phone", sealed, reach, False, False, "own"))
            ids += [row_id for row_id, _ in rows]
            if indexed_after and len(ids) % 100_000 == 0:
                print(f"{len(ids):,} stored", file=sys.stderr, flush=True)
        if indexed_after:
            cursor.execute("CREATE INDEX person_blocks ON people_person USING gin (blocks) WITH (fastupdate = off)")
        for table in ("people_person", "people_personkey", "people_contactpoint"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return ids


def _emptied() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE people_person CASCADE")


if __name__ == "__main__":
    main()
