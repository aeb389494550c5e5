"""Between which hours of the day somebody can come: one text, "13:00-16:00". Pure.

An open end is the day's: "13:00-24:00" is from one o'clock on. The whole day, "00:00-24:00", takes back hours that were
stated before.
"""

from __future__ import annotations

import re
from typing import Final

_CLOCK: Final = r"(\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)|\d{1,2}:\d\d|noon)"
_BETWEEN: Final = re.compile(rf"(?:from |between )?{_CLOCK} ?(?:-|–|to|until|and) ?{_CLOCK}", re.ASCII | re.IGNORECASE)
_FROM: Final = re.compile(rf"(?:from|after|not before) {_CLOCK}(?: on)?", re.ASCII | re.IGNORECASE)
_UNTIL: Final = re.compile(rf"(?:until|till|before|by) {_CLOCK}", re.ASCII | re.IGNORECASE)
_ANY: Final = re.compile(r"any (?:hour|time)", re.ASCII | re.IGNORECASE)
_DAY: Final = 24 * 60
_NIGHT: Final = 6 * 60
"""Nobody means hours that end before this: "1:00 to 4:00" is said of the afternoon."""
WRONG: Final = "These are no hours; enter two such as 1 pm to 4 pm, one such as from 1 pm or until noon, or any hour."
BACKWARDS: Final = "The second hour is not after the first one, or both are at night; write am or pm."


def kept(first: int, last: int) -> str:
    """Hours of the day, in minutes from midnight to 24:00, as the record keeps them."""
    return f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}"


def between(text: str | None) -> tuple[int, int] | None:
    """Minutes of the day between which they can come; None of the whole day, and where nothing is stated."""
    if not text:
        return None
    first, last = (int(each[:2]) * 60 + int(each[3:]) for each in text.split("-"))
    return None if (first, last) == (0, _DAY) else (first, last)


def stated(text: str) -> str:
    """Hours as people write them, as the record keeps them. ValueError with what to enter instead."""
    said = " ".join(text.split())
    if _ANY.fullmatch(said):
        return kept(0, _DAY)
    if (found := _BETWEEN.fullmatch(said)) is not None:
        first, last = _minute(found[1]), _minute(found[2])
    elif (found := _FROM.fullmatch(said)) is not None:
        first, last = _minute(found[1]), _DAY
    elif (found := _UNTIL.fullmatch(said)) is not None:
        first, last = 0, _minute(found[1])
    else:
        raise ValueError(WRONG)
    if first >= last or last <= _NIGHT:
        raise ValueError(BACKWARDS)
    return kept(first, last)


def in_words(text: str) -> str:
    """How a person reads them; typed again they are the same."""
    asked = between(text)
    if asked is None:
        return "any hour"
    first, last = asked
    if last == _DAY:
        return f"from {_clock(first)}"
    return f"until {_clock(last)}" if first == 0 else f"{_clock(first)} to {_clock(last)}"


def _minute(clock: str) -> int:
    """ "1 pm", "13:00" or "noon" in minutes of the day."""
    said = clock.lower().replace(".", ":").replace(" ", "")
    if said == "noon":
        return _DAY // 2
    half = said[-2:] if said[-1] == "m" else ""
    hour, _, past = said.removesuffix(half).partition(":")
    at = int(hour) * 60 + int(past or 0)
    if int(past or 0) > 59 or at > _DAY or (half and not 1 <= int(hour) <= 12):
        raise ValueError(WRONG)
    return at % (12 * 60) + (12 * 60 if half == "pm" else 0) if half else at


def _clock(minute: int) -> str:
    hour, past = divmod(minute, 60)
    return f"{hour % 12 or 12}:{past:02} {'am' if hour < 12 else 'pm'}"
