"""Who is who by all that was said: each clue speaks for or against a role, and the role goes to whom most speaks for. Pure.

A role that rests on one indirect clue ("... for Ines", "Ines fell") is stated under the threshold: a person looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.understanding.cast.persons import Person, one
from firstvisit.steps.intake.understanding.parties import Writing
from firstvisit.steps.intake.understanding.values import people_words
from firstvisit.steps.intake.understanding.values.people_words import RELATIVES

_PATIENT: Final[Mapping[str, float]] = {
    "my kin": 4, "case": 4, "his name": 3, "kin of": 4, "for": 2, "born": 2.5, "ails": 2, "asked patient": 5, "asked name": 3.5,
    "self": -8, "opening": -3, "asked own": -8, "heals": -8, "sends": -2, "other": -6, "greeted": -4, "kin": -5, "reach": -1, "asked contact": -4, "asked doctor": -5, "its": 2.5, "asked parent": 0,
}  # fmt: skip
_CALLER: Final[Mapping[str, float]] = {
    "self": 5, "opening": 3, "asked own": 5, "its": 1.5, "asked name": 1, "my kin": -6, "heals": -4, "kin": -2, "case": -5, "for": -2, "his name": -4, "asked patient": -5, "greeted": -5, "other": -3, "asked doctor": -5,
}  # fmt: skip
_CONTACT: Final[Mapping[str, float]] = {
    "kin": 4, "asked contact": 4, "asked parent": 5, "reach": 2.5, "case": -6, "born": -6, "asked patient": -6, "his name": -3, "heals": -6, "self": -6, "asked own": -6, "greeted": -3, "for": -2, "my kin": -2, "ails": -1, "opening": -5, "kin of": -3,
}  # fmt: skip
_HEALER: Final[Mapping[str, float]] = {"heals": 3, "sends": 2, "asked doctor": 2.5, "self": -8, "opening": -3, "my kin": -6, "greeted": -2, "case": -5, "born": -5, "asked patient": -6, "asked own": -6, "kin": -4}
_SURE: Final = ((5.0, 0.96), (4.0, 0.95), (3.5, 0.93), (3.0, 0.91), (2.5, 0.86), (2.0, 0.8), (1.0, 0.7))
_CLOSE: Final = 1.0
"""Points within which a second candidate makes the first doubtful."""


@dataclass(frozen=True)
class Cast:
    """Who is who, each with how sure that is; None for a role nobody has."""

    patient: tuple[Person, float] | None = None
    caller: tuple[Person, float] | None = None
    contact: tuple[Person, float] | None = None
    healer: tuple[Person, float] | None = None
    persons: Sequence[Person] = ()


def points(person: Person, weights: Mapping[str, float]) -> float:
    """What speaks for a role: each kind of clue once, half a point for each time it is given again (at most two)."""
    kinds = [clue.kind for each in person.said for clue in each.clues]
    return sum(weights.get(kind, 0.0) + (0.5 if weights.get(kind, 0.0) > 0 else 0.0) * min(kinds.count(kind) - 1, 2) for kind in dict.fromkeys(kinds))


def cast(persons: Sequence[Person], writing: Writing, patient_called: str = "") -> Cast:
    """The roles of a talk by who calls; `patient_called` is how the patient is called where that is known beforehand."""
    if writing.writer == "patient":
        mine = [each for each in persons if each.has("self", "opening", "asked own", "asked name") and not each.has("heals", "asked doctor", "my kin", "kin", "other")]
        if len(mine) > 1 and sum(bool(each.first and each.last) for each in mine) <= 1:
            persons = [one(mine), *(each for each in persons if each not in mine)]
        own = _first(persons, {**_CALLER, "asked name": 4.5, "born": 2, "greeted": -4, "kin": -5, "asked patient": 3.5, "his name": -1, "its": 3.5, "reach": 0})
        return Cast(own, own, None, _healer(persons, own), persons)
    by_parent = writing.writer == "relative" and not (writing.relative is not None and writing.relative.speaker_is == "child")
    of_caller = {**_CALLER, "asked parent": 5.0 if by_parent else -5.0, "asked name": 3.5}
    others = [each for each in persons if not each.has("self", "asked own", *(("asked parent",) if by_parent else ()))]
    weights = {**_PATIENT, "asked parent": -5.0 if by_parent or writing.writer == "professional" else 5.0}
    if writing.writer == "professional":
        weights |= {"my kin": -2, "kin of": 4, "titled": 2.5}
    if writing.relative is not None:  # "My mother-in-law. Shirley Stein.": their own word for whom they call for
        weights["kin"] = -5.0 if not any(each.word("kin") == writing.relative.word for each in others) else 3.0
    stated = next((each for each in persons if patient_called and not each.has("heals") and _is_called(each, patient_called)), None)
    patient = (stated, 0.95) if stated else _first([each for each in others if not _another_kin(each, writing) and (not each.has("kin") or weights["kin"] < 0 or (writing.relative is not None and each.word("kin") == writing.relative.word))], weights)
    rest = [each for each in persons if patient is None or each is not patient[0]]
    same = [each for each in rest if writing.own and not each.has("self") and people_words.own_relationship(each.word("kin")) in (writing.own, "guardian")]
    caller = _first(rest, of_caller) or _first(same, {**of_caller, "kin": 3.0})
    rest = [each for each in rest if caller is None or each is not caller[0]]
    contact = _first(rest, _CONTACT) if writing.writer == "professional" else None
    return Cast(patient, caller, contact, _healer(rest, None), persons)


def _is_called(person: Person, name: str) -> bool:
    words = name.lower().split()
    return person.first.lower() in words if person.first else person.last.lower() in words


def _another_kin(person: Person, writing: Writing) -> bool:
    """Whether somebody is called another of the caller's people than the one they call for: "my husband Tom will drive her"."""
    word = person.word("my kin")
    if not word or (writing.relative is None and writing.own is None) or person.has("asked patient", "his name"):
        return False
    said = RELATIVES.get(word)
    if said is not None and writing.own is not None and writing.own in _OTHER_SIDE:
        return said.speaker_is not in (*_OTHER_SIDE[writing.own], None)
    return said is not None and writing.relative is not None and said.speaker_is != writing.relative.speaker_is and not (said.child and writing.relative.child)


