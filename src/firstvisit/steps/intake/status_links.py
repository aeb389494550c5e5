"""The signed link behind which a partner sees what became of what they sent. Good for 90 days; asked anew by them.

It carries the id of the item and when it was made. What may stand behind it is `web.public.status`' to say.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core import signing

from firstvisit.steps.intake.models import Item

GOOD_FOR: Final = timedelta(days=90)
_SALT: Final = "intake.status"


@dataclass(frozen=True, slots=True)
class Status:
    """What a link leads to: an item that was referred, when the link was given, and until when it is good."""

    item: Item
    given_at: datetime
    until: datetime


class TooOld(Exception):
    """One of our links whose time has passed."""


def status_mark(item: uuid.UUID, *, at: datetime) -> str:
    """The signed part of the link."""
    return signing.Signer(salt=_SALT).sign(f"{item.hex}{int(at.timestamp()):x}")


def status_behind(mark: str, *, now: datetime) -> Status | None:
    """What a link leads to; None when it is not ours or what was sent is no longer here. TooOld."""
    try:
        text = signing.Signer(salt=_SALT).unsign(mark)
        item_id, made = uuid.UUID(hex=text[:32]), datetime.fromtimestamp(int(text[32:], 16), UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        return None
    if made + GOOD_FOR < now:
        raise TooOld
    item = Item.objects.select_related("key", "document").filter(id=item_id).first()
    return Status(item, made, made + GOOD_FOR) if item is not None else None
