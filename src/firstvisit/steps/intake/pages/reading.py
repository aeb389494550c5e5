"""Bytes to pages, from the side of whoever wants them read: starts, limits and ends the processes that do it."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.messages import Message
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.process import Gone, Process
from firstvisit.steps.intake.pages.refusal import Unreadable
from firstvisit.steps.intake.pages.wire import page_of

_CHILD: Final = "firstvisit.steps.intake.pages.child"


class PageReader:
    """Reads files one at a time. Opening happens in a process for each file, looking in one that is kept between
    pages, since its networks take a second to load. Use as a context, or `close` it.

    `plan` is which engines look (`plan.Plan`). Safe to share between threads: one page is looked at at a time.
    """

    def __init__(self, plan: str = "usual") -> None:
        self.plan = plan
        self._looking: Process | None = None
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
            except Gone as error:
                # One that was kept may have ended by itself, idle, just as it was asked.
                if not (kept and error.ended):
                    raise Unreadable(f"Page {header['number']} could not be read by machine: {error}.") from error
            try:
                return self._asked(header, raw)
            except Gone as error:
                raise Unreadable(f"Page {header['number']} could not be read by machine: {error}.") from error

    def _asked(self, header: dict[str, Any], raw: bytes) -> Message:
        if self._looking is None or not self._looking.alive():
            self.close()
            self._looking = Process(_CHILD, "look")
        try:
            self._looking.send(header, raw, limits.LOOKING_SECONDS)
            return self._looking.receive(limits.LOOKING_SECONDS)
        except Gone:
            self.close()
            raise


def _unpacked(data: bytes) -> Iterator[Message]:
    if len(data) > limits.MOST_BYTES:
        raise Unreadable(
            f"The file has {len(data) // 2**20} MB; at most {limits.MOST_BYTES // 2**20} MB are read by machine."
        )
    process = Process(_CHILD, "unpack")
    try:
        process.send({}, data, limits.UNPACKING_SECONDS)
        while True:
            header, raw = process.receive(limits.UNPACKING_SECONDS)
            if "refused" in header:
                raise Unreadable(header["refused"])
            if "end" in header:
                return
            yield header, raw
    except Gone as error:
        raise Unreadable(f"The file could not be opened safely: {error}.") from error
    finally:
        process.end()


_reader: PageReader | None = None
_owner = 0


def reader() -> PageReader:
    """The reader of this process, made when first wanted and ended with it."""
    global _reader, _owner
    if _reader is None or _owner != os.getpid():
        _reader, _owner = PageReader(), os.getpid()
        atexit.register(_reader.close)
    return _reader
