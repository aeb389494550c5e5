"""Keeping what was read of an item, with its pages, sealed under the item's key."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from firstvisit.documents.services import kept
from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.kernel.ids import new_id
from firstvisit.steps.intake.inbox.values import WholeReading, as_json, from_json
from firstvisit.steps.intake.inbox.weighing import level_of
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage, ItemReading
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.policy import InboxRules

_READING = "intake_itemreading"
_PAGE = "intake_itempage"
_ANSWER = "intake_fieldanswer"


def sender_token(reading: WholeReading) -> uuid.UUID | None:
    """By what a sender is known again: the number it came from, else the office that it names. A family that writes
    for itself is no sender in this sense: nothing is learned of it."""
    if reading.number:
        return token("sender", reading.number)
    office = next((value.value for value in reading.values if value.path == "referrer.organization"), None)
    return token("sender", folded(str(office))) if office else None


def reading_row(
    item: Item, key: seal.OpenKey, reading: WholeReading, rules: InboxRules, *, at: datetime
) -> ItemReading:
    """The row of a reading, not yet written."""
    levels = [level_of(value, rules) for value in reading.values]
    return ItemReading(
        item=item,
        engine=reading.engine[:40],
        read_at=at,
        kind=reading.kind[:20],
        channel=reading.channel,
        pages=max(1, len(reading.leaves)),
        people=reading.people,
        doubtful=levels.count("doubtful"),
        likely=levels.count("likely"),
        escalates=reading.escalates,
        sender=sender_token(reading),
        sealed=seal.seal_json(key, _READING, "sealed", item.id, as_json(reading)),
    )


def keep_again(row: ItemReading, key: seal.OpenKey, reading: WholeReading, rules: InboxRules) -> None:
    """Keep a reading to whose values something was added, in the place of the one before."""
    levels = [level_of(value, rules) for value in reading.values]
    row.doubtful, row.likely = levels.count("doubtful"), levels.count("likely")
    row.sealed = seal.seal_json(key, _READING, "sealed", row.item_id, as_json(reading))
    row.save(update_fields=["doubtful", "likely", "sealed"])


def page_rows(
    item: Item, key: seal.OpenKey, reading: WholeReading, pages: Sequence[Page], pictures: Sequence[bytes]
) -> list[models.Model]:
    """The rows of an item's pages with their pictures (PNG), not yet written, in insertable order."""
    rows: list[models.Model] = []
    for leaf, page, picture in zip(reading.leaves, pages, pictures, strict=True):
        document = kept(key=key, body=picture, media_type="image/png")
        row_id = new_id()
        words = [[word.text, *(round(edge, 4) for edge in word.box)] for word in page.words]
        rows += [
            document,
            ItemPage(
                id=row_id,
                item=item,
                number=leaf.number,
                part=leaf.part,
                turned=leaf.turned,
                width=leaf.width,
                height=leaf.height,
                document=document,
                sealed=seal.seal_json(key, _PAGE, "sealed", row_id, words),
            ),
        ]
    return rows


def opened(row: ItemReading, key: seal.OpenKey) -> WholeReading:
    """What was read, opened; of what nobody could read an empty one."""
    kept = seal.unseal_json(key, _READING, "sealed", row.item_id, row.sealed)
    return from_json(kept) if kept else WholeReading("fax")


def whole_of(item: Item) -> WholeReading | None:
    """What stands read of an item; None where it was not read."""
    row = ItemReading.objects.filter(item=item).first()
    return opened(row, seal.open_key(item.key)) if row is not None else None


def words_of(page: ItemPage, key: seal.OpenKey) -> list[list[Any]]:
    """The words of a page as [text, left, top, right, bottom]."""
    return [] if page.sealed is None else list(seal.unseal_json(key, _PAGE, "sealed", page.id, page.sealed))


def answer_row(key: seal.OpenKey, *, was: Any, became: Any, **columns: Any) -> FieldAnswer:
    """An answer, not yet written; `columns` are those of the table."""
    row_id = new_id()
    sealed = seal.seal_json(key, _ANSWER, "sealed", row_id, {"was": was, "became": became})
    return FieldAnswer(id=row_id, sealed=sealed, **columns)


def answered(row: FieldAnswer, key: seal.OpenKey) -> Mapping[str, Any]:
    """{was, became} of an answer."""
    opened: dict[str, Any] = seal.unseal_json(key, _ANSWER, "sealed", row.id, row.sealed)
    return opened


def sender_of_items(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How those who sent these documents are called; one question, none for nothing."""
    rows = ItemReading.objects.filter(item__in=ids).select_related("item__key") if ids else []
    found = {}
    for row in rows:
        whole = opened(row, seal.open_key(row.item.key))
        found[row.item_id] = whole.sender or whole.number
    return found


def forget_senders(items: Iterable[Item]) -> None:
    """Who sent these items is not known any more by any token of ours."""
    ids = [item.id for item in items]
    ItemReading.objects.filter(item__in=ids).update(sender=None)
    FieldAnswer.objects.filter(item__in=ids).update(sender=None)
