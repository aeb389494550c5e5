"""Jobs that people write under their names, and whether a text is signed with one. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from firstvisit.steps.intake.understanding.passages import Told

_LONGEST: Final = 90
"""Characters of a line under a letter; longer ones are sentences."""


@cache
def _jobs() -> re.Pattern[str]:
    data = tomllib.loads(Path(__file__).with_name("values").joinpath("titles.toml").read_text("utf-8"))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(data['jobs'])})(?![\w-])", re.IGNORECASE)


def title_in(line: str) -> re.Match[str] | None:
    """The job named in a line under a letter, None in a sentence or a long line."""
    if len(line) > _LONGEST or re.search(r"[.!?]\s+[A-Z]", line):
        return None
    return _jobs().search(line)


def job_in(words: str) -> re.Match[str] | None:
    """The first job named in a stretch of talk."""
    return _jobs().search(words)


def signed(told: Told) -> bool:
    """Whether somebody signs with a job in which people send patients, or names it in the sender's line."""
    if told.sender_name and (match := _jobs().search(told.sender_name)) and match[0].lower() not in ("ma", "rn"):
        return True
    return any((passage.zone == "signature" or passage.about("title")) and title_in(passage.text) for passage in told.passages)
