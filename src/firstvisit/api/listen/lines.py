"""The connections that a port has at once: how many, which of them rest, and who was turned away. No database.

Whoever rests between two frames makes room for whoever comes: an idle line loses nothing, for a sender that hears no
acknowledgement sends again.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

log = structlog.get_logger("mllp")
SAID_FOR: Final = timedelta(hours=1)
"""How long the page of the way in says that somebody was turned away."""


@dataclass(eq=False)
class Line:
    """One connection; `rests_since` is when its last frame ended, None while one is on its way."""

    socket: socket.socket
    rests_since: float | None = field(default_factory=time.monotonic)


class Lines:
    """The open connections of one port, at most `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._open: set[Line] = set()
        self._guard = threading.Lock()
        self._turned = self._ended = 0
        self._last: datetime | None = None

    def enter(self, connection: socket.socket, *, now: datetime) -> Line | None:
        """The new line; None where as many are open as we serve and every one of them is in the middle of a frame."""
        with self._guard:
            if self._last is not None and now - self._last > SAID_FOR:
                self._turned = self._ended = 0
            if len(self._open) >= self.most:
                self._last = now
                resting = [(each.rests_since, each) for each in self._open if each.rests_since is not None]
                if not resting:
                    self._turned += 1
                    return None
                self._ended += 1
                longest = min(resting, key=lambda one: one[0])[1]
                self._open.discard(longest)
                end(longest)
            line = Line(connection)
            self._open.add(line)
        return line

    def leave(self, line: Line) -> None:
        """It is closed."""
        with self._guard:
            self._open.discard(line)

    def hang_up(self) -> None:
        """End every connection, also one that is shaking hands."""
        with self._guard:
            for each in self._open:
                end(each)

    def trouble(self, *, now: datetime) -> str:
        """What a person should know of the last hour, in words; "" where everybody was served."""
        with self._guard:
            if self._last is None or now - self._last > SAID_FOR:
                return ""
            said = f"{self.most} connections were open at once"
            if self._ended:
                said += f": {self._ended} that rested {_was(self._ended)} closed to make room"
            if self._turned:
                said += f"{' and' if self._ended else ':'} {self._turned} {_was(self._turned)} turned away"
            return f"{said}, last at {self._last:%H:%M} UTC. See who opens so many, or raise Connections below"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def end(line: Line) -> None:
    """Let a connection's thread find its end. The plain socket is shut, whatever speaks over it: TLS would wait."""
    try:
        socket.socket.shutdown(line.socket, socket.SHUT_RD)
    except OSError:
        log.debug("already_gone")
