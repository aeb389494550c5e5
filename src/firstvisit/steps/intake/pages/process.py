"""A process of ours in which something from outside is opened: started, spoken to with deadlines, ended."""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import time
from json import loads
from typing import IO, Any

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.messages import Message, framed

_LONGEST_HEADER = 64 * 2**20
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TESSDATA_PREFIX")
"""What of our environment a process gets that opens strangers' files: no key, no address of a database."""


class Gone(Exception):
    """A process `ended`, or did not answer in time; the words say which."""

    def __init__(self, words: str, *, ended: bool = False) -> None:
        self.ended = ended
        super().__init__(words)


class Process:
    """One process of a module that answers messages, spoken to with deadlines."""

    def __init__(self, module: str, task: str) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-m", module, task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ}
            | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            bufsize=0,
        )
        os.set_blocking(self._in.fileno(), False)

    @property
    def _in(self) -> IO[bytes]:
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def _out(self) -> IO[bytes]:
        assert self._popen.stdout is not None
        return self._popen.stdout

    @property
    def pid(self) -> int:
        return self._popen.pid

    def alive(self) -> bool:
        return self._popen.poll() is None

    def end(self) -> None:
        """End it, whatever it is doing, and take its pipes back."""
        self._popen.kill()
        self._popen.wait()
        self._in.close()
        self._out.close()

    def send(self, header: dict[str, Any], raw: bytes, seconds: float) -> None:
        until = time.monotonic() + seconds
        for part in (framed(header, raw), raw):
            rest = memoryview(part)
            while rest:
                if not select.select([], [self._in], [], max(0.0, until - time.monotonic()))[1]:
                    raise Gone(f"it took more than {seconds:.0f} seconds")
                try:
                    written = os.write(self._in.fileno(), rest[: 1 << 20])
                except BrokenPipeError as error:
                    raise Gone(self._how_it_ended(), ended=True) from error
                rest = rest[written:]

    def receive(self, seconds: float) -> Message:
        until = time.monotonic() + seconds
        length: int = struct.unpack(">I", self._exactly(4, until, seconds))[0]
        if length > _LONGEST_HEADER:
            raise Gone("it answered nonsense")
        header: dict[str, Any] = loads(self._exactly(length, until, seconds))
        raw = int(header.pop("raw"))
        if not 0 <= raw <= limits.MOST_DOTS:
            raise Gone("it answered nonsense")
        return header, self._exactly(raw, until, seconds)

    def _exactly(self, count: int, until: float, seconds: float) -> bytes:
        got = bytearray()
        while len(got) < count:
            if not select.select([self._out], [], [], max(0.0, until - time.monotonic()))[0]:
                raise Gone(f"it took more than {seconds:.0f} seconds")
            part = os.read(self._out.fileno(), min(count - len(got), 1 << 20))
            if not part:
                raise Gone(self._how_it_ended(), ended=True)
            got += part
        return bytes(got)

    def _how_it_ended(self) -> str:
        code = self._popen.wait()
        if code in (-24, -9):
            return "it took more time of the processor than any document needs"
        return f"the process that opened it ended (code {code}), which happens with damaged files and with memory bombs"
