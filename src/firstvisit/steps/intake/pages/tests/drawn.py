"""Pages drawn for tests, and what a fax line does to them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

WIDE, HIGH = 1700, 2200
"""A letter page at 200 dots to the inch."""


def font(size: int) -> FreeTypeFont:
    """The typeface that comes with Pillow, so that every machine draws the same page."""
    drawn = ImageFont.load_default(size)
    assert isinstance(drawn, FreeTypeFont)
    return drawn


def paper() -> Image.Image:
    return Image.new("L", (WIDE, HIGH), 255)


def written(lines: list[str], size: int = 34, top: int = 180, left: int = 160) -> Image.Image:
    """A page of lines."""
    page = paper()
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        draw.text((left, top + number * int(size * 1.7)), line, fill=0, font=font(size))
    return page


def box(draw: ImageDraw.ImageDraw, left: int, top: int, ticked: bool, side: int = 26) -> None:
    """A box to tick."""
    draw.rectangle((left, top, left + side, top + side), outline=0, width=2)
    if ticked:
        draw.line((left + 4, top + 4, left + side - 4, top + side - 4), fill=0, width=3)
        draw.line((left + side - 4, top + 4, left + 4, top + side - 4), fill=0, width=3)


def faxed(page: Image.Image, *, skew: float = 0.0, specks: int = 400, turned: int = 0, seed: int = 7) -> Image.Image:
    """The page as a feeder pulls it and a line delivers it: skewed, two-coloured, speckled, perhaps turned."""
    chance = np.random.default_rng(seed)
    page = page.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    dots = page.convert("L").resize((1728, 2156)).point(lambda value: 255 if value > 140 else 0).convert("1")
    draw = ImageDraw.Draw(dots)
    for _ in range(specks):
        x, y, wide, high = (int(chance.integers(below)) for below in (1728, 2156, 2, 2))
        draw.rectangle((x, y, x + wide, y + high), fill=0)
    return dots.rotate(-turned, expand=True)


def tiff(pages: list[Image.Image], *, coarse: bool = False, packing: str = "group4") -> bytes:
    """A fax as carriers send it; `coarse` is standard resolution, half as many lines."""
    down = 98.0 if coarse else 196.0
    if coarse:
        pages = [page.resize((page.width, page.height // 2)) for page in pages]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", compression=packing, save_all=True, append_images=pages[1:], dpi=(204.0, down))
    return out.getvalue()


def pdf(pages: list[Image.Image]) -> bytes:
    """A scan as a PDF."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=200.0, save_all=True, append_images=pages[1:])
    return out.getvalue()


def text_pdf(lines: list[str], *, pages: int = 1, more: str = "") -> bytes:
    """A PDF with a text layer, as a program prints it; `more` are further drawing orders of each page."""
    printed = [f"BT /F1 12 Tf 72 {720 - 20 * n} Td ({line}) Tj ET" for n, line in enumerate(lines)]
    body = " ".join([*printed, more]).encode()
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    leaf = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {4 + pages} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    objects += [leaf.encode()] * pages
    objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(body), body))
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + each + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)
