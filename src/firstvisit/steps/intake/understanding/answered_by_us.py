"""What a telephone talk is by both who speak in it: whoever answers for us knows a patient in care, and says what we are not. Pure.

What callers say alone tells little: "she's got PT with Kim on Thursday" may be somebody else's Kim. Two unlike signs together
tell, be they the caller's or ours.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Literal

_DAY: Final = r"(?:(?:mon|tues|wednes|thurs|fri|satur)day)"
_ENOUGH: Final = 2
_MANY: Final = 3
"""Signs that tell also where something new may be spoken of."""
_NEW: Final = re.compile(r"(?i)\b(?:new (?:patient|referral|order|problem|script)|refer(?:ral|ring|red)?\b|evaluat(?:e|ion) (?:and|&)|never been|wait ?list|(?:another|different|other) (?:problem|knee|shoulder|hand)|start(?:ing)? (?:therapy|pt|ot|speech))")
"""Words of a talk that may be about something new after all."""


@cache
def _signs(group: str) -> dict[str, re.Pattern[str]]:
    data = tomllib.loads(Path(__file__).with_name("answered_by_us.toml").read_text("utf-8"))[group]
    return {name: re.compile(r"(?i)(?<![\w])(?:" + "|".join(shapes).replace("{DAY}", _DAY) + ")") for name, shapes in data.items()}


def sort_of(caller: str, agent: str) -> Literal["patient_in_care", "misdirected"] | None:
    """What the talk is, by the caller's words and ours behind our greeting; None where that does not tell."""
    _, _, ours = agent.partition("\n")
    found = [name for name, sign in _signs("in_care").items() if sign.search(ours if name == "we_know" else caller)]
    if _NEW.search(caller) and len(found) < _MANY:
        return None
    of_us = _signs("not_us")
    if of_us["ours"].search(ours) and of_us["theirs"].search(caller):
        return "misdirected"
    if all(sign.search(caller) for sign in _signs("plan").values()):
        return "patient_in_care"
    return "patient_in_care" if len(found) >= _ENOUGH and found != ["goes_on", "we_know"] and found != ["moves", "we_know"] else None
