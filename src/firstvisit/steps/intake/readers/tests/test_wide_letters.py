"""Texts of two or four bytes a letter, with and without their mark; sound and pictures are none."""

from __future__ import annotations

import math
import os
import struct
from datetime import date

import pytest

from firstvisit.steps.intake.readers import Document, Unreadable, read
from firstvisit.steps.intake.readers.kind import decoded, wide

CALL = "Voicemail\r\nCaller: Hi, this is José Brankovic. I'd like physical therapy. My number is 608-555-0118.\r\n"
MAIL = "From: Ana <ana@example.org>\r\nSubject: PT\r\nMessage-ID: <1@example.org>\r\n\r\nI am Ana Quist, 608-555-0119.\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize(("name", "text", "phone"), [("c.txt", CALL, "+16085550118"), ("m.eml", MAIL, "+16085550119")])
def test_a_text_is_read_however_wide_its_letters_are(encoding: str, name: str, text: str, phone: str) -> None:
    found = read(Document(name, "text/plain", text.encode(encoding), date(2026, 11, 22))).understood
    said = found.patients[0].referral
    assert phone in (said.contact.phone, said.patient.phone)


def test_a_long_text_is_read_to_its_end() -> None:
    text = CALL + "and I come every Monday.\n" * 400
    assert decoded(text.encode("utf-16-be")) == text


def _sound(loud: int) -> bytes:
    return struct.pack("<4000h", *(int(loud * math.sin(n / 9)) for n in range(4000)))


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 400, _sound(3), _sound(90), _sound(9000), os.urandom(4000), bytes(range(256)) * 8,
                struct.pack("<500H", *range(500)), b"PK\3\4" + b"\0" * 60]
)  # fmt: skip
def test_what_is_no_text_is_taken_for_none(content: bytes) -> None:
    assert wide(content) == ""
    if b"\0" in content:
        with pytest.raises(Unreadable):
            read(Document("x.bin", "application/octet-stream", content, date(2026, 11, 22)))
