"""The processes in which what came from outside is opened and looked at.

    python -m firstvisit.steps.intake.pages.child unpack    one file: its bytes in, its pages out, then the end
    python -m firstvisit.steps.intake.pages.child look      pages in, words with boxes out, as long as any come

A message is four bytes with the length of a JSON header, the header, and as many raw bytes as it says in "raw".
They hold no secret, reach no database and may not write a file; limits of memory and time hold from the first line.
"""

from __future__ import annotations

import os
import resource
import select
import struct
import sys
from dataclasses import asdict
from json import dumps, loads
from typing import Any, BinaryIO

from firstvisit.steps.intake.pages import limits

_IDLE = 300
"""Seconds after which a process that looks at pages ends: its networks hold memory that others may want."""

Message = tuple[dict[str, Any], bytes]


def main(words: list[str]) -> int:
    """Serve standard input until it ends."""
    task = words[0]
    memory = limits.UNPACKING_MEMORY if task == "unpack" else limits.LOOKING_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(10)
    # Nothing but messages may go to standard output; libraries that print write elsewhere.
    back = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if task == "unpack":
        resource.setrlimit(resource.RLIMIT_CPU, (limits.UNPACKING_SECONDS, limits.UNPACKING_SECONDS))
        message = receive(sys.stdin.buffer)
        if message is not None:
            unpack(message[1], back)
        return 0
    while select.select([0], [], [], _IDLE)[0]:
        message = receive(sys.stdin.buffer)
        if message is None:
            break
        look(message, back)
    return 0


def unpack(data: bytes, back: BinaryIO) -> None:
    """Each page of a file as one message, then the end or the refusal."""
    from firstvisit.steps.intake.pages import decode
    from firstvisit.steps.intake.pages.refusal import Unreadable

    try:
        for sheet in decode.sheets(data):
            header = {
                "number": sheet.number,
                "shape": list(sheet.grey.shape),
                "across": sheet.across,
                "down": sheet.down,
                "words": None if sheet.words is None else [list(word) for word in sheet.words],
            }
            send(back, header, sheet.grey.tobytes())
        send(back, {"end": True})
    except Unreadable as error:
        send(back, {"refused": error.words})
    except MemoryError:
        send(back, {"refused": "The file asks for more memory than any fax needs; it is not opened."})


def look(message: Message, back: BinaryIO) -> None:
    """One page as words, and its picture as it was placed."""
    import cv2

    from firstvisit.steps.intake.pages.clean import as_placed
    from firstvisit.steps.intake.pages.plan import page_of
    from firstvisit.steps.intake.pages.wire import sheet_of

    header, raw = message
    sheet = sheet_of(header, raw)
    page = page_of(sheet, header["plan"], header.get("turned_by"))
    shown = as_placed(sheet, page.turned, page.skew)
    # Two colours came in, two colours go out: a tenth of the bytes of a grey page.
    two = bool(((sheet.grey == 0) | (sheet.grey == 255)).all())
    if two:
        shown = ((shown > 127) * 255).astype("uint8")
    done, png = cv2.imencode(".png", shown, [cv2.IMWRITE_PNG_BILEVEL, int(two)])
    if not done:
        raise ValueError(f"page {sheet.number} cannot be written as a picture")
    send(back, {"page": asdict(page)}, png.tobytes())


def send(to: BinaryIO, header: dict[str, Any], raw: bytes = b"") -> None:
    """Write one message."""
    to.write(framed(header, raw))
    to.write(raw)
    to.flush()


def framed(header: dict[str, Any], raw: bytes) -> bytes:
    """The head of a message."""
    body = dumps({**header, "raw": len(raw)}).encode()
    return struct.pack(">I", len(body)) + body


def receive(source: BinaryIO) -> Message | None:
    """Read one message; None when there are no more."""
    length = source.read(4)
    if len(length) < 4:
        return None
    header: dict[str, Any] = loads(source.read(struct.unpack(">I", length)[0]))
    return header, source.read(header.pop("raw"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
