"""Lists that a form or a chart brings along and that say nothing of now: boxes nobody ticked, questions answered with
no, what was. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral.wordings import Wordings

_HISTORY: Final = Wordings(__file__, "said.toml").any_of("time.history", r"(?:^|\n|[.;]\s)\s*%s\b\s*[:;-]")
_SENTENCE_END: Final = re.compile(r"[.!?\n]")
_UNMARKED: Final = re.compile(
    r"(?:\[\s*\]|\(\s+\)|[\u2610\u25a1\u25cb\u25ef])\s*(?!(?:yes|no|y|n|"
    r"s.)\b)[^\n\[\]\u2610\u2611\u2612\u25a1\u25a0\u25cb]{1,90}|"
    r"[^\n.;]{3,90}?(?:\[\s*\]|\(\s+\)|[\u2610\u25a1\u25cb])\s*yes\b[^\n]{0,20}|"
    r"(?m:^[^\n.;]{3,90}?(?:\s*(?:[:?=|-]|>>|\.{2,}+|…))++\s*"
    r"(?:no|none|n|never|denied|denies|negative|false|0|ninguno)\s*\|?\s*(?=$|[,;.\n]))|"
    r"[^\n.;]{3,90}?[\[(]\s*[xX\u2713]\s*[\])]\s*no\b",
    re.IGNORECASE,
)
_FORM: Final = re.compile(r"[\[(:?=|>\u2026\u2610\u25a1\u25cb\u25ef-]|\.\.")
"""One of these stands in every box and between every question and its answer."""
_COLUMNS: Final = re.compile(r"\b(yes|s.)\s+(no)\b\s*$", re.IGNORECASE)
_MARK: Final = re.compile(r"\s{2,}[\[(]?\s*([xX\u2713\u2714\u2611\u2612*])\s*[\])]?\s*$")


def without_unmarked(text: str) -> str:
    """`text` without boxes that nobody ticked and questions of a form answered with no."""
    return _UNMARKED.sub(" ; ", text) if _FORM.search(text) else text


def without_history(text: str) -> str:
    """`text` without the lines of a chart that list what was, as referrals copy them in."""
    for match in reversed(list(_HISTORY.finditer(text))):
        end = _SENTENCE_END.search(text, match.end())
        text = text[: match.start() + 1] + " " + (text[end.start() :] if end else "")
    return text


def unmarked(text: str) -> frozenset[str]:
    """Lines of a list with columns "Yes" and "No" marked under No, or left open between marked ones; stripped."""
    yes = no = -1
    lines: set[str] = set()
    open_ones: list[str] = []
    for line in text.splitlines():
        mark = _MARK.search(line)
        if head := _COLUMNS.search(line):
            yes, no, open_ones = head.start(1), head.start(2), []
        elif yes >= 0 and mark:
            of_no = abs(mark.start(1) - no) < abs(mark.start(1) - yes)
            lines |= {*open_ones, *([line.strip()] if of_no else [])}
            open_ones = []
        elif yes >= 0 and not re.search(r"\S\s{2,}\S|:", line):
            open_ones.append(line.strip())
    return frozenset(lines)
