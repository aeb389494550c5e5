"""The words of `words.toml` as patterns. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def any_of(name: str) -> str:
    """One pattern for every word of a list, longer words first."""
    return "(?:" + "|".join(sorted(_lists()[name], key=len, reverse=True)) + ")"


CASES: Final = any_of("cases")
HEALERS: Final = any_of("healers")
OFFICIALS: Final = any_of("officials")
SENDS: Final = any_of("sends")
AILS: Final = re.compile(rf"(?i)(?<![\w'’]){any_of('ails')}(?![\w])")
BYGONE: Final = re.compile(rf"(?i)\b{any_of('bygone')}\b")
