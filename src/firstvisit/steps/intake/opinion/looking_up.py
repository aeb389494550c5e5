"""Whether a value that a model names stands in the document, and where. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.inbox.entering import typed
from firstvisit.steps.intake.opinion.asking import ASKED, Question
from firstvisit.steps.intake.opinion.written import BLACK, Written
from firstvisit.steps.intake.understanding.found import Place
from firstvisit.steps.intake.understanding.values.dates import days

LONGEST: Final = 300
"""Characters of a value or a quote that are looked at."""


@dataclass(frozen=True, slots=True)
class Stands:
    """A value that stands in the document: in the record's form, with its place and the words there."""

    path: str
    value: Any
    place: Place
    quote: str


def standing(
    asked: Question, answer: Iterable[Mapping[str, object]], today: dt.date
) -> tuple[tuple[Stands, ...], int]:
    """The values of an answer that were asked for and stand in the document, each field once, and how many others were
    dropped. A value stands there where its quote does, and its own letters or digits, whole, within the quote."""
    kept: dict[str, Stands] = {}
    dropped = 0
    for said in answer:
        path, value, quote = said.get("field"), said.get("value"), said.get("quote")
        if value is None or value == "":
            continue  # "not stated" in so many words
        if not isinstance(path, str) or path not in asked.fields or path in kept:
            dropped += 1
            continue
        found = _stands(path, str(value), str(quote or ""), asked.written, today)
        if found is None:
            dropped += 1
        else:
            kept[path] = found
    return tuple(kept.values()), dropped


def _stands(path: str, value: str, quote: str, written: Sequence[Written], today: dt.date) -> Stands | None:
    if len(value) > LONGEST or len(quote) > LONGEST or BLACK in value:
        return None
    try:
        became = typed(path, value, today)
    except ValueError:
        return None
    for each in written:
        for start, end in _quoted(each.text, quote or value):
            if span := _within(path, became, value, each.text[start:end], today):
                first, last = start + span[0], start + span[1]
                return Stands(path, became, each.place(first, last), each.text[first:last])
    return None


def _quoted(text: str, quote: str) -> Iterable[tuple[int, int]]:
    """Every place of a quote, whatever its capitals and the spaces between its words."""
    words = quote.split()
    if not words:
        return []
    pattern = r"\s+".join(re.escape(word) for word in words)
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def _within(path: str, became: Any, value: str, quote: str, today: dt.date) -> tuple[int, int] | None:
    """Where in a quote a value stands, by the form in which values of this field are written."""
    form = ASKED[path][0]
    if form == "date":
        birth = path.endswith("date_of_birth")
        read = [each for each in days(quote, today, birth=birth) if each.value.year_said]
        return next(((each.start, each.end) for each in read if each.value.date.isoformat() == became), None)
    if form == "phone":
        before = r"(?<!\d)(?:1[^0-9A-Za-z]{0,3})?"
        return _run(str(became).removeprefix("+1"), quote, r"[^0-9A-Za-z]{0,3}", before, r"(?!\d)")
    if form == "number":
        before = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][/-])(?<!\d[.\s])"
        return _run(folded(value), quote, r"[\s./-]{0,2}", before, r"(?![0-9A-Za-z]|[./-][0-9A-Za-z]|\s\d)")
    if form == "mail":
        return _run(value.strip(), quote, "", r"(?<![\w.+-])", r"(?![\w+-]|\.\w)")
    return _words(value, quote)


def _run(letters: str, quote: str, between: str, before: str, after: str) -> tuple[int, int] | None:
    """A run of letters or digits, whole: `before` and `after` say what may not stand beside it."""
    if not letters:
        return None
    found = re.search(before + between.join(re.escape(each) for each in letters) + after, quote, re.IGNORECASE)
    return found.span() if found else None


def _words(value: str, quote: str) -> tuple[int, int] | None:
    """Words of the quote that are all of the value's, in any order ("Rivera, Ana"), whole and close together."""
    left = [folded(word) for word in re.findall(r"[^\W_]+", value)]
    if not left:
        return None
    there = [(folded(match[0]), match.span()) for match in re.finditer(r"[^\W_]+", quote)]
    for first in range(len(there)):
        stretch = there[first : first + len(left) + 1]
        if stretch[0][0] not in left:
            continue
        for last in range(len(left), len(stretch) + 1):
            said = [word for word, _ in stretch[:last]]
            if all(said.count(word) >= left.count(word) for word in left):
                return stretch[0][1][0], stretch[last - 1][1][1]
    return None
