"""Keeping what came through a door for machines, each once; what counts as the same says `repeats`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from django.db import connection, models, transaction

from firstvisit.documents.models import Document
from firstvisit.documents.services import kept
from firstvisit.kernel import audit, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.blind import short, token
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.shortening import shortened
from firstvisit.leads.models import Lead
from firstvisit.steps.intake import recordings
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.models import (
    CarrierDay,
    Delivery,
    FieldAnswer,
    Item,
    ItemPage,
    ItemReading,
    WayIn,
)
from firstvisit.steps.intake.repeats import about as about
from firstvisit.steps.intake.repeats import digest_of, request_of, same_before, went_to_open_leads
from firstvisit.steps.intake.sources.delivery import Received, What

How = Literal["new", "again", "joined", "repeated"]
BACK: Final = timedelta(days=35)
"""How far back a carrier is asked what it brought, and held to it."""
RETRIED: Final = timedelta(hours=1)
"""The same body without a number within this time is its sender's retry; later somebody means it once more."""
LONGEST_ERROR: Final = 300
ASKED: Final = timedelta(minutes=10)
"""A reading that has not ended by then was lost with its process and is asked for again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The item, and whether it is new, came again under another number, joined the recording whose words it is, or is
    a delivery that was taken before.

    `before` is the item of the same bytes that had found its end already."""

    item: Item | None
    how: How
    before: Item | None = None


def actor_of(way: WayIn) -> Actor:
    """Who acts when something comes in by itself."""
    return Actor("way", str(way.id))


@transaction.atomic
def keep_delivery(way: WayIn, received: Received, *, now: datetime) -> Kept:
    """Commit one of a delivery: the sealed original, its item and the delivery itself. From here the sender has
    success, whatever comes after. Two deliveries of the same bytes at the same moment wait for each other. The same
    file once more is the same item while that waits or is with open leads; else an item of its own for a person.
    """
    actor = actor_of(way)
    mark = mark_of(way, received.what, received.mark)
    digest = digest_of(received)
    recording = mark_of(way, "call", received.goes_with) if received.goes_with else None
    _alone(("delivery", str(mark)), ("body", str(digest)), ("delivery", str(recording or mark)))
    before = _before(way, mark)
    if before is not None and before.digest != digest:  # a number used again, or a correction: neither is lost
        mark = token("delivery", str(way.id), received.what, received.mark, str(digest))
        before = _before(way, mark)
    if before is not None:
        ended = before.item is not None and before.item.status == "settled"
        retried = not received.is_file and now - before.at < RETRIED
        if received.numbered or retried or not ended:
            if received.what == "call" and before.item is not None:
                recordings.tell_more(before.item, received)
            return Kept(before.item, "repeated")
        mark = token("delivery", str(way.id), received.what, received.mark, now.isoformat())  # it was sent anew
    delivery = Delivery(
        way=way, mark=mark, digest=digest, what=received.what, pages=received.pages, at=now, came="notice",
        goes_with=recording,
    )  # fmt: skip
    WayIn.objects.filter(id=way.id).update(last_at=now, error="")
    if received.what == "notice":
        writes.insert([delivery])
        return Kept(None, "new")
    beside = recordings.beside(way, received, mark, recording)
    if beside is not None:
        recordings.join(beside, received)
        delivery.item, delivery.came = beside, "joined"
        writes.insert([delivery, audit.row(actor, "received", "item", [beside.id])])
        return Kept(beside, "joined")
    same = same_before(way, received, digest, now=now) or (before.item if before is not None else None)
    if same is not None and (same.status != "settled" or went_to_open_leads(same)):
        delivery.item, delivery.came = same, "again"
        writes.insert([delivery, audit.row(actor, "received_again", "item", [same.id])])
        return Kept(same, "again", same if same.status == "settled" else None)
    key_row, key = seal.new_key()
    document = kept(key=key, body=received.body, media_type=received.media_type[:80])
    item = Item(
        id=new_id(),
        source=received.source,
        sender=str(actor),
        key=key_row,
        document=document,
        received_at=now,
        digest=digest,
        asked_until=now + ASKED if received.what != "referral" else None,
    )
    came = {"name": received.name, "what": received.what, **received.about}
    if same is not None:
        came["came_before"] = str(same.id)
    item.sealed = seal.seal_json(key, "intake_item", "sealed", item.id, came)
    delivery.item, delivery.came = item, "new"
    writes.insert([key_row, document, item, delivery, audit.row(actor, "received", "item", [item.id])])
    return Kept(item, "new", same)


