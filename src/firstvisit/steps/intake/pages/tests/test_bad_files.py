"""What cannot be read ends as a sentence, quickly, with this process alive and small."""

from __future__ import annotations

import io
import resource
import zlib

import pytest
from PIL import Image

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.reading import PageReader
from firstvisit.steps.intake.pages.refusal import Unreadable
from firstvisit.steps.intake.pages.tests import drawn

GOOD = drawn.tiff([drawn.faxed(drawn.written(["Patient: Odette Villanueva", "Please evaluate and treat."] * 6))])


def png_of(width: int, height: int) -> bytes:
    """A picture of nothing, packed as tightly as PNG can: a few hundred bytes a million dots."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress((b"\x00" + b"\x00" * width) * min(height, 4000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def tiff_bomb() -> bytes:
    """One page that says it is 200,000 dots each way."""
    out = io.BytesIO()
    Image.new("1", (64, 64), 1).save(out, "TIFF", compression="group4")
    data = bytearray(out.getvalue())
    start = int.from_bytes(data[4:8], "little")
    for entry in range(int.from_bytes(data[start : start + 2], "little")):
        at = start + 2 + 12 * entry
        if int.from_bytes(data[at : at + 2], "little") in (256, 257):
            fields = ((4, 2), (1, 4), (200_000, 4))
            data[at + 2 : at + 12] = b"".join(value.to_bytes(size, "little") for value, size in fields)
    return bytes(data)


def circle_of_pages() -> bytes:
    """A TIFF whose last page says that the first comes next."""
    data = bytearray(GOOD)
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    data[start + 2 + 12 * count : start + 6 + 12 * count] = start.to_bytes(4, "little")
    return bytes(data)


LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/O<" + b"ab" * 32 + b">/U<" + b"cd" * 32 + b">/P -4>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<" + b"00" * 16 + b"><" + b"00" * 16 + b">]>>\n%%EOF"
)

REFUSED = {
    "an empty file": (b"", "empty"),
    "no known kind": (b"PK\x03\x04" + b"\x00" * 400, "no fax"),
    "a locked PDF": (LOCKED, "password"),
    "a PDF that breaks off": (drawn.pdf([drawn.written(["x"])])[:900], "damaged"),
    "a PDF without pages": (drawn.text_pdf(["x"], pages=0), "no pages"),
    "a PDF of 500 pages": (drawn.text_pdf(["Page"], pages=500), "500 pages"),
    "a fax that breaks off": (GOOD[: len(GOOD) // 3], "damaged"),
    "a TIFF bomb": (tiff_bomb(), "million dots"),
    "a TIFF that goes round and round": (circle_of_pages(), None),
    "a PNG bomb": (png_of(60_000, 60_000), "million dots"),
    "a PNG that breaks off": (png_of(2000, 3000)[:900], "damaged"),
    "a dot": (png_of(1, 1), "too small"),
    "50 MB": (GOOD + b"\x00" * (50 * 2**20), "MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words(name: str) -> None:
    data, word = REFUSED[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with PageReader("rapidocr") as reader:
        if word is None:
            pages = list(reader.pages(data))
            assert 1 <= len(pages) <= limits.MOST_PAGES
            return
        with pytest.raises(Unreadable) as refused:
            list(reader.pages(data))
        assert word in refused.value.words and refused.value.words.endswith(".")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, f"this process grew by {grown} kB"


def test_a_page_of_nothing_is_a_page_without_words() -> None:
    with PageReader("rapidocr") as reader:
        (white,) = reader.pages(drawn.tiff([drawn.paper().convert("1")]))
        (black,) = reader.pages(drawn.tiff([Image.new("1", (1728, 2156), 0)]))
    assert white.words == () and isinstance(black, Page)


def test_after_a_refusal_the_next_file_is_read() -> None:
    with PageReader("rapidocr") as reader:
        with pytest.raises(Unreadable):
            list(reader.pages(GOOD[:2000]))
        (page,) = reader.pages(GOOD)
    assert "Villanueva" in {word.text for word in page.words}


def test_a_process_that_ended_between_two_files_is_started_anew() -> None:
    with PageReader("rapidocr") as reader:
        list(reader.pages(GOOD))
        looking = reader._looking
        assert looking is not None
        looking._popen.kill()
        (page,) = reader.pages(GOOD)
    assert "Villanueva" in {word.text for word in page.words}


def test_a_file_that_eats_memory_ends_its_own_process_alone() -> None:
    # A picture of 390,000 million dots in a stream of some kilobytes.
    wide, high = 7800, 5000
    packed = zlib.compress(b"\xff" * wide * high, 9)
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</XObject<</I 4 0 R>>>>>>"
    picture = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 16"
        b"/Filter[/FlateDecode]/Length %d>>stream\n%b\nendstream" % (wide * 100, high * 100, len(packed), packed)
    )
    draw = b"q 612 0 0 792 0 0 cm /I Do Q"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        leaf,
        picture,
        b"<</Length %d>>stream\n%b\nendstream" % (len(draw), draw),
    ]
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%bendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    data += b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"
    with PageReader("rapidocr") as reader:
        try:
            pages = list(reader.pages(data))
        except Unreadable as refused:
            assert refused.words.endswith(".")
        else:
            assert pages[0].words == ()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert children * 1024 < 1_500 * 2**20


def test_a_fax_of_too_many_pages_is_refused_before_any_is_looked_at() -> None:
    small = Image.new("1", (200, 280), 1)
    with PageReader("rapidocr") as reader:
        with pytest.raises(Unreadable, match=r"more than 120 pages; at most 120"):
            next(reader.pages(drawn.tiff([small] * 500)))
        assert reader._looking is None
