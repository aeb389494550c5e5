"""Who uses an installation at this moment: file locks that end with the process that holds them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Final

from firstvisit.kernel.errors import ConfigurationError

RUNNING: Final = "running.lock"


def only_one(home: Path) -> IO[str]:
    """The lock of whoever runs everything here. ConfigurationError when somebody does already."""
    lock = _open(home, RUNNING)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise ConfigurationError([f"This installation is running already (home {home})."]) from None
    return lock


def note_port(lock: IO[str], port: int | None) -> None:
    """Write into the lock of `only_one` where the web listens, for commands that run beside it."""
    lock.seek(0)
    lock.truncate()
    if port is not None:
        lock.write(f"{port}\n")
    lock.flush()


def noted_port(home: Path) -> int | None:
    """Where the web of this home listens, or did until it was killed; None when nothing runs here."""
    try:
        text = (home / RUNNING).read_text("ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def in_use(home: Path) -> IO[str]:
    """The lock of a process that needs the database for as long as it lives, also past an exec."""
    lock = _open(home, "in-use.lock")
    fcntl.flock(lock, fcntl.LOCK_SH)
    os.set_inheritable(lock.fileno(), True)
    return lock


def busy(home: Path) -> bool:
    """Whether any process holds `in_use`."""
    with _open(home, "in-use.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def _open(home: Path, name: str) -> IO[str]:
    home.mkdir(parents=True, exist_ok=True)
    return (home / name).open("a+", encoding="ascii")  # not "w": it would empty what its holder wrote
