"""Names drawn together into persons: "Ines" and "Ines Duarte" are one, "Dr. Duarte" is another. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.reference.names import formal_names
from firstvisit.steps.intake.understanding.cast.asked import asks_last
from firstvisit.steps.intake.understanding.cast.said import Said

_LAST: Final = re.compile(r"(?i)\b(?:last name|last|family name|surname|apellido)(?:['’]s| is| es|,|:|\s)*(?:is |of )?\W*$")
_FIRST: Final = re.compile(r"(?i)\b(?:first name|nombre|given name)(?:['’]s| is|,|:|\s)*(?:is )?\W*$")


@dataclass
class Person:
    """Somebody in a talk, with every place where they are named."""

    said: list[Said] = field(default_factory=list)
    first: str = ""
    last: str = ""

    def has(self, *kinds: str) -> bool:
        return any(each.has(*kinds) for each in self.said)

    def word(self, *kinds: str) -> str:
        return next((word for each in self.said if (word := each.word(*kinds))), "")

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()

    def best(self) -> Said:
        """Where they are named the fullest, first by what tells the most."""
        return max(self.said, key=lambda each: (len(each.name.split()), any(k.kind.startswith("asked") or k.kind == "self" for k in each.clues), -each.sentence))


def persons_of(said: Sequence[Said]) -> list[Person]:
    """The persons of a talk in the order they are named."""
    found: list[Person] = []
    for each in said:
        before = each.passage.text[: each.start]
        last = _LAST.search(before) or each.has("last") or (" " not in each.name and each.passage.first and each.has("asked patient", "asked name", "asked own") and asks_last(each.passage.question))
        first = _FIRST.search(before) or each.has("first") or (each.passage.first and each.has("asked doctor", "asked patient") and _FIRST_ASKED.search(each.passage.question))
        person = _part_of(found, each, bool(last), bool(first))
        if person is None:
            person = _same(found, each)
        if person is None:
            person = Person()
            found.append(person)
            _called(person, each, bool(last))
        else:
            _called(person, each, bool(last))
        person.said.append(each)
    return found


def one(persons: Sequence[Person]) -> Person:
    """Several names that are one person's, called as the fullest of them."""
    best = max(persons, key=lambda each: (bool(each.first and each.last), each.has("asked own", "asked name")))
    return Person([said for each in persons for said in each.said], best.first or next((each.first for each in persons if each.first), ""), best.last or next((each.last for each in persons if each.last), ""))


def _part_of(found: Sequence[Person], said: Said, last: bool, first: bool) -> Person | None:
    """Whose last name a single word is: of whoever was named right before without one; so for a first name."""
    if not (last or first) or (" " in said.name and not (first and len(said.name.split()) == 2 and _FIRST.search(said.passage.text[: said.start]))) or not found:
        return None
    near = [person for person in found if any(each.clues for each in person.said) and said.sentence - max(each.sentence for each in person.said) <= _NEAR]
    if last:
        asked = [person for person in near if not person.last and not person.has("heals", "greeted")]
        asked = [person for person in asked if person.has(*_DIRECT)] or asked
        return max(asked, key=lambda person: max(each.sentence for each in person.said)) if asked else None
    doctors = said.has("asked doctor", "heals")
    open_first = [person for person in (found if doctors else near) if not person.first and person.last and person.has("heals") == doctors]
    return open_first[-1] if open_first else None


_DIRECT: Final = ("asked patient", "asked name", "asked own", "self", "opening", "my kin", "case", "his name", "born", "for")
_FIRST_ASKED: Final = re.compile(r"(?i)\bfirst name\b(?![^?]*\blast)")
_NEAR: Final = 6


def _called(person: Person, said: Said, last: bool) -> None:
    words = said.name.split()
    if last and len(words) == 1:
        person.last = person.last or said.name
    elif len(words) == 2 and not person.first and person.last and _FIRST.search(said.passage.text[: said.start]):
        person.first = said.name
    elif len(words) == 1 and (said.titled in _OF_LAST or (said.has("heals") and not person.first)) and not person.last:
        person.last = said.name
    elif len(words) == 1:
        if _folded(said.name) != _folded(person.last):
            person.first = said.name if not person.first or (said.has("self", "asked own", "asked patient") and len(said.name) > len(person.first)) else person.first
    else:
        first, rest = " ".join(words[:1]), " ".join(words[1:])
        if len(words) >= 3 and len(words[1].strip(".")) == 1:
            rest = " ".join(words[2:])
        if len(person.name.split()) < len(words) or not (person.first and person.last):
            person.first, person.last = (first, rest) if not person.first or len(person.first.rstrip(".")) == 1 or _alike(person.first, first) else (person.first, rest)


_OF_LAST: Final = frozenset({"mr", "mrs", "ms", "miss", "dr", "dra", "doctor", "doctora", "mister", "señor", "señora", "sr", "sra"})


def _same(found: Sequence[Person], said: Said) -> Person | None:
    words = said.name.split()
    if len(words) == 1:
        return _by_one_word(found, said)
    for person in found:
        own = person.name.split()
        if person.first and person.last:
            if _folded(person.last.split()[-1]) == _folded(words[-1]) and _alike(person.first, words[0]):
                return person
        elif (person.first and not person.last and _alike(own[0], words[0])) or (person.last and _folded(person.last) == _folded(words[-1]) and _one_job(person, said)):
            return person
        elif not person.last and _folded(person.first) == _folded(words[-1]):
            person.first, person.last = "", person.first  # "Pellegrino. Aldo Pellegrino."
            return person
    return None


def _by_one_word(found: Sequence[Person], said: Said) -> Person | None:
    titled = said.titled in _OF_LAST
    firsts = [person for person in found if person.first and _alike(person.first, said.name) and not titled]
    lasts = [person for person in found if person.last and _folded(said.name) in (_folded(person.last), _folded(person.last.split()[-1])) and _one_job(person, said)]
    if titled:
        return lasts[-1] if lasts else None
    return firsts[-1] if firsts else lasts[0] if len(lasts) == 1 else None


def _one_job(person: Person, said: Said) -> bool:
    """Whether a doctor's name can be this person's: a doctor, or whoever says it of themselves."""
    doctor = said.titled.startswith(("d",)) or said.has("heals")
    return doctor == person.has("heals") or (doctor and person.has("self", "opening")) or (not doctor and person.has("heals") and not said.titled and not said.has("self", "opening", "asked own", "asked patient", "asked name", "my kin", "kin", "case", "his name", "born"))


def _folded(name: str) -> str:
    return folded(name)


def _alike(one: str, other: str) -> bool:
    """Whether two given names are one or forms of one."""
    first, second = _folded(one.split()[0]), _folded(other.split()[0])
    forms = formal_names()
    return first == second or first in forms.get(second, ()) or second in forms.get(first, ())
