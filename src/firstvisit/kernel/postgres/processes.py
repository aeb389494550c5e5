"""Which processes belong to a data folder, told by what they are and never by a number in a file alone.

A number may have been given to a stranger since, and a zombie still has one. PostgreSQL's own check
(does this number exist?) falls for both.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path


def members(data: Path, cluster: str) -> set[int]:
    """Process ids of the living postgres processes of the data folder `data`.

    cluster: the server's cluster_name, which its children carry in their titles. Titles and arguments can
    be read by everybody; the working folder, the better proof, by root in most containers cannot.
    """
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "comm").read_bytes().strip() != b"postgres":
                continue
            words = (entry / "cmdline").read_bytes()  # empty for a zombie
        except OSError:
            continue  # gone in between
        if words and (_names(words, data, cluster) or _works_in(entry, data)):
            found.add(int(entry.name))
    return found


def _names(words: bytes, data: Path, cluster: str) -> bool:
    return os.fsencode(data) in words.split(b"\0") or f": {cluster}: ".encode() in words


def _works_in(entry: Path, data: Path) -> bool:
    try:
        return (entry / "cwd").readlink() == data
    except OSError:
        return False


def postmaster(data: Path, cluster: str) -> int | None:
    """The process id of the living head of the server, None when postmaster.pid is absent or stale."""
    written = written_pid(data)
    return written if written is not None and written in members(data, cluster) else None


def written_pid(data: Path) -> int | None:
    """The process id in postmaster.pid, whoever that may be by now."""
    try:
        return int((data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def end_orphans(data: Path, cluster: str) -> None:
    """End what outlived its postmaster as the postmaster itself would have: SIGQUIT loses nothing.

    A backend in the middle of a long query does not notice by itself that its server is gone.
    """
    if postmaster(data, cluster) is None:
        _end(members(data, cluster), signal.SIGQUIT, data, cluster, seconds=5)
        _end(members(data, cluster), signal.SIGKILL, data, cluster, seconds=5)


def stop_fast(data: Path, cluster: str, *, seconds: float) -> bool:
    """Fast shutdown of the living server of `data`; True when there was one and it ended in time."""
    pid = postmaster(data, cluster)
    return pid is not None and _end({pid}, signal.SIGINT, data, cluster, seconds=max(seconds, 0))


def _end(pids: set[int], how: signal.Signals, data: Path, cluster: str, *, seconds: float) -> bool:
    """Signal them all, then wait: some, such as the log's writer, only leave when the others have."""
    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as handles:
        ending = []
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                handle = os.pidfd_open(pid)
                handles.callback(os.close, handle)
                # The handle is bound to one process for good: look once more who that is, then signal it.
                if pid in members(data, cluster):
                    signal.pidfd_send_signal(handle, how)
                    ending.append(handle)
        return all(_ended(handle, deadline - time.monotonic()) for handle in ending)


def _ended(handle: int, seconds: float) -> bool:
    wait = select.poll()
    wait.register(handle, select.POLLIN)
    return bool(wait.poll(max(seconds, 0) * 1000))
