"""What pydantic found wrong, as sentences for the person who wrote the file or filled the form."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from firstvisit.kernel.errors import Problem

_WORDS = {
    "decimal_parsing": "must be an amount, such as 30 or 12.50",
    "decimal_type": "must be an amount, such as 30 or 12.50",
    "decimal_max_places": "must be in dollars and cents, with two digits behind the point",
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


WRITTEN = {
    r"^[a-z0-9_]+$": "must be a short name of small letters, digits and _, such as hand_therapy",
    r"^\d{5}$": "must be a ZIP code of five digits, such as 53703",
    r"^[A-Z]{2}$": "must be the two letters of a state, such as WI",
    r"^[0-9A-Z]{10}$": "must be a taxonomy code of ten letters and digits, such as 225100000X",
    r"^[0-9A-Z]{5}$": "must be a service code of five letters and digits, such as 97162",
    r"^(\d{10})?$": "must be an NPI of ten digits, such as 1234567893",
    r"^(\d{2}-\d{7})?$": "must be a tax id such as 12-3456789",
    r"^[^\n]*$": "must stand on one line",
    r"^[A-Za-z0-9_ .:-]*$": "must be letters without accents, digits, blanks and _ . : -, such as FIRSTVISIT",
}
"""What a pattern of a shape asks for, in words; a test holds that none is missing."""


def _size(found: Any) -> str:
    """A list that is too short or too long."""
    short = found["type"] == "too_short"
    number = found["ctx"]["min_length" if short else "max_length"]
    entries = "entry" if number == 1 else "entries"
    return f"needs at least {number} {entries}" if short else f"has too many entries; at most {number}"


def _message(found: Any) -> str:
    if found["type"] in _WORDS:
        return _WORDS[found["type"]]
    if found["type"] in ("too_short", "too_long"):
        return _size(found)
    if found["type"] == "string_pattern_mismatch":
        wanted = WRITTEN.get(found["ctx"]["pattern"], "is not written as it must be")
        return f"{wanted} (found {repr(found['input'])[:_LONGEST_QUOTE]})"
    if found["type"] in _NUMBERS:
        return f"must be a whole number (found {repr(found['input'])[:_LONGEST_QUOTE]})"
    text: str = found["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    text = text[:1].lower() + text[1:]
    value = found["input"]
    if found["type"] != "value_error" and isinstance(value, str | int | float | bool):
        text += f" (found {repr(value)[:_LONGEST_QUOTE]})"
    return text
