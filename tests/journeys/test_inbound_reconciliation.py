"""The nightly proof: what came in against what the carriers say they brought. A fax that vanishes is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from tests.api.test_folder import listening
from tests.installation import wait_until
from tests.vanishing import one_of_three_vanishes

from firstvisit.journey import arriving, invariants, reconciling
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Task
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import CarrierDay, Delivery, Item, ItemReading, WayIn
from firstvisit.steps.intake.sources.delivery import Received


def fax(number: int, pages: int | None = None) -> Received:
    return Received("document", f"fax-{number}", "folder", b"%%PDF-1.4 %d" % number, "application/pdf", pages=pages)


@pytest.fixture
def way(practice: Any) -> WayIn:
    made = ways_in.make(slug="fax", kind="folder", name="Fax line", actor=SYSTEM)
    ways_in.switch(made, "on", actor=SYSTEM)
    return made


def said(now: Any = None) -> list[str]:
    return [difference.words for difference in reconciling.differences(now or clock.now())]


@pytest.mark.django_db
def test_what_the_carrier_brought_and_we_never_took_is_found_and_becomes_a_task(
    way: WayIn, browser: Callable[[str], Client]
) -> None:
    now = clock.now()
    for number in (1, 2):
        arriving.take(way, fax(number))
    deliveries.carrier_told(way, now.date(), [("document", f"fax-{n}") for n in (1, 2)], now=now)
    assert said() == []
    deliveries.carrier_told(way, now.date(), [("document", f"fax-{n}") for n in (1, 2, 3)], now=now)
    [words] = said()
    assert words.startswith("Fax line: 1 of the 3 that it brought on ") and words.endswith("is not here")
    assert reconciling.reconcile(now) == reconciling.reconcile(now) == 1
    task = Task.objects.get(kind="way_differs")
    assert (task.reason, task.about_kind) == (words, "way")
    dana = browser("dana")
    assert words in dana.get("/today").content.decode()
    page = dana.get(f"/ways-in/of/{way.id}").content.decode()
    assert words in page and "Seen to" in page
    assert dana.post(f"/ways-in/of/{way.id}").status_code == 303
    task.refresh_from_db()
    assert task.status == "done"


@pytest.mark.django_db
def test_pages_that_the_carrier_counted_and_nobody_read_are_told(way: WayIn) -> None:
    item_id = arriving.take(way, fax(1, pages=3)).item
    assert item_id is not None
    ItemReading(item_id=item_id, sealed=b"x" * 40, pages=2, read_at=clock.now()).save(force_insert=True)
    assert said() == [f"Fax line: the carrier counted 3 pages of item {str(item_id)[:8]}, 2 were read"]


@pytest.mark.django_db
def test_a_way_in_that_fell_silent_is_told_and_is_no_broken_invariant(way: WayIn, tmp_path: Path) -> None:
    arriving.take(way, fax(1))
    later = clock.now() + timedelta(days=8)
    unheard, quiet = said(later)
    assert quiet == "Fax line: nothing came for 7 days; is it still connected?"
    assert unheard.startswith("Fax line: it was not heard what it brought on 6 days since ")
    arriving.read_one(Item.objects.get().id)
    assert list(invariants.items_end(invariants.Scope(later, tmp_path / "heads"))) == []


def test_a_fax_that_somebody_makes_vanish_is_found(
    open_doors: str, committed: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """Three files in a real folder; one is deleted from the database behind the application's back."""
    scans = tmp_path / "scans"
    scans.mkdir()
    there = {"path": str(scans), "stable_seconds": 1}
    made = ways_in.make(slug="scans", kind="folder", name="Scanner", settings=there, actor=SYSTEM)
    ways_in.switch(made, "on", actor=SYSTEM)
    one_of_three_vanishes(scans, committed)
    today = clock.now().date()
    clock.move(timedelta(days=1))  # tomorrow the folder is asked what it brought today
    with listening():
        wait_until("the folder has told", lambda: CarrierDay.objects.filter(day=today).exists(), 30)
    assert len(CarrierDay.objects.get(day=today).marks) == 3
    assert reconciling.reconcile(clock.now()) == 1
    task = Task.objects.get(kind="way_differs")
    assert task.reason.startswith("Scanner: 1 of the 3 that it brought on ")
    broken = list(invariants.items_end(invariants.Scope(clock.now(), tmp_path / "heads")))
    assert any("1 of the 3 that it brought" in words for words in broken)
    assert Delivery.objects.count() == 2 and (scans / "taken" / "0.pdf").exists()


def test_what_a_delivery_brought_and_is_gone_is_found(
    open_doors: str, committed: psycopg.Connection[Any]
) -> None:
    made = ways_in.make(slug="fax", kind="folder", name="Fax line", actor=SYSTEM)
    item_id = arriving.take(made, fax(1)).item
    committed.execute("UPDATE intake_delivery SET item_id = NULL WHERE item_id = %s", [item_id])
    committed.execute("DELETE FROM intake_item WHERE id = %s", [item_id])
    assert said() == ["Fax line: 1 that came in is gone from the database"]
