"""An end for lines that drip: a server that sends byte after byte never meets a socket's own timeout."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from typing import Final

_BOTH_WAYS: Final = 2
"""What ends a socket in both directions (SHUT_RDWR), so that a reader who waits at it returns."""


@contextmanager
def within(seconds: float, line: HTTPConnection) -> Iterator[threading.Event]:
    """Connect, and end the line `seconds` from now, whatever it is at. The event says whether that has happened: what
    was read then may be cut short, whatever the reader says. Connecting counts towards them and ends by the line's own
    timeout; TimeoutError where nothing is left after it."""
    began = time.monotonic()
    line.connect()
    left = seconds - (time.monotonic() - began)
    if left <= 0:
        raise TimeoutError
    socket, late = line.sock, threading.Event()  # the connection forgets its socket once an answer will close it

    def end() -> None:
        late.set()
        with suppress(OSError):  # it has ended by itself
            socket.shutdown(_BOTH_WAYS)

    bell = threading.Timer(left, end)
    bell.daemon = True
    bell.start()
    try:
        yield late
    finally:
        bell.cancel()
