"""The process in which words from outside are understood.

    python -m firstvisit.steps.intake.readers.child understand

A text and its kind in, or the pages of a document as words with boxes; what it says out, as `wire` states it. It holds
no secret, reaches no database and may not write a file. Whoever asks ends it where it takes too long.
"""

from __future__ import annotations

import datetime as dt
import importlib
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.messages import Message, confined, send, serve
from firstvisit.steps.intake.pages.wire import page_of
from firstvisit.steps.intake.readers import READERS, Document, Unreadable, wire
from firstvisit.steps.intake.understanding import paper


def main() -> int:
    """Serve standard input until it ends."""
    serve(answer, confined(limits.UNDERSTANDING_MEMORY))
    return 0


def answer(message: Message, back: BinaryIO) -> None:
    """What one message says, or why that cannot be said. What went wrong is named by its kind and place alone: its
    words may hold what the document says."""
    try:
        said = _understood(message) if "pages" in message[0] else _read(message)
    except Unreadable as why:
        said = {"refused": str(why)}, b""
    except MemoryError:
        said = {"refused": "It asks for more memory than any letter needs; a person reads the original."}, b""
    except Exception as error:  # noqa: BLE001 -- told to whoever asked, who counts it and tries again
        at = traceback.extract_tb(error.__traceback__)[-1]
        said = {"failed": f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}"}, b""
    send(back, *said)


def _read(message: Message) -> Message:
    header, content = message
    day = dt.date.fromisoformat(header["received_on"])
    document = Document(header["name"], header["media_type"], content, day, by_office=header["by_office"])
    return wire.stated(importlib.import_module(READERS[header["kind"]]).read(document))


def _understood(message: Message) -> Message:
    header, _ = message
    pages = [page_of(each) for each in header["pages"]]
    understood = paper.understand(pages, dt.date.fromisoformat(header["received_on"]))
    return {"understood": wire.understood_stated(understood)}, b""


if __name__ == "__main__":
    sys.exit(main())
