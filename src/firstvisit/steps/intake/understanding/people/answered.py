"""Names given as answers, and last names said or spelled apart from the first. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.reference.names import given_names, surnames
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.people.naming import FIRST_NAME, LAST_NAME, Naming
from firstvisit.steps.intake.understanding.values import names
from firstvisit.steps.intake.understanding.values.names import NAME

_ANSWER: Final = re.compile(
    r"\W*(?i:(?:yes|yeah|sure|okay|ok|it's|it’s|it is|that's|he's|she's|um|uh|so|oh|of course|student is|patient is"
    r"|the name is|name is|and|es|se llama|I'm|i am|my name is|full name is)[, ]*)*"
    rf"(?:{names.TITLE}\s+)?({NAME})"
)
_RELATIVE_FIRST: Final = re.compile(r"(?i)(?:mom|dad|mother|father|para|el|la|es|con|del?)\b")


def answered(naming: Naming) -> None:
    """Bare names as answers. "Name?" asks for the patient, whoever calls."""
    for passage in naming.told.passages:
        if passage.zone == "text" and LAST_NAME.search(passage.text) and FIRST_NAME.search(passage.text):
            naming.parts(passage)
        if passage.zone != "answer":
            continue
        if not passage.first:
            naming.parts(passage) if passage.about("patient name", "name") else None
            _said_later(naming, passage)
            continue
        party = _asked_for(naming, passage)
        if party is None or _told_already(naming, passage):
            continue
        if party == "patient" and (turned := _last_name_first(passage)):
            for path, name in zip(("patient.first_name", "patient.last_name"), turned, strict=True):
                at = passage.text.find(name)
                naming.finding.add(path, name, passage, at, at + len(name), "asked and answered")
            continue
        match = _ANSWER.match(passage.text)
        if match and match.start(1) < 40:
            _note_answer(naming, party, passage, match)
        naming.parts(passage)


_BARE: Final = re.compile(
    rf"\W*(?i:(?:it's|it is|that's|um|uh|so|oh|my name|es|soy)[,. ]*)*({NAME})\W*(?:[A-Z](?:[-. ,]+[A-Z])+\W*)?"
)


def _said_later(naming: Naming, passage: Passage) -> None:
    """A bare name behind words that answered nothing yet: "I'm their dad, actually. Grant Castlebury." """
    party = _asked_for(naming, passage)
    match = _BARE.fullmatch(passage.text) if party is not None else None
    path = "patient.first_name" if party == "patient" else f"{party}.name"
    if match is None or party is None or naming.finding.has(path) or _told_already(naming, passage):
        return
    name = names.trimmed(match[1])
    if name and names.is_name(name) and (party == "patient" or " " in name):
        start = passage.text.find(name)
        naming.note(party, name, passage, start, start + len(name), "asked and answered")


_INVERTED: Final = re.compile(
    r"\W*(?i:(?:sure|yes|okay|it's|it is|that's|the|name|last|is|um|uh)[,. ]*)*([A-Z][\w'’-]+), ([A-Z][\w'’-]+)\W*$"
)


def _last_name_first(passage: Passage) -> tuple[str, str] | None:
    """First and last name of "It's Fitzgerald, Bronwyn." """
    match = _INVERTED.match(passage.text)
    if match is None or not names.is_name(match[1]) or not names.is_name(match[2]):
        return None
    given, family = given_names(), surnames()
    first, second = match[1].lower(), match[2].lower()
    known = given.get(second, 0) > given.get(first, 0) or (family.get(first, 0) > family.get(second, 0) and first not in given)
    return (match[2], match[1]) if known else None


def _asked_for(naming: Naming, passage: Passage) -> str | None:
    """Whose name the question is for."""
    if passage.about("patient name") or (passage.about("name") and not passage.about("my name")):
        return "patient"
    return naming.me() if passage.about("my name") else None


def _told_already(naming: Naming, passage: Passage) -> bool:
    """Whether the answer is a sentence that says whose name it is."""
    roles = ("patient", "self", "relative")
    return any(each.passage is passage for each in naming.finding.mentions if each.role in roles)


def _note_answer(naming: Naming, party: str, passage: Passage, match: re.Match[str]) -> None:
    """The name an answer begins with; a first name alone goes on in the next sentence: "Ines. Ines Duarte"."""
    name = names.trimmed(match[1])
    following = _next_of(naming, passage)
    after = following.text if following is not passage and not following.first else ""
    alone = bool(name) and " " not in name
    whole = re.match(rf"\W*({re.escape(name)} [A-Z][\w'’-]+)\W*$", after) if alone else None
    if whole and names.is_name(whole[1]):
        at = following.text.find(whole[1])
        naming.note(party, whole[1], following, at, at + len(whole[1]), "asked and answered")
        return
    if not name or not names.is_name(name) or _RELATIVE_FIRST.match(name):
        return
    start = passage.text.find(name, match.start(1))
    last_asked = re.search(r"(?i)\b(?:last name|surname|apellido)", passage.question)
    if party == "patient" and alone and last_asked and not re.search(r"(?i)\bfirst", passage.question):
        spelled = names.corrected(name, naming.spellings)
        end = start + len(name)
        naming.finding.add("patient.last_name", spelled, passage, start, end, "asked and answered")
    elif not any(m.passage is passage and m.start <= start < m.end for m in naming.finding.mentions):
        naming.note(party, name, passage, start, start + len(name), "asked and answered")


def _next_of(naming: Naming, passage: Passage) -> Passage:
    """The passage behind `passage`; itself where it is the last."""
    passages = naming.told.passages
    return passages[min(passages.index(passage) + 1, len(passages) - 1)]


def spelled_alone(naming: Naming) -> None:
    """ "O-S-E-I, Kwame": the first name behind letters that spell the last."""
    for passage in naming.told.passages:
        for span in names.spelled(passage.text):
            after = re.match(rf",\s*({NAME})", passage.text[span.end :])
            last = naming.finding.values("patient.last_name")
            if not after or not last or not names.is_name(after[1]):
                continue
            if str(last[0].value).lower() == span.value.letters.lower():
                end = span.end + after.end()
                naming.finding.add("patient.first_name", after[1], passage, span.end, end, "spelled out")


def last_name(naming: Naming) -> None:
    """The patient's last name where only their first is known yet: said with it elsewhere ("Ines, she's nine. Ines
    Duarte"), behind its letters ("I-N-E-S, Duarte") or as "last name Duarte"."""
    first = naming.finding.values("patient.first_name")
    if not first or naming.finding.has("patient.last_name") or naming.told.patients > 1:
        return
    name = re.escape(str(first[0].value))
    for passage in naming.told.passages:
        for shape, rule in (
            (re.compile(rf"\b{name} ({NAME})"), "said of the patient"),
            (
                re.compile(rf"\b{name}\b[^.?!]{{0,30}}?,? (?:[A-Z][-, ]+){{2,}}[A-Z],? ({NAME})"),
                "spelled out",
            ),
            (LAST_NAME, "asked and answered"),
        ):
            match = shape.search(passage.text)
            last = names.trimmed(match[1]) if match else ""
            if match and last and names.is_name(last) and len(last.split()) <= 2:
                spelled = names.corrected(last, naming.spellings)
                end = match.start(1) + len(last)
                naming.finding.add("patient.last_name", spelled, passage, match.start(1), end, rule)
                return
