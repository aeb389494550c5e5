"""Who speaks where in a transcript: the marks before turns, in the shapes that phone systems and people write them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.understanding.topics import of_label

_CLOCK: Final = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?(?i:[ap]\.?m\b\.?|[ap]\b))?"
STAMP: Final = rf"(?:[\[(<]?(?:\d{{4}}-\d\d-\d\d[T ]|\d{{1,2}}/\d{{1,2}}/\d{{2,4}},?[ ])?{_CLOCK}(?:\s*-->?\s*[\d:.,]+)?[\])>]?[ \t,|-]*)"
"""A time, with or without its day and brackets."""
_NAME: Final = r"[A-Za-z][\w .'’/-]{0,28}?(?:\s?\([\w ]+\))?"
_MARK: Final = re.compile(
    rf"(?m)^[ \t>*-]*(?:{STAMP}?\**({_NAME})\**[ \t]*{STAMP}?:\**[ \t]+(?=\S)"
    rf"|{STAMP}?[\[<]([A-Za-z][\w .'’-]{{0,24}})[\]>]:?[ \t]+(?=\S)"
    rf"|{STAMP}([A-Za-z][\w.'’-]{{0,18}}(?: [\w.'’-]{{1,18}})?)(?:[ \t]{{2,}}|\t|[ \t]*[|>–-][ \t]+)(?=\S)"
    rf"|{STAMP}([A-Z]{{3,14}})[ \t]+(?=\S)"
    rf"|([A-Za-z][\w .'’-]{{0,24}}?)[ \t]?>[ \t]+(?=\S)"
    rf"|([A-Za-z][\w.'’-]{{0,18}}(?: [\w.'’-]{{1,18}})?)(?:[ \t]{{2,}}|\t|[ ]?[|([][ ]?){_CLOCK}[)\]]?(?:[ \t]{{2,}}|\t|[ ]?[|:][ ]?)[ \t]*(?=\S)"
    rf"|([A-Z][A-Z .'’\d-]{{1,18}}[A-Z\d])(?:[ ]{{2,}}|\t)(?=\S)"
    rf"|([A-Za-z][\w.'’-]{{0,18}}(?: [\w.'’-]{{1,18}})?)[ \t]*(?:[|(–-][ \t]*)?{_CLOCK}[)\]]?[ \t]*\n[ \t]*(?=\S))"
)
AGENT: Final = re.compile(
    r"agent|clinic|in|host|rep|csr|line|intake|front ?desk|front|reception\w*|operator|staff|rep\b|representative|coordinator|clinic|scheduler|office|a|us|me|desk|team member|"
    r"recepci[oó]n|agente|therapy|answering service|service|voicemail greeting|greeting|system|host|employee|ivr|csr|bot|chatbot|assistant|virtual assistant", re.I
)  # fmt: skip
CALLER: Final = re.compile(
    r"caller|out|unknown(?: caller)?|señora?|señor|customer|client|patient|c|them|him|her|llamante|cliente|paciente|incoming|voicemail|message|guest|user|visitor|"
    r"mom|dad|mother|father|parent|daughter|son|wife|husband|grandma|grandmother|grandpa|grandfather|sister|brother|aunt|uncle|spouse", re.I
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """Where somebody begins to speak: the mark's own characters, and what they are called in it, in small letters."""

    start: int
    end: int
    name: str


def marks(text: str, begin: int = 0) -> list[Mark]:
    """Every mark from `begin` on."""
    if tagged := tagged_lines(text, begin):
        return tagged
    return [Mark(m.start(), m.end(), next(g for g in m.groups() if g).strip().lower()) for m in _MARK.finditer(text, begin)]


_ONLY_STAMPED: Final = re.compile(rf"(?m)^[ \t]*[\[(<]?{_CLOCK}[\])>]?[ \t|:-]+(?=\S)")
_FEWEST_LINES: Final = 4


def stamped_lines(text: str, begin: int = 0) -> list[Mark]:
    """Lines that begin with a time and no name, each a turn; empty where they are few or not most of the text."""
    found = [Mark(m.start(), m.end(), "") for m in _ONLY_STAMPED.finditer(text, begin)]
    lines = sum(bool(line.strip()) for line in text[begin:].splitlines())
    return found if len(found) >= _FEWEST_LINES and len(found) * 3 >= lines * 2 else []


_TAGGED: Final = re.compile(r"(?m)^[ \t]*([A-Z]{2,10})[ \t]+(?=[^\s:])")
_MOST_TAGS: Final = 3


def tagged_lines(text: str, begin: int = 0) -> list[Mark]:
    """Lines that begin with a short word in capitals and no mark behind it ("AGT Hello"), each a turn; empty where these are
    more than two or three speakers would be, or not most of the lines."""
    found = [Mark(m.start(), m.end(), m[1].lower()) for m in _TAGGED.finditer(text, begin)]
    names = {mark.name for mark in found}
    lines = sum(bool(line.strip()) for line in text[begin:].splitlines())
    often = all(sum(mark.name == name for mark in found) > 1 for name in names)
    return found if len(found) >= _FEWEST_LINES and 1 < len(names) <= _MOST_TAGS and often and len(found) * 3 >= lines * 2 and text[begin:].upper() != text[begin:] else []


def plain(name: str) -> str:
    """A speaker's name without what only tells several of them apart: "agent (nita)" is "agent", "speaker 1" is "speaker"."""
    return re.sub(r"\s*\(.*\)|[\d ]+$", "", name).strip()


def are_turns(found: list[Mark]) -> bool:
    """Whether marks are those of people who take turns, and not the labels of a form."""
    spoken = [mark.name for mark in found if AGENT.fullmatch(plain(mark.name)) or CALLER.fullmatch(plain(mark.name)) or of_label(mark.name) is None]
    return len(spoken) >= 4 and len(set(spoken)) <= 4 and len(set(spoken)) * 2 <= len(spoken)
