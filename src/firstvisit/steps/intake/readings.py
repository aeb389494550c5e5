"""What an item says, read once more: the same bytes give the same reading, and what a person confirmed stands."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from firstvisit.kernel import seal
from firstvisit.practice.models import User
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Item, ItemReading
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources import Reading, parse, webhook

_TABLE = "intake_itemreading"


def reading_of(item: Item, programs: Collection[str]) -> Reading:
    """The reading of an item: of a document what a person confirmed, else its source's of the original."""
    row = ItemReading.objects.filter(item=item, confirmed__isnull=False).first()
    if row is not None and row.confirmed is not None:
        records = seal.unseal_json(seal.open_key(item.key), _TABLE, "confirmed", item.id, row.confirmed)
        first, *others = [Referral.model_validate(record) for record in records]
        return Reading(first, others=tuple(others))
    day = item.received_at.date()
    if item.source == "webhook":
        way = item.deliveries.select_related("way").order_by("at").first()
        fields = way.way.settings.get("fields", {}) if way is not None else {}
        return webhook.read(original(item), fields, today=day, programs=programs)
    return parse(item.source, original(item), today=day, programs=programs)


def keep_confirmed(item: Item, referrals: Sequence[Referral], *, by: User, now: datetime) -> None:
    """What a person confirmed of a document, kept beside what was read; `journey.receiving.settle` goes on with it."""
    records = [json.loads(referral.model_dump_json()) for referral in referrals]
    key = seal.open_key(item.key)
    row = ItemReading.objects.filter(item=item).first()
    if row is None:  # nobody could read it: a person did
        empty = seal.seal_json(key, _TABLE, "sealed", item.id, {})
        row = ItemReading(item=item, sealed=empty, read_at=now)
        row.save(force_insert=True)
    row.confirmed = seal.seal_json(key, _TABLE, "confirmed", item.id, records)
    row.confirmed_at, row.confirmed_by = now, by
    row.save(update_fields=["confirmed", "confirmed_at", "confirmed_by"])
