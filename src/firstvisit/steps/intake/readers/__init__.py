"""From a document's bytes to what it says. One file a kind, one line in the register; no Django, no network."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.understanding.settle import Understood


@dataclass(frozen=True, slots=True)
class Document:
    """What arrived: bytes under a name. `received_on` is the day it reached us, which bounds dates and fills in years;
    where the document itself says when it was written (a mail's Date, a transcript's header), that counts."""

    name: str
    media_type: str
    content: bytes
    received_on: dt.date
    turns: Mapping[int, int] = field(default_factory=dict)
    """By page, how many degrees clockwise it is turned to stand upright, where a person has said so."""
    by_office: bool = False
    """Whether it came attached to a message by whom patients are referred."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a document says, and what was attached to it, to be read in its turn.

    `texts` are what the spans of places count in, by name ("body", "subject"). A document of pages has those instead,
    and in the same order their `pictures`: upright PNGs, 1-bit or grey, which are all that a screen ever shows of it.
    """

    understood: Understood
    attachments: tuple[Document, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    pictures: tuple[bytes, ...] = ()
    unread: tuple[str, ...] = ()
    """What of it could not be read, by name with the reason; a person looks at the original."""


class Unreadable(Exception):
    """A document nobody can read by machine; the message says why in words fit for a screen."""


Reader = Callable[[Document], Read]

READERS: Final[dict[str, str]] = {
    "fax": "firstvisit.steps.intake.readers.fax",
    "mail": "firstvisit.steps.intake.readers.mail",
    "transcript": "firstvisit.steps.intake.readers.transcript",
    "note": "firstvisit.steps.intake.readers.note",
    "message": "firstvisit.steps.intake.readers.message",
    "pdf": "firstvisit.steps.intake.readers.pdf",
}
"""Kind to the module whose `read(document) -> Read` reads it; loaded when the first of its kind arrives."""
_TEXTS: Final = ("mail", "transcript", "note", "message")
"""Kinds that are read whole in the process apart; of the others it understands the words that were seen on pages."""


def read(document: Document) -> Read:
    """What `document` says. Raises Unreadable with a sentence.

    Nothing of it is parsed in this process: see `apart` and `pages.reading`.
    """
    from firstvisit.steps.intake.readers.kind import decoded, kind_of, wide

    kind = kind_of(document)
    if kind not in READERS:
        raise Unreadable("This kind of file is not read by machine; a person looks at it.")
    if kind == "mail" and wide(document.content):  # a mail that a program saved as a text of wide letters
        document = replace(document, content=decoded(document.content).encode())
    if kind in _TEXTS:
        from firstvisit.steps.intake.readers.apart import understanding

        return understanding().read(document, kind)
    reader: Reader = importlib.import_module(READERS[kind]).read
    return reader(document)


_DEEPEST: Final = 3


def read_whole(document: Document) -> Understood:
    """What `document` says together with its attachments, each of which is read in its turn.

    Patients that only an attachment names come along; what the message and an attachment say of the same patient stays
    two readings, of which the fuller one counts and the other fills what it leaves open. An attachment that cannot be
    read is passed over here: it stays with the item, for a person. Raises Unreadable where the document itself cannot be.
    """
    from firstvisit.steps.intake.understanding.together import together

    done = read(document)
    return together(done.understood, list(_attached(done.attachments, 1)))


def _attached(documents: tuple[Document, ...], depth: int) -> Iterator[Understood]:
    for document in documents if depth <= _DEEPEST else ():
        try:
            done = read(document)
        except Unreadable:
            continue
        yield done.understood
        yield from _attached(done.attachments, depth + 1)
