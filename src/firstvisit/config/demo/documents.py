"""What the demo finds in its watched folder: a faxed order, a voicemail that somebody wrote down, an e-mail.

Drawn and written here, with dates that count from today, so that the Inbox has something to confirm on the first
morning.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDE, HIGH = 1728, 2156
"""A letter page as a fax line carries it in fine resolution: 204 by 196 dots to the inch."""

_LABELS_AT, _VALUES_AT, _LINE = 150, 560, 66
_SKEW: Final = 0.8
"""Degrees, as a sheet lies in a feeder."""


def drop(into: Path, today: date) -> None:
    """Put the three into the folder; what stands there under the same names is replaced."""
    into.mkdir(parents=True, exist_ok=True)
    for name, content in all_of(today).items():
        (into / name).write_bytes(content)


def all_of(today: date) -> dict[str, bytes]:
    """File name to content."""
    return {
        "faxed-order.tif": _order(today),
        "voicemail.txt": _VOICEMAIL.encode(),
        "from-a-mother.eml": _mail(today).as_bytes(),
    }


def _order(today: date) -> bytes:
    """A surgeon's order on a form, one birth date written over another."""
    surgery, signed = today - timedelta(days=8), today - timedelta(days=2)
    page = Image.new("L", (WIDE, HIGH), 255)
    draw = ImageDraw.Draw(page)
    _write(
        draw,
        150,
        40,
        f"{signed:%m/%d/%Y} 08:14   FROM: 608 555 0177   TO: CEDAR STREET THERAPY   P. 01/01",
        24,
    )
    _write(draw, 150, 130, "Isthmus Bone and Joint, S.C.", 52)
    _write(
        draw, 150, 200, "410 Regent Street, Madison, WI 53715   Phone (608) 555-0176   Fax (608) 555-0177", 28
    )
    draw.line((150, 260, WIDE - 150, 260), fill=0, width=4)
    _write(draw, 150, 290, "PHYSICAL THERAPY ORDER", 44)
    rows = [
        ("Patient name:", "Bettina Krall"),
        ("Date of birth:", "07/19/1961"),
        ("Phone:", "(608) 555-0138"),
        ("Address:", "2218 Monroe Street, Madison, WI 53711"),
        ("Insurance:", "Northfield Health"),
        ("Member ID:", "NHP55120938"),
        ("Diagnosis:", "Z96.651 Presence of right artificial knee joint"),
        ("Date of surgery:", f"{surgery:%m/%d/%Y}"),
        ("Evaluate and treat:", "PT, 2 times a week for 6 weeks"),
        ("Precautions:", "Weight bearing as tolerated, right"),
        ("Ordering provider:", "Malin Osterhaus, MD"),
        ("NPI:", "1234567893"),
        ("Signature date:", f"{signed:%m/%d/%Y}"),
    ]
    for number, (label, value) in enumerate(rows):
        top = 400 + number * _LINE
        _write(draw, _LABELS_AT, top, label, 34)
        _write(draw, _VALUES_AT, top, value, 38)
    # The pen that put the year right went over the one below it: a person should look.
    _write(draw, _VALUES_AT + 158, 400 + _LINE + 3, "4", 38)
    signature = 400 + len(rows) * _LINE + 60
    _write(draw, _LABELS_AT, signature, "Signature:", 34)
    draw.line((_VALUES_AT, signature + 44, _VALUES_AT + 620, signature + 44), fill=0, width=3)
    ups = [(30 if step % 2 else -14) + step % 5 * 4 for step in range(20)]
    scribble = [(_VALUES_AT + 40 + step * 22, signature + up) for step, up in enumerate(ups)]
    draw.line(scribble, fill=0, width=5, joint="curve")
    page = page.rotate(_SKEW, resample=Image.Resampling.BICUBIC, fillcolor=255)
    out = io.BytesIO()
    page.convert("1", dither=Image.Dither.NONE).save(out, "TIFF", compression="group4", dpi=(204.0, 196.0))
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, left: int, top: int, text: str, size: int) -> None:
    draw.text((left, top), text, fill=0, font=ImageFont.load_default(size))


_VOICEMAIL: Final = """\
Hi, this is Denise Aguirre, I'm calling about my father, Hector Aguirre. He had a fall in the kitchen about two weeks
ago, nothing broken, but he's been unsteady since and his doctor said he should get physical therapy for his balance.
He's eighty one. He's got Medicare. We live over by Olbrich Park, zip is five three seven oh four. Best number is
mine, six oh eight, five five five, oh one seven nine. Mornings are best for him. Again it's Denise, six oh eight,
five five five, oh one seven nine. Thank you.
"""

_LETTER: Final = """\
Hello,

our pediatrician suggested a speech evaluation for our son Arjun Rao, born {born:%B %d, %Y}. He uses about twenty
words and does not put two together yet; his hearing was tested and is fine.
We have Northfield Health, member ID NHP40771265. Tuesday or Thursday afternoons would suit us. You can reach me at
608-555-0183; texts are fine, please no voicemail.

Thank you,
Priyanka Rao
"""


def _mail(today: date) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Priyanka Rao <priyanka.rao@example.org>", "Front desk <desk@example.org>"
    mail["Subject"] = "Speech evaluation for my son"
    mail["Message-ID"] = f"<demo-{today:%Y%m%d}@example.org>"
    mail.set_content(_LETTER.format(born=today - timedelta(days=365 * 3 + 40)))
    return mail
