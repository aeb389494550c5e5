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


def text_of(html: str) -> str:
    """The visible words, a line a block, cells of a row apart by " : " where there are two of them."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(parser.made).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[str] = []
        self.hidden: list[str] = []
        self.cell = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        unseen = tag in _NEVER or "hidden" in given or bool(_HIDDEN.search(given.get("style") or ""))
        if (self.hidden or unseen) and tag not in _VOID:
            self.hidden.append(tag)
            return
        if self.hidden:
            return
        if tag == "tr":
            self.cell = 0
        if tag in ("td", "th"):
            self.made.append(": " if self.cell == 1 else "  " if self.cell else "")
            self.cell += 1
        elif tag in _BLOCKS:
            self.made.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if tag in self.hidden:
                while self.hidden and self.hidden.pop() != tag:
                    pass
            return
        if tag in _BLOCKS and tag != "br":
            self.made.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.made.append(re.sub(r"\s+", " ", data))
