"""Whatever came back for a question, told apart by kind before anybody reads it as an answer. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.coverage.x12.text import Readable
from firstvisit.steps.coverage.x12.transactions import Ending, Transaction, transactions

_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class NotX12:
    """A reply in which no transaction stands. `kind`: empty, html, json, xml, text. `beginning`: how it begins."""

    kind: str
    beginning: str

    @property
    def said(self) -> str:
        """One sentence for the desk."""
        if self.kind == "empty":
            return "The reply is empty."
        return f"This is no X12 but {_NAMES[self.kind]}: nothing is known of benefits."


_NAMES: Final = {"html": "a web page", "json": "JSON", "xml": "XML", "text": "other text"}


class _Heard:
    """A source that remembers how it began."""

    def __init__(self, source: Readable) -> None:
        self._source, self.first = source, b""

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        if len(self.first) < 4 * _SHOWN:
            self.first += data[: 4 * _SHOWN]
        return data


def replies(source: Readable) -> Iterator[Transaction | Ending | NotX12]:
    """Every transaction of `source` with the endings of interchanges, or the one thing that it is instead."""
    heard = _Heard(source)
    endings = []
    any_found = False
    for each in transactions(heard):
        if isinstance(each, Ending) and not any_found:
            endings.append(each)  # told only where there is X12 at all
            continue
        any_found = True
        yield from endings
        endings = []
        yield each
    if any_found or any(each.interchange for each in endings):
        yield from endings
    else:
        yield _not_x12(heard.first)


def _not_x12(first: bytes) -> NotX12:
    wide = first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    text = first.decode("utf-16" if wide else "utf-8-sig", "replace").strip()
    begins = text[:_SHOWN].lower()
    if not text:
        kind = "empty"
    elif begins.startswith(("<!doctype html", "<html")) or "<html" in begins:
        kind = "html"
    elif begins.startswith("<"):
        kind = "xml"
    elif begins.startswith(("{", "[")):
        kind = "json"
    else:
        kind = "text"
    return NotX12(kind, text[:_SHOWN])
