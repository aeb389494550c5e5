"""Keeping what arrived, before anything is understood."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, connection, models, transaction

from firstvisit.documents.services import body as body_of
from firstvisit.documents.services import kept
from firstvisit.kernel import audit, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import Conflict
from firstvisit.kernel.shortening import shortened
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.steps.intake.deliveries import ASKED, LONGEST_ERROR
from firstvisit.steps.intake.models import Item, ItemReading, Part

UNSETTLED = ("received", "waiting", "to_confirm")
REPEAT_DAYS = 7
"""How long a repeated delivery is recognised."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that stands at a door, already known to be readable.

    `repeat_key` is the sender's own mark for this delivery (Idempotency-Key, the form's token). `about` is what came
    with a document that is to be read: {"name", "what", "belongs_to", ...}; with nothing it is structured. `joins` is
    the lead and `continues` the item that it goes on with (step 2 of a form).
    """

    source: str
    actor: Actor
    body: bytes
    media_type: str
    repeat_key: str | None = None
    joins: uuid.UUID | None = None
    continues: uuid.UUID | None = None
    about: Mapping[str, Any] | None = None


class Running(Conflict):
    """The same delivery is being worked on at this moment."""


class OtherBody(Conflict):
    """The same key came before with another body."""


def keep(arrival: Arrival, *, now: datetime) -> tuple[Item, bool]:
    """Commit one: the sealed original and an item `received`. From here the sender has success.

    Returns the item and whether it is new; a repeat with the same body is the item kept before. OtherBody
    when the key was used for another body.
    """
    sender = str(arrival.actor)
    mark = token("repeat", arrival.source, sender, arrival.repeat_key) if arrival.repeat_key else None
    digest = token("body", hashlib.sha256(arrival.body).hexdigest())
    key_row, key = seal.new_key()
    document = kept(key=key, body=arrival.body, media_type=arrival.media_type)
    item = Item(
        source=arrival.source,
        sender=sender,
        key=key_row,
        document=document,
        received_at=now,
        token=mark,
        digest=digest,
        joins_id=arrival.joins,
        continues_id=arrival.continues,
        asked_until=now + ASKED if arrival.about is not None else None,
    )
    if arrival.about is not None:
        item.sealed = seal.seal_json(key, "intake_item", "sealed", item.id, dict(arrival.about))
    logged = audit.row(arrival.actor, "received", "item", [item.id])
    try:
        with transaction.atomic():
            writes.insert([key_row, document, item, logged])
    except IntegrityError:
        before = _kept_before(mark, digest) if mark is not None else None
        if before is None:
            raise
        return before, False
    return item, True


def kept_body(body: bytes) -> bool:
    """Whether the very same bytes arrived before, by any door."""
    return Item.objects.filter(digest=token("body", hashlib.sha256(body).hexdigest())).exists()


def _kept_before(mark: uuid.UUID, digest: uuid.UUID) -> Item | None:
    """The item of an earlier delivery under this mark, if there is one."""
    before = next(iter(Item.objects.filter(token=mark)), None)
    if before is not None and before.digest != digest:
        raise OtherBody("this key was used before with another body")
    return before


def claim(item_id: uuid.UUID) -> bool:
    """Lock an item that nobody has settled; False when somebody has. `answered` or
    `sign_not_a_lead` then settles it.

    The row stays locked until the transaction ends, so an item is settled once. A lock, not a change: a
    repeat of the same delivery sees at once that it is here already (a changed row it would wait for).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM intake_item WHERE id = %s AND status = ANY(%s) FOR NO KEY UPDATE",
            [item_id, list(UNSETTLED)],
        )
        return bool(cursor.rowcount == 1)


def settled_in_time(item: Item) -> Item:
    """The item as it is once whoever is settling it has finished, waiting at most two seconds."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            return Item.objects.select_for_update().get(id=item.id)
    except OperationalError:
        return item


def answered(item: Item, answer: dict[str, Any]) -> None:
    """Settle a claimed item and keep what the sender was told, for a repeat."""
    item.status, item.error, item.answer = "settled", "", answer
    writes.update(Item, [item], "status", "error", "answer")


def part(
    item: Item,
    lead: Lead,
    end: str,
    *,
    at: datetime,
    red_flags: Iterable[str],
    names_patient: bool,
    clock_from: datetime | None = None,
    quiet: bool = False,
    pages: int = 1,
    number: int = 0,
) -> Part:
    """The end of a part, not yet written. `number` is which of the item's patients it is, counted from 0."""
    return Part(
        item=item,
        lead=lead,
        end=end,
        at=at,
        red_flags=list(red_flags),
        names_patient=names_patient,
        clock_from=clock_from,
        quiet=quiet,
        pages=pages,
        number=number,
    )


def sign_not_a_lead(item: Item, *, by: User, reason: str, at: datetime) -> None:
    """Settle a claimed item that is no lead, all its pages, signed by a person."""
    read = ItemReading.objects.filter(item=item).first()
    pages = read.pages if read is not None else 1
    Part.objects.create(item=item, end="not_a_lead", at=at, signed_by=by, reason=reason, pages=pages)
    item.status, item.error = "settled", ""
    writes.update(Item, [item], "status", "error")


def answered_by_a_person(item: Item, lead: Lead, *, by: User, at: datetime) -> None:
    """Settle a claimed item that asked about a known matter, all its pages: a person answered it."""
    read = ItemReading.objects.filter(item=item).first()
    pages = read.pages if read is not None else 1
    Part.objects.create(item=item, lead=lead, end="answered", at=at, signed_by=by, pages=pages)
    item.status, item.error = "settled", ""
    writes.update(Item, [item], "status", "error")


def row_digest(fingerprint: str) -> uuid.UUID:
    """What a row of a file is known by later, as a blind token."""
    return token("row", fingerprint)


def original(item: Item) -> bytes:
    """The original, byte for byte."""
    return body_of(item.document, seal.open_key(item.key))


def went_on(item: Item, *, but: str | None) -> bool:
    """Whether another step of the same form has come, other than the delivery marked `but`."""
    later = Item.objects.filter(continues=item)
    if but is None:
        return later.exists()
    same = token("repeat", item.source, item.sender, but)
    return later.filter(models.Q(token__isnull=True) | ~models.Q(token=same)).exists()


def failed(item_id: uuid.UUID, error: str, *, limit: int) -> bool:
    """Count a failed settling; True when the item now waits for a person."""
    Item.objects.filter(id=item_id, status__in=UNSETTLED).update(
        attempts=models.F("attempts") + 1, error=shortened(error, LONGEST_ERROR)
    )
    return bool(
        Item.objects.filter(id=item_id, status="received", attempts__gte=limit).update(status="waiting")
    )


def forget_old_repeats(*, now: datetime) -> int:
    """Repeat keys are kept seven days; the number forgotten."""
    return Item.objects.filter(token__isnull=False, received_at__lt=now - timedelta(days=REPEAT_DAYS)).update(
        token=None
    )