def carrier_told(way: WayIn, day: date, found: Iterable[tuple[What, str]], *, now: datetime) -> None:
    """Keep what a carrier says it brought on a day, each by what it is and the carrier's own number. What it said
    before of that day counts on: a fax that was taken out of its list still came."""
    before = CarrierDay.objects.filter(way=way, day=day).values_list("marks", flat=True).first()
    marks = sorted({mark_of(way, what, mark) for what, mark in found} | set(before or ()))
    CarrierDay.objects.update_or_create(way=way, day=day, defaults={"marks": marks, "told_at": now})


def days_untold(way: WayIn, *, now: datetime) -> list[date]:
    """The days, oldest first, of which the other side has not told all: since the way was switched on, at most
    `BACK`, until yesterday. A day that was told before it had ended everywhere is asked once more after that."""
    first = max((way.on_since or way.made_at).date(), (now - BACK).date())
    told = dict(CarrierDay.objects.filter(way=way, day__gte=first).values_list("day", "told_at"))
    days = [first + timedelta(days=n) for n in range((now.date() - first).days)]
    return [day for day in days if day not in told or told[day] < ended(day) <= now]


def ended(day: date) -> datetime:
    """When a day has ended everywhere: carriers count in the zone of their account."""
    return datetime.combine(day, time(), UTC) + timedelta(hours=36)


def mark_of(way: WayIn, what: What, mark: str) -> uuid.UUID:
    """The blind token of a sender's number."""
    return token("delivery", str(way.id), what, mark)


def belongs_to(item: Item) -> Lead | None:
    """The lead of the request with which a document came, once that has been judged; of a card, whose family was
    asked for it."""
    return item.joins if item.source == CARD else request_of(about(item))


def times_received(item: Item) -> int:
    """How often it came: 1, or more where the same bytes came again."""
    return max(1, Delivery.objects.filter(item=item).exclude(came="joined").count())


def note_about(item: Item, said: Mapping[str, str]) -> None:
    """Keep more beside what came with an item, sealed with it."""
    came = {**about(item), **said}
    item.sealed = seal.seal_json(seal.open_key(item.key), "intake_item", "sealed", item.id, came)
    Item.objects.filter(id=item.id).update(sealed=item.sealed)


def is_document(item: Item) -> bool:
    """Whether an item is read by the readers and confirmed by a person, rather than structured."""
    return item.sealed is not None and about(item)["what"] != "referral"


def fill(item: Item, body: bytes, media_type: str, *, now: datetime) -> bool:
    """Put the document that was fetched in the place of the notice that told of it, or a recording in that of its
    words, which stay beside it; what came with it stays. Whether it is to be read now: not where that was done, nor
    when somebody has settled the item meanwhile."""
    fresh = Item.objects.select_for_update(of=("self",)).select_related("key").get(id=item.id)
    if fresh.status != "received" and not recordings.words_of(about(fresh)):
        return False
    document = kept(key=seal.open_key(fresh.key), body=body, media_type=media_type[:80])
    writes.insert([document])
    Item.objects.filter(id=item.id).update(document=document)
    return bool(Item.objects.filter(id=item.id, status="received").update(asked_until=now + ASKED))


def begin_reading(item_id: uuid.UUID, *, limit: int, now: datetime) -> Item | None:
    """Take an item to be read, counting the try before it is made: what kills its reader is not tried for ever. None
    when there is nothing to read any more, or it has been tried `limit` times and now waits for a person."""
    with transaction.atomic():
        item = Item.objects.select_for_update().get(id=item_id)  # and nothing joined: a fetch may change its document
        if item.status != "received":
            return None
        if item.attempts >= limit:
            item.status, item.error = "waiting", item.error or "its reader did not end"
            writes.update(Item, [item], "status", "error")
            return None
        item.attempts += 1
        item.asked_until = now + ASKED
        writes.update(Item, [item], "attempts", "asked_until")
    return item


