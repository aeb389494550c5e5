"""One PDF of several: those that we made, and pictures of pages, a picture a page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

LETTER: Final = (612.0, 792.0)
"""US letter in points."""
MARGIN: Final = 18.0
_QUALITY: Final = 80


@dataclass(frozen=True, slots=True)
class Sheet:
    """A PDF, or the picture (PNG) of one page."""

    kind: Literal["pdf", "png"]
    body: bytes


def merged(sheets: Sequence[Sheet]) -> bytes:
    """All of them as one PDF, in this order. A picture fills a letter page, upright or lying as it is itself. Only
    what we made ourselves is given here: nothing that a stranger sent is decoded."""
    import pypdfium2 as pdfium  # loaded here only: nothing else of a web process needs it

    whole = pdfium.PdfDocument.new()
    for sheet in sheets:
        if sheet.kind == "pdf":
            one = pdfium.PdfDocument(sheet.body)
            whole.import_pages(one)
            one.close()
        else:
            _add_picture(whole, sheet.body)
    out = io.BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()


def _add_picture(whole: object, body: bytes) -> None:
    import pypdfium2 as pdfium
    from PIL import Image

    with Image.open(io.BytesIO(body)) as opened:
        jpeg = io.BytesIO()
        opened.convert("RGB").save(jpeg, "JPEG", quality=_QUALITY)
        width, height = opened.size
    wide, high = LETTER if height >= width else LETTER[::-1]
    scale = min((wide - 2 * MARGIN) / width, (high - 2 * MARGIN) / height)
    page = whole.new_page(wide, high)  # type: ignore[attr-defined]
    image = pdfium.PdfImage.new(whole)
    image.load_jpeg(io.BytesIO(jpeg.getvalue()), inline=True)
    x, y = (wide - width * scale) / 2, (high - height * scale) / 2
    image.set_matrix(pdfium.PdfMatrix().scale(width * scale, height * scale).translate(x, y))
    page.insert_obj(image)
    page.gen_content()
    page.close()
