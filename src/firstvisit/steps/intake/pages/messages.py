"""How the processes that open what came from outside are spoken to, and what holds them.

A message is four bytes with the length of a JSON header, the header, and as many raw bytes as it says in "raw".
"""

from __future__ import annotations

import os
import resource
import select
import struct
import sys
from collections.abc import Callable
from json import dumps, loads
from typing import Any, BinaryIO

_IDLE = 300
"""Seconds after which a process that waits for more ends: what it has loaded holds memory that others may want."""

Message = tuple[dict[str, Any], bytes]


def confined(memory: int) -> BinaryIO:
    """Hold this process to so many bytes of address space and to writing no file, at low priority; where its answers
    go. Nothing but messages may go to standard output; libraries that print write elsewhere."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(10)
    back = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return back


def serve(answer: Callable[[Message, BinaryIO], None], back: BinaryIO) -> None:
    """Answer what comes until nothing more can come, or nothing came for a while."""
    while select.select([0], [], [], _IDLE)[0]:
        message = receive(sys.stdin.buffer)
        if message is None:
            break
        answer(message, back)


def send(to: BinaryIO, header: dict[str, Any], raw: bytes = b"") -> None:
    """Write one message."""
    to.write(framed(header, raw))
    to.write(raw)
    to.flush()


def framed(header: dict[str, Any], raw: bytes) -> bytes:
    """The head of a message."""
    body = dumps({**header, "raw": len(raw)}).encode()
    return struct.pack(">I", len(body)) + body


def receive(source: BinaryIO) -> Message | None:
    """Read one message; None when there are no more."""
    length = source.read(4)
    if len(length) < 4:
        return None
    header: dict[str, Any] = loads(source.read(struct.unpack(">I", length)[0]))
    return header, source.read(header.pop("raw"))
