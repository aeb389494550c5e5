"""What an EMR answered: the acknowledgment of HL7 (MSA, ERR), read as far as it decides what to do. Pure."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import hl7

Verdict = Literal["taken", "refused", "again", "another", "nothing"]
_TAKEN: Final = ("AA", "CA")
_REFUSED: Final = ("AE", "AR", "CE", "CR")
_PASSING: Final = ("206", "207")
"""Errors that no other message mends, and time does: the record is locked, the EMR failed inside (HL7 table 0357)."""
MOST: Final = 240


class Acknowledged(NamedTuple):
    """`verdict`: taken; refused (a person mends it); again (an error that passes); another (it answers another message
    of ours); nothing (it is no acknowledgment). `words` are the EMR's, as it said them."""

    verdict: Verdict
    code: str = ""
    words: str = ""


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
    return Acknowledged("again" if errors and set(errors) <= set(_PASSING) else "refused", code, words)


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


def _words(message: hl7.Message, msa: hl7.Segment) -> tuple[str, list[str]]:
    """What the EMR says is wrong, in its words, and the codes of the errors."""
    said, codes = [_field(msa, 3)], []
    for err in (segment for segment in message if str(segment[0]) == "ERR"):
        code, where = _field(err, 3), _field(err, 2)
        codes.append(code.partition("^")[0])
        parts = (code.split("^")[1] if "^" in code else "", _field(err, 7), _field(err, 8))
        words = ", ".join(dict.fromkeys(part for part in parts if part))
        said.append(f"{words} ({where.replace('^', '-')})" if words and where else words)
    msa6 = _field(msa, 6)
    if msa6:
        codes.append(msa6.partition("^")[0])
        said.append(msa6.split("^")[1] if "^" in msa6 else "")
    text = "; ".join(dict.fromkeys(part for part in said if part))
    return "".join(letter for letter in text if letter.isprintable())[:MOST], [code for code in codes if code]
