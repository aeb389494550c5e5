"""What stands on a page: words with their boxes, and boxes to tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

How = Literal["text_layer", "tesseract", "rapidocr"]
"""Through what the words of a page were read."""


class Box(NamedTuple):
    """Left, top, right, bottom as shares of the upright page, 0 to 1, so that a place holds at every size."""

    left: float
    top: float
    right: float
    bottom: float


class Word(NamedTuple):
    """One word as printed; `confidence` is the engine's own, 0 to 1, and 1 for a text layer."""

    text: str
    box: Box
    confidence: float


class Tick(NamedTuple):
    """A box to tick, and whether it is ticked."""

    box: Box
    ticked: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page the right way up. `number` counts from 1 as received; `turned` is by how many degrees it was turned
    clockwise to stand upright, `skew` what was straightened after that; `width` and `height` are its size in pixels of
    200 to the inch. `struck` are boxes of lines that somebody drew through words,
    `rules` printed lines: underlines and edges of cells, `circled` rings around a letter or a word, `penned` what a pen
    wrote without being letters: signatures."""

    number: int
    width: int
    height: int
    words: tuple[Word, ...]
    how: How
    turned: int = 0
    skew: float = 0.0
    ticks: tuple[Tick, ...] = ()
    struck: tuple[Box, ...] = ()
    rules: tuple[Box, ...] = ()
    circled: tuple[Box, ...] = ()
    penned: tuple[Box, ...] = ()
