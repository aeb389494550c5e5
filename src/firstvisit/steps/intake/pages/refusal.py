"""What cannot be read, in words."""

from __future__ import annotations

from firstvisit.kernel.errors import BadInput, Problem


class Unreadable(BadInput):
    """The file cannot be read by machine; `words` says why and, where there is something to do, what."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__([Problem("file", words)])
