"""What comes in by itself: kept at the door, then sent on by its kind; documents are read by a job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app

from firstvisit.journey import items
from firstvisit.journey.advancing import TRIES
from firstvisit.journey.booking import end_doors
from firstvisit.journey.desk_tasks import person_looks
from firstvisit.journey.inbox import second_opinion
from firstvisit.journey.inbox.keeping import document_of, rows_of, whose_pages
from firstvisit.journey.receiving import Receipt, settle
from firstvisit.journey.repeating import came_before, note_again
from firstvisit.journey.texting import take_text
from firstvisit.kernel import clock
from firstvisit.kernel.ids import new_id
from firstvisit.leads import services as leads
from firstvisit.steps.intake import deliveries, kept_readings, readers
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.deliveries import How
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.models import Item, ItemPage, WayIn
from firstvisit.steps.intake.readers.attached import with_attachments
from firstvisit.steps.intake.readers.by_part import understood_by_part
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.intake.understanding.settle import Understood

log = structlog.get_logger("journey")
TRY_AGAIN: Final = timedelta(seconds=30)
"""After a reading that failed."""
BATCH: Final = 40
CONFIRM: Final = "A document arrived: say what it is and confirm what it says"
TO_DO: Final = {
    "cancels": "A message cancels what was asked for: see to its lead",
    "cancels_part": "A message cancels a part of what was ordered: see to its lead",
    "merges": "A message says that two of their records are of one person: look whether ours are",
    "died": "A message says that a patient has died: look before anybody calls or writes",
    "ends": "An EMR tells that a visit ended: see to its lead",
}
"""What is to be done with a message that a person judges, by its kind."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of one delivery; `receipt` where it was structured and is judged already."""

    item: uuid.UUID | None
    how: How
    receipt: Receipt | None = None


def take(way: WayIn, received: Received) -> Arrived:
    """Keep a delivery (commit one), then see to it by its kind. Once it is kept the sender has success.

    A document is handed to the worker that reads. A structured one is judged at once; should that fail it is tried
    again by the sweep, as everything that arrived.
    """
    now = clock.now()
    with transaction.atomic():
        kept = deliveries.keep_delivery(way, received, now=now)
        reads = received.what in ("document", "call") and not received.media
        if kept.item is not None and kept.how == "new" and reads:
            read_item.defer(item_id=str(kept.item.id))
        if kept.item is not None and kept.how == "joined" and received.goes_with:
            again = read_item if kept.item.status == "received" else read_item_again
            again.defer(item_id=str(kept.item.id))
        note_again(kept, way, now)
    if kept.item is None:
        return Arrived(None, kept.how)
    if received.what == "text" and kept.how == "new":
        _take_text(kept.item, received, now)
    if received.what == "end" and kept.how == "new":
        _take_end(way, kept.item, received, now)
    if received.what != "referral" or kept.how != "new":
        return Arrived(kept.item.id, kept.how)
    try:
        receipt = settle(kept.item, received.reading)
    except Exception as error:  # the promise of commit one holds whatever a rule does
        log.error("settling_failed", item=str(kept.item.id), exc_info=error)
        try:
            intake.failed(kept.item.id, type(error).__name__, limit=TRIES)
        except DatabaseError as lost:  # the database is gone: the sweep finds the item by its age
            log.error("failure_not_counted", item=str(kept.item.id), exc_info=lost)
        return Arrived(kept.item.id, kept.how)
    return Arrived(kept.item.id, kept.how, receipt)


def _take_text(item: Item, received: Received, now: datetime) -> None:
    """See to a text message; what belongs to nobody here, or fails, is read like a document."""
    told = received.about
    try:
        words = received.body.decode()
        if take_text(item, words, number=told.get("from", ""), word=told.get("word", ""), now=now):
            return
    except Exception as error:  # the promise of commit one holds whatever a rule does
        log.error("text_not_taken", item=str(item.id), exc_info=error)
    read_item.defer(item_id=str(item.id))


def _take_end(way: WayIn, item: Item, received: Received, now: datetime) -> None:
    """See to the end of a visit; what is unsure, or fails, is read like a document."""
    try:
        actor = deliveries.actor_of(way)
        if end_doors.take_item(item, received.body, received.media_type, actor=actor, now=now):
            return
    except Exception as error:  # the promise of commit one holds whatever a rule does
        log.error("end_not_taken", item=str(item.id), exc_info=error)
    read_item.defer(item_id=str(item.id))


def take_enclosed(arrivals: Sequence[Arrival], *, now: datetime) -> list[Item | None]:
    """Keep the documents that came with a request, each once, and hand them to the worker that reads; for each the
    item, None where it was here already. Of what has a "url" a notice is kept, to be fetched before it is read."""
    kept: list[Item | None] = []
    for arrival in arrivals:
        with transaction.atomic():
            item, is_new = intake.keep(arrival, now=now)
            kept.append(item if is_new else None)
            if not is_new:
                continue
            if "url" not in (arrival.about or {}):
                read_item.defer(item_id=str(item.id))
            lead = deliveries.belongs_to(item)
            if lead is not None:
                came = "card_came" if arrival.source == CARD else "document_came"
                leads.noted(lead, came, arrival.actor, at=now, subject=("item", item.id))
    return kept


