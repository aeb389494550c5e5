"""What a document says as one run of text, each stretch of which has its place in the document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.found import Place

BLACK: Final = "█"


@dataclass(frozen=True, slots=True)
class Written:
    """One text or page of a document. `boxes` are (start, end, box) of each word of a page; a text has none."""

    name: str
    text: str
    page: int | None = None
    boxes: tuple[tuple[int, int, Box], ...] = ()

    def place(self, start: int, end: int) -> Place:
        """Where the characters `start` to `end` stand; of a page the box around their words."""
        if self.page is None:
            return Place(text=self.name, span=(start, end))
        met = [box for first, last, box in self.boxes if first < end and last > start]
        if not met:
            return Place(page=self.page, text=self.name, span=(start, end))
        left, top, right, bottom = zip(*met, strict=True)
        return Place(self.page, Box(min(left), min(top), max(right), max(bottom)))

    def covered(self, place: Place) -> list[tuple[int, int]]:
        """The characters that a place covers here."""
        if place.page != self.page:
            return []
        if place.span is not None and place.text == self.name:
            return [place.span]
        box = place.box
        if box is None:
            return []
        return [(first, last) for first, last, word in self.boxes if _inside(word, box)]


def of_texts(texts: Mapping[str, str]) -> list[Written]:
    """The texts of a document."""
    return [Written(name, text) for name, text in texts.items()]


def of_page(number: int, words: Sequence[Sequence[Any]]) -> Written:
    """A page of words, each [text, left, top, right, bottom], in the order read; a new line where the next one begins
    lower or further left."""
    text, boxes, before = "", list[tuple[int, int, Box]](), None
    for said, *edges in words:
        box = Box(*edges)
        if before is not None:
            lower = box.top > (before.top + before.bottom) / 2 or box.left < before.left
            text += "\n" if lower else " "
        boxes.append((len(text), len(text) + len(said), box))
        text += said
        before = box
    return Written(f"page {number}", text, number, tuple(boxes))


def blackened(written: Written, spans: Iterable[tuple[int, int]]) -> Written:
    """The same with these stretches made black, letter for letter, so that every other place stays where it is."""
    letters = list(written.text)
    for start, end in spans:
        for at in range(max(0, start), min(end, len(letters))):
            if not letters[at].isspace():
                letters[at] = BLACK
    return Written(written.name, "".join(letters), written.page, written.boxes)


def cut(written: Sequence[Written], most: int) -> list[Written]:
    """The first `most` characters of it all."""
    kept = []
    for each in written:
        if most <= 0:
            break
        kept.append(Written(each.name, each.text[:most], each.page, each.boxes))
        most -= len(each.text)
    return kept


def _inside(word: Box, box: Box) -> bool:
    """Whether the middle of a word lies in a box."""
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box.left <= across <= box.right and box.top <= down <= box.bottom
