"""Second opinions as rows: wanted, asked, answered or failed, and when the model is given a rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Sum

from firstvisit.steps.intake.models import Item, Opinion
from firstvisit.steps.intake.policy import SecondOpinion

FIRST_PAUSE: Final = timedelta(seconds=30)
"""After the first failure of one document; it doubles with each."""
DEAD_AFTER: Final = timedelta(seconds=60)
"""Beyond the time an answer may take: whoever asked is dead by then."""
MOST_AT_ONCE: Final = 2
"""Asked at the same time: whoever asks waits, and the queue they work for has other things to do."""
SOON: Final = timedelta(seconds=5)
LOOKS_BACK: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """How the line to the model is: failures in a row over all documents, and until when it rests."""

    failures: int
    rests_until: datetime | None


def want(item: Item, *, model: str, now: datetime) -> None:
    """A second opinion on what was read of an item is wanted, also once more after it was read again."""
    fresh = {
        "status": "wanted", "model": model[:80], "wanted_at": now, "again_at": now, "asked_until": None,
        "failed_at": None, "answered_at": None, "tries": 0, "asked": 0, "found": 0, "dropped": 0, "used": True,
        "why": "",
    }  # fmt: skip
    Opinion.objects.update_or_create(item=item, defaults=fresh)


def line(asks: SecondOpinion, *, now: datetime) -> Line:
    """Failures since the last answer of anybody's, and the rest they earn."""
    answered = Opinion.objects.filter(answered_at__gte=now - LOOKS_BACK).aggregate(at=Max("answered_at"))["at"]
    since = answered or now - LOOKS_BACK
    failed = Opinion.objects.filter(failed_at__gt=since).aggregate(count=Sum("tries"), at=Max("failed_at"))
    count = failed["count"] or 0
    if count < asks.rest_after:
        return Line(count, None)
    until = failed["at"] + timedelta(minutes=asks.rest_minutes)
    return Line(count, until if until > now else None)


def begin(item_id: uuid.UUID, asks: SecondOpinion, *, now: datetime) -> Opinion | None:
    """Take a wanted one to ask. None where it is not its time, enough are asked already, or the model rests; after a
    rest one is let through, and the others wait for how it goes."""
    with transaction.atomic():
        row = Opinion.objects.select_for_update().filter(item=item_id, status="wanted", again_at__lte=now).first()
        if row is None:
            return None
        at = line(asks, now=now)
        most = 1 if at.failures >= asks.rest_after else MOST_AT_ONCE
        if at.rests_until is not None or Opinion.objects.filter(status="asked").count() >= most:
            row.again_at = at.rests_until or now + SOON
            row.save(update_fields=["again_at"])
            return None
        row.status, row.asked_until = "asked", now + timedelta(seconds=asks.seconds) + DEAD_AFTER
        row.save(update_fields=["status", "asked_until"])
    return row


def failed(row: Opinion, why: str, asks: SecondOpinion, *, again: bool, now: datetime) -> None:
    """It was asked in vain: wanted again after a pause, or failed for good with the reason."""
    row.tries += 1
    row.status = "wanted" if again and row.tries < asks.tries else "failed"
    row.again_at, row.failed_at, row.asked_until = now + FIRST_PAUSE * 2 ** (row.tries - 1), now, None
    row.why = why[:120]
    row.save(update_fields=["tries", "status", "again_at", "failed_at", "asked_until", "why"])


def answered(row: Opinion, *, found: int, dropped: int, used: bool, now: datetime) -> None:
    """It was answered; `used` is whether the answer still met the reading it was about."""
    row.status, row.answered_at, row.asked_until, row.why = "answered", now, None, ""
    row.found, row.dropped, row.used = found, dropped, used
    row.save(update_fields=["status", "answered_at", "asked_until", "why", "found", "dropped", "used"])


def withdrawn(row: Opinion, why: str, *, now: datetime) -> None:
    """It is not asked any more: nothing is left to ask, or nobody may."""
    row.status, row.asked_until, row.why = "failed", None, why[:120]
    row.save(update_fields=["status", "asked_until", "why"])


def due(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Those whose time has come, the dead among them wanted again."""
    Opinion.objects.filter(status="asked", asked_until__lt=now).update(status="wanted", asked_until=None, again_at=now)
    rows = Opinion.objects.filter(status="wanted", again_at__lte=now).order_by("again_at")
    return list(rows.values_list("item_id", flat=True)[:limit])


def of(item: Item) -> Opinion | None:
    """The second opinion on an item, if one was ever wanted."""
    return Opinion.objects.filter(item=item).first()
