"""Destroying data keys: what was sealed under them is unreadable for good, and every row still stands."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from firstvisit.kernel.models import DataKey


def destroy(keys: Iterable[uuid.UUID], *, at: datetime) -> int:
    """Destroy data keys by id; the number that stood until now."""
    return DataKey.objects.filter(id__in=set(keys), wrapped__isnull=False).update(
        wrapped=None, destroyed_at=at
    )
