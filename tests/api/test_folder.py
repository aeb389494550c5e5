"""The watched folder, served by the real listener on a real disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests.installation import wait_until

from firstvisit.api.listen import folder as folder_door
from firstvisit.api.listen import leading
from firstvisit.config.databases import urls
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Task
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.services import original

PDF = b"%PDF-1.4 a page of Quisenberry"


@contextmanager
def listening(count: int = 1) -> Iterator[None]:
    """So many listeners, each as `firstvisit listen` runs it; stopped at the end."""
    _, address = urls(settings.ENVIRONMENT)
    stops = [threading.Event() for _ in range(count)]
    threads = [threading.Thread(target=leading.listen, args=(address, stop)) for stop in stops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for stop in stops:
            stop.set()
        for thread in threads:
            thread.join(30)


@pytest.fixture
def folder(open_doors: str, tmp_path: Path) -> WayIn:
    """A folder that is watched, of which files are whole after a second."""
    there = {"path": str(tmp_path / "scans"), "stable_seconds": 1}
    (tmp_path / "scans").mkdir()
    way = ways_in.make(slug="scans", kind="folder", name="Scanner", settings=there, actor=SYSTEM)
    ways_in.switch(way, "on", actor=SYSTEM)
    return way


def test_a_file_becomes_an_item_and_lies_in_taken(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    (scans / "Quisenberry order.pdf").write_bytes(PDF)
    with listening():
        wait_until("it is taken", lambda: (scans / "taken" / "Quisenberry order.pdf").exists(), 20)
    item = Item.objects.get()
    assert (original(item), item.document.media_type, item.source) == (PDF, "application/pdf", "folder")
    assert deliveries.about(item)["name"] == "Quisenberry order.pdf"
    assert [each.name for each in scans.iterdir() if each.is_file()] == []
    folder.refresh_from_db()
    assert folder.last_at is not None and folder.error == ""


def test_a_file_that_is_still_written_is_left_until_it_is_whole(folder: WayIn, tmp_path: Path) -> None:
    scans, written = tmp_path / "scans", threading.Event()
    half = (scans / "slow.pdf").open("wb")

    def write() -> None:
        for _ in range(8):  # four seconds of a slow scanner
            half.write(b"%PDF" + os.urandom(100))
            half.flush()
            written.wait(0.5)
        half.close()

    writer = threading.Thread(target=write)
    writer.start()
    (scans / "upload.pdf.part").write_bytes(b"half")
    with listening():
        writer.join()
        size = (scans / "slow.pdf").stat().st_size
        wait_until("the slow one is taken", lambda: (scans / "taken" / "slow.pdf").exists(), 20)
    assert len(original(Item.objects.get())) == size == 8 * 104
    assert (scans / "upload.pdf.part").exists()


def test_what_is_no_document_is_refused_with_a_line_that_says_why(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    (scans / "letter.docx").write_bytes(b"PK")
    (scans / "empty.pdf").touch()
    with listening():
        wait_until("both are refused", lambda: len(list((scans / "refused").glob("*.why.txt"))) == 2, 20)
        wait_until("and it is noted", lambda: AuditRow.objects.filter(verb="file_refused").count() == 2, 20)
    why = (scans / "refused" / "letter.docx.why.txt").read_text()
    assert why.startswith("letter.docx is no kind of document we read; send one of .eml")
    assert "is empty" in (scans / "refused" / "empty.pdf.why.txt").read_text()
    assert (scans / "refused" / "letter.docx").read_bytes() == b"PK"
    assert not Item.objects.exists()
    task = Task.objects.get()
    assert task.kind == "way_differs"
    assert "2 files lie in its folder “refused”" in task.reason
    assert "letter" not in task.reason


def test_two_files_of_one_name_on_two_days_are_both_kept(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    with listening():
        (scans / "scan.tif").write_bytes(b"II*\0 one")
        wait_until("the first is taken", lambda: (scans / "taken" / "scan.tif").exists(), 20)
        (scans / "scan.tif").write_bytes(b"II*\0 two")
        wait_until("the second is taken", lambda: (scans / "taken" / "scan-2.tif").exists(), 20)
    assert Item.objects.count() == 2


def test_files_in_folders_of_the_scanner_are_taken_too(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    for number, below in enumerate(("2026-11-22", "2026-11-22/Front desk", "2026-11-23", ".sync", "a/b/c/d/e/f")):
        (scans / below).mkdir(parents=True, exist_ok=True)
        (scans / below / "fax-109.tif").write_bytes(b"II*\0 %d" % number)
    (scans / "2026-11-23" / "letter.docx").write_bytes(b"PK")
    with listening():
        wait_until("three are taken", lambda: Item.objects.count() == 3, 30)
        wait_until("it is refused", lambda: (scans / "refused/2026-11-23/letter.docx.why.txt").exists(), 20)
        wait_until("the third is moved", lambda: (scans / "taken/2026-11-23/fax-109.tif").exists(), 20)
        said = "folders more than 5 deep are not looked into"
        wait_until("it is said", lambda: WayIn.objects.get(id=folder.id).error == said, 20)
    assert (scans / "taken/2026-11-22/Front desk/fax-109.tif").read_bytes() == b"II*\0 1"
    assert (scans / ".sync/fax-109.tif").exists() and (scans / "a/b/c/d/e/f/fax-109.tif").exists()
    assert deliveries.about(Item.objects.first() or Item())["name"] == "fax-109.tif"
    line = folder_door.serve(folder, threading.Event())
    assert len(line.told(clock.now().date()) or ()) == 3


def test_a_link_is_not_followed_and_that_is_said(folder: WayIn, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.pdf").write_bytes(PDF)
    (tmp_path / "scans" / "link.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    with listening():
        wait_until("it is said", lambda: "a link in it" in WayIn.objects.get(id=folder.id).error, 20)
    assert not Item.objects.exists() and (tmp_path / "elsewhere.pdf").exists()


def test_of_three_listeners_one_leads_and_each_file_is_taken_once(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    for number in range(6):
        (scans / f"{number}.txt").write_text(f"transcript {number}")
    with listening(3):
        wait_until("all are taken", lambda: len(list((scans / "taken").glob("*.txt"))) == 6, 30)
    assert Delivery.objects.count() == Item.objects.count() == 6


def test_killed_between_commit_and_move_it_is_recognised_and_moved(folder: WayIn, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    (scans / "once.pdf").write_bytes(PDF)
    state = (scans / "once.pdf").stat()
    with listening():
        wait_until("it is taken", lambda: (scans / "taken" / "once.pdf").exists(), 20)
    # As the disk stood when the process was killed: committed, and not moved yet.
    (scans / "taken" / "once.pdf").rename(scans / "once.pdf")
    assert (scans / "once.pdf").stat().st_mtime_ns == state.st_mtime_ns
    with listening():
        wait_until("it is moved", lambda: (scans / "taken" / "once.pdf").exists(), 20)
    assert Delivery.objects.count() == Item.objects.count() == 1


def test_a_folder_that_cannot_be_made_is_said_on_its_way(open_doors: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    there = {"path": str(tmp_path / "file" / "scans")}
    way = ways_in.make(slug="scans", kind="folder", name="Scanner", settings=there, actor=SYSTEM)
    ways_in.switch(way, "on", actor=SYSTEM)

    def said() -> Any:
        way.refresh_from_db()
        return way.error

    with listening():
        wait_until("it says why", lambda: "the folder cannot be made" in said(), 20)
