"""The words of an HTML page that a reader would see; what it hides is left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset("p div br li tr h1 h2 h3 h4 h5 h6 table ul ol blockquote hr section article header footer dt dd pre".split())
_NEVER: Final = frozenset("script style head title template noscript svg object iframe".split())
_VOID: Final = frozenset("br hr img input meta link area base col embed source track wbr".split())
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0|1)(?:px|pt|em)?\s*(?:;|$|!)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|"
    r"(?:max-)?(?:height|width)\s*:\s*0|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|left\s*:\s*-\d{3,}|"
    r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent|rgba?\(255,\s*255,\s*255)", re.I
)  # fmt: skip

_MOST_LINES: Final = 4
"""Of a cell that holds a value: an address has as many."""
_LONGEST_LABEL: Final = 60


def text_of(html: str) -> str:
    """The visible words, a line a block. Of a table each row is a line: two cells as "label: value", more apart by tabs."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \xa0]+", " ", line).strip(" ") for line in parser.text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n ") + "\n"


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[str] = []
        self.hidden: list[str] = []
        self.rows: list[list[list[str]]] = []
        """Of each table that is open, the cells of the row that is open."""

    def text(self) -> str:
        """All words so far; rows that were never closed are closed."""
        while self.rows:
            self.end_row()
            self.rows.pop()
        return "".join(self.made)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        unseen = tag in _NEVER or "hidden" in given or bool(_HIDDEN.search(given.get("style") or ""))
        if (self.hidden or unseen) and tag not in _VOID:
            self.hidden.append(tag)
            return
        if self.hidden:
            return
        if tag == "table":
            self.add("\n")
            self.rows.append([])
        elif tag == "tr" and self.rows:
            self.end_row()
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append([])
        elif tag in _BLOCKS:
            self.add("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if tag in self.hidden:
                while self.hidden and self.hidden.pop() != tag:
                    pass
            return
        if tag == "tr" and self.rows:
            self.end_row()
        elif tag == "table" and self.rows:
            self.end_row()
            self.rows.pop()
            self.add("\n")
        elif tag in _BLOCKS and tag != "br":
            self.add("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.add(re.sub(r"\s+", " ", data))

    def add(self, words: str) -> None:
        """Words of the cell that is open, else of the page."""
        if self.rows and self.rows[-1]:
            self.rows[-1][-1].append(words)
        else:
            self.made.append(words)

    def end_row(self) -> None:
        """The row that is open, as a line of the cell or page around its table. A cell with several blocks is layout."""
        cells = ["".join(cell).strip() for cell in self.rows[-1]]
        self.rows[-1] = []
        if not any(cells):
            return
        around = self.rows[-2][-1] if len(self.rows) > 1 and self.rows[-2] else self.made
        if any(len([line for line in cell.split("\n") if line.strip()]) > _MOST_LINES or "\t" in cell for cell in cells) or len(cells) == 1:
            around.append("\n" + "\n".join(cell for cell in cells if cell) + "\n")
            return
        plain = [", ".join(line.strip() for line in cell.split("\n") if line.strip()) or " " for cell in cells]
        if len(plain) == 2:
            label = plain[0].rstrip(" :")
            around.append(f"\n{label}: {plain[1]}" if label and len(label) <= _LONGEST_LABEL else "\n" + "\n".join(plain))
        else:
            around.append("\n" + "\t".join(plain))


