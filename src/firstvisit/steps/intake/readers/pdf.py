"""PDFs: pages with a text layer are read from it, others as pictures."""

from __future__ import annotations

from firstvisit.steps.intake.readers import Document, Read, fax


def read(document: Document) -> Read:
    """As a fax; which eyes look at a page is decided page by page (`pages.plan`)."""
    return fax.read(document)
