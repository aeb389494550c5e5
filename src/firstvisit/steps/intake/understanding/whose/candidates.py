"""What may be somebody's in a text: every name, telephone number, full date and organization in it, whosever it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.values import contact_points, dates, names

Kind = Literal["name", "phone", "birth", "house"]
KINDS: Final[tuple[Kind, ...]] = ("name", "phone", "birth", "house")
_NAME: Final = re.compile(names.NAME)
_HOUSE: Final = re.compile(r"((?:St\. )?[A-Z][\w'’&-]*(?: (?:(?:of|the|and|&) ){0,2}(?!Dr\b)[A-Z][\w'’&-]*){1,5})")
_TITLE: Final = re.compile(rf"^{names.TITLE}\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that is somebody's. `text` is what `start` and `end` count in: the passage's view with digits for
    numbers and dates, its own words for names and organizations ("house"). `nth` is the place of its passage among all of them."""

    kind: Kind
    value: str
    passage: Passage
    nth: int
    text: str
    start: int
    end: int

    @property
    def words(self) -> frozenset[str]:
        """What two mentions of one person, number or date have in common: a name's folded words, else the value."""
        return name_words(self.value) if self.kind == "name" else frozenset((self.value.lower(),))


def name_words(name: str) -> frozenset[str]:
    """The folded words of a name without titles and initials."""
    words = (folded(word) for word in re.findall(r"[^\W\d_][^\W\d_'’-]*", _TITLE.sub("", name)))
    return frozenset(word for word in words if len(word) > 1)


def candidates(told: Told, kind: Kind) -> list[Candidate]:
    """Every candidate of one kind, in the order of the text."""
    found = {"name": _names, "phone": _phones, "birth": _days, "house": _houses}[kind]
    return [each for nth, passage in enumerate(told.passages) for each in found(told, passage, nth)]


def _names(told: Told, passage: Passage, nth: int) -> Iterator[Candidate]:
    spellings = [span.value for span in names.spelled(told.words)]
    for match in _NAME.finditer(passage.text):
        name, _ = names.without_credentials(names.trimmed(match[0]))
        if name and names.is_name(name) and not names.is_organization(name) and name_words(name):
            start = passage.text.find(name, match.start())
            value = names.corrected(name, spellings)
            yield Candidate("name", value, passage, nth, passage.text, start, start + len(name))


def _phones(told: Told, passage: Passage, nth: int) -> Iterator[Candidate]:
    text = passage.view.text
    for span in contact_points.phones(text):
        yield Candidate("phone", span.value, passage, nth, text, span.start, span.end)


def _days(told: Told, passage: Passage, nth: int) -> Iterator[Candidate]:
    text = passage.view.text
    for span in dates.days(text, told.written_on, birth=True, in_a_row=True):
        if span.value.year_said:
            yield Candidate("birth", span.value.date.isoformat(), passage, nth, text, span.start, span.end)


def _houses(told: Told, passage: Passage, nth: int) -> Iterator[Candidate]:
    """Names of organizations: several words with capitals of which one says what it is."""
    for match in _HOUSE.finditer(passage.text):
        if names.is_organization(match[1]):
            yield Candidate("house", match[1], passage, nth, passage.text, match.start(1), match.end(1))
