"""Where things stand on a page picture, in its pixels: the page as SVG, a value as a cut-out of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.models import ItemPage
from firstvisit.steps.intake.pages.page import Box

_MARGIN: Final = (0.012, 0.006)
"""Of a page's width and height, shown around a value that is cut out."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as it is shown: its size after it was turned, and how its picture is turned into that."""

    number: int
    width: int
    height: int
    image_width: int
    image_height: int
    transform: str

    @property
    def view(self) -> str:
        return f"0 0 {self.width} {self.height}"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels of the page as it is shown."""

    x: int
    y: int
    width: int
    height: int

    @property
    def view(self) -> str:
        return f"{self.x} {self.y} {self.width} {self.height}"


def drawn(page: ItemPage) -> Drawn:
    """A page with the turn that a person asked for."""
    wide, high, turn = page.width, page.height, page.turn_wanted or 0
    transform = {
        0: "",
        90: f"translate({high} 0) rotate(90)",
        180: f"translate({wide} {high}) rotate(180)",
        270: f"translate(0 {wide}) rotate(270)",
    }[turn]
    shown = (wide, high) if turn in (0, 180) else (high, wide)
    return Drawn(page.number, *shown, wide, high, transform)


def rect(page: ItemPage, box: Box) -> Rect:
    """A box of the page as read, where it is shown."""
    left, top, right, bottom = {
        0: box,
        90: Box(1 - box.bottom, box.left, 1 - box.top, box.right),
        180: Box(1 - box.right, 1 - box.bottom, 1 - box.left, 1 - box.top),
        270: Box(box.top, 1 - box.right, box.bottom, 1 - box.left),
    }[page.turn_wanted or 0]
    size = drawn(page)
    return Rect(
        round(left * size.width),
        round(top * size.height),
        max(1, round((right - left) * size.width)),
        max(1, round((bottom - top) * size.height)),
    )


def cut_out(page: ItemPage, box: Box) -> Rect:
    """A value with some paper around it, never beyond the page."""
    across, down = _MARGIN
    around = Box(
        max(0.0, box.left - across), max(0.0, box.top - down), min(1.0, box.right + across), min(1.0, box.bottom + down)
    )
    return rect(page, around)
