"""Bytes of an X12 file as characters, in stretches: a byte-order mark goes, odd bytes are kept as Latin-1 letters."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final, Protocol

STRETCH: Final = 1 << 18
"""Bytes read at once."""


class Readable(Protocol):
    """Whatever gives bytes when asked for some: a file, a pipe, `io.BytesIO`."""

    def read(self, size: int, /) -> bytes: ...


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """A byte that is no UTF-8: payers' systems write names in Latin-1 or Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("firstvisit-latin", _as_latin)


def stretches(source: Readable) -> Iterator[str]:
    """The characters of `source`, a stretch at a time; UTF-16 only where a byte-order mark says so."""
    first = source.read(STRETCH)
    encoding = "utf-16" if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)(
        "replace" if encoding == "utf-16" else "firstvisit-latin"
    )
    data = first
    while data:
        if text := decoder.decode(data):
            yield text
        data = source.read(STRETCH)
    if text := decoder.decode(b"", final=True):
        yield text
