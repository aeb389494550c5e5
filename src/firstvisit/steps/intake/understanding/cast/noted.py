"""The cast of a talk as found values: names of patient, contact and referrer, and what the contact is to the patient. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from firstvisit.reference.names import given_names, surnames
from firstvisit.referral.names import person_name
from firstvisit.steps.intake.understanding import confidence
from firstvisit.steps.intake.understanding.cast.calling import who_calls
from firstvisit.steps.intake.understanding.cast.houses import house_of
from firstvisit.steps.intake.understanding.cast.persons import Person, persons_of
from firstvisit.steps.intake.understanding.cast.roles import Cast, cast, healers_of, kin_of_caller
from firstvisit.steps.intake.understanding.cast.said import Said, names_said
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.parties import Mention, Role, Writing, workplace
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.names import Spelled


class Talk:
    """A talk with its persons, who calls and who is who."""

    def __init__(self, told: Told, writing: Writing | None = None) -> None:
        self.told = told
        self.said = names_said(told)
        self.writing: Writing = writing or who_calls(told, self.said)
        self.persons = persons_of(self.said)
        self.cast: Cast = cast(self.persons, self.writing, told.anchors[0].name if len(told.anchors) == 1 else "")

    def by(self, writing: Writing) -> Talk:
        """The same talk, where it is known otherwise who calls."""
        return Talk(self.told, writing)

    def mentions(self) -> list[Mention]:
        """Every name with the role of whoever bears it, for those who ask whose number or town stands beside it."""
        return [
            Mention(self._role(person), each.name, each.passage, each.start, each.end, _rule(each), person.word("kin", "my kin", "heals"), workplace(each.passage.text, each.end) if person.has("heals") else "")
            for person in self.persons
            for each in person.said
        ]

    def _role(self, person: Person) -> Role:
        known = self.cast
        if known.patient and person is known.patient[0]:
            return "patient"
        if known.caller and person is known.caller[0]:
            return "self"
        if person.has("heals"):
            return "clinician"
        return "relative" if person.has("kin") or (known.contact and person is known.contact[0]) else "name"


def note(finding: Finding, talk: Talk) -> None:
    """Note the cast in `finding`."""
    spellings = [span.value for span in names.spelled(finding.told.words)]
    known, writer = talk.cast, talk.writing.writer
    if known.patient and len(finding.told.anchors) < 2:
        _patient(finding, *known.patient, spellings, own=writer == "patient")
    for n, anchor in enumerate(finding.told.anchors if len(finding.told.anchors) > 1 else ()):
        person = next((each for each in talk.persons if each.first and each.last and each.first.lower() in anchor.name.lower().split() and not each.has("self", "heals", "asked own")), None)
        if person is not None and " " not in anchor.name:
            at = person.best()
            finding.add("patient.last_name", names.corrected(person.last, spellings), replace(at.passage, patient=n), at.start, at.end, _rule(at), 0.03)
    if known.caller and writer == "relative":
        _whole(finding, "contact.name", *known.caller, spellings)
    if known.contact and writer == "professional":
        _whole(finding, "contact.name", *known.contact, spellings)
        word = people_words.own_relationship(known.contact[0].word("kin"))
        if word:
            at = known.contact[0].best()
            finding.add("contact.relationship", word, at.passage, at.start, at.end, "in these words")
    if known.caller and writer == "organization":
        _whole(finding, "contact.name", *known.caller, spellings)
    _referrer(finding, talk, spellings)
    _relationship(finding, talk)


def _patient(finding: Finding, person: Person, sure: float, spellings: list[Spelled], own: bool) -> None:
    at, name = person.best(), names.corrected(person.name, spellings)
    rule = _rule(at)
    less = confidence.of(rule) - sure
    first, last = _parts(person, name)
    if first:
        finding.add("patient.first_name", first, at.passage, at.start, at.end, rule, less)
    if last:
        finding.add("patient.last_name", last, at.passage, at.start, at.end, rule, less)
    if own:
        finding.add("contact.name", f"{first or ''} {last or ''}".strip(), at.passage, at.start, at.end, rule, less)


def _parts(person: Person, name: str) -> tuple[str | None, str | None]:
    """First and last name: of three words the second belongs to where it is the more common name."""
    words = name.split()
    if not person.first or not person.last:
        return (name, None) if person.first else (None, name)
    if len(words) == len(_THREE) and words[1].strip(".,").isalpha() and len(words[1]) > 2:
        middle = words[1].lower()
        cut = 2 if given_names().get(middle, 0) > surnames().get(middle, 0) else 1
        return " ".join(words[:cut]), " ".join(words[cut:])
    try:
        parts = person_name(name)
    except ValueError:
        return None, None
    return parts.first, parts.last


_THREE: Final = ("first", "middle or last", "last")


def _whole(finding: Finding, path: str, person: Person, sure: float, spellings: list[Spelled], apart: bool = False) -> None:
    at = person.best()
    rule = _rule(at)
    passage = at.passage if apart else replace(at.passage, patient=None)
    finding.add(path, names.corrected(person.name, spellings), passage, at.start, at.end, rule, confidence.of(rule) - sure)


def _referrer(finding: Finding, talk: Talk, spellings: list[Spelled]) -> None:
    """Whoever orders; where nobody does, whoever calls to send somebody."""
    known, professional = talk.cast, talk.writing.writer == "professional"
    doctors = healers_of(talk.persons, known.caller if talk.writing.writer != "relative" else None)
    if finding.told.anchors and len(doctors) > 1:
        for person in doctors:  # each of several patients has their own
            _whole(finding, "referrer.name", person, 0.9, spellings, apart=True)
            _of_clinician(finding, person, 0.9)
    elif known.healer:
        person, sure = known.healer
        apart = any(anchor.name.split()[0] in each.passage.text for anchor in finding.told.anchors for each in person.said)
        _whole(finding, "referrer.name", person, sure, spellings, apart)
        _of_clinician(finding, person, sure)
    elif known.caller and professional:
        _whole(finding, "referrer.name", *known.caller, spellings)
    if known.caller and professional and not finding.has("referrer.organization"):
        for each in known.caller[0].said:
            if each.has("self", "opening", "asked own", "asked name", "its") and (found := house_of(each, finding.told.passages)):
                finding.add("referrer.organization", found[2], found[0], found[1], found[1] + len(found[2]), "said of oneself")


def _of_clinician(finding: Finding, person: Person, sure: float) -> None:
    for each in person.said:
        text = each.passage.text
        credential = re.match(rf",?\s+\(?({names.CREDENTIALS})\)?", text[each.end :])
        if credential:
            start = each.end + credential.start(1)
            finding.add("referrer.credential", credential[1], each.passage, start, start + len(credential[1]), "in these words")
        if found := house_of(each, finding.told.passages):
            passage, begin, house = found
            finding.add("referrer.organization", house, passage, begin, begin + len(house), "named in a sentence", 0.0 if sure >= confidence.THRESHOLD else 0.1)


def _relationship(finding: Finding, talk: Talk) -> None:
    writing, passages = talk.writing, finding.told.passages
    if not passages:
        return
    passage = writing.passage or passages[0]
    if writing.writer == "patient":
        if finding.has("patient.first_name") or finding.has("patient.last_name") or finding.has("patient.phone"):
            finding.add("contact.relationship", "self", passage, 0, len(passage.text), "follows from")
    elif writing.writer == "relative" and (own := kin_of_caller(talk.cast, writing)):
        finding.add("contact.relationship", own, passage, 0, len(passage.text), "said of oneself" if writing.own else "follows from")


def _rule(said: Said) -> str:
    """The rule of a find by its surest clue."""
    if any(clue.kind.startswith("asked") for clue in said.clues):
        return "asked and answered"
    if said.has("self", "opening"):
        return "said of oneself"
    if said.has("my kin", "kin", "case", "his name", "kin of"):
        return "said of the patient"
    return "named in a sentence"
