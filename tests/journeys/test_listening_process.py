"""`firstvisit listen` as a process that is killed with -9 in the middle: nothing is lost, nothing taken twice."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from tests.installation import Installation, installation, wait_until

FILES = 24
MAKE = """
import django
django.setup()
from firstvisit.kernel.audit import SYSTEM
from firstvisit.steps.intake import ways_in
there = {"path": "scans", "stable_seconds": 1}
way = ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM, settings=there)
ways_in.switch(way, "on", actor=SYSTEM)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("listening") / "home") as found:
        found.run([sys.executable, "-c", MAKE])
        yield found


def test_killed_again_and_again_while_files_come_in(running: Installation) -> None:
    scans = running.home / "scans"
    scans.mkdir()
    running.start("listen")
    pause = threading.Event()

    def taken() -> int:
        return len(list((scans / "taken").glob("*.txt")))

    for number in range(FILES):
        half = scans / f"{number}.txt.part"
        half.write_text(f"Caller: number {number} needs therapy for a knee\n")
        half.rename(scans / f"{number}.txt")
        if number % 6 == 5:
            before = taken()
            wait_until("something is being taken", lambda at=before: taken() > at, 30)
            running.kill("listen")
        pause.wait(0.05)
    wait_until("all lie in taken", lambda: taken() == FILES, 60)
    assert running.value("SELECT count(*) FROM intake_item WHERE source = 'folder'") == FILES
    assert running.value("SELECT count(*) FROM intake_delivery") == FILES
    assert [each.name for each in scans.iterdir() if each.is_file()] == []
    assert list((scans / "refused").iterdir()) == []


def test_a_file_that_is_dropped_is_in_the_inbox_within_fifteen_seconds(running: Installation) -> None:
    running.start("heavy")
    there = "SELECT count(*) FROM intake_item WHERE status = 'to_confirm'"
    wait_until("those before it are read", lambda: running.value(there) == FILES, 60)
    path = running.home / "scans" / "call.txt"
    path.write_text("Caller: my name is Wendelin Starkweather and I need therapy for my knee\n")
    wait_until("it can be confirmed", lambda: running.value(there) == FILES + 1, 15)
    assert (running.home / "scans" / "taken" / "call.txt").exists()
