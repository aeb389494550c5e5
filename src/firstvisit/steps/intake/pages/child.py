"""The processes in which what came from outside is opened and looked at.

    python -m firstvisit.steps.intake.pages.child unpack    one file: its bytes in, its pages out, then the end
    python -m firstvisit.steps.intake.pages.child photos    photos in, one PDF of them out, then the end
    python -m firstvisit.steps.intake.pages.child look      pages in, words with boxes out, as long as any come

They hold no secret, reach no database and may not write a file; limits of memory and time hold from the first line.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import asdict
from itertools import accumulate, pairwise
from typing import BinaryIO

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.messages import Message, confined, receive, send, serve


def main(words: list[str]) -> int:
    """Serve standard input until it ends."""
    if words[0] in ("unpack", "photos"):
        back = confined(limits.UNPACKING_MEMORY)
        resource.setrlimit(resource.RLIMIT_CPU, (limits.UNPACKING_SECONDS, limits.UNPACKING_SECONDS))
        message = receive(sys.stdin.buffer)
        if message is not None and words[0] == "unpack":
            unpack(message[1], back)
        elif message is not None:
            photos(message, back)
        return 0
    serve(look, confined(limits.LOOKING_MEMORY))
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


def photos(message: Message, back: BinaryIO) -> None:
    """The photos of one message as one PDF, or which of them cannot be used."""
    from firstvisit.steps.intake.pages import shrink

    header, raw = message
    ends = list(accumulate(header["sizes"], initial=0))
    try:
        send(back, {}, shrink.as_pdf([raw[start:end] for start, end in pairwise(ends)]))
    except shrink.Refused as no:
        send(back, {"refused": no.why, "number": no.number})
    except MemoryError:
        send(back, {"refused": "large", "number": 0})


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
