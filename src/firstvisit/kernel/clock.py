"""The time, read at the edges only; rules are given `now`.

The demo and the tests move time by an offset that is a row, so that every process sees the same hour.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from firstvisit.kernel.models import ClockOffset

_lock = threading.Lock()
_read_at = float("-inf")
_offset = timedelta()


def now() -> datetime:
    """The current moment in UTC, with the demo's offset."""
    if not settings.CLOCK_MOVES:
        return datetime.now(UTC)
    return datetime.now(UTC) + _current_offset()


def move(by: timedelta) -> None:
    """Move the clock of the whole installation; only where CLOCK_MOVES is on."""
    if not settings.CLOCK_MOVES:
        raise RuntimeError("the clock of a practice is never moved")
    with transaction.atomic():
        row, _ = ClockOffset.objects.select_for_update().get_or_create(id=1)
        row.seconds += by.total_seconds()
        row.save()
    forget()


def forget() -> None:
    """Read the offset again at the next look."""
    global _read_at
    _read_at = float("-inf")


def _current_offset() -> timedelta:
    """The offset, re-read at most once a second."""
    global _read_at, _offset
    with _lock:
        if time.monotonic() - _read_at > 1:
            row = ClockOffset.objects.filter(id=1).first()
            _offset = timedelta(seconds=row.seconds if row else 0)
            _read_at = time.monotonic()
        return _offset
