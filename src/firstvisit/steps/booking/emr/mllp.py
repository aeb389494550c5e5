"""One message to the EMR and its acknowledgment, over MLLP: 0x0B message 0x1C 0x0D, with TLS where the address says so.

A line is opened for each message. MLLP tells nothing of what was lost with a line that stood open for a day, and some
twenty registrations an hour need none that does.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.booking.emr.acknowledgments import Acknowledged, acknowledged

START: Final = b"\x0b"
END: Final = b"\x1c\r"
LARGEST: Final = 1024 * 1024
SCHEMES: Final = ("mllp", "mllps")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the frame as it came, and how it is read."""

    raw: bytes
    read: Acknowledged


def say(url: str, message: bytes, control: str, *, seconds: float) -> Answer:
    """Send a message and wait for the acknowledgment that names it. ConnectorError, temporary, where nobody listens,
    nothing comes in time, or what comes is no acknowledgment."""
    where = urlsplit(url)
    over = time.monotonic() + seconds
    try:
        with _line(where.scheme, where.hostname or "", where.port or 2575, seconds) as line:
            line.sendall(START + message + END)
            return _heard(line, control, over)
    except TimeoutError:
        raise ConnectorError(f"the EMR did not answer within {seconds:g} seconds", temporary=True) from None
    except ssl.SSLError as error:
        words = f"the EMR's line cannot be encrypted ({error.reason or type(error).__name__})"
        raise ConnectorError(words, temporary=True) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConnectorError(f"the EMR cannot be reached ({why})", temporary=True) from None


def reaches(url: str, *, seconds: float) -> str:
    """Why nobody listens at this address; "" where somebody does. Nothing is sent."""
    where = urlsplit(url)
    try:
        with _line(where.scheme, where.hostname or "", where.port or 2575, seconds):
            return ""
    except OSError as error:
        return str(error.strerror or type(error).__name__)


def _line(scheme: str, host: str, port: int, seconds: float) -> socket.socket:
    plain = socket.create_connection((host, port), seconds)
    plain.settimeout(seconds)
    if scheme != "mllps":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def _heard(line: socket.socket, control: str, over: float) -> Answer:
    """The first frame that answers this message; one that answers another (a late word about an earlier try) is passed
    over."""
    held = bytearray()
    while True:
        left = over - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        piece = line.recv(65536)
        if not piece:
            gone = "what it said is no HL7" if held else "it said nothing"
            raise ConnectorError(f"the EMR hung up; {gone}", temporary=True)
        held += piece
        if len(held) > LARGEST:
            raise ConnectorError("the EMR says what is no acknowledgment", temporary=True)
        while (end := held.find(END)) >= 0:
            raw = bytes(held[:end]).rpartition(START)[2]
            del held[: end + len(END)]
            read = acknowledged(raw, control)
            if read.verdict == "another":
                continue
            if read.verdict == "nothing":
                raise ConnectorError("the EMR answered what is no acknowledgment", temporary=True)
            return Answer(raw, read)
