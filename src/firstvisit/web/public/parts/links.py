"""Signed links from one page of a form to the next.

A link carries the id of the received item and nothing else, signed, and is good for a day from its arrival.
Whoever gets hold of one sees no personal data behind it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from django.core import signing

from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.steps.intake.models import Item

GOOD_FOR: Final = timedelta(hours=24)
GUIDE_GOOD_FOR: Final = timedelta(days=90)
"""The receipt carries the link to the guide, behind which is nobody's data."""
Page = Literal["step2", "done", "refer_done", "refer_again", "event_done", "guide_ready"]
SOURCES: Final[dict[Page, str]] = {
    "step2": "form",
    "done": "form",
    "refer_done": "refer",
    "refer_again": "refer",
    "event_done": "event",
    "guide_ready": "guide",
}
"""Through which way in an item must have come for a page to show it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands behind a link: the item, and the lead it became (None while it is not judged).

    `flagged` is whether this request itself states a red flag: what others said of the same person is nobody's to
    learn here.
    """

    item: Item
    lead: Lead | None
    flagged: bool

    @property
    def answer(self) -> dict[str, Any]:
        """What the sender was told; empty while it is not judged."""
        return self.item.answer or {}


def link_to(page: Page, item: uuid.UUID) -> str:
    """The signed part of an address."""
    return signing.Signer(salt=f"request.{page}").sign(item.hex)


def behind(page: Page, link: str) -> Kept | None:
    """What a link leads to; None when it is not ours, is too old, or leads nowhere."""
    try:
        item_id = uuid.UUID(hex=signing.Signer(salt=f"request.{page}").unsign(link))
    except (signing.BadSignature, ValueError):
        return None
    item = Item.objects.select_related("key", "document").filter(id=item_id, source=SOURCES[page]).first()
    good_for = GUIDE_GOOD_FOR if page == "guide_ready" else GOOD_FOR
    if item is None or item.received_at + good_for < clock.now():
        return None
    part = item.parts.select_related("lead").first()
    return Kept(item, part.lead if part else None, bool(part and part.red_flags))
