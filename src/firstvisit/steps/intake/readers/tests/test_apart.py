"""Words from outside are understood in a process apart, which ends where they take too long, and nothing is lost on
the way between the two."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.readers import READERS, Document, Unreadable, wire
from firstvisit.steps.intake.readers.apart import Failed, Understanding
from firstvisit.steps.intake.readers.kind import kind_of
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.tests.paper import Form

TODAY = dt.date(2026, 6, 1)
CALL = (
    "Voicemail 06/01/2026\n\nThis is Ida Roth, I'm calling for my son Emil Roth. He needs speech therapy, he was born "
    "March third twenty twenty two. My number is six oh eight, five five five, oh one four two. Tuesdays in the morning."
)
NOTE = "Name: Ida Roth\nPhone: 608-555-0142\nMessage: I need physical therapy after knee surgery on 5/20/2026."


def document(name: str, text: str | bytes) -> Document:
    return Document(name, "", text if isinstance(text, bytes) else text.encode(), TODAY)


def mail() -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Ida Roth <ida@example.org>", "desk@example.org", "My son Emil"
    letter.set_content(CALL)
    letter.add_attachment("a,b\n1,2\n", subtype="csv", filename="list.csv")
    letter.add_attachment(bytes(range(256)), maintype="application", subtype="octet-stream", filename="odd.bin")
    return letter.as_bytes()


@pytest.fixture
def understanding() -> Iterator[Understanding]:
    one = Understanding()
    yield one
    one.close()


@pytest.mark.parametrize(("name", "text"), [("a.eml", mail()), ("a.txt", CALL), ("b.txt", NOTE), ("c.txt", "")])
def test_what_comes_back_is_what_was_read(understanding: Understanding, name: str, text: str | bytes) -> None:
    each = document(name, text)
    kind = kind_of(each)
    here = importlib.import_module(READERS[kind]).read(each)
    assert wire.read_of(wire.stated(here)) == here
    assert understanding.read(each, kind) == here


def test_what_pages_say_comes_back_too(understanding: Understanding) -> None:
    form = Form()
    for n, line in enumerate(("Patient name: Bettina Krall", "Date of birth: 07/1~/19€1", "Diagnosis: M17.11")):
        form.text(160, 320 + 60 * n, line)
    pages: list[Page] = [form.page()]
    assert understanding.understood(pages, TODAY) == paper.understand(pages, TODAY)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("slow.eml", b"From: a@example.org\nSubject: hi\nContent-Type: text/html\n\n" + b"<a " * 75_000),
        ("slow.txt", ("Voicemail\nCaller: my birthday is " + "march fourth nineteen seventy no wait " * 900).encode()),
    ],
)
def test_a_letter_that_would_hold_up_all_others_is_ended_and_the_next_is_read(name: str, text: bytes) -> None:
    one = Understanding(text_seconds=3)
    try:
        slow = document(name, text)
        with pytest.raises(Unreadable, match="took more than 3 seconds"):
            one.read(slow, kind_of(slow))
        one.text_seconds = limits.TEXT_SECONDS
        read = one.read(document("a.txt", CALL), "transcript")
        assert read.understood.patients[0].referral.patient.first_name == "Emil"
    finally:
        one.close()


def test_an_error_nobody_foresaw_is_told_by_kind_and_place_and_the_process_goes_on(
    understanding: Understanding,
) -> None:
    with pytest.raises(Failed, match=r"^KeyError in child.py, line \d+$"):
        understanding.read(document("a.txt", CALL), "no such kind")
    assert understanding.read(document("a.txt", CALL), "transcript").texts


def test_the_process_holds_no_key_and_no_address_of_a_database(
    understanding: Understanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTVISIT_KEY", "secret-of-the-practice")
    understanding.read(document("a.txt", CALL), "transcript")
    process = understanding._process
    assert process is not None
    assert b"secret-of-the-practice" not in Path(f"/proc/{process.pid}/environ").read_bytes()
