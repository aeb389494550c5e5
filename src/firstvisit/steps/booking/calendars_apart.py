"""A calendar from elsewhere, read in a process apart: it holds no secret, reaches no database, and has limits of time
and memory, so that whatever somebody serves under an address of theirs stops nobody but itself.

    python -m firstvisit.steps.booking.calendars_apart ZONE FIRST LAST    bytes in, one JSON document out
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from firstvisit.steps.booking.calendars import BusyTime, Read, Unreadable, read

SECONDS: Final = 60
"""Of the processor; the clock on the wall has half as much again."""
MEMORY: Final = 1536 * 1024 * 1024
_KEPT: Final = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV", "TZDIR")
"""What of our environment it sees: neither the key nor the database."""


def read_apart(data: bytes, zone: str, first: date, last: date, *, seconds: int = SECONDS) -> Read:
    """As `calendars.read`, apart. Unreadable in words, also where it took too long or too much memory."""
    module = "firstvisit.steps.booking.calendars_apart"
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, zone, str(first), str(last), str(seconds)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            timeout=seconds * 1.5 + 5,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"it could not be read within {seconds} seconds") from None
    if done.returncode != 0:
        raise Unreadable(f"it could not be read within {seconds} seconds and {MEMORY // 2**20} MB of memory")
    said = json.loads(done.stdout)
    if "refused" in said:
        raise Unreadable(said["refused"])
    return Read(tuple(BusyTime(*one) for one in said["busy"]), said["events"], said["not_understood"])


def main(words: list[str]) -> int:
    """One calendar from standard input."""
    zone, first, last, seconds = words
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)
    try:
        found = read(sys.stdin.buffer.read(), ZoneInfo(zone), date.fromisoformat(first), date.fromisoformat(last))
        said: dict[str, object] = {
            "busy": found.busy, "events": found.events, "not_understood": found.not_understood
        }  # fmt: skip
    except Unreadable as no:
        said = {"refused": str(no)}
    except MemoryError:
        return 1
    json.dump(said, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
