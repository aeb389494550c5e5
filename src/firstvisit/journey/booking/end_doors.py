"""A message or a note of an EMR that tells that a visit ended: the doors' way to `ends`.

What is sure is noted at once; the original is kept, sealed, with the lead it was about. What is unsure is an item of
the Inbox with the reason, and closes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from firstvisit.journey.booking import ends
from firstvisit.journey.booking.ends import Became
from firstvisit.journey.desk_tasks import person_looks
from firstvisit.kernel import writes
from firstvisit.kernel.audit import Actor
from firstvisit.steps.booking.ends import End, as_text, ccda, hl7_notes
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.sources import hl7v2
from firstvisit.steps.intake.sources.hl7v2 import MEDIA_TYPE as HL7

NOTE: Final = "text/xml"
"""The media type of a C-CDA note."""
SEES: Final = "An EMR tells that a visit ended: {why}; see to its lead"


def end_of(body: bytes, media_type: str) -> End | None:
    """What a message or a note tells; None where it ends nothing. BadInput or `hl7v2.Rejected` where it is none."""
    if media_type == HL7:
        message = hl7v2.decode(body)
        return hl7_notes.read(message.parsed, message.kind, message.control)
    return ccda.read(body)


def concerns_us(body: bytes, media_type: str, *, actor: Actor, now: datetime) -> bool:
    """Whether a message or a note ends something of a lead here, or may: an EMR sends daily notes, and tells of people
    who never were leads."""
    end = end_of(body, media_type)
    return end is not None and ends.take(end, actor=actor, now=now, dry=True).how != "nothing"


def take_item(item: Item, body: bytes, media_type: str, *, actor: Actor, now: datetime) -> bool:
    """Settle a kept message or note; false, with a task, where a person must read it."""
    end = end_of(body, media_type)
    with transaction.atomic():
        if not intake.claim(item.id):
            return True
        became = ends.take(end, actor=actor, now=now) if end is not None else Became("unsure", "it ends nothing")
        if became.how in ("noted", "known") and became.lead is not None:
            writes.insert([Part(item=item, lead=became.lead, end="answered", at=now)])
            intake.answered(item, {"code": None})
            return True
        if end is not None:
            deliveries.note_about(item, {"end": as_text(end), "why": became.why})
    person_looks(item.id, "confirm_item", SEES.format(why=became.why))
    return False
