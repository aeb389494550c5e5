"""What was said about a lead whose patient is erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q

from firstvisit.messages.models import Message


def forget(leads: Iterable[uuid.UUID]) -> int:
    """Delete the words of every message about these leads; that it was sent, when and how stays."""
    worded = Q(sealed__isnull=False) | Q(words__isnull=False)
    return Message.objects.filter(worded, lead__in=list(leads)).update(sealed=None, words=None)
