"""An end for lines that drip, which never meet a socket's own timeout; and in words how a line ended."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
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


def unanswered(error: OSError | HTTPException | UnicodeError) -> str:
    """How a server did not answer, in words for whoever entered its address: "does not pick up"."""
    match error:
        case TimeoutError():
            return "takes too long to answer"
        case ConnectionRefusedError():
            return "does not pick up"
        case socket.gaierror() | UnicodeError():
            return "is not found under that name"
        case ssl.SSLError():
            return "does not prove by its certificate who it is"
        case HTTPException() | ConnectionError():
            return "ended the line before its answer was whole"
    return f"does not answer ({error.strerror or type(error).__name__})"