def fetched(item: Item, body: bytes, media_type: str) -> None:
    """What an item told of is here: it takes the notice's place, and is read."""
    with transaction.atomic():
        if deliveries.fill(item, body, media_type, now=clock.now()):
            read_item.defer(item_id=str(item.id))


def not_fetched(item: Item, why: str) -> None:
    """What an item told of cannot be had: a person sees the notice and what was wrong."""
    deliveries.not_fetched(item, why, now=clock.now())


@app.task(queue="heavy")
def read_item(item_id: str) -> None:
    """Read one document. A failure is counted and tried again; the third makes it wait for a person."""
    read_one(uuid.UUID(item_id))


def read_one(item_id: uuid.UUID) -> None:
    """Read one item that is `received`; whatever happens it ends `to_confirm`, `waiting`, or is tried again."""
    now = clock.now()
    item = deliveries.begin_reading(item_id, limit=TRIES, now=now)
    if item is None:
        if Item.objects.filter(id=item_id, status="waiting").exists():
            person_looks(item_id, "item_waits", "It arrived and is kept, but could not be read")
        return
    try:
        read = with_attachments(document_of(item), readers.read)
    except readers.Unreadable as why:
        deliveries.keep_reading(item, (), now=clock.now(), why=str(why))
        said = came_before(item) or "A document arrived that no machine reads: say what it is"
        person_looks(item_id, "confirm_item", said)
        return
    except Exception as error:  # whatever a file does to its reader, it stays kept and is tried again
        log.error("reading_failed", item=str(item_id), exc_info=error)
        deliveries.reading_failed(item_id, type(error).__name__, again_at=now + TRY_AGAIN)
        return
    notice = "url" in deliveries.about(item)  # a file that lies elsewhere: why it could not be had stays beside it
    keep_read(item, read, now=now, why=item.error if notice else "")


@app.task(queue="heavy")
def read_item_again(item_id: str) -> None:
    """Read a document once more, with its pages as a person turned them and told them apart. What it says now takes the
    place of what was read before; answers stay. A document that cannot be read again stays as it is."""
    read_again(uuid.UUID(item_id))


def read_again(item_id: uuid.UUID) -> None:
    """As `read_item_again`; nothing happens to a document that has found its end."""
    item = Item.objects.select_related("key", "document").get(id=item_id)
    turns = deliveries.turns_of(ItemPage.objects.filter(item=item))
    try:
        document, whose = replace(document_of(item), turns=turns), whose_pages(item)
        read = with_attachments(document, readers.read)
        # Where a message came with them, what it says is of no page: its values go by the pages as before.
        shares = understood_by_part(read.pages, whose, document.received_on) if whose and not read.texts else None
    except readers.Unreadable as refused:
        log.warning("not_read_again", item=str(item_id), why=str(refused))
        return
    keep_read_again(item, read, whose, shares, turns)


def keep_read_again(
    item: Item,
    read: readers.Read,
    whose: Mapping[int, int] | None = None,
    shares: Mapping[int, Understood] | None = None,
    turns: Mapping[int, int] | None = None,
) -> None:
    """What a reader made of an item the second time takes the place of the first, of each of the `shares` of its pages
    by itself, unless a page was turned on meanwhile from how it was read (`turns`). A red flag that is not read any
    more stays; another one goes before the clinicians again."""
    now, before = clock.now(), kept_readings.whole_of(item)
    flag = before.escalate_reason if before is not None and before.escalates else None
    whole, rows = rows_of(item, read, now=now, flag=flag, whose=whose, shares=shares)
    if not deliveries.keep_again(item, rows, turns):
        return
    second_opinion.want(item, whole, now=clock.now())
    if whole.escalates:
        # What a clinician has looked at is not put before them again; another danger is.
        cause = item.id if flag in (None, whole.escalate_reason) else new_id()
        why = "A document that was read again tells of danger: look before it is confirmed"
        person_looks(item.id, items.REVIEW, why, urgent=True, cause=cause)


def keep_read(item: Item, read: readers.Read, *, now: datetime, why: str = "") -> None:
    """Keep what a reader made of an item, with the task to confirm it; danger in it goes to a clinician at once. `why`
    says to a person what is missing of it."""
    whole, rows = rows_of(item, read, now=now)
    if not deliveries.keep_reading(item, rows, now=clock.now(), why=why):
        return
    why = came_before(item) or TO_DO.get(whole.kind, CONFIRM)
    person_looks(item.id, "confirm_item", why, urgent=whole.escalates)
    if whole.escalates:
        why = "A document that just arrived tells of danger: look before it is confirmed"
        person_looks(item.id, items.REVIEW, why, urgent=True)
    second_opinion.want(item, whole, now=clock.now())


def read_left_behind(now: datetime) -> int:
    """Ask once more for readings that never ended; the number asked for."""
    with transaction.atomic():
        left = deliveries.unread(now=now, limit=BATCH)
        deliveries.asked(left, now=now)
        for item_id in left:
            read_item.defer(item_id=str(item_id))
    return len(left)
