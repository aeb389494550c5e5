"""What an EMR answered: the acknowledgment of HL7 (MSA, ERR), read as far as it decides what to do. Pure."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

import hl7

Verdict = Literal["taken", "refused", "again", "another", "nothing"]
_TAKEN: Final = ("AA", "CA")
_REFUSED: Final = ("AE", "AR", "CE", "CR")
_PASSING: Final = ("206", "207")
"""Errors that no other message mends, and time does: the record is locked, the EMR failed inside (HL7 table 0357)."""
ERRORS: Final = {
    "100": "segments in another order", "101": "required field missing", "102": "data type error",
    "103": "table value not found", "104": "value too long", "200": "unsupported message type",
    "201": "unsupported event", "202": "unsupported processing id", "203": "unsupported version",
    "204": "unknown key identifier", "205": "duplicate key identifier", "206": "record locked",
    "207": "error inside the EMR",
}  # fmt: skip
"""HL7 table 0357."""
_WHERE: Final = re.compile(r"[A-Z][A-Z0-9]{2}(?:-\d{1,3}){0,5}")
MOST: Final = 240


class Acknowledged(NamedTuple):
    """`verdict`: taken; refused (a person mends it); again (an error that passes); another (it answers another message
    of ours); nothing (it is no acknowledgment). `words` are the EMR's, as it said them."""

    verdict: Verdict
    code: str = ""
    words: str = ""
    told: str = ""
    """The same in the standard's own words, which name nobody: "AE, required field missing (PID-1-5)"."""


def acknowledged(raw: bytes, control: str) -> Acknowledged:
    """Read an answer to the message of this control id (MSH-10, which MSA-2 repeats)."""
    try:
        message = hl7.parse(_text(raw))
        msa = message.segment("MSA")
        code, of = _field(msa, 1).upper(), _field(msa, 2)
    except (hl7.HL7Exception, LookupError, ValueError, TypeError):  # no message, no MSA, a header cut short
        return Acknowledged("nothing")
    if of != control:
        return Acknowledged("another", code)
    words, errors = _words(message, msa)
    if code in _TAKEN:
        return Acknowledged("taken", code, words)
    if code not in _REFUSED:
        return Acknowledged("nothing", code, words)
    told = "; ".join([code, *dict.fromkeys(_told(error, where) for error, where in errors)])
    passes = errors and {error for error, _ in errors} <= set(_PASSING)
    return Acknowledged("again" if passes else "refused", code, words, told)


def _told(error: str, where: str) -> str:
    words = ERRORS.get(error, "an error without a standard's code")
    return f"{words} ({where})" if _WHERE.fullmatch(where) else words


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "\r".join(line for line in text.replace("\n", "\r").split("\r") if line.strip()) + "\r"


def _field(segment: hl7.Segment, number: int) -> str:
    try:
        return str(segment(number)).strip()
    except (IndexError, KeyError):
        return ""


def _words(message: hl7.Message, msa: hl7.Segment) -> tuple[str, list[tuple[str, str]]]:
    """What the EMR says is wrong, in its words; and each error as its code and its place."""
    said, errors = [_field(msa, 3)], list[tuple[str, str]]()
    for err in (segment for segment in message if str(segment[0]) == "ERR"):
        code, where = _field(err, 3), _field(err, 2).replace("^", "-")
        errors.append((code.partition("^")[0], where))
        parts = (code.split("^")[1] if "^" in code else "", _field(err, 7), _field(err, 8))
        words = ", ".join(dict.fromkeys(part for part in parts if part))
        said.append(f"{words} ({where})" if words and where else words)
    if old := _field(msa, 6):
        errors.append((old.partition("^")[0], ""))
        said.append(old.split("^")[1] if "^" in old else "")
    text = "; ".join(dict.fromkeys(part for part in said if part))
    return "".join(letter for letter in text if letter.isprintable())[:MOST], [each for each in errors if each[0]]
