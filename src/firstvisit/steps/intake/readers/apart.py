"""Texts and words of pages, understood in a process apart with limits of time and memory: from whoever asks' side.

A letter of some kilobytes can be written so that a pattern takes minutes over it; it ends here, and the next is read.
"""

from __future__ import annotations

import atexit
import datetime as dt
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.messages import Message
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.process import Gone, Process
from firstvisit.steps.intake.readers import Document, Read, Unreadable, wire
from firstvisit.steps.intake.understanding.settle import Understood

_CHILD: Final = "firstvisit.steps.intake.readers.child"


class Failed(Exception):
    """Reading went wrong in a way nobody foresaw; the message names the kind and place of the error."""


class Understanding:
    """One process that understands what it is given, kept between documents since its vocabularies take half a second
    to load; ended and begun anew where one takes too long. Safe to share between threads."""

    def __init__(self, text_seconds: float = limits.TEXT_SECONDS) -> None:
        self.text_seconds = text_seconds
        self._process: Process | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def read(self, document: Document, kind: str) -> Read:
        """What a text of this kind says. Raises Unreadable in words, Failed."""
        header = {
            "kind": kind,
            "name": document.name,
            "media_type": document.media_type,
            "received_on": document.received_on.isoformat(),
            "by_office": document.by_office,
        }
        return wire.read_of(self._asked(header, document.content, self.text_seconds))

    def understood(self, pages: Sequence[Page], received_on: dt.date) -> Understood:
        """What pages of words say. Raises Unreadable in words, Failed."""
        header = {"pages": [asdict(page) for page in pages], "received_on": received_on.isoformat()}
        answer, _ = self._asked(header, b"", limits.WORDS_SECONDS)
        return wire.understood_of(answer["understood"])

    def _asked(self, header: dict[str, Any], raw: bytes, seconds: float) -> Message:
        with self._lock:
            try:
                answer, back = self._exchanged(header, raw, seconds)
            except Gone as error:
                raise Unreadable(f"It could not be read by machine: {error}.") from error
        if "refused" in answer:
            raise Unreadable(answer["refused"])
        if "failed" in answer:
            raise Failed(answer["failed"])
        return answer, back

    def _exchanged(self, header: dict[str, Any], raw: bytes, seconds: float) -> Message:
        kept = self._process is not None and self._process.alive()
        try:
            return self._once(header, raw, seconds)
        except Gone as error:
            # One that was kept may have ended by itself, idle, just as it was asked.
            if not (kept and error.ended):
                raise
        return self._once(header, raw, seconds)

    def _once(self, header: dict[str, Any], raw: bytes, seconds: float) -> Message:
        if self._process is None or not self._process.alive():
            self.close()
            self._process = Process(_CHILD, "understand")
        try:
            self._process.send(header, raw, seconds)
            return self._process.receive(seconds)
        except Gone:
            self.close()
            raise


_one: Understanding | None = None
_owner = 0


def understanding() -> Understanding:
    """The one of this process, made when first wanted and ended with it."""
    global _one, _owner
    if _one is None or _owner != os.getpid():
        _one, _owner = Understanding(), os.getpid()
        atexit.register(_one.close)
    return _one
