"""Which character ends an element, a component, a repetition and a segment: said by the ISA, else guessed.

The standard fixes the width of the ISA, and senders miss it; so the delimiters are taken from where the ISA ends and
the next segment begins, and from the fixed places only where that cannot be seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ISA: Final = re.compile(
    r"ISA(?P<element>[^A-Za-z0-9 \r\n\t])\d\d(?P=element)[^\r\n]{0,20}?(?P=element)\d\d(?P=element)"
)
LONGEST_ISA: Final = 600
"""Characters within which an ISA and the first letters behind it must stand; the standard's ISA has 106."""
LONGEST_FIRST: Final = 2_000
"""Characters within which the first segment of a text without ISA ends."""
LOOKED_AT: Final = 50_000
"""Characters in which a value of several components is looked for."""
_FIRST: Final = r"(?:ISA|GS|ST|BHT|HL|TA1|TRN|NM1|AAA|EB|AK1|AK2|AK9|SE|GE|IEA)"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """One character each. `terminator` is a line feed where lines end segments."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


STANDARD: Final = Delimiters()
"""What we write, and what is taken where nothing tells."""


def isa_in(text: str) -> int:
    """Where the next interchange begins, -1 for nowhere; somebody called Isa in a name is none."""
    start = text.find("ISA")
    while start >= 0:
        found = _ISA.match(text, start)
        before = text[start - 1 : start]
        if found is not None and not before.isalnum() and before != found["element"]:
            return start
        start = text.find("ISA", start + 3)
    return -1


def of_isa(text: str, start: int) -> tuple[Delimiters, int] | None:
    """The delimiters that the ISA at `start` states and where it ends; None where it does not end in `text`."""
    element = text[start + 3]
    outside = rf"[^A-Za-z0-9 \r\n\t{re.escape(element)}]"
    shape = re.compile(
        rf"(?P<component>{outside})?(?P<terminator>\r?\n|{outside})[ \r\n\t]*"
        rf"(?=(?:GS|TA1|ISA|IEA|ST){re.escape(element)})"
    )
    found = shape.search(text, start, start + LONGEST_ISA)
    if found is not None:
        component, terminator, end = found["component"], found["terminator"], found.end()
    elif len(text) - start >= 106 and text[start + 103] == element:
        component, terminator, end = text[start + 104], text[start + 105], start + 106
    else:
        return None
    said = text[start:end].split(element)
    repetition = said[11].strip() if len(said) > 11 else ""
    return (
        Delimiters(
            element=element,
            component=component or STANDARD.component,
            repetition=repetition
            if len(repetition) == 1 and not repetition.isalnum()
            else STANDARD.repetition,
            terminator=terminator[-1],
        ),
        end,
    )


def guessed(text: str) -> Delimiters | None:
    """The delimiters of a text that begins with a segment other than ISA; None where it begins with none."""
    begins = re.match(rf"[ \r\n\t]*{_FIRST}(?P<element>[^A-Za-z0-9 \r\n\t])", text)
    if begins is None:
        return None
    element = begins["element"]
    other = rf"[^A-Za-z0-9 {re.escape(element)}]"
    next_one = re.compile(rf"(?P<terminator>\r?\n|{other})[ \r\n\t]*{_FIRST}{re.escape(element)}")
    follows = next_one.search(text, begins.end(), begins.end() + LONGEST_FIRST)
    terminator = follows["terminator"][-1] if follows else STANDARD.terminator
    composite = re.search(
        r"(?<![A-Z0-9])(?:HC|ABK|ABF|BK|BF)(?P<component>[^A-Za-z0-9 \r\n\t])[A-Z0-9]{3}", text[:LOOKED_AT]
    )
    component = (
        composite["component"] if composite and composite["component"] != element else STANDARD.component
    )
    return Delimiters(element, component, STANDARD.repetition, terminator)
