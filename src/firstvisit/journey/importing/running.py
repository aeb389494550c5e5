"""One run from where it stands to its end: prepare in several processes, commit in order, tell how far it is."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context

from firstvisit.journey.importing.beginning import begin
from firstvisit.journey.importing.committing import commit
from firstvisit.journey.importing.preparing import STAGES, Batch, Order, prepare
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.people.recognising import Before
from firstvisit.steps.intake import imports
from firstvisit.steps.intake.file.mapping import from_json
from firstvisit.steps.intake.file.table import Row, Table, read_table
from firstvisit.steps.intake.models import ImportRun

BATCH = 100
"""Rows of one transaction: a tenth of a second, so that nobody at a door waits longer for a lock."""
AHEAD = 2
"""Batches that each preparing process may be ahead of the writing."""

Tell = Callable[[ImportRun], None]


@dataclass(slots=True)
class Progress:
    """What one call of `go_on` did: rows by their end, processor seconds by stage."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    by_the_door: int = 0
    """Rows whose people are known, settled one by one."""
    finished: bool = False


def go_on(
    run: ImportRun, *, processes: int = 1, seconds: float | None = None, tell: Tell = lambda run: None
) -> Progress:
    """Bring rows in from where the run stands, until it is done or `seconds` have passed.

    With more than one process the rows are prepared beside the writing. Elsewhere when another process has gone on
    with the run meanwhile; what it wrote stands.
    """
    table, order = order_of(run)
    before = Before()
    done, until = Progress(), None if seconds is None else time.monotonic() + seconds
    rows = (row for row in table.rows() if row.number > run.position)
    with preparing(processes) as prepare_next:
        for batch in in_order(order, rows, prepare_next, processes):
            done.counts += commit(run, order, batch, before)
            done.by_the_door += batch.by_the_door
            done.seconds = {stage: done.seconds[stage] + batch.seconds[stage] for stage in STAGES}
            tell(run)
            if until is not None and time.monotonic() > until:
                return done
    _ended(run)
    done.finished = True
    return done


def order_of(run: ImportRun) -> tuple[Table, Order]:
    """The file of a run, and what its preparers are told."""
    mapping = from_json(run.mapping)
    table = read_table(imports.file_of(run), encoding=mapping.encoding, delimiter=mapping.delimiter)
    actor = Actor("user", str(run.made_by_id)) if run.made_by_id else SYSTEM
    return table, Order(
        actor, mapping, table.headings, run.made_at, run.rows, bool(run.new_today), clock.now()
    )


Submit = Callable[[Order, list[Row]], "Future[Batch]"]


@contextmanager
def preparing(processes: int, *, write: bool = True) -> Iterator[Submit]:
    """Where rows are prepared: in this process, or in others beside it that end with it."""
    if processes < 2:
        yield lambda order, rows: _here(order, rows, write)
        return
    # Not forked: a worker has threads and connections that a copy of it must not have.
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=begin, initargs=(os.getpid(),)
    ) as pool:
        try:
            yield lambda order, rows: pool.submit(prepare, order, rows, write=write)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def in_order(order: Order, rows: Iterator[Row], submit: Submit, processes: int) -> Iterator[Batch]:
    """Prepared batches in the order of the file, a few ahead of whoever takes them."""
    waiting: deque[Future[Batch]] = deque()
    while True:
        while len(waiting) < (processes * AHEAD if processes > 1 else 1):
            some = list(islice(rows, BATCH))
            if not some:
                break
            waiting.append(submit(order, some))
        if not waiting:
            return
        yield waiting.popleft().result()


def _here(order: Order, rows: list[Row], write: bool) -> Future[Batch]:
    ready: Future[Batch] = Future()
    ready.set_result(prepare(order, rows, write=write))
    return ready


def _ended(run: ImportRun) -> None:
    run.status, run.ended_at = ImportRun.Status.DONE, clock.now()
    run.save(update_fields=["status", "ended_at"])
