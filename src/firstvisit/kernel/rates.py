"""How often somebody may do a thing: counters in the database, shared by every web process."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F

from firstvisit.kernel.models import Counter


def within(key: uuid.UUID, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one more and say whether it is still within `limit` in this stretch of `per`.

    `key` is a blind token, so the table shows no address. Stretches start on whole multiples of `per`.
    """
    window = _window(per, now)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_counter (key, "window", count) VALUES (%s, %s, 1)
            ON CONFLICT (key, "window") DO UPDATE SET count = kernel_counter.count + 1
            RETURNING count
            """,
            [key, window],
        )
        return bool(cursor.fetchone()[0] <= limit)


def give_back(key: uuid.UUID, *, per: timedelta, now: datetime) -> None:
    """Count one less in this stretch of `per`: what was counted did not matter after all."""
    Counter.objects.filter(key=key, window=_window(per, now), count__gt=0).update(count=F("count") - 1)


def _window(per: timedelta, now: datetime) -> datetime:
    return datetime.fromtimestamp(now.timestamp() // per.total_seconds() * per.total_seconds(), UTC)


def sweep(*, now: datetime) -> int:
    """Delete the counters of stretches that began more than a day ago; the number deleted."""
    return Counter.objects.filter(window__lt=now - timedelta(days=1)).delete()[0]
