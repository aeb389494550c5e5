"""What can be made of a row before the database is asked who knows its people: nearly everything.

Several processes prepare, one commits in the order of the file (`committing`). A prepared row holds the very rows
that the door would have written for people nobody knows, made by the same functions (`people.services.resolve`,
`journey.opening.opened`), as COPY reads them. One whose patient may be somebody is made again with the pairs for a
person to compare. A row whose people are known, or may be by an earlier row, is not written from here: it goes through
the door's own way.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from firstvisit.documents.services import kept
from firstvisit.journey.opening import opened
from firstvisit.journey.policy import Importing
from firstvisit.journey.receiving import Receipt
from firstvisit.kernel import audit, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.leads.services import next_numbers
from firstvisit.people import newcomers
from firstvisit.people.marks import Marks, marks_of
from firstvisit.people.recognising import Alike, Recognised
from firstvisit.people.referrers import WhoRefers
from firstvisit.practice.policy import Policy
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.intake.file.mapping import Mapping
from firstvisit.steps.intake.file.rows import Read, Reader, Refused
from firstvisit.steps.intake.file.table import Row
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.services import row_digest
from firstvisit.steps.routing import clocks

log = structlog.get_logger("importing")

SOURCE = "csv"
STAGES = ("parse", "resolve", "judge", "write", "door")
"""What the processor's time of a run is told by; "door" are rows whose people somebody may know."""
BUSINESS_MINUTES = 480
"""Of one day, for spreading; a site that opens longer or shorter shifts the spread a little."""


@dataclass(frozen=True, slots=True)
class Order:
    """What every preparer is told of a run. `at` is when the file arrived, `rows` how many it has, `new_today` whether
    its people ask today, `now` the moment of preparing."""

    actor: Actor
    mapping: Mapping
    headings: tuple[str, ...]
    at: datetime
    rows: int
    new_today: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row that can go in. `lines` is None where it must go through the door's own way, which reads it once more: few
    rows need it, and what was read of all the others would cost as much to hand over as to make."""

    row: Row
    digest: uuid.UUID
    marks: Marks
    number: int = 0
    lines: writes.Lines | None = None
    lead: uuid.UUID | None = None
    outcome: str = ""
    clock: str = ""
    """From when its clock runs (`clock_of`)."""


@dataclass(slots=True)
class Batch:
    """Rows prepared together, in the order of the file, and the processor seconds of each stage."""

    rows: list[Prepared | tuple[Refused, uuid.UUID]]
    last: int
    by_the_door: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))


def prepare(order: Order, rows: Sequence[Row], *, write: bool = True) -> Batch:
    """Read, make and judge rows. Without `write` nothing is drawn or made in the database (a dry run)."""
    shape, rules = practice(), policy()
    batch = Batch([], rows[-1].number)
    with timed(batch, "parse"):
        reader = _reader(order, shape)
        found = [reader.read(row) for row in rows]
    readable = [each for each in found if isinstance(each, Read)]
    with timed(batch, "resolve"):
        refers = newcomers.who_refers(each.referral for each in readable) if write else WhoRefers()
        numbers = iter(next_numbers(len(readable)) if write else range(1, len(readable) + 1))
    for row, each in zip(rows, found, strict=True):
        digest = row_digest(each.fingerprint)
        if isinstance(each, Refused):
            batch.rows.append((each, digest))
        else:
            batch.rows.append(_prepared(order, row, each, digest, refers, next(numbers), shape, rules, batch))
    return batch


def prepare_again(order: Order, found: Sequence[tuple[Prepared, Recognised]], batch: Batch) -> list[Prepared]:
    """Prepared rows whose patients may be somebody, with the pairs for a person to compare. Their time counts to the
    batch's stages."""
    shape, rules = practice(), policy()
    with timed(batch, "parse"):
        reader = _reader(order, shape)
        read = [_readable(reader, each.row) for each, _ in found]
    with timed(batch, "resolve"):
        refers = newcomers.who_refers(each.referral for each in read)
    return [
        _prepared(order, each.row, said, each.digest, refers, each.number, shape, rules, batch, alike.possibly)
        for (each, alike), said in zip(found, read, strict=True)
    ]


def read_again(order: Order, row: Row) -> tuple[Read, Reading]:
    """What stands in a prepared row, and what the door is told of it."""
    shape = practice()
    read = _readable(_reader(order, shape), row)
    return read, reading_of(order, read, shape, policy())


