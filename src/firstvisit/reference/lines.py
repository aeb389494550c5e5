"""A packaged, sorted, gzipped text file kept as one block of bytes and searched in place.

A look-up table of a hundred thousand rows as a dict costs tens of megabytes in every process; as bytes it
costs what the text weighs, and a look-up is some seventeen steps of a binary search (a few microseconds).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

DATA = Path(__file__).parent / "data"


class SortedLines:
    """Lines `key<TAB>rest`, each key once, sorted by the key's bytes; opened at the first look-up."""

    def __init__(self, name: str) -> None:
        """`name` is a file in `reference/data`, such as "icd10cm.txt.gz"."""
        self.path = DATA / name

    @cached_property
    def _blob(self) -> bytes:
        return gzip.decompress(self.path.read_bytes())

    def find(self, key: str) -> str | None:
        """What stands behind `key` on its line ("" when nothing does), or None when no line has it."""
        if not key.isascii():
            return None
        blob, wanted = self._blob, key.encode()
        low, high = 0, len(blob)
        while low < high:
            middle = (low + high) // 2
            start = max(blob.rfind(b"\n", low, middle) + 1, low)
            end = blob.find(b"\n", middle, high)
            if end < 0:
                end = high
            here, _, rest = blob[start:end].partition(b"\t")
            if here == wanted:
                return rest.decode()
            if here < wanted:
                low = end + 1
            else:
                high = start
        return None

    @cached_property
    def _lowered(self) -> bytes:
        return self._blob.lower()

    def lines_with(self, text: str) -> Iterator[tuple[str, str]]:
        """Key and rest of every line that holds `text`, whatever its capitals; a look through the whole file costs
        about a millisecond."""
        if not text.isascii() or "\n" in text:
            return
        blob, wanted = self._blob, text.lower().encode()
        at = self._lowered.find(wanted)
        while at >= 0:
            start, end = blob.rfind(b"\n", 0, at) + 1, blob.find(b"\n", at)
            end = len(blob) if end < 0 else end
            key, _, rest = blob[start:end].partition(b"\t")
            yield key.decode(), rest.decode()
            at = self._lowered.find(wanted, end)

    def load(self) -> None:
        """Open the file now, so that the first caller need not wait for it."""
        _ = self._blob
