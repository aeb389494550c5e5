"""Bytes of a fax, picture or PDF to its pages. Runs in a process of its own (`child`), never beside anything else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.refusal import Unreadable
from firstvisit.steps.intake.pages.sheet import Sheet

if TYPE_CHECKING:
    from PIL.Image import Image

_PICTURES = ("TIFF", "PNG", "JPEG")
_RENDERED = 200
"""Dots to the inch at which a page of a PDF is drawn: what a fax in fine resolution has."""
_PAPER = 8.5
"""Inches across, where a picture does not say how large it is."""


def sheets(data: bytes) -> Iterator[Sheet]:
    """The pages of `data` in their order. Unreadable where it is no file of a kind we know, or asks too much."""
    if not data:
        raise Unreadable("The file is empty.")
    if len(data) > limits.MOST_BYTES:
        raise Unreadable(
            f"The file has {len(data) // 2**20} MB; at most {limits.MOST_BYTES // 2**20} MB are read by machine."
        )
    # Some programs write a line before the mark of a PDF; the format allows it within the first 1,024 bytes.
    if b"%PDF-" in data[:1024]:
        from firstvisit.steps.intake.pages import pdf

        yield from pdf.sheets(data, _RENDERED)
    else:
        yield from _pictures(data)


def _pictures(data: bytes) -> Iterator[Sheet]:
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = limits.MOST_DOTS
    try:
        image = Image.open(io.BytesIO(data), formats=_PICTURES)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Unreadable("This is no fax (TIFF), picture (PNG, JPEG) or PDF, or it is damaged or cut off.") from error
    with image:
        # Counted before any is unpacked: looking at a hundred pages of a file that is then refused takes minutes.
        for number in range(1, _counted(image) + 1):
            image.seek(number - 1)
            yield _picture(image, number, np)


def _counted(image: Image) -> int:
    """How many pages it has."""
    for number in range(1, limits.MOST_PAGES + 2):
        try:
            image.seek(number - 1)
        except EOFError:
            return number - 1
        except (OSError, ValueError, TypeError, SyntaxError, KeyError) as error:
            raise Unreadable(f"The file is damaged: page {number} cannot be found.") from error
    raise too_many(None)


def _picture(image: Image, number: int, np: Any) -> Sheet:
    if image.width * image.height > limits.MOST_DOTS:
        raise _too_large()
    if min(image.size) < 16:
        raise Unreadable(f"Page {number} is {image.width} by {image.height} dots: too small to hold words.")
    across, down = _resolution(image)
    try:
        grey = _flat(image)
    except (OSError, ValueError, TypeError, SyntaxError, EOFError) as error:
        raise Unreadable(f"The file is damaged: page {number} breaks off or cannot be unpacked.") from error
    # A camera says by a mark which side is up.
    turns = {3: 2, 6: 3, 8: 1}.get(image.getexif().get(0x0112, 1), 0) if image.format == "JPEG" else 0
    array = np.ascontiguousarray(np.rot90(np.asarray(grey, dtype=np.uint8), turns))
    return Sheet(number, array, *((down, across) if turns % 2 else (across, down)))


def _flat(image: Image) -> Image:
    """Grey on white; what is transparent shows the paper."""
    from PIL import Image as pil

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image.load()
        coloured = image.convert("RGBA")
        paper = pil.new("RGBA", coloured.size, "white")
        paper.alpha_composite(coloured)
        return paper.convert("L")
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("L")


def _resolution(image: Image) -> tuple[float, float]:
    """Dots to the inch across and down. Where the file does not say, a page is as wide as paper; a fax that is
    wider than high by its dots was sent in standard resolution (204 by 98)."""
    said = image.info.get("dpi") or (0, 0)
    across, down = float(said[0] or 0), float(said[1] or 0)
    # 1 and 72 are what programs write that do not know.
    if 90 <= across <= 1300 and 90 <= down <= 1300:
        return across, down
    if image.width in (1728, 2048, 2432) and image.mode == "1":
        return 204.0, 98.0 if image.height < 1500 else 196.0
    guess = max(75.0, min(image.size) / _PAPER)
    return guess, guess


def _too_large() -> Unreadable:
    return Unreadable(
        f"A page has more than {limits.MOST_DOTS // 10**6} million dots, more than any sheet; it is not opened."
    )


def too_many(pages: int | None) -> Unreadable:
    """`pages` as counted, or None where counting stopped at the limit."""
    how_many = f"{pages:,}" if pages else f"more than {limits.MOST_PAGES}"
    return Unreadable(f"The file has {how_many} pages; at most {limits.MOST_PAGES} are read by machine. Split it.")
