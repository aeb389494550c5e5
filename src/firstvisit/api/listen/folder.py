"""A watched folder: a file is taken when it is whole, then moved to `taken/`; what is no document to `refused/`.

A file is moved only after it was committed. Killed in between, the next look finds it still there, takes the very same
delivery, which is recognised, and moves it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from firstvisit.journey import arriving, desk_tasks
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import ConnectorError
from firstvisit.kernel.ids import new_id
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.deliveries import actor_of
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources import folder
from firstvisit.steps.intake.sources.delivery import Received, What
from firstvisit.steps.intake.ways_in import Finding

LOOK_SECONDS: Final = 1.0
MOST_AT_ONCE: Final = 50
UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart", ".partial")
"""Endings that programs give a file while they write it."""


def serve(way: WayIn, stop: threading.Event) -> _Watch:
    """Make the folders and begin to watch. ConnectorError where that is not possible."""
    return _Watch(way, stop)


class _Watch:
    """The folder, and how each file in it stood at the last look."""

    def __init__(self, way: WayIn, stop: threading.Event) -> None:
        self.way, self.stop = way, stop
        self.settings: folder.Settings = ways_in.settings_of(way)
        self.path = settings.HOME / self.settings.path
        self.seen: dict[str, tuple[tuple[int, int], float]] = {}
        for each in (self.path, self.path / "taken", self.path / "refused"):
            try:
                each.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConnectorError(f"the folder cannot be made: {error.strerror}", temporary=True) from None
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise ConnectorError("we may not read and write the folder", temporary=True)

    def look(self) -> float:
        """Take every file that is whole."""
        there = self._files()
        self.seen = {name: known for name, known in self.seen.items() if name in there}
        taken, trouble = 0, ""
        for name, state in there.items():
            if self.stop.is_set() or taken >= MOST_AT_ONCE:
                break
            if not self._is_whole(name, state):
                continue
            try:
                self._take(name, state)
            except OSError as error:  # the others are taken; this one is tried again at the next look
                trouble = f"a file cannot be taken: {error.strerror}"
            taken += 1
        ways_in.looked(self.way, now=clock.now(), error=trouble)
        return LOOK_SECONDS

    def told(self, day: date) -> list[tuple[What, str]] | None:
        """What lies in `taken/` since that day; a file that is moved keeps its time of change and bytes."""
        found: list[tuple[What, str]] = []
        for path in sorted((self.path / "taken").iterdir()):
            at = path.lstat()
            if stat.S_ISREG(at.st_mode) and datetime.fromtimestamp(at.st_ctime, UTC).date() == day:
                body = path.read_bytes()
                found.append(("document", f"{at.st_mtime_ns}|{hashlib.sha256(body).hexdigest()}"))
        return found

    def close(self) -> None:
        """Nothing is held between two looks."""

    def _files(self) -> dict[str, tuple[int, int]]:
        """Size and time of change of each file, oldest name first; links and what is being written are left alone."""
        found: dict[str, tuple[int, int]] = {}
        with os.scandir(self.path) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                    continue
                if entry.is_file(follow_symlinks=False):
                    at = entry.stat(follow_symlinks=False)
                    found[entry.name] = (at.st_size, at.st_mtime_ns)
        return found

    def _is_whole(self, name: str, state: tuple[int, int]) -> bool:
        """Whether size and time of change have stood still long enough."""
        moment = time.monotonic()
        known = self.seen.get(name)
        if known is None or known[0] != state:
            self.seen[name] = (state, moment)
            return False
        return moment - known[1] >= self.settings.stable_seconds

    def _take(self, name: str, state: tuple[int, int]) -> None:
        why = folder.refused(name, state[0])
        if why is not None:
            self._refuse(name, why)
            return
        body = _read(self.path / name, state)
        if body is None:
            return  # somebody writes it again
        digest = hashlib.sha256(body).hexdigest()
        arriving.take(
            self.way,
            Received(
                "document", f"{state[1]}|{digest}", "folder", body,
                media_type=folder.media_type(name) or "application/octet-stream", name=name,
                numbered=False,
            ),
        )  # fmt: skip
        _move(self.path / name, self.path / "taken")
        self.seen.pop(name, None)

    def _refuse(self, name: str, why: str) -> None:
        to = _move(self.path / name, self.path / "refused")
        to.with_name(f"{to.name}.why.txt").write_text(f"{name} {why}.\n", "utf-8")
        audit.note(actor_of(self.way), "file_refused", "way_in", [self.way.slug], why=why[:100])
        desk_tasks.person_looks_at_way(self.way, "refused", f"{self.way.name} refused a file; see its folder “refused”")
        self.seen.pop(name, None)


def tried(way: WayIn) -> Iterator[Finding]:
    """Whether the folder can be read and written from here, with a file of ours that is gone again."""
    path = settings.HOME / ways_in.settings_of(way).path
    if not path.exists():
        near = next(parent for parent in path.parents if parent.exists())
        if not os.access(near, os.W_OK | os.X_OK):
            yield Finding("wrong", f"{path} is not there, and may not be made in {near}.")
            return
        yield Finding("look", f"{path} is not there yet; it is made when the way in is switched on.")
        return
    if not path.is_dir():
        yield Finding("wrong", f"{path} is a file, not a folder.")
        return
    trace = path / f".firstvisit-test-{new_id().hex}"
    try:
        trace.write_bytes(b"firstvisit")
        whole = trace.read_bytes() == b"firstvisit"
        (path / "taken").mkdir(exist_ok=True)
        moved = trace.rename(path / "taken" / trace.name)
        moved.unlink()
    except OSError as error:
        trace.unlink(missing_ok=True)
        words = f"{path} cannot be written, or files not moved to its folder “taken”: {error.strerror}."
        yield Finding("wrong", words)
        return
    waiting = sum(1 for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
    there = f"{waiting} {'file waits' if waiting == 1 else 'files wait'} there"
    if not whole:
        yield Finding("wrong", f"What was written in {path} was not what was read back.")
        return
    yield Finding("ok", f"In {path} a file of ours was written, moved to “taken” and taken away again; {there}.")


def _read(path: Path, state: tuple[int, int]) -> bytes | None:
    """The file whole, or None when it is no longer as it was."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            return None
        body = file.read(folder.LARGEST + 1)
        after = os.fstat(file.fileno())
    same = (after.st_size, after.st_mtime_ns) == state == (len(body), before.st_mtime_ns)
    return body if same else None


def _move(path: Path, into: Path) -> Path:
    """Move a file into a folder of the same disk, under a name that is free; where it lies now."""
    to, number = into / path.name, 1
    while to.exists():
        number += 1
        to = into / f"{path.stem}-{number}{path.suffix}"
    path.rename(to)
    return to
