"""Writing prepared rows in the order of the file: lock, look once, send newcomers together, settle the rest one by one.

A batch is one transaction with the position of the run, so a row is whole or not there, and a run that dies goes on
behind the last row that found its end.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q

from firstvisit.journey.advancing import advance_locked
from firstvisit.journey.importing.preparing import (
    Batch,
    Order,
    Prepared,
    item_of,
    prepare_again,
    read_again,
    timed,
)
from firstvisit.journey.reaching import notice
from firstvisit.journey.receiving import Receipt, open_or_join
from firstvisit.kernel import audit, clock, seal, writes
from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Lead
from firstvisit.people import newcomers
from firstvisit.people.forbidding import forbids_any, maybe_barred
from firstvisit.people.recognising import Before
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.intake import imports
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.file.rows import Refused
from firstvisit.steps.intake.models import ImportRow, ImportRun

log = structlog.get_logger("importing")

NOT_JUDGED = (
    "It could not be judged ({error}); nothing of it was kept. Send it again; if it fails again, tell the engineer."
)


class Elsewhere(Conflict):
    """Another process works on the same run."""


def commit(run: ImportRun, order: Order, batch: Batch, before: Before | None = None) -> Counter[str]:
    """Write a batch and move the run's position behind it; how many rows ended how. `before` is handed from batch to
    batch of one run, so that whoever was opened once is not opened again.

    Elsewhere when the run is no longer where this process left it: somebody else goes on with it.
    """
    with transaction.atomic():
        if not imports.hold(run):
            raise Elsewhere("another process goes on with this import")
        known = imports.rows_in(digest for digest in _digests(batch))
        ends: list[ImportRow] = []
        wanted: list[Prepared] = []
        for each in batch.rows:
            if isinstance(each, Prepared) and each.digest not in known:
                known.add(each.digest)
                wanted.append(each)
            else:
                ends.append(_left_out(run, each))
        ends += _settled(run, order, batch, _told_apart(order, batch, wanted, before or Before()))
        with timed(batch, "write"):
            writes.copy(writes.lines(ends))
            counts = Counter(end.end for end in ends)
            imports.moved(run, to=batch.last, counts=counts)
    return counts


def _told_apart(order: Order, batch: Batch, wanted: list[Prepared], before: Before) -> list[Prepared]:
    """The rows as they can be written: as they were prepared where nobody knows their people, made again with pairs
    where the patient may be somebody, and without lines where the door must tell."""
    with timed(batch, "resolve"):
        found = newcomers.recognised([each.marks for each in wanted], before)
    alike = [
        (each, told)
        for each, told in zip(wanted, found, strict=True)
        if told is not None and told.possibly and each.lines is not None
    ]
    again = iter(prepare_again(order, alike, batch) if alike else ())
    return [
        replace(each, lines=None) if told is None or each.lines is None else next(again) if told.possibly else each
        for each, told in zip(wanted, found, strict=True)
    ]


def _settled(run: ImportRun, order: Order, batch: Batch, wanted: list[Prepared]) -> list[ImportRow]:
    """The rows in the order of the file: newcomers gathered and sent, and sent before whoever goes the door's way, so
    that the door sees those before it and nobody behind it."""
    ends: list[ImportRow] = []
    gathered: writes.Lines = defaultdict(list)
    for each in wanted:
        if each.lines is not None and each.lead is not None:
            for table, some in each.lines.items():
                gathered[table] += some
            ends.append(_row(run, each, "opened", each.lead))
            continue
        with timed(batch, "write"):
            writes.copy(gathered)
            gathered.clear()
        with timed(batch, "door"):
            ends.append(_by_the_door(run, order, each))
        batch.by_the_door += 1
    with timed(batch, "write"):
        writes.copy(gathered)
    with timed(batch, "judge"):
        _noticed([each.lead for each in wanted if each.lines is not None and each.lead is not None])
    return ends


def _noticed(made: list[uuid.UUID]) -> None:
    """Of leads made in bulk those whose every known way to be reached is forbidden: planned once more, as the door does
    it."""
    if not made or not forbids_any():
        return
    fresh = Lead.objects.filter(id__among=made)
    barred = maybe_barred(person for pair in fresh.values_list("patient", "contact") for person in pair if person)
    if barred:
        theirs = Q(patient__among=barred) | Q(contact__among=barred)
        leads = list(fresh.filter(theirs).select_for_update(of=("self",)).order_by("id"))
        changed = set(notice(leads))
        advance_locked([lead for lead in leads if lead.id in changed], clock.now())


def _digests(batch: Batch) -> Iterable[uuid.UUID]:
    return (each.digest for each in batch.rows if isinstance(each, Prepared))


def _by_the_door(run: ImportRun, order: Order, prepared: Prepared) -> ImportRow:
    """A row whose people are known or may be: matched, joined or opened as any referral is."""
    try:
        with transaction.atomic():
            key_row, key = seal.new_key()
            read, reading = read_again(order, prepared.row)
            item = item_of(order, read, key)
            logged = audit.row(order.actor, "received", "item", [item.id])
            writes.insert([key_row, item.document, item, logged])
            done = open_or_join(item, reading, practice(), policy(), clock.now())
            intake.answered(item, Receipt.of(item, done.lead, done.plan, joined=done.joined).as_json())
            return _row(run, prepared, "joined" if done.joined else "opened", done.lead.id)
    except DatabaseError:
        raise
    except Exception as error:  # one row that a rule cannot judge does not keep the others out
        log.error("row_failed", row=prepared.row.number, exc_info=error)
        said = NOT_JUDGED.format(error=type(error).__name__)
        return imports.refused(run, prepared.row, prepared.digest, (("(whole row)", said),))


def _left_out(run: ImportRun, row: Prepared | tuple[Refused, uuid.UUID]) -> ImportRow:
    """A row that was refused, or that is in already."""
    if isinstance(row, Prepared):
        return _row(run, row, "repeated")
    refused, digest = row
    return imports.refused(run, refused, digest, refused.problems)


def _row(run: ImportRun, prepared: Prepared, end: str, lead: uuid.UUID | None = None) -> ImportRow:
    row = prepared.row
    return ImportRow(
        run_id=run.id, number=row.number, line=row.line, digest=prepared.digest, end=end, lead_id=lead
    )

