"""What pydantic found wrong, as sentences for the person who wrote the file or filled the form."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from firstvisit.kernel.errors import Problem

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here; is it misspelt?",
    "string_too_short": "is empty",
}
_NUMBERS = ("int_parsing", "int_type", "int_from_float", "int_parsing_size")
_LONGEST_QUOTE = 60


def of(error: ValidationError) -> list[Problem]:
    """One `Problem` for each error. `field` is "windows 2, last_day", entries of lists counted from 1."""
    return [Problem(field(found["loc"]), _message(found)) for found in error.errors(include_url=False)]


def located(error: ValidationError) -> list[tuple[str, str]]:
    """The path ("windows.1.last_day") and the message of each error, for the form that the value came from."""
    return [
        (".".join(str(step) for step in found["loc"]), _message(found))
        for found in error.errors(include_url=False)
    ]


def path_of(field: str) -> str:
    """The path of a field as people read it ("windows 2, last_day")."""
    steps = []
    for part in field.split(", "):
        name, _, number = part.partition(" ")
        steps += [name, str(int(number) - 1)] if number.isdecimal() else [name]
    return ".".join(steps)


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
    if found["type"] in _NUMBERS:
        return f"must be a whole number (found {repr(found['input'])[:_LONGEST_QUOTE]})"
    text: str = found["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    text = text[:1].lower() + text[1:]
    value = found["input"]
    if found["type"] != "value_error" and isinstance(value, str | int | float | bool):
        text += f" (found {repr(value)[:_LONGEST_QUOTE]})"
    return text
