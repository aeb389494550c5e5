"""What was said about a lead whose patient is erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from firstvisit.messages.models import Message


def forget(leads: Iterable[uuid.UUID]) -> int:
    """Delete the words of every message about these leads; that it was sent, when and how stays."""
    return Message.objects.filter(lead__in=list(leads), sealed__isnull=False).update(sealed=None)
