"""Private files and locks: what a crash at any moment must leave whole."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step: mode 0600, owned by the owner of its folder, safe on disk."""
    folder = path.parent
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")  # 0600, and follows no link
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _give(file.fileno(), folder)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`, waiting for it. The kernel drops it when the holder dies."""
    handle = _open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def claim(path: Path) -> int | None:
    """The lock on `path` as an open descriptor, or None when somebody living has it.

    Programs that inherit the descriptor keep the lock for as long as any of them lives. Let go by closing:
    an explicit unlock would take it from all of them.
    """
    handle = _open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _open_lock(path: Path) -> int:
    handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    _give(handle, path.parent)
    return handle


def _give(handle: int, folder: Path) -> None:
    """What root makes in somebody's folder stays usable for that somebody."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)
