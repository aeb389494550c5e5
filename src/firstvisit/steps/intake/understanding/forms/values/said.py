"""What a reader of a field is asked, and what it says. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from firstvisit.referral.wordings import Wordings


class Said(NamedTuple):
    """One value in a text: its path in the record, where in the text it stands, and how sure for its kind: 1 where a
    check holds it or its form is plain, less where it is prose taken whole."""

    path: str
    value: object
    start: int
    end: int
    sure: float = 1.0
    held: bool = False
    """Held by a check (digit, list, ZIP with city), so that a smudged reading counts."""


class Asked(NamedTuple):
    """What a reader gets: the value's text, its label, whose field it is, and when the form was written."""

    text: str
    label: str
    owner: str
    written_on: dt.date


Reads = Callable[[Asked], Iterator[Said]]

WORDS: Final = Wordings(__file__, "words.toml")
NONE: Final = WORDS.any_of("none", r"^\W*%s\W*$")
"""A value that says there is none."""

LETTER: Final = re.compile(r"[^\W\d_]")


def owned_by(reads: Reads, owner: str) -> Reads:
    return lambda asked: reads(asked._replace(owner=owner))


def cased(text: str | None) -> str | None:
    if not text or not text.isupper() or len(text) < 2:
        return text
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda m: m[0].capitalize(), text)
