"""What pydantic found wrong, as sentences for the person who wrote the file or filled the form."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from firstvisit.kernel.errors import Problem

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here; is it misspelt?",
}
_LONGEST_QUOTE = 60


def of(error: ValidationError) -> list[Problem]:
    """One `Problem` for each error. `field` is "windows 2, last_day", entries of lists counted from 1."""
    return [Problem(field(found["loc"]), _message(found)) for found in error.errors(include_url=False)]


def field(path: tuple[int | str, ...]) -> str:
    """The path ("windows", 1, "last_day") as people read it: "windows 2, last_day"."""
    words = ""
    for step in path:
        if isinstance(step, int):
            words += f" {step + 1}"
        else:
            words += f", {step}" if words else step
    return words


def _message(found: Any) -> str:
    if found["type"] in _WORDS:
        return _WORDS[found["type"]]
    text: str = found["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    text = text[:1].lower() + text[1:]
    value = found["input"]
    if found["type"] != "value_error" and isinstance(value, str | int | float | bool):
        text += f" (found {repr(value)[:_LONGEST_QUOTE]})"
    return text
