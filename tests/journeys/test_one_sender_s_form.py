"""A form that is read well stays read well: three confirmed faxes teach, the fourth reads as without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.journeys.documents import arrived, box

from firstvisit.journey.inbox import seeing
from firstvisit.journey.inbox.learning import layout_of
from firstvisit.kernel import clock
from firstvisit.practice.models import User
from firstvisit.steps.intake.inbox.weighing import Field
from firstvisit.steps.intake.models import Item, SenderLayout
from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.found import Found, Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]
Browser = Callable[[str], Client]
Words = tuple[tuple[str, Box], ...]
PEOPLE = (("Bernadette", "Collingwood"), ("Al", "Orr"), ("Rosalind", "Pfeiffer"))


def form(first: str, last: str) -> tuple[Words, tuple[Found, ...]]:
    """A page of the sender's form and what its own labels give: first and last name stand on one line, the therapy is
    concluded from the heading, and beside "Chart" is a member number that no reader knows."""
    words: list[tuple[str, Box]] = []
    founds: list[Found] = []

    def say(text: str, line: int, left: float) -> Box:
        at = box(line, left=left, width=0.01 * len(text))
        words.append((text, at))
        return at

    def read(path: str, value: object, at: Box, quote: str = "", sure: float = 0.97) -> None:
        founds.append(Found(path, value, sure, Place(1, at), quote or str(value), "label"))

    office = say("Northgate", 1, 0.3)
    read("referrer.organization", "Northgate Family Clinic", office)
    heading = say("PHYSICAL", 3, 0.3)
    say("THERAPY", 3, 0.4)
    read("disciplines", "PT", heading, "PHYSICAL THERAPY")
    say("Patient", 5, 0.1)
    say("name:", 5, 0.18)
    name = say(first, 5, 0.3)
    read("patient.first_name", first, name)
    read("patient.last_name", last, say(last, 5, name.right + 0.01))
    say("Date", 7, 0.1)
    say("birth:", 7, 0.18)
    read("patient.date_of_birth", "1968-04-11", say("04/11/1968", 7, 0.3))
    say("Call", 8, 0.1)
    say("at:", 8, 0.18)
    read("patient.phone", "608-555-0147", say("608-555-0147", 8, 0.3))
    say("Chart", 9, 0.1)
    say("sign:", 9, 0.18)
    say("NHP40081", 9, 0.3)
    ordered = say("Physician", 11, 0.1)
    say("signature:", 11, 0.2)
    read("order_signed", True, ordered, "Physician signature:")
    return tuple(words), tuple(founds)


def came(first: str, last: str, *, unread: tuple[str, ...] = (), also: tuple[Found, ...] = ()) -> Item:
    words, founds = form(first, last)
    return arrived(*(each for each in founds if each.path not in unread), *also, words=words)


def fields_of(item: Item, by: User) -> dict[str, Field]:
    seen = seeing.opened(Item.objects.select_related("key", "document").get(id=item.id), by, now=clock.now())
    return {field.path: field for field in seen.parts[0].fields}


def said(fields: dict[str, Field]) -> dict[str, tuple[Any, str]]:
    return {path: (field.value, field.level) for path, field in fields.items()}


def filed(item: Item, dana: Client, *, member: str = "") -> None:
    if member:
        typed = {"key": "0.payers.0.member_id", "text": member, "verb": "corrected"}
        assert dana.post(f"/inbox/{item.id}/answer", typed).status_code == 303
    assert dana.post(f"/inbox/{item.id}/clear", {"part": "0"}).status_code == 303
    assert dana.post(f"/inbox/{item.id}/file").status_code == 303


def test_the_fourth_fax_of_a_form_reads_as_it_does_without_what_was_learned(browser: Browser, staff: Staff) -> None:
    dana, her = browser("dana"), staff("dana")
    for first, last in PEOPLE:
        filed(came(first, last), dana)
    assert SenderLayout.objects.get().confirmed == 3
    for first, last in (("Jo", "Kim"), ("Maximilian", "Hollingsworth")):
        learned = said(fields_of(came(first, last), her))
        assert learned["patient.last_name"] == (last, "clear")
        assert learned["disciplines"] == (["PT"], "clear")
        row = SenderLayout.objects.get()
        SenderLayout.objects.update(confirmed=0)
        assert learned == said(fields_of(came(first, last), her))
        SenderLayout.objects.update(confirmed=row.confirmed)


def test_what_a_document_does_not_say_is_not_made_of_its_labels_or_of_other_values(
    browser: Browser, staff: Staff
) -> None:
    dana, her = browser("dana"), staff("dana")
    for first, last in PEOPLE:
        filed(came(first, last), dana)
    unread = ("disciplines", "order_signed", "patient.last_name", "patient.first_name")
    fields = fields_of(came("Jo", "Kim", unread=unread), her)
    assert not {"disciplines", "order_signed", "patient.last_name"} & {path for path, f in fields.items() if f.value}


def test_what_was_not_read_is_offered_as_a_doubt(browser: Browser, staff: Staff) -> None:
    dana, her = browser("dana"), staff("dana")
    for first, last in PEOPLE:
        filed(came(first, last), dana, member="NHP40081")
    item = came("Jo", "Kim", unread=("patient.date_of_birth",))
    fields = fields_of(item, her)
    assert said(fields)["payers.0.member_id"] == ("NHP40081", "doubtful")
    assert said(fields)["patient.date_of_birth"] == ("1968-04-11", "doubtful")
    assert "This sender" in fields["patient.date_of_birth"].doubt
    assert dana.post(f"/inbox/{item.id}/clear", {"part": "0"}).status_code == 303
    assert dana.post(f"/inbox/{item.id}/file").status_code == 409
    for path in ("payers.0.member_id", "patient.date_of_birth"):
        sent = {"key": f"0.{path}", "verb": "confirmed"}
        assert dana.post(f"/inbox/{item.id}/answer", sent).status_code == 303
    assert dana.post(f"/inbox/{item.id}/file").status_code == 303


def test_a_document_taken_back_teaches_nothing(browser: Browser, staff: Staff) -> None:
    dana = browser("dana")
    item = came(*PEOPLE[0])
    filed(item, dana)
    row = SenderLayout.objects.get()
    once = layout_of_all(row)
    assert dana.post(f"/inbox/{item.id}/undo-filing").status_code == 303
    assert SenderLayout.objects.get().confirmed == 0
    assert not any(layout_of_all(row).values())
    assert dana.post(f"/inbox/{item.id}/file").status_code == 303
    assert SenderLayout.objects.get().confirmed == 1
    assert layout_of_all(row) == once


def layout_of_all(row: SenderLayout) -> dict[str, Any]:
    """What is kept of a sender's form, however few documents taught it."""
    row.refresh_from_db()
    SenderLayout.objects.update(confirmed=3)
    kept = dict(layout_of(row.sender))
    SenderLayout.objects.update(confirmed=row.confirmed)
    return kept


def test_a_doubtful_therapy_is_confirmed_or_typed_as_it_stands(browser: Browser, staff: Staff) -> None:
    dana, her = browser("dana"), staff("dana")
    odd = Found("disciplines", "PHYSICAL", 0.9, Place(1, box(3)), "PHYSICAL", "label")
    for answer in ({"verb": "confirmed"}, {"verb": "corrected", "text": "pt"}):
        item = came("Jo", "Kim", also=(odd,))
        assert fields_of(item, her)["disciplines"].level == "doubtful"
        sent = {"key": "0.disciplines", **answer}
        assert dana.post(f"/inbox/{item.id}/answer", sent).status_code == 303
        assert fields_of(item, her)["disciplines"].answer
