"""A sentence that must fit: cut between two words, and it shows that something is missing."""

from __future__ import annotations


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` letters; where it is longer it ends with "…" behind a whole word."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    whole = head if text[most - 1].isspace() else head.rpartition(" ")[0]
    return f"{whole.rstrip(' ,;:.–-') or head}…"
