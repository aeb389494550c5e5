"""The originals of a person who is erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from firstvisit.kernel import erasure
from firstvisit.leads.models import Event
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.kept_readings import forget_senders
from firstvisit.steps.intake.models import Delivery, ImportRun, Item, Part


def items_of(leads: Iterable[uuid.UUID]) -> tuple[list[Item], list[Item]]:
    """(items all of whose parts belong to these leads alone, items that others have a part in), locked. What one of
    these leads was asked for by a link (a card) is theirs alone, whatever became of it."""
    ids = list(leads)
    touched = Part.objects.filter(lead__in=ids).values("item")
    shared = set(
        Part.objects.filter(item__in=touched)
        .filter(~Q(lead__in=ids) | Q(lead__isnull=True))
        .values_list("item", flat=True)
    )
    theirs = Q(id__in=touched) | Q(source=CARD, joins__in=ids)
    items = list(Item.objects.select_for_update().filter(theirs).order_by("id"))
    return [item for item in items if item.id not in shared], [item for item in items if item.id in shared]


def erase(items: Iterable[Item], *, at: datetime) -> int:
    """Destroy the keys of these items and forget by what a repeat was known; the number of keys destroyed.

    A file that one of them is a row of goes too: its other rows stand as items of their own.
    """
    items = list(items)
    leads = Part.objects.filter(item__in=items).values("lead")
    # A row that was parted off from the lead of somebody else still stands in its file under that lead.
    came_from = Event.objects.filter(name="parted_off", data__item__in=[str(item.id) for item in items]).values("lead")
    files = ImportRun.objects.filter(Q(ended__lead__in=leads) | Q(ended__lead__in=came_from)).distinct()
    erasure.destroy(list(files.values_list("key_id", flat=True)), at=at)
    for item in items:
        item.token, item.digest = None, uuid.uuid4()
    Delivery.objects.filter(item__in=items).update(digest=uuid.uuid4())
    Item.objects.bulk_update(items, ["token", "digest"])
    forget_senders(items)
    return erasure.destroy((item.key_id for item in items), at=at)
