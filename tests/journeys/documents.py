"""Documents for the Inbox's stories: drawn pages with their words, and what a reader found on them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from itertools import count

from firstvisit.journey import arriving
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.services import read
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item, WayIn
from firstvisit.steps.intake.pages.page import Box, Page, Word
from firstvisit.steps.intake.readers import Read
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import settle

_number = count(1)


def box(line: int, *, left: float = 0.3, width: float = 0.2) -> Box:
    """A place on the line of this number."""
    top = 0.05 + line * 0.04
    return Box(left, top, left + width, top + 0.02)


def found(
    path: str, value: object, confidence: float = 0.97, *, line: int = 1, page: int = 1, patient: int = 0
) -> Found:
    return Found(path, value, confidence, Place(page, box(line)), str(value), "label", patient)


def picture() -> bytes:
    """An empty page as a PNG of one bit: its header, its rows, its end (RFC 2083)."""
    rows = (b"\0" + b"\xff" * 107) * 1100
    header = struct.pack(">IIBBBBB", 850, 1100, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def page(number: int, words: Sequence[tuple[str, Box]] = ()) -> Page:
    return Page(number, 1700, 2200, tuple(Word(text, at, 0.99) for text, at in words), "text_layer")


WALTER = (
    found("patient.first_name", "Walter", line=1),
    found("patient.last_name", "Brandt", line=1),
    found("patient.date_of_birth", "1968-04-11", 0.6, line=2),
    found("patient.phone", "(608) 555-0147", line=3),
    found("disciplines", "OT", line=4),
    found("concern", "flexor tendon repair", 0.88, line=5),
    found("referrer.organization", "Capitol Hand Surgery", line=6),
    found("referrer.phone", "(608) 555-0116", line=7),
)
"""An order: one doubt, one likely value, six clear ones."""


def arrived(*each: Found, pages: int = 1, words: Sequence[tuple[str, Box]] = (), sort: str = "referral") -> Item:
    """A fax that came in and was read as these values, to be confirmed; with its tasks."""
    way = WayIn.objects.first() or ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)
    number = next(_number)
    body = b"%%PDF-1.4 page %d" % number
    received = Received("document", f"fax-{number}", "folder", body, "application/pdf", name=f"fax {number}.pdf")
    item_id = arriving.take(way, received).item
    item = Item.objects.select_related("key", "document").get(id=item_id)
    understood = settle(each or WALTER, channel="fax", received_on=clock.now().date(), item=str(item.id), sort=sort)
    sheets = tuple(page(n + 1, words) for n in range(pages))
    done = Read(understood, pages=sheets, pictures=tuple(picture() for _ in sheets))
    arriving.keep_read(item, done, now=clock.now())
    return Item.objects.select_related("key", "document").get(id=item_id)


def record_of(lead: Lead) -> Referral:
    """What a lead's reading says now."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return read(row, open_key(row.key))
