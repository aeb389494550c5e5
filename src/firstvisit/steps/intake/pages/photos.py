"""Photos of something small, such as a card, made safe to keep: opened in a process apart, and written anew.

What a camera writes beside the picture (where and when it was taken, with which phone) does not come along.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.process import Gone, Process

Why = Literal["heic", "other", "large", "small", "broken"]
MOST_BYTES: Final = 12 * 2**20
"""Of one photo; the largest of usual phones have some 10 MB."""
_HEIC: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1", b"avif")
_CHILD: Final = "firstvisit.steps.intake.pages.child"


class NoPhoto(Exception):
    """Which of the photos (0 is the first) cannot be used, and why."""

    def __init__(self, number: int, why: Why) -> None:
        self.number, self.why = number, why
        super().__init__(why)


def as_pdf(photos: Sequence[bytes]) -> bytes:
    """The photos as the pages of one PDF, upright, without anything but their dots. NoPhoto names the first that cannot
    be used."""
    for number, photo in enumerate(photos):
        if (why := _no_photo(photo)) is not None:
            raise NoPhoto(number, why)
    process = Process(_CHILD, "photos")
    try:
        process.send({"sizes": [len(photo) for photo in photos]}, b"".join(photos), limits.UNPACKING_SECONDS)
        header, raw = process.receive(limits.UNPACKING_SECONDS)
    except Gone as error:
        raise NoPhoto(0, "broken") from error
    finally:
        process.end()
    if "refused" in header:
        raise NoPhoto(header["number"], header["refused"])
    return raw


def _no_photo(photo: bytes) -> Why | None:
    """What is wrong with a file by its first bytes and its length; None where it may be a photo."""
    if photo[4:8] == b"ftyp" and photo[8:12].lower() in _HEIC:
        return "heic"
    if not photo.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "other"
    return "large" if len(photo) > MOST_BYTES else None
