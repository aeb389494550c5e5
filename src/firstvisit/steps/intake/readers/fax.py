"""Faxes and other pictures of paper: TIFF, PNG, JPEG."""

from __future__ import annotations

from firstvisit.steps.intake.pages import reading, refusal
from firstvisit.steps.intake.readers import Document, Read, Unreadable
from firstvisit.steps.intake.readers.apart import understanding


def read(document: Document) -> Read:
    """What a document of pages says, with its pages and their pictures. Raises Unreadable where not every page can be
    read: half of a fax is for a person."""
    try:
        both = list(reading.reader().pages_and_pictures(document.content, document.turns))
    except refusal.Unreadable as error:
        raise Unreadable(error.words) from error
    pages = tuple(page for page, _ in both)
    return Read(
        understanding().understood(pages, document.received_on),
        pages=pages,
        pictures=tuple(picture for _, picture in both),
    )
