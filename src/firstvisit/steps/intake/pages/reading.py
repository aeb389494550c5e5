"""Bytes to pages, from the side of whoever wants them read: starts, limits and ends the processes that do it."""

from __future__ import annotations

import atexit
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from json import loads
from typing import IO, Any, Self

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.child import Message, framed
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.refusal import Unreadable
from firstvisit.steps.intake.pages.wire import page_of

_LONGEST_HEADER = 64 * 2**20
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TESSDATA_PREFIX")
"""What of our environment a process gets that opens strangers' files: no key, no address of a database."""


class PageReader:
    """Reads files one at a time. Opening happens in a process for each file, looking in one that is kept between
    pages, since its networks take a second to load. Use as a context, or `close` it.

    `plan` is which engines look (`plan.Plan`). Safe to share between threads: one page is looked at at a time.
    """

    def __init__(self, plan: str = "usual") -> None:
        self.plan = plan
        self._looking: _Process | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that looks, if there is one."""
        if self._looking is not None:
            self._looking.end()
            self._looking = None

    def pages(self, data: bytes) -> Iterator[Page]:
        """The pages of a fax, picture or PDF, each as soon as it is read. Unreadable, in words, where it cannot be;
        pages that came before it stand."""
        for page, _ in self.pages_and_pictures(data):
            yield page

    def pages_and_pictures(
        self, data: bytes, turns: Mapping[int, int] | None = None
    ) -> Iterator[tuple[Page, bytes]]:
        """As `pages`, each with its picture, a PNG placed so that the page's boxes lie upon it. `turns` are degrees
        clockwise by page number, where a person has said how a page stands upright."""
        for header, raw in _unpacked(data):
            turned = (turns or {}).get(header["number"])
            answer, png = self._look({**header, "plan": self.plan, "turned_by": turned}, raw)
            yield page_of(answer["page"]), png

    def _look(self, header: dict[str, Any], raw: bytes) -> Message:
        with self._lock:
            kept = self._looking is not None and self._looking.alive()
            try:
                return self._asked(header, raw)
            except _Gone as error:
                # One that was kept may have ended by itself, idle, just as it was asked.
                if not (kept and error.ended):
                    raise Unreadable(f"Page {header['number']} could not be read by machine: {error}.") from error
            try:
                return self._asked(header, raw)
            except _Gone as error:
                raise Unreadable(f"Page {header['number']} could not be read by machine: {error}.") from error

    def _asked(self, header: dict[str, Any], raw: bytes) -> Message:
        if self._looking is None or not self._looking.alive():
            self.close()
            self._looking = _Process("look")
        try:
            self._looking.send(header, raw, limits.LOOKING_SECONDS)
            return self._looking.receive(limits.LOOKING_SECONDS)
        except _Gone:
            self.close()
            raise


def _unpacked(data: bytes) -> Iterator[Message]:
    if len(data) > limits.MOST_BYTES:
        raise Unreadable(
            f"The file has {len(data) // 2**20} MB; at most {limits.MOST_BYTES // 2**20} MB are read by machine."
        )
    process = _Process("unpack")
    try:
        process.send({}, data, limits.UNPACKING_SECONDS)
        while True:
            header, raw = process.receive(limits.UNPACKING_SECONDS)
            if "refused" in header:
                raise Unreadable(header["refused"])
            if "end" in header:
                return
            yield header, raw
    except _Gone as error:
        raise Unreadable(f"The file could not be opened safely: {error}.") from error
    finally:
        process.end()


class _Gone(Exception):
    """A process `ended`, or did not answer in time; the words say which."""

    def __init__(self, words: str, *, ended: bool = False) -> None:
        self.ended = ended
        super().__init__(words)


class _Process:
    """One process of `child`, spoken to with deadlines."""

    def __init__(self, task: str) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "firstvisit.steps.intake.pages.child", task],
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
                    raise _Gone(f"it took more than {seconds:.0f} seconds")
                try:
                    written = os.write(self._in.fileno(), rest[: 1 << 20])
                except BrokenPipeError as error:
                    raise _Gone(self._how_it_ended(), ended=True) from error
                rest = rest[written:]

    def receive(self, seconds: float) -> Message:
        until = time.monotonic() + seconds
        length: int = struct.unpack(">I", self._exactly(4, until, seconds))[0]
        if length > _LONGEST_HEADER:
            raise _Gone("it answered nonsense")
        header: dict[str, Any] = loads(self._exactly(length, until, seconds))
        raw = int(header.pop("raw"))
        if not 0 <= raw <= limits.MOST_DOTS:
            raise _Gone("it answered nonsense")
        return header, self._exactly(raw, until, seconds)

    def _exactly(self, count: int, until: float, seconds: float) -> bytes:
        got = bytearray()
        while len(got) < count:
            if not select.select([self._out], [], [], max(0.0, until - time.monotonic()))[0]:
                raise _Gone(f"it took more than {seconds:.0f} seconds")
            part = os.read(self._out.fileno(), min(count - len(got), 1 << 20))
            if not part:
                raise _Gone(self._how_it_ended(), ended=True)
            got += part
        return bytes(got)

    def _how_it_ended(self) -> str:
        code = self._popen.wait()
        if code in (-24, -9):
            return "it took more time of the processor than any fax needs"
        return f"the process that opened it ended (code {code}), which happens with damaged files and with memory bombs"


_reader: PageReader | None = None
_owner = 0


def reader() -> PageReader:
    """The reader of this process, made when first wanted and ended with it."""
    global _reader, _owner
    if _reader is None or _owner != os.getpid():
        _reader, _owner = PageReader(), os.getpid()
        atexit.register(_reader.close)
    return _reader
