"""A mail with attachments is one document: its pages are counted on, its places say where each value stands."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.pages.page import Box, Page
from firstvisit.steps.intake.readers import Document, Read, Unreadable
from firstvisit.steps.intake.readers.attached import with_attachments
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import settle

TODAY = dt.date(2026, 11, 17)
BOX = Box(0.1, 0.2, 0.4, 0.25)


def document(name: str) -> Document:
    return Document(name, "text/plain", b"", TODAY)


def said(*found: Found, **more: object) -> Read:
    return Read(settle(found, channel="email", received_on=TODAY), **more)  # type: ignore[arg-type]


def scan(phone: str) -> Read:
    found = Found("patient.phone", phone, 0.95, Place(2, BOX), phone, "label")
    pages = tuple(Page(n, 10, 10, (), "text_layer") for n in (1, 2))
    return said(found, pages=pages, pictures=(b"1", b"2"))


def test_pages_are_counted_on_and_texts_are_called_by_their_attachment() -> None:
    note = Found("patient.last_name", "Brandt", 0.95, Place(span=(4, 10)), "Brandt", "label")
    reads = {
        "mail": said(texts={"body": "See attached."}, attachments=(document("a.pdf"), document("b.txt"), document("c.tif"))),
        "a.pdf": Read(settle((), channel="fax", received_on=TODAY), pages=(Page(1, 10, 10, (), "text_layer"),), pictures=(b"0",)),
        "b.txt": said(note, texts={"body": "for Brandt"}),
        "c.tif": scan("(608) 555-0147"),
    }  # fmt: skip
    whole = with_attachments(document("mail"), lambda each: reads[each.name])
    assert [page.number for page in whole.pages] == [1, 2, 3]
    assert whole.pictures == (b"0", b"1", b"2")
    assert whole.texts == {"body": "See attached.", "b.txt": "for Brandt"}
    evidence = whole.understood.patients[0].referral.evidence
    assert evidence["patient.phone"].place.startswith("page 3 box")
    assert evidence["patient.last_name"].place == "b.txt chars 4-10"
    assert {str(each.place) for each in whole.understood.found} == {each.place for each in evidence.values()}


def test_what_cannot_be_read_is_named_and_what_lies_too_deep_as_well() -> None:
    def read(each: Document) -> Read:
        if each.name == "locked.pdf":
            raise Unreadable("It is locked with a password.")
        deeper = document(each.name + "+") if each.name != "mail" else document("m")
        return said(texts={"body": "x"}, attachments=(deeper, *([document("locked.pdf")] if each.name == "mail" else [])))

    whole = with_attachments(document("mail"), read)
    assert whole.unread == ("m+++: It lies too deep in other attachments.", "locked.pdf: It is locked with a password.")
    with pytest.raises(Unreadable):
        with_attachments(document("locked.pdf"), read)
