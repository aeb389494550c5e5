"""Signed links from one page of a form to the next.

A link carries the id of the received item and nothing else, signed, and is good for a day from its arrival.
Whoever gets hold of one sees no personal data behind it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from django.core import signing

from firstvisit.journey.receiving import Receipt, receipt_of
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.referral.red_flags import STAFF_ONLY
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
    """What stands behind a link: the item, what its sender was told, and the lead it became (None while it is not
    judged, and for whoever is told nothing of it; the second step of a form goes on with it all the same).

    `flagged` is whether this request itself states a red flag that a page may answer with a word: what others said of
    the same person is nobody's to learn here.
    """

    item: Item
    lead: Lead | None
    flagged: bool
    told: Receipt


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
    told = receipt_of(item).told
    alone = told.neutral or told.apart is not None
    lead = part.lead if part and (page == "step2" or not alone) else None
    return Kept(item, lead, bool(part and set(part.red_flags) - STAFF_ONLY), told)
