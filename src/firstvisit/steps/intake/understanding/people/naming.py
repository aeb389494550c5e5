"""How a name that was found is noted: whose it is, spelled as somebody spelled it out, in its parts. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.reference.names import given_names, surnames
from firstvisit.referral.names import PersonName, person_name
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.names import NAME

LAST_NAME: Final = re.compile(
    rf"(?i:\b(?:last name|family name|surname|apellido)(?:'s|’s| is| es|,|:)*\s+(?:is\s+)?)({NAME})"
)
FIRST_NAME: Final = re.compile(rf"(?i:\b(?:first name|nombre)(?:'s|’s| is|,|:)*\s+)({NAME})")
_TITLED: Final = re.compile(r"(?i)\b(?:mr|mrs|ms|miss|mister|señora?|sra?)\.?\s+$")
_TITLE_FIRST: Final = re.compile(r"(?i)(?:mr|mrs|ms|miss|mister|señora?|sra?)\b\.?\s+\S")


class Naming:
    """One text whose people are looked for; the spelling that somebody spelled out holds for all of them."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.told = finding.told
        self.writing = finding.writing
        self.spanish = people_words.is_spanish(self.told.words)
        self.spellings = [span.value for span in names.spelled(self.told.words)]

    def me(self) -> str:
        """The party that the one who writes is."""
        return {"patient": "patient", "professional": "referrer"}.get(self.writing.writer, "contact")

    def note(
        self, party: str, name: str, passage: Passage, start: int, end: int, rule: str, less: float = 0.0
    ) -> None:
        """Note a whole name as the patient's, the contact's or the referrer's."""
        if party == "patient" and self.told.anchors and not self.is_of(name, passage):
            return
        spelled = names.corrected(name, self.spellings)
        rule = (
            "spelled out" if any(each.near and each.near in name.split() for each in self.spellings) else rule
        )
        if party != "patient":
            self.finding.add(f"{party}.name", without_title(spelled), passage, start, end, rule, less)
            return
        try:
            parts = person_name(re.sub(rf"^{names.TITLE}\s+", "", spelled))
        except ValueError:
            return  # nothing but a title: no name
        if passage.zone == "subject" and parts.last is None:
            return  # "referral - Gallardo": first or last
        if parts.first and parts.last:
            parts = _two_surnames(parts, self.spanish)
        if is_titled(passage.text, start) and parts.last is None:
            self.finding.add("patient.last_name", parts.first, passage, start, end, rule, less)
            return
        if parts.first:
            self.finding.add("patient.first_name", first_only(parts.first), passage, start, end, rule, less)
        if parts.last:
            self.finding.add("patient.last_name", parts.last, passage, start, end, rule, less)
        if self.writing.writer == "patient":
            whole = f"{first_only(parts.first or '')} {parts.last or ''}".strip()
            self.finding.add("contact.name", whole, passage, start, end, rule, less)

    def is_of(self, name: str, passage: Passage) -> bool:
        """Whether a name is that of the one of several patients whom a passage is about."""
        if passage.patient is None and len(self.told.anchors) > 1:
            return False
        own = self.told.anchors[passage.patient or 0].name.split()
        return not {word.lower() for word in name.split()}.isdisjoint(word.lower() for word in own)

    def parts(self, passage: Passage) -> None:
        """ "Last name Brennan" beside a first name."""
        for path, shape in (("patient.last_name", LAST_NAME), ("patient.first_name", FIRST_NAME)):
            if (match := shape.search(passage.text)) and names.is_name(match[1]):
                spelled = names.corrected(names.trimmed(match[1]), self.spellings)
                self.finding.add(path, spelled, passage, match.start(1), match.end(1), "asked and answered")


_RARE: Final = 8
"""Bearers in 100,000 up to which a surname may as well be a given name."""


def _two_surnames(name: PersonName, spanish: bool) -> PersonName:
    """A word between first and last name that is known as a surname, and hardly as a given name, is the first of two; in a
    Spanish text, before "y" and before "da" or "de" also one that nobody knows."""
    words, last = (name.first or "").split(), (name.last or "").split()
    middle = folded(words[-1]) if len(words) == 2 else ""
    if not middle or len(middle.rstrip(".")) < 3 or (middle in given_names() and not (spanish and surnames().get(middle, 0) > given_names()[middle])):
        return name
    joined = last[0] == "y" or (len(last) > 1 and last[0] in ("da", "das", "de", "do", "dos"))
    if joined or (spanish and surnames().get(middle, _RARE + 1) > _RARE) or (not spanish and middle in surnames() and folded(last[-1]) in surnames()):
        return PersonName(words[0], f"{words[1]} {name.last}")
    return name


def is_titled(text: str, start: int) -> bool:
    """Whether a title stands right before a name, or is its first word: what follows alone is a last name."""
    return bool(_TITLED.search(text[:start]) or _TITLE_FIRST.match(text[start:]))


def is_plain_name(text: str) -> bool:
    """Whether a text is letters alone, as a part of a name is."""
    return bool(re.fullmatch(r"[^\W\d_][\w'’. -]{0,60}", text))


def first_only(first: str) -> str:
    """Without middle names that are only an initial: "Gerald R." is Gerald."""
    words = first.split()
    while len(words) > 1 and re.fullmatch(r"[A-Z]\.?", words[-1]) and len(words[0].rstrip(".")) > 1:
        words.pop()
    return " ".join(words)


def without_title(name: str) -> str:
    """ "Dr. Amos Reed" is Amos Reed."""
    return re.sub(rf"^{names.TITLE}\s+", "", name)