_OTHER_SIDE: Final[Mapping[str, tuple[str, ...]]] = {"child": ("child",), "sibling": ("sibling",), "spouse": ("spouse", "partner"), "mother": ("parent",), "father": ("parent",), "parent": ("parent",)}
"""What a caller who says they are this may be to the one they call "my ..."."""


def _healer(persons: Sequence[Person], own: tuple[Person, float] | None) -> tuple[Person, float] | None:
    doctors = healers_of(persons, own)
    found = _first(doctors, _HEALER)
    if found is None:
        return None
    person, sure = found
    return person, _sure_of(person, doctors, sure)


def healers_of(persons: Sequence[Person], own: tuple[Person, float] | None) -> list[Person]:
    """Whoever may order or send."""
    return [each for each in persons if each.has("heals", "asked doctor") and (own is None or each is not own[0])]


def _sure_of(person: Person, doctors: Sequence[Person], sure: float) -> float:
    """How sure it is that of several doctors this one sends the patient."""
    if len(doctors) > 1 and not person.has("sends", "asked doctor"):
        sure = min(sure, 0.8)
    unasked = not person.has("sends") and any(_SENT.search(each.passage.question) and _NO.match(each.passage.text) for each in person.said)
    return min(sure, 0.7) if unasked or any(_NOT_SENDING.search(each.passage.text) for each in person.said) else sure


_SENT: Final = re.compile(r"(?i)\b(?:doctor|refer\w*|order|sent|script|prescription)\b[^?]*\?")
_NO: Final = re.compile(r"(?i)\W*(?:no|nope|nobody|not really|not yet|just (?:me|us)|on my own)\b(?! (?:problem|longer))")
"""A doctor who is named where nobody was said to have sent them: "Did a doctor refer him?" "No. He sees Dr. Guillory for asthma." """


_NOT_SENDING: Final = re.compile(
    r"(?i)\b(?:did(?:n['’]t| not)|does(?:n['’]t| not)|has(?:n['’]t| not)|have(?:n['’]t| not)|not|never|no)\b[^.,;]{0,25}\b(?:refer\w*|sen[dt]\w*|order\w*|prescri\w*|involved|know\w*)\b|\b(?:copy|cc|keep|send (?:him|her|them) (?:a|the) (?:report|note|copy)|retired|used to (?:see|go)|old doctor|passed away|second opinion|(?:just|only) (?:for|does) (?:the|my|his|her)|nothing to do with (?:me|him|her|them|us)|write (?:him|her|them) down|released (?:me|him|her)|heart doctor)\b"
)
"""Words with a doctor's name by which they do not send the patient here."""


def _first(persons: Sequence[Person], weights: Mapping[str, float]) -> tuple[Person, float] | None:
    """Whom the most speaks for, and how sure that is."""
    ranked = sorted(((points(each, weights), -n, each) for n, each in enumerate(persons)), key=lambda row: (-row[0], -row[1]))
    if not ranked or ranked[0][0] <= 0:
        return None
    best, _, person = ranked[0]
    sure = next((share for least, share in _SURE if best >= least), 0.5)
    if len(ranked) > 1 and best - ranked[1][0] < _CLOSE and ranked[1][0] > 0:
        sure = min(sure, 0.8)
    return person, sure


def kin_of_caller(cast: Cast, writing: Writing) -> str | None:
    """What the caller is to the patient by the caller's own word, else by the word they have for the patient."""
    if cast.patient and (word := cast.patient[0].word("my kin")) and word in RELATIVES and not writing.own:
        return RELATIVES[word].speaker_is
    return writing.own or (writing.relative.speaker_is if writing.relative else None)
