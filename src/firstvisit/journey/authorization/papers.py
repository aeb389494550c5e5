"""What is kept for a lead and can go with a request: the pages of documents that are about this patient."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from firstvisit.documents.services import body
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import Lead
from firstvisit.messages.moments import short_day
from firstvisit.practice.shape import Site
from firstvisit.steps.intake.models import ItemPage, Part


@dataclass(frozen=True, slots=True)
class Kept:
    """The share that a lead has in one document that arrived: its id, when and how it came, and how many pages."""

    id: str
    title: str
    pages: int


def kept_for(lead: Lead, site: Site) -> list[Kept]:
    """The documents of a lead of which there are pictures, oldest first; of one that tells of several patients only
    the pages of this one, and of what a person named in a restriction sent nothing."""
    found = []
    for part in _parts(lead):
        if pages := _pages(part).count():
            day = short_day(part.item.received_at.astimezone(site.tz).date())
            found.append(Kept(str(part.id), f"Received {day} by {part.item.source.replace('_', ' ')}", pages))
    return found


def pictures(lead: Lead, papers: Collection[str]) -> list[bytes]:
    """The pictures (PNG) of the pages of these shares, in their order. One that is not this lead's is left out."""
    found = []
    for part in _parts(lead):
        if str(part.id) in papers:
            key = open_key(part.item.key)
            found += [body(page.document, key) for page in _pages(part) if page.document is not None]
    return found


def ids_of(texts: Collection[str]) -> list[str]:
    """Those of the texts that are ids."""
    return [text for text in texts if _is_id(text)]


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _parts(lead: Lead) -> list[Part]:
    parts = Part.objects.filter(lead=lead, end__in=["opened", "joined"], quiet=False).select_related("item__key")
    return list(parts.order_by("item__received_at", "id"))


def _pages(part: Part):  # type: ignore[no-untyped-def]
    leaves = ItemPage.objects.filter(item=part.item_id, part=part.number, document__isnull=False)
    return leaves.select_related("document").order_by("number")
