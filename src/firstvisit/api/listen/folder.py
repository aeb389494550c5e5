"""A watched folder: a file in it, or in a folder in it, is taken when it is whole, then moved to `taken/`; what is no
document to `refused/`.

An export of visits (.csv) and a note (.xml) are taken for what they tell of visits. A file is moved only after it was
committed. Killed in between, the next look finds it still there, takes the very same delivery, which is recognised, and
moves it.
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

from firstvisit.api.listen.visits import of_visits
from firstvisit.journey import arriving, desk_tasks
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, ConnectorError
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
OURS: Final = ("taken", "refused")
DEEPEST: Final = 5


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
        there, trouble = _found(self.path)
        self.seen = {name: known for name, known in self.seen.items() if name in there}
        taken = 0
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
        for path in sorted((self.path / "taken").rglob("*")):
            at = path.lstat()
            if folder.is_of_visits(path.name):
                continue  # told of visits, and is no document
            if stat.S_ISREG(at.st_mode) and datetime.fromtimestamp(at.st_ctime, UTC).date() == day:
                body = path.read_bytes()
                found.append(("document", f"{at.st_mtime_ns}|{hashlib.sha256(body).hexdigest()}"))
        return found

    def close(self) -> None:
        """Nothing is held between two looks."""

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
        if folder.is_of_visits(name):
            try:
                of_visits(self.way, self.settings, Path(name).name, body)
            except BadInput as bad:
                words = bad.problems[0].message.rstrip(".")
                self._refuse(name, f"is not taken: {words[:1].lower()}{words[1:]}")
                return
            _move(self.path / name, (self.path / "taken" / name).parent)
            self.seen.pop(name, None)
            return
        digest = hashlib.sha256(body).hexdigest()
        arriving.take(
            self.way,
            Received(
                "document", f"{state[1]}|{digest}", "folder", body,
                media_type=folder.media_type(name) or "application/octet-stream", name=Path(name).name,
                numbered=False,
            ),
        )  # fmt: skip
        _move(self.path / name, (self.path / "taken" / name).parent)
        self.seen.pop(name, None)

    def _refuse(self, name: str, why: str) -> None:
        to = _move(self.path / name, (self.path / "refused" / name).parent)
        to.with_name(f"{to.name}.why.txt").write_text(f"{Path(name).name} {why}.\n", "utf-8")
        audit.note(actor_of(self.way), "file_refused", "way_in", [self.way.slug], why=why[:100])
        desk_tasks.file_refused(self.way, sum(1 for _ in (self.path / "refused").rglob("*.why.txt")))
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
    files, trouble = _found(path)
    waiting = len(files)
    if trouble:
        yield Finding("look", f"{trouble[:1].upper()}{trouble[1:]}.")
    there = f"{waiting} {'file waits' if waiting == 1 else 'files wait'} there"
    if not whole:
        yield Finding("wrong", f"What was written in {path} was not what was read back.")
        return
    yield Finding("ok", f"In {path} a file of ours was written, moved to “taken” and taken away again; {there}.")


def _found(path: Path) -> tuple[dict[str, tuple[int, int]], str]:
    """Size and time of change of each file by its path below the folder, in order of the paths, and what could not be
    looked at, in words. Folders in it are looked into, as scanners make one a day; links and what is being written are
    left alone."""
    found: dict[str, tuple[int, int]] = {}
    trouble, waits = "", [("", 0)]
    while waits:
        below, depth = waits.pop()
        try:
            with os.scandir(path / below) as entries:
                inside = sorted(entries, key=lambda each: each.name)
        except FileNotFoundError:
            if not below:
                raise
            continue  # somebody took the folder away meanwhile
        except OSError as error:
            if not below:
                raise
            trouble = f"a folder in it cannot be looked into: {error.strerror}"
            continue
        for entry in inside:
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.name.startswith(".") or name in OURS or entry.name.lower().endswith(UNFINISHED):
                continue
            if entry.is_symlink():
                trouble = "a link in it is not followed: put the file itself there"
            elif entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST:
                    waits.append((name, depth + 1))
                else:
                    trouble = f"folders more than {DEEPEST} deep are not looked into"
            elif entry.is_file(follow_symlinks=False):
                try:
                    at = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue  # moved or deleted between the two questions
                found[name] = (at.st_size, at.st_mtime_ns)
    return dict(sorted(found.items())), trouble


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
    into.mkdir(parents=True, exist_ok=True)
    to, number = into / path.name, 1
    while to.exists():
        number += 1
        to = into / f"{path.stem}-{number}{path.suffix}"
    path.rename(to)
    return to