def _readable(reader: Reader, row: Row) -> Read:
    read = reader.read(row)
    assert isinstance(read, Read), "a row that was read once can be read again"
    return read


def _reader(order: Order, shape: Practice) -> Reader:
    return Reader(order.mapping, order.headings, shape.program_words, order.now, _home(shape).tz)


def _prepared(
    order: Order,
    row: Row,
    read: Read,
    digest: uuid.UUID,
    refers: WhoRefers,
    number: int,
    shape: Practice,
    rules: Policy,
    batch: Batch,
    possibly: tuple[Alike, ...] = (),
) -> Prepared:
    started = clock_of(order, read, rules)
    if read.referral.lead_kind == "organization":  # it may have an open enquiry
        return Prepared(row, digest, marks_of(read.referral), clock=started)
    reading = reading_of(order, read, shape, rules)
    try:
        with timed(batch, "resolve"):
            key_row, key = seal.new_key()
            item = item_of(order, read, key)
            resolved = newcomers.made(read.referral, refers, possibly)
        with timed(batch, "judge"):
            lead, planned, made = opened(item, reading, resolved, shape, rules, order.now, number=number)
        with timed(batch, "write"):
            item.status, item.answer = "settled", Receipt.of(item, lead, planned, joined=False).as_json()
            logged = audit.row(order.actor, "received", "item", [item.id])
            lines = writes.lines([key_row, item.document, item, logged, *made])
    except Exception as error:  # whatever a rule does with one row, the others go in; the door's way says the rest
        log.error("preparing_failed", row=read.number, exc_info=error)
        return Prepared(row, digest, marks_of(read.referral), clock=started)
    assert resolved.marks is not None
    return Prepared(row, digest, resolved.marks, number, lines, lead.id, planned.outcome, started)


def item_of(order: Order, read: Read, key: seal.OpenKey) -> Item:
    """The item of a row with its sealed original, not yet written."""
    document = kept(key=key, body=read.body, media_type="application/json")
    return Item(
        source=SOURCE,
        sender=str(order.actor),
        key_id=key.id,
        document=document,
        received_at=order.at,
        digest=row_digest(read.fingerprint),
    )


def reading_of(order: Order, read: Read, shape: Practice, rules: Policy) -> Reading:
    """What the door is told of a row: when it was received, when its clocks start, whether anybody waits."""
    clock = clock_of(order, read, rules)
    clock_from, days = read.received_at, spread_days(order.rows, clock, rules, new_today=order.new_today)
    if days:
        clock_from = _turn(order, read.number, _home(shape), days)
    quiet = clock == "old" or not order.new_today
    return Reading(read.referral, received_at=read.received_at, clock_from=clock_from, quiet=quiet)


def clock_of(order: Order, read: Read, rules: Policy) -> str:
    """From when a lead's clock runs: the day it was received ("fresh"), or its turn: it is "old" or "undated"."""
    if read.received_at is None:
        return "undated"
    fresh = timedelta(days=rules.section(Importing).fresh_days)
    return "old" if order.at - read.received_at > fresh else "fresh"


def spread_days(rows: int, clock: str, rules: Policy, *, new_today: bool) -> float:
    """Over how many working days the clocks of a file's leads start; 0 where each keeps its own. Leads that say no day
    are of today where somebody said so; else a few of them start within minutes of one another."""
    importing = rules.section(Importing)
    undated = 0.0 if new_today else min(importing.backlog_days, rows / importing.undated_a_day)
    return {"fresh": 0.0, "old": float(importing.backlog_days), "undated": undated}[clock]


def _turn(order: Order, number: int, site: Site, days: float) -> datetime:
    """When the clock of such a lead starts: by its place in the file, evenly over the days. The same however often the
    run stops and goes on."""
    share = (number - 2) / max(order.rows, 1)
    minutes = int(share * days * BUSINESS_MINUTES)
    return clocks.due(order.at, minutes, site) if minutes else order.at


def _home(shape: Practice) -> Site:
    return shape.sites[shape.identity.home_site]


@contextmanager
def timed(batch: Batch, stage: str) -> Iterator[None]:
    """Count the processor's time of what stands inside to a stage."""
    begun = time.process_time()
    try:
        yield
    finally:
        batch.seconds[stage] += time.process_time() - begun
