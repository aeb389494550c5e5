"""X12 written: segments in their envelope, with counts and control numbers. Pure.

X12 has no way to escape a delimiter, so a value that holds one is refused; letters beyond ASCII lose their marks
(PEÑA: PENA), for payers compare names as they print them on cards.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.coverage.x12.delimiters import STANDARD, Delimiters

Element = str | Sequence[str]
"""One element, or the components of one."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, and under which numbers. `control` is ISA13 and GS06: 1 to 999999999, new for each file.
    `code` is GS01 (HS for a 270), `version` such as 005010X279A1. `moment` is told in the sender's own time."""

    sender: str
    receiver: str
    control: int
    moment: dt.datetime
    code: str
    version: str
    sender_kind: str = "ZZ"
    receiver_kind: str = "ZZ"
    production: bool = True
    delimiters: Delimiters = STANDARD


def interchange(
    envelope: Envelope, transactions: Sequence[tuple[str, Sequence[tuple[str, *tuple[Element, ...]]]]]
) -> bytes:
    """One interchange of one group. Each transaction is its kind (270) and its segments between ST and SE.

    Raises BadInput naming the segment and the element that cannot be written.
    """
    of, control = envelope, f"{envelope.control:09}"
    if not 0 < envelope.control < 1_000_000_000:
        raise BadInput([Problem("control", "enter a control number from 1 to 999999999")])
    date, time = of.moment.strftime("%Y%m%d"), of.moment.strftime("%H%M")
    isa = ["ISA", "00", " " * 10, "00", " " * 10, of.sender_kind, _wide("sender", of.sender), of.receiver_kind,
           _wide("receiver", of.receiver), date[2:], time, of.delimiters.repetition, "00501", control, "0",
           "P" if of.production else "T", of.delimiters.component]  # fmt: skip
    lines = [
        of.delimiters.element.join(isa),
        segment(
            of.delimiters, "GS", of.code, of.sender, of.receiver, date, time, str(of.control), "X", of.version
        ),
    ]
    for number, (kind, body) in enumerate(transactions, 1):
        lines.append(segment(of.delimiters, "ST", kind, f"{number:04}", of.version))
        lines += [segment(of.delimiters, *each) for each in body]
        lines.append(segment(of.delimiters, "SE", str(len(body) + 2), f"{number:04}"))
    lines.append(segment(of.delimiters, "GE", str(len(transactions)), str(of.control)))
    lines.append(segment(of.delimiters, "IEA", "1", control))
    end = of.delimiters.terminator
    return (end.join(lines) + end).encode("ascii")


def segment(delimiters: Delimiters, name: str, *elements: Element) -> str:
    """One segment without its terminator; empty elements at the end are left out."""
    written = [
        _value(delimiters, f"{name}{place:02}", each)
        if isinstance(each, str)
        else delimiters.component.join(_value(delimiters, f"{name}{place:02}", part) for part in each)
        for place, each in enumerate(elements, 1)
    ]
    while written and not written[-1]:
        written.pop()
    return delimiters.element.join([name, *written])


def plain(text: str) -> str:
    """A text in the letters that X12 takes: ASCII, capitals, one blank between words. What has no such letter goes."""
    folded = (
        unicodedata.normalize("NFKD", text.replace("’", "'").replace("–", "-"))
        .encode("ascii", "ignore")
        .decode()
    )
    return " ".join("".join(each if each.isprintable() else " " for each in folded).upper().split())


SEPARATORS: Final = "*:^~"
"""The characters that X12 needs for itself, as we write it."""
_BLANKED: Final = str.maketrans(dict.fromkeys(SEPARATORS, " "))


def free(text: str) -> str:
    """A name or words in the letters of X12: what X12 needs for itself is a blank."""
    return " ".join(plain(text).translate(_BLANKED).split())


def _value(delimiters: Delimiters, place: str, text: str) -> str:
    d = delimiters
    forbidden = {d.element, d.component, d.repetition, d.terminator}
    if not text.isascii() or not (text.isprintable() or not text):
        raise BadInput([Problem(place, "holds a character that X12 does not take")])
    if forbidden & set(text):
        raise BadInput(
            [Problem(place, f"holds a character that X12 needs for itself: {' '.join(sorted(forbidden))}")]
        )
    return text


def _wide(field: str, text: str) -> str:
    """A sender's or receiver's id, as wide as an ISA wants it."""
    if not 0 < len(text) <= 15 or not text.isascii() or not text.isprintable() or set(text) & set(SEPARATORS):
        raise BadInput([Problem(field, "enter an id of 1 to 15 plain characters")])
    return text.ljust(15)
