"""Photos opened and written anew. Runs in a process of its own (`child`), never beside anything else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_DOTS: Final = 120_000_000
"""Of one photo; the largest sensors of phones have 108 million. A JPEG is opened at an eighth of that."""
LONGEST: Final = 1700
"""Dots along the longer side of what is kept: a card that fills the photo is read well at that size."""
SHORTEST: Final = 200
_DOTS_TO_THE_INCH: Final = 200


class Refused(Exception):
    """Which photo cannot be used, and why (`photos.Why`)."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


def as_pdf(photos: Sequence[bytes]) -> bytes:
    """One PDF, a page a photo."""
    pages = [_clean(photo, number) for number, photo in enumerate(photos)]
    made = io.BytesIO()
    pages[0].save(made, "PDF", save_all=True, append_images=pages[1:], resolution=_DOTS_TO_THE_INCH, quality=85)
    return made.getvalue()


def _clean(photo: bytes, number: int) -> Picture:
    """The dots of one photo, the right way up by what the camera said, and nothing else of it."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # counted below, before anything is unpacked
    try:
        image = Image.open(io.BytesIO(photo), formats=("JPEG", "PNG"))
        if image.width * image.height > MOST_DOTS:
            raise Refused(number, "large")
        if max(image.size) < SHORTEST:
            raise Refused(number, "small")
        image.draft("RGB", (LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            seen = upright.convert("RGBA")
            paper = Image.new("RGBA", seen.size, "white")
            paper.alpha_composite(seen)
            upright = paper
        plain = upright.convert("RGB")
        plain.thumbnail((LONGEST, LONGEST))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, KeyError) as error:
        raise Refused(number, "broken") from error
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    return fresh