def keep_reading(item: Item, rows: Sequence[models.Model], *, now: datetime, why: str = "") -> bool:
    """What the readers made of an item as rows of `kept_readings`, none where no reader takes such a file (`why` says
    it to a person); from now on a person confirms it. False when somebody has settled it meanwhile."""
    with transaction.atomic():
        fresh = Item.objects.select_for_update().get(id=item.id)
        if fresh.status != "received":
            return False
        writes.insert(rows)
        said = shortened(why, LONGEST_ERROR)
        Item.objects.filter(id=item.id).update(status="to_confirm", error=said, asked_until=None)
    return True


def turns_of(pages: Iterable[ItemPage]) -> dict[int, int]:
    """How each of these pages that a person turned stands upright, in degrees clockwise from how it came."""
    wanted = (page for page in pages if page.turn_wanted is not None)
    return {page.number: (page.turned + (page.turn_wanted or 0)) % 360 for page in wanted}


def keep_again(item: Item, rows: Sequence[models.Model], turns: Mapping[int, int] | None = None) -> bool:
    """What the readers made of an item the second time takes the place of the first; whose its pages are and how they
    stand stays where a person has said it. False when somebody has settled it meanwhile, or turned a page on from how
    the readers had it (`turns`): it is read once more as it stands then."""
    with transaction.atomic():
        fresh = Item.objects.select_for_update().get(id=item.id)
        if fresh.status not in ("to_confirm", "waiting"):
            return False
        before = list(ItemPage.objects.filter(item=item))
        turned = turns_of(before)
        if turns is not None and turned != turns:
            return False
        moved = FieldAnswer.objects.filter(item=item, path="pages", undone_at__isnull=True).exists()
        whose = {page.number: page.part for page in before} if moved else {}
        for row in rows:
            if isinstance(row, ItemPage):
                row.part = whose.get(row.number, row.part)
                row.turn_wanted = 0 if row.number in turned else None
        ItemReading.objects.filter(item=item).delete()
        ItemPage.objects.filter(item=item).delete()
        Document.objects.filter(id__in=[page.document_id for page in before if page.document_id]).delete()
        writes.insert(rows)
        Item.objects.filter(id=item.id).update(status="to_confirm", error="")
    return True


def reading_failed(item_id: uuid.UUID, error: str, *, again_at: datetime) -> None:
    """Note why a reading failed and when it is tried again."""
    said = shortened(error, LONGEST_ERROR)
    Item.objects.filter(id=item_id, status="received").update(error=said, asked_until=again_at)


def not_fetched(item: Item, why: str, *, now: datetime) -> None:
    """Note why what an item tells of cannot be had: a person sees it beside what there is, the notice or the words."""
    reading_failed(item.id, why, again_at=now)
    Item.objects.filter(id=item.id, status="to_confirm").update(error=shortened(why, LONGEST_ERROR))


def _before(way: WayIn, mark: uuid.UUID) -> Delivery | None:
    """The delivery that a way took under this mark."""
    return Delivery.objects.filter(way=way, mark=mark).select_related("item__key", "item__document").first()


def _alone(*names: tuple[str, str]) -> None:
    """Until the end of the transaction nobody else works on these, taken in one order by everybody."""
    with connection.cursor() as cursor:
        for number in sorted(short(kind, value, bits=63) for kind, value in names):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def unread(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Documents whose reading was asked for and never ended, oldest first."""
    rows = Item.objects.filter(status="received", asked_until__lt=now).order_by("received_at")
    return list(rows.values_list("id", flat=True)[:limit])


def asked(item_ids: list[uuid.UUID], *, now: datetime) -> None:
    """They are asked for once more."""
    Item.objects.filter(id__in=item_ids).update(asked_until=now + ASKED)
