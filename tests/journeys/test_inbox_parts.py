"""Pages that a person cuts, joins or moves are read anew for whose they are; no answer is lost or another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.journeys.documents import WALTER, arrived, found

from firstvisit.journey import arriving
from firstvisit.journey.inbox import seeing, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Task
from firstvisit.practice.models import User
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.pages.tests import drawn
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.intake.understanding.tests.paper import Form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]
Browser = Callable[[str], Client]


def seen(item: Item, by: User) -> seeing.Opened:
    return seeing.opened(Item.objects.select_related("key", "document").get(id=item.id), by, now=clock.now())


def values(item: Item, by: User, part: int) -> dict[str, Any]:
    [found_] = [each for each in seen(item, by).parts if each.number == part]
    return {field.path: field.value for field in found_.fields if field.answer not in ("not_stated", "unreadable")}


def say(item: Item, by: User, path: str, verb: str, text: str = "", part: int = 0) -> None:
    verbs.answer(item, by, actor=SYSTEM, part=part, path=path, verb=verb, text=text)


def arrange(item: Item, by: User, how: str, **where: int) -> None:
    verbs.arrange(item, by, actor=SYSTEM, how=how, **where)


def order(first: str, last: str, born: str, phone: str, office: str, office_phone: str, why: str) -> Form:
    form = Form().text(430, 90, "Outpatient Therapy Order", 44)
    lines = (
        f"Patient: {first} {last}", f"Date of birth: {born}", f"Phone: {phone}", f"Reason for referral: {why}",
        f"Referring practice: {office}", f"Office phone: {office_phone}", "Evaluate and treat: Physical therapy",
    )  # fmt: skip
    for n, line in enumerate(lines):
        form = form.text(160, 260 + n * 110, line, 34)
    return form


NORA = order("Nora", "Calloway", "03/14/1957", "608-555-0121", "Lakeside Family Medicine", "608-555-0122", "stiff knee")
LORELEI = order(
    "Lorelei", "Pfister", "09/02/1981", "608-555-0131", "Harbor Spine Clinic", "608-555-0132",
    "back pain, numb in the saddle area, cannot hold her urine",
)  # fmt: skip


def faxed(*pages: Form) -> Item:
    way = ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)
    body = drawn.tiff([drawn.faxed(each.image(), specks=0) for each in pages])
    came = arriving.take(way, Received("document", "f-1", "folder", body, "image/tiff", name="packet.tif"))
    assert came.item is not None
    arriving.read_one(came.item)
    return Item.objects.select_related("key", "document").get(id=came.item)


def test_a_packet_is_told_apart_and_each_share_says_what_its_own_pages_say(browser: Browser, staff: Staff) -> None:
    item, dana = faxed(NORA, LORELEI), staff("dana")
    client = browser("dana")
    if len(seen(item, dana).parts) == 2:  # the reader told them apart: a person who joins and cuts comes to the same
        assert client.post(f"/inbox/{item.id}/arrange", {"how": "merge", "part": "1"}).status_code == 303
        arriving.read_again(item.id)
    one = values(item, dana, 0)
    assert len([each for each in seen(item, dana).parts if each.pages]) == 1
    assert one["patient.last_name"] in ("Calloway", "Pfister")
    answer = client.post(f"/inbox/{item.id}/arrange", {"how": "cut", "page": "2"})
    assert "asked=1" in answer["Location"]
    arriving.read_again(item.id)
    first, second = [each for each in seen(item, dana).parts if each.pages]
    nora, lorelei = values(item, dana, first.number), values(item, dana, second.number)
    assert (nora["patient.first_name"], nora["patient.last_name"]) == ("Nora", "Calloway")
    assert (lorelei["patient.first_name"], lorelei["patient.last_name"]) == ("Lorelei", "Pfister")
    assert (nora["patient.date_of_birth"], lorelei["patient.date_of_birth"]) == ("1957-03-14", "1981-09-02")
    assert (nora["patient.phone"], lorelei["patient.phone"]) == ("+16085550121", "+16085550131")
    assert nora["referrer.phone"] == "+16085550122"
    assert set(seen(item, dana).flags) == {second.number}
    assert Task.objects.filter(about_id=item.id, kind="review_item", status="open").exists()
    verbs.undo(item, dana, actor=SYSTEM)
    arriving.read_again(item.id)
    assert [each.pages for each in seen(item, dana).parts if each.pages] == [(1, 2)]


INGRID = (
    found("patient.first_name", "Ingrid", page=2, patient=1),
    found("patient.last_name", "Solheim", page=2, patient=1),
)


def test_what_was_typed_for_somebody_who_is_joined_is_kept_or_asked_about(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*WALTER, *INGRID, pages=2)
    say(item, dana, "patient.street", "corrected", "12 Oak Street", part=1)
    say(item, dana, "patient.last_name", "corrected", "Brandt-Solheim", part=1)
    say(item, dana, "patient.email", "corrected", "ingrid@example.org", part=1)
    say(item, dana, "patient.email", "corrected", "walter@example.org", part=0)
    arrange(item, dana, "merge", part=1)
    fields = {field.path: field for part in seen(item, dana).parts for field in part.fields}
    assert (fields["patient.street"].value, fields["patient.street"].answer) == ("12 Oak Street", "corrected")
    for path, other in (("patient.last_name", "Brandt-Solheim"), ("patient.email", "ingrid@example.org")):
        assert (fields[path].level, fields[path].open) == ("doubtful", True)
        assert other in fields[path].alternatives
        assert fields[path].doubt
    say(item, dana, "patient.email", "corrected", "walter@example.org")
    say(item, dana, "patient.last_name", "corrected", "Brandt-Solheim")
    fields = {field.path: field for part in seen(item, dana).parts for field in part.fields}
    assert not fields["patient.email"].open
    assert (fields["patient.last_name"].value, fields["patient.last_name"].open) == ("Brandt-Solheim", False)
    for _ in range(3):
        verbs.undo(item, dana, actor=SYSTEM)
    assert values(item, dana, 1)["patient.last_name"] == "Brandt-Solheim"
    assert values(item, dana, 0)["patient.email"] == "walter@example.org"


def test_what_was_answered_for_somebody_gone_is_never_the_next_ones(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*WALTER, *INGRID, pages=3)
    say(item, dana, "patient.street", "corrected", "12 Oak Street", part=1)
    arrange(item, dana, "merge", part=1)
    arrange(item, dana, "cut", page=3)
    numbers = [part.number for part in seen(item, dana).parts]
    assert numbers == [0, 2]
    assert "patient.street" not in values(item, dana, 2)
    assert values(item, dana, 0)["patient.street"] == "12 Oak Street"


def test_a_cut_never_takes_the_number_of_somebody_on_the_same_page(staff: Staff) -> None:
    table = tuple(found(each.path, each.value, page=1, patient=1) for each in INGRID)
    dana, item = staff("dana"), arrived(*WALTER, *table, found("concern", "third", page=2), pages=2)
    arrange(item, dana, "cut", page=2)
    parts = {part.number: part.pages for part in seen(item, dana).parts}
    assert parts == {0: (1,), 1: (), 2: (2,)}
    assert values(item, dana, 1)["patient.first_name"] == "Ingrid"


def test_another_person_for_a_page_is_somebody_new(browser: Browser, staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*WALTER, *INGRID, pages=3)
    arrange(item, dana, "merge", part=1)
    arrange(item, dana, "cut", page=3)
    page = browser("dana").get(f"/inbox/{item.id}?page=2").content.decode()
    fresh = seen(item, dana).fresh
    assert f'value="{fresh}"> Another person' in page
    arrange(item, dana, "move", page=2, part=fresh)
    assert {part.number: part.pages for part in seen(item, dana).parts} == {0: (1,), 2: (3,), fresh: (2,)}


def test_what_was_confirmed_does_not_become_something_else_when_pages_go(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*WALTER, found("patient.email", "k@example.org", page=2), pages=2)
    say(item, dana, "patient.email", "confirmed")
    say(item, dana, "patient.last_name", "confirmed")
    arrange(item, dana, "cut", page=2)
    assert "patient.email" not in values(item, dana, 0)
    assert values(item, dana, 1) == {"patient.email": "k@example.org"}
    assert [field.open for field in seen(item, dana).parts[1].fields] == [True]
    assert not next(f for f in seen(item, dana).parts[0].fields if f.path == "patient.last_name").open


def test_confirming_what_was_typed_keeps_it(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    say(item, dana, "patient.phone", "corrected", "608 555 0141")
    say(item, dana, "patient.phone", "confirmed")
    assert values(item, dana, 0)["patient.phone"] == "+16085550141"
    say(item, dana, "patient.street", "corrected", "12 Oak Street")
    say(item, dana, "patient.street", "confirmed")
    assert values(item, dana, 0)["patient.street"] == "12 Oak Street"
