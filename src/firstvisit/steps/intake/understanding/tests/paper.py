"""Forms put down by hand: one description gives the words as an engine would read them, and the page as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from firstvisit.steps.intake.pages.page import Box, Page, Tick, Word
from firstvisit.steps.intake.pages.tests.drawn import HIGH, WIDE, box, font


@dataclass
class Form:
    """Words, boxes to tick, lines; in dots of 200 to the inch of a letter page."""

    texts: list[tuple[int, int, str, int]] = field(default_factory=list)
    boxes: list[tuple[int, int, bool]] = field(default_factory=list)
    lines: list[tuple[int, int, int, int]] = field(default_factory=list)
    strikes: list[tuple[int, int, int]] = field(default_factory=list)
    number: int = 1

    def text(self, left: int, top: int, words: str, size: int = 30) -> Form:
        self.texts.append((left, top, words, size))
        return self

    def tick(self, left: int, top: int, words: str, ticked: bool) -> Form:
        self.boxes.append((left, top + 4, ticked))
        return self.text(left + 40, top, words)

    def rule(self, left: int, top: int, right: int, bottom: int) -> Form:
        self.lines.append((left, top, right, bottom))
        return self

    def struck(self, left: int, top: int, words: str) -> Form:
        right = left + int(font(30).getlength(words))
        self.strikes.append((left - 4, right + 4, top + 20))
        return self.text(left, top, words)

    def cell(self, left: int, top: int, right: int, bottom: int, label: str, value: str) -> Form:
        for edge in (
            (left, top, right, top),
            (left, bottom, right, bottom),
            (left, top, left, bottom),
            (right, top, right, bottom),
        ):
            self.rule(*edge)
        self.text(left + 10, top + 6, label, 20)
        return self.text(left + 10, top + 36, value, 28) if value else self

    def page(self) -> Page:
        """As an engine that makes no mistake would read it."""
        words = []
        for left, top, line, size in self.texts:
            at = float(left)
            for word in line.split(" "):
                wide = font(size).getlength(word)
                if word:
                    words.append(
                        Word(
                            word,
                            Box(at / WIDE, top / HIGH, (at + wide) / WIDE, (top + size * 1.2) / HIGH),
                            0.99,
                        )
                    )
                at += wide + font(size).getlength(" ")
        return Page(
            self.number,
            WIDE,
            HIGH,
            tuple(words),
            "rapidocr",
            ticks=tuple(
                Tick(Box(x / WIDE, y / HIGH, (x + 26) / WIDE, (y + 26) / HIGH), ticked, 0.97)
                for x, y, ticked in self.boxes
            ),
            struck=tuple(
                Box(x0 / WIDE, (y - 10) / HIGH, x1 / WIDE, (y + 10) / HIGH) for x0, x1, y in self.strikes
            ),
            rules=tuple(
                Box(x0 / WIDE, y0 / HIGH, (x1 + 2) / WIDE, (y1 + 2) / HIGH) for x0, y0, x1, y1 in self.lines
            ),
        )

    def image(self) -> Image.Image:
        page = Image.new("L", (WIDE, HIGH), 255)
        draw = ImageDraw.Draw(page)
        for left, top, line, size in self.texts:
            draw.text((left, top), line, fill=0, font=font(size))
        for left, top, ticked in self.boxes:
            box(draw, left, top, ticked)
        for x0, y0, x1, y1 in self.lines:
            draw.line((x0, y0, x1, y1), fill=0, width=3)
        for x0, x1, y in self.strikes:
            draw.line((x0, y, x1, y), fill=0, width=4)
        return page
