"""A document read by rules alone: in this process, without the network that reads along."""

from __future__ import annotations

import importlib

import pytest

from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document, Read
from firstvisit.steps.intake.readers.kind import kind_of
from firstvisit.steps.intake.understanding import learned


def read_by_rules(document: Document) -> Read:
    """What rules make of `document`, its attachments aside."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(learned, "reading", lambda told: None)
        read: readers.Reader = importlib.import_module(readers.READERS[kind_of(document)]).read
        return read(document)
