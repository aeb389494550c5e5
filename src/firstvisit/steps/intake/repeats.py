"""What is the same delivery once more, and what only looks like it.

By the sender's own number first. Without one, equal bytes tell a file or a fax: of the same way, within a while, from
the same number and for the same request. Calls, texts and transcriptions are told apart by their number and by who
called.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from firstvisit.kernel import seal
from firstvisit.kernel.blind import token
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.steps.intake.models import Delivery, Item, Part, WayIn
from firstvisit.steps.intake.sources.delivery import Received

AGAIN: Final = timedelta(days=60)
"""The same bytes within this time are the same fax sent once more; later ones are an item of their own."""


def digest_of(received: Received) -> uuid.UUID:
    """The blind token of what it is: of a file its bytes, of words that somebody said or wrote who did as well."""
    parts = [hashlib.sha256(received.body).hexdigest()]
    if not received.is_file and received.what in ("document", "text"):  # of a recording one notice names no caller
        parts += [str(received.about.get(name) or "") for name in ("from", "call")]
    return token("body", *parts)


def same_before(way: WayIn, received: Received, digest: uuid.UUID, *, now: datetime) -> Item | None:
    """The item that these very bytes became: the one that still waits, else the newest."""
    if not received.is_file:
        return None
    earlier = Delivery.objects.filter(way=way, digest=digest, item__isnull=False, at__gte=now - AGAIN)
    rows = earlier.select_related("item__key", "item__document").order_by("-at")
    items = {row.item.id: row.item for row in rows if row.item is not None}
    fitting = [item for item in items.values() if _fits(received.about, about(item))]
    return next((item for item in fitting if item.status != "settled"), next(iter(fitting), None))


def went_to_open_leads(item: Item) -> bool:
    """Whether all of an item is with leads that are open: what comes once more says nothing that nobody works on. Where
    a part was signed as no referral, answered, or its lead is closed, a person is asked."""
    parts = list(Part.objects.filter(item=item).select_related("lead"))
    return bool(parts) and all(
        part.end in ("opened", "joined") and part.lead is not None and part.lead.closed_at is None for part in parts
    )


def leads_of(item: Item) -> list[Lead]:
    """The leads that an item became, each once."""
    found = {part.lead_id: part.lead for part in Part.objects.filter(item=item).select_related("lead")}
    return [lead for lead in found.values() if lead is not None]


def came_before(came: Mapping[str, Any]) -> Item | None:
    """The item of the same bytes that had found its end when this one came."""
    found = came.get("came_before")
    return Item.objects.filter(id=uuid.UUID(found)).first() if found else None


def about(item: Item) -> dict[str, Any]:
    """What came with a document: {"name", "what", "from", "to", ...}; {} for what came through another door."""
    if item.sealed is None:
        return {}
    found: dict[str, Any] = seal.unseal_json(seal.open_key(item.key), "intake_item", "sealed", item.id, item.sealed)
    return found


def request_of(came: Mapping[str, Any]) -> Lead | None:
    """The lead of the request with which something came (a FHIR bundle, an HL7 message), once that has been judged."""
    try:
        request = Item.objects.filter(id=uuid.UUID(str(came.get("belongs_to", "")))).first()
    except ValueError:
        return None
    if request is None or not request.answer:
        return None
    leads = [request.answer.get("code"), *request.answer.get("others", ())]
    number = int(came.get("request", 0))
    return by_code(leads[number]) if number < len(leads) and leads[number] else None


def _fits(came: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    """Whether two of the same bytes come from the same number and are for the same request: one letter enclosed for
    two patients belongs to both."""
    if any((came.get(name) or "") != (was.get(name) or "") for name in ("from", "belongs_to", "request")):
        lead = request_of(came)
        same_sender = (came.get("from") or "") == (was.get("from") or "")
        return same_sender and lead is not None and lead == request_of(was)
    return True
