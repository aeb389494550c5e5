"""What was read, as it crosses between processes: JSON, and the bytes of what was attached."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from itertools import accumulate, pairwise
from typing import Any

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.pages.messages import Message
from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.readers import Document, Read
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import Doubt, Settled, Understood


def stated(read: Read) -> Message:
    """The message that `read_of` makes the same reading of. Pages and pictures are no part of it."""
    header = {
        "understood": understood_stated(read.understood),
        "texts": dict(read.texts),
        "unread": list(read.unread),
        "attachments": [
            [each.name, each.media_type, each.received_on.isoformat(), each.by_office, len(each.content)]
            for each in read.attachments
        ],
    }
    return header, b"".join(each.content for each in read.attachments)


def read_of(message: Message) -> Read:
    """The reading again."""
    header, raw = message
    ends = pairwise(accumulate((each[4] for each in header["attachments"]), initial=0))
    return Read(
        understood_of(header["understood"]),
        tuple(
            Document(name, media_type, raw[start:end], dt.date.fromisoformat(day), by_office=by_office)
            for (name, media_type, day, by_office, _), (start, end) in zip(header["attachments"], ends, strict=True)
        ),
        header["texts"],
        unread=tuple(header["unread"]),
    )


def understood_stated(understood: Understood) -> dict[str, Any]:
    """What a document says, as JSON can state it."""
    return {
        "patients": [
            {
                "referral": settled.referral.model_dump(mode="json"),
                "doubts": [asdict(doubt) for doubt in settled.doubts],
            }
            for settled in understood.patients
        ],
        "found": [asdict(each) for each in understood.found],
        "sort": understood.sort,
    }


def understood_of(said: dict[str, Any]) -> Understood:
    """The same again."""
    return Understood(
        tuple(
            Settled(Referral.model_validate(each["referral"]), tuple(Doubt(**doubt) for doubt in each["doubts"]))
            for each in said["patients"]
        ),
        tuple(Found(**{**each, "place": _place(each["place"])}) for each in said["found"]),
        said["sort"],
    )


def _place(said: dict[str, Any]) -> Place:
    box, span = said["box"], said["span"]
    return Place(said["page"], Box(*box) if box else None, said["text"], (span[0], span[1]) if span else None)
