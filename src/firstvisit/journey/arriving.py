"""What comes in by itself: kept at the door, then sent on by its kind; documents are read by a job."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app

from firstvisit.journey.advancing import TRIES
from firstvisit.journey.inbox.keeping import document_of, rows_of
from firstvisit.journey.receiving import Receipt, settle
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.models import Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.steps.intake import deliveries, readers
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.deliveries import How
from firstvisit.steps.intake.models import Item, WayIn
from firstvisit.steps.intake.policy import Arriving
from firstvisit.steps.intake.readers.attached import with_attachments
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

log = structlog.get_logger("journey")
TRY_AGAIN: Final = timedelta(seconds=30)
"""After a reading that failed."""
BATCH: Final = 40


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
        if kept.item is not None and kept.how == "new" and received.what != "referral":
            read_item.defer(item_id=str(kept.item.id))
    if kept.item is None:
        return Arrived(None, kept.how)
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
        person_looks(item_id, "confirm_item", "A document arrived that no machine reads: say what it is")
        return
    except Exception as error:  # whatever a file does to its reader, it stays kept and is tried again
        log.error("reading_failed", item=str(item_id), exc_info=error)
        deliveries.reading_failed(item_id, type(error).__name__, again_at=now + TRY_AGAIN)
        return
    keep_read(item, read, now=now)


def keep_read(item: Item, read: readers.Read, *, now: datetime) -> None:
    """Keep what a reader made of an item, with the task to confirm it; danger in it goes to a clinician at once."""
    whole, rows = rows_of(item, read, now=now)
    if not deliveries.keep_reading(item, rows, now=clock.now()):
        return
    why = "A document arrived: say what it is and confirm what it says"
    person_looks(item.id, "confirm_item", why, urgent=whole.escalates)
    if whole.escalates:
        why = "A document that just arrived tells of danger: look before it is confirmed"
        person_looks(item.id, "review_item", why, urgent=True)


def read_left_behind(now: datetime) -> int:
    """Ask once more for readings that never ended; the number asked for."""
    with transaction.atomic():
        left = deliveries.unread(now=now, limit=BATCH)
        deliveries.asked(left, now=now)
        for item_id in left:
            read_item.defer(item_id=str(item_id))
    return len(left)


def person_looks(item_id: uuid.UUID, kind: str, reason: str, *, urgent: bool = False) -> None:
    """A task about an item, a red flag's with the clinicians: nothing that arrived is ever lost. Once an item and
    kind."""
    routing, arriving = policy().section(Routing), policy().section(Arriving)
    minutes = arriving.confirm_minutes if kind == "confirm_item" else routing.high_intent_minutes
    minutes = arriving.urgent_minutes if urgent else minutes
    outcome = "clinician_review" if kind == "review_item" else "person_looks"
    _task(f"{item_id}:{kind}:item:{item_id}", "item", item_id, kind, reason, minutes, outcome, urgent=urgent)


def person_looks_at_way(way: WayIn, what: str, reason: str) -> None:
    """A task about a way in: something did not come as it should. Once a way, kind of thing and day."""
    minutes = policy().section(Arriving).confirm_minutes
    key = f"{way.id}:way_differs:{what}:{clock.now().date()}"
    _task(key, "way", way.id, "way_differs", reason, minutes, "person_looks", urgent=False)


def tasks_of_way(way: WayIn) -> list[Task]:
    """What is open about a way in, oldest first."""
    return list(Task.objects.filter(about_kind="way", about_id=way.id, status="open").order_by("made_at"))


@transaction.atomic
def way_seen_to(way: WayIn, by: User, *, actor: Actor) -> None:
    """A person has seen to what was open about a way in."""
    if not by.may("items.resolve"):
        raise NotAllowed("items.resolve")
    now = clock.now()
    Task.objects.filter(about_kind="way", about_id=way.id, status="open").update(
        status="done", ended_at=now, ended_by=by
    )
    audit.note(actor, "way_seen_to", "way_in", [way.slug])


def _task(
    key: str,
    about: str,
    about_id: uuid.UUID,
    kind: str,
    reason: str,
    minutes: int,
    outcome: str,
    *,
    urgent: bool,
) -> None:
    """A task of the home site, in the queue to which such an outcome goes."""
    now, shape = clock.now(), practice()
    site = shape.sites[shape.identity.home_site]
    queue = queue_for(outcome, None, site.slug, policy().section(Routing), shape)
    Task.objects.get_or_create(
        key=key,
        defaults={
            "about_kind": about,
            "about_id": about_id,
            "site": site.slug,
            "kind": kind,
            "reason": reason,
            "safety": urgent,
            "made_at": now,
            "due_at": clocks.due(now, minutes, site),
            "minutes": minutes,
            "owner_queue_id": queue_ids()[queue],
        },
    )
