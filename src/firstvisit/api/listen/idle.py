"""Waiting at an IMAP server that tells of new mail by itself (IDLE, RFC 2177).

`imaplib` learned this in Python 3.14; until then the two lines that it takes are spoken here. While idle the connection
belongs to us alone: `done` gives it back before anything else is asked.
"""

from __future__ import annotations

import imaplib
import select
import ssl
import time
from typing import Final

OLDEST: Final = 9 * 60.0
"""Seconds after which we end and begin anew: RFC 2177 asks for less than half an hour, and routers forget sooner."""
_TAG: Final = b"FVIDLE"
_LONGEST: Final = 65536
_TELLS: Final = (b"EXISTS", b"RECENT")


class Idle:
    """One stretch of waiting. Made when the server has said that it will tell; imaplib's errors where it does not."""

    def __init__(self, server: imaplib.IMAP4, *, heard: bool = False) -> None:
        self.server, self.heard = server, heard
        self.began = time.monotonic()
        server.send(_TAG + b" IDLE\r\n")
        while not (said := self._line()).startswith(b"+"):
            if said.startswith(_TAG):
                raise server.error("IDLE was refused")
            self._note(said)

    @property
    def is_old(self) -> bool:
        """Whether it is time to begin anew."""
        return time.monotonic() - self.began > OLDEST

    def rang(self, seconds: float) -> bool:
        """Wait at most so long; whether the server has told of mail, or has anything to say that must be looked at."""
        if not self.heard:
            self._hear(seconds)
        return self.heard

    def done(self) -> None:
        """End the waiting; the connection can be asked again."""
        self.server.send(b"DONE\r\n")
        while not self._line().startswith(_TAG):
            pass  # what it tells meanwhile, the coming look finds out

    def _hear(self, seconds: float) -> None:
        if not self._ready():
            select.select([self.server.sock], [], [], seconds)
        while self._ready():
            self._note(self._line())

    def _ready(self) -> bool:
        """Whether something can be read at once, be it the end: from the reader's own buffer, TLS's, or the socket."""
        line = self.server.sock
        before = line.gettimeout()
        line.settimeout(0)
        try:
            waits = bool(self.server.file.peek(1))  # type: ignore[union-attr]  # a BufferedReader
        except ssl.SSLWantReadError:
            return False  # what came was TLS's own business
        finally:
            line.settimeout(before)
        return waits or bool(select.select([line], [], [], 0)[0])

    def _line(self) -> bytes:
        said: bytes = self.server.readline()
        if not said:
            raise self.server.abort("the server hung up")
        return said

    def _note(self, said: bytes) -> None:
        words = said.upper().split()
        self.heard = self.heard or words[1:2] == [b"BYE"] or any(word in _TELLS for word in words[2:3])
