"""What the sandbox says to one question, before a shape puts it into a vendor's words. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """`x12`: the answer, which each shape says in its own way. `instead`: bytes that are sent in its place, whatever
    the shape, with `media` and `status`. `wait`: seconds before a byte of it. `cut`: the shape breaks off in the
    middle. `hangs_up`: the line ends without a word."""

    x12: bytes = b""
    instead: bytes | None = None
    media: str = "text/html"
    status: int = 200
    wait: float = 0.0
    cut: bool = False
    hangs_up: bool = False
