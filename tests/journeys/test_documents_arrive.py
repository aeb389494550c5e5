"""A document that comes in by itself is kept first, read by a job, confirmed by a person, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import at_once
from tests.journeys import documents

from firstvisit.journey import arriving, invariants, jobs
from firstvisit.journey.advancing import TRIES
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Task
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake import deliveries, kept_readings, repeats, ways_in
from firstvisit.steps.intake.models import Delivery, Item, Part, WayIn
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources.delivery import Received

FAX = Received("document", "fax-1", "folder", b"%PDF-1.4 a page", "application/pdf", name="Quisenberry.pdf")


@pytest.fixture
def folder(practice: Practice) -> WayIn:
    return ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)


def again(mark: str, body: bytes = FAX.body) -> Received:
    return Received("document", mark, "folder", body, "application/pdf", name="Quisenberry.pdf")


@pytest.mark.django_db
def test_it_is_kept_sealed_with_its_name_and_read_by_a_job(folder: WayIn) -> None:
    arrived = arriving.take(folder, FAX)
    item = Item.objects.get()
    assert (arrived.item, arrived.how, item.status) == (item.id, "new", "received")
    assert original(item) == FAX.body
    assert deliveries.about(item)["name"] == "Quisenberry.pdf"
    assert b"Quisenberry" not in bytes(item.sealed)
    arriving.read_one(item.id)
    item.refresh_from_db()
    assert item.status == "to_confirm"
    task = Task.objects.get()
    assert (task.kind, task.about_id, task.status) == ("confirm_item", item.id, "open")


@pytest.mark.django_db
def test_the_same_delivery_is_taken_once_and_the_same_fax_three_times_is_one_item(folder: WayIn) -> None:
    assert [arriving.take(folder, FAX).how, arriving.take(folder, FAX).how] == ["new", "repeated"]
    assert arriving.take(folder, again("fax-2")).how == "again"
    assert arriving.take(folder, again("fax-3")).how == "again"
    item = Item.objects.get()
    assert deliveries.times_received(item) == 3
    assert arriving.take(folder, again("fax-4", b"%PDF-1.4 another")).how == "new"
    assert Item.objects.count() == 2


@pytest.mark.django_db
def test_after_two_months_the_same_bytes_are_an_item_of_their_own(folder: WayIn) -> None:
    arriving.take(folder, FAX)
    clock.move(repeats.AGAIN + timedelta(days=1))
    assert arriving.take(folder, again("fax-9")).how == "new"


def test_two_at_the_same_moment_are_one_item(open_doors: str) -> None:
    way = ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)
    results = at_once(*(lambda mark=f"m{n}": arriving.take(way, again(mark)) for n in range(4)))
    assert sorted(arrived.how for arrived in results) == ["again", "again", "again", "new"]
    assert (Item.objects.count(), Delivery.objects.count()) == (1, 4)


@pytest.mark.django_db
def test_a_reader_that_kills_its_process_is_not_tried_for_ever(folder: WayIn) -> None:
    item_id = arriving.take(folder, FAX).item
    assert item_id is not None
    for _ in range(TRIES):
        assert deliveries.begin_reading(item_id, limit=TRIES, now=clock.now()) is not None
    arriving.read_one(item_id)
    item = Item.objects.get()
    assert (item.status, item.error) == ("waiting", "its reader did not end")
    assert Task.objects.get(about_id=item_id).kind == "item_waits"


@pytest.mark.django_db
def test_a_reading_lost_with_its_process_is_asked_for_again(folder: WayIn) -> None:
    arriving.take(folder, FAX)
    assert arriving.read_left_behind(clock.now()) == 0
    clock.move(deliveries.ASKED + timedelta(seconds=1))
    assert arriving.read_left_behind(clock.now()) == 1
    assert arriving.read_left_behind(clock.now()) == 0


@pytest.mark.django_db
def test_the_sweep_leaves_documents_to_their_reader(folder: WayIn) -> None:
    arriving.take(folder, FAX)
    clock.move(jobs.SETTLE_AFTER + timedelta(seconds=1))
    assert jobs.settle_left_behind(clock.now()) == 0
    assert Item.objects.get().status == "received"


@pytest.mark.django_db
def test_check_finds_a_document_whose_task_is_gone(folder: WayIn, tmp_path: Any) -> None:
    item_id = arriving.take(folder, FAX).item
    assert item_id is not None
    scope = invariants.Scope(clock.now(), tmp_path / "heads")
    assert list(invariants.items_end(scope)) == []
    arriving.read_one(item_id)
    assert list(invariants.items_end(scope)) == []
    Task.objects.all().delete()
    [said] = invariants.items_end(scope)
    assert "is to be confirmed and nobody has the task" in said


@pytest.mark.django_db
def test_a_person_signs_it_as_no_lead(folder: WayIn, browser: Callable[[str], Client]) -> None:
    item_id = arriving.take(folder, FAX).item
    assert item_id is not None
    arriving.read_one(item_id)
    dana = browser("dana")
    page = dana.get(f"/items/{item_id}").content.decode()
    assert "Quisenberry.pdf" in page
    assert dana.post(f"/items/{item_id}/not-a-lead", {"reason": "vendor"}).status_code == 303
    assert Part.objects.get().end == "not_a_lead"
    assert Item.objects.get().status == "settled"


@pytest.mark.django_db
def test_our_own_number_on_a_paper_is_never_the_senders(practice: Practice) -> None:
    site = next(site for site in practice.sites.values() if site.fax)
    item = documents.arrived(
        *documents.WALTER,
        documents.found("referrer.fax", site.fax, 0.985, line=8),
        documents.found("referrer.fax", "(608) 555-0162", 0.96, line=9),
    )
    whole = kept_readings.whole_of(item)
    assert whole is not None
    assert [value.value for value in whole.values if value.path == "referrer.fax"] == ["+16085550162"]
    item = documents.arrived(*documents.WALTER, documents.found("referrer.fax", site.fax, 0.985, line=8))
    whole = kept_readings.whole_of(item)
    assert whole is not None and "referrer.fax" not in {value.path for value in whole.values}
    assert site.fax not in (whole.number, whole.sender)
