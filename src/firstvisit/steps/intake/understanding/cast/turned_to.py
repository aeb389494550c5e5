"""Whom callers ask us to call instead of themselves: "call my mother, Ruth", "my sister's who you should call". Pure.

Who calls is the contact only where nobody says otherwise. A sentence that asks for somebody else counts where it asks (not "I
called my mother"), means it always (not "if I don't pick up") and denies nothing ("don't call my dad").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from firstvisit.steps.intake.understanding.cast.asked import whose_name
from firstvisit.steps.intake.understanding.cast.noted import Talk
from firstvisit.steps.intake.understanding.cast.persons import Person
from firstvisit.steps.intake.understanding.cast.roles import kin_of_caller
from firstvisit.steps.intake.understanding.cast.said import without_letters
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import contact_points, people_words
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVE

_KIN: Final = rf"(?P<whose>my|our|his|her|their|the|mi|su|la|el)\s+(?:[\w-]+\s+)?(?P<kin>{OWN_WORD}|{RELATIVE})\b(?!['’]s (?:office|doctor|house|school|phone|number))"
_CALL: Final = re.compile(
    rf"(?i)\b(?:call|phone|text|ring|reach|contact|ask for|talk to|speak (?:to|with)|get (?:a )?hold of|go through|get back (?:to|with)|(?:schedule|coordinate|set (?:it|this|that) up) (?:\w+ )?(?:with|through)|put(?: down)?|use|"
    rf"(?:h[aá]blen?|ll[aá]m[ae]n?|m[aá]rquen?)(?:le)?(?: a)?|hablen? con)\s+{_KIN}"
)
_THE_ONE: Final = re.compile(
    rf"(?i)(?:\b(?P<she>she|he)|{_KIN})(?:['’]s| is| would be|['’]d be)\s+(?:really |probably |actually )?(?:who|the one|the person|the best (?:one|person)|best|easiest)\s+(?:that )?(?:you |to |who |for )[^.?!]*?\b(?:call|reach|talk|contact|schedul\w*|handles?|keeps?|sets?)\b"
)
_NO_ASKING: Final = re.compile(r"(?i)(?:\b(?:i|we|he|she|they|not|never|no|didn|would|will|did|had|has|have|always|usually|gonna|a|the|phone|i['’]ll|we['’]ll|he['’]ll|she['’]ll|tried to|wants? to|going to)|n['’]?t)\s+(?:ever |just |even |really )?$")
_PERHAPS: Final = re.compile(r"(?i)\b(?:if|unless|in case|otherwise|back-?up|emergency|also|or|when|si)\b[^.;?!]{0,70}$")
_TOO: Final = re.compile(r"(?i)^[^.;?!]{0,25}\b(?:too|as well|also|if|instead of)\b")
_ANSWERS: Final = re.compile(rf"(?i)(?:[^\w]|\b(?:well|oh|that['’]?d be|that would be|it['’]?s|probably|call|talk to|you can|you want|just|try|um+|uh+|so|please|yes|sure|let['’]s do)\b)*{_KIN}")
_OWN_NUMBER: Final = re.compile(r"(?i)\b(?:i['’]?m|i am|mine|my (?:own |cell|phone|number|work|line)\w*|me)\b[^.;?!]{0,30}$|\b(?:don['’]t|do not|never|not)\b[^.;?!]{0,40}$")
_ANOTHER_NUMBER: Final = re.compile(r"(?i)\b(?:fax|house|office|work|doctor|clinic)\b[^.;?!]{0,25}$")
_REACH: Final = 4
"""Sentences within which the name and the number of whom we are to call follow."""


@dataclass(frozen=True, slots=True)
class Turned:
    """Where callers ask for somebody else: number of the sentence, where their word ends in it, the word, and whether they are
    the caller's own ("my sister") or the patient's ("his wife")."""

    sentence: int
    end: int
    word: str
    mine: bool


def turn(finding: Finding, talk: Talk) -> None:
    """Put whom callers ask us to call in the place of the contact; whose name stays open makes the contact a doubt."""
    told = finding.told
    asked = next(_turned(told.passages), None)
    if asked is None or told.patients > 1 or finding.writing.writer == "organization" or _turned_back(asked, told.passages):
        return
    known = finding.writing.writer
    person = _named(asked, talk)
    if known == "professional":
        if person is None or any(each.confidence >= _SURE for each in finding.values("contact.name")):
            return
    elif person is None:
        finding.found = [replace(each, confidence=each.confidence * _DOUBT) if each.path in _OF_CONTACT else each for each in finding.found]
        return
    number = _number(asked, person, finding)
    rule = "asked and answered"
    found = [each for each in finding.found if each.path not in _OF_CONTACT or (known == "professional" and each.path == "contact.phone" and number is None)]
    if number is not None:
        found = [each for each in found if not (each.path == "patient.phone" and each.value == number[1])]
    finding.found = found
    at = person.best()
    finding.add("contact.name", person.name, at.passage, at.start, at.end, rule)
    passage = told.passages[asked.sentence]
    if relation := _relation(asked, talk, known):
        finding.add("contact.relationship", relation, passage, 0, asked.end, "in these words")
    if number is not None:
        finding.found.append(replace(number[0], path="contact.phone"))


_OF_CONTACT: Final = ("contact.name", "contact.phone", "contact.relationship")
_DOUBT: Final = 0.85
_SURE: Final = 0.85


def _turned(passages: tuple[Passage, ...]) -> Iterator[Turned]:
    """Every place where somebody else is asked for."""
    for n, passage in enumerate(passages):
        text = without_letters(passage.text)
        if passage.first and whose_name(passage.question) == "contact" and "emergency" not in passage.question.lower() and (answer := _ANSWERS.match(text)):
            yield Turned(n, answer.end(), answer["kin"].lower(), _is_mine(answer))
        for match in _CALL.finditer(text):
            before = text[: match.start()]
            if not (_NO_ASKING.search(before) or _PERHAPS.search(before) or _TOO.search(text[match.end() :])):
                yield Turned(n, match.end(), match["kin"].lower(), _is_mine(match))
        if one := _THE_ONE.search(text):
            if one["kin"]:
                yield Turned(n, one.end("kin"), one["kin"].lower(), _is_mine(one))
            elif n and (before_it := re.search(rf"(?i)^\W*(?:oh |that['’]s |she['’]s |he['’]s )?{_KIN}\W*$", passages[n - 1].text)):
                yield Turned(n, one.end(), before_it["kin"].lower(), _is_mine(before_it))


_CALL_ME: Final = re.compile(r"(?i)(?<!don['’]t )(?<!dont )(?<!not )(?<!never )\b(?:call|text|reach|ring|use) (?:me|mine|my (?:cell|number|own))\b")


def _turned_back(asked: Turned, passages: tuple[Passage, ...]) -> bool:
    """Whether the caller asks for themselves after all: "call my wife. No, I'm off, call me"."""
    later = [passages[asked.sentence].text[asked.end :], *(each.text for each in passages[asked.sentence + 1 : asked.sentence + 1 + _REACH])]
    return any(not _PERHAPS.search(text[: me.start()]) for text in later for me in _CALL_ME.finditer(text))


def _is_mine(match: re.Match[str]) -> bool:
    return match["whose"].lower() in ("my", "our", "mi")


def _named(asked: Turned, talk: Talk) -> Person | None:
    """Who that is: named behind the word, called by it elsewhere, or named next."""
    others = [each for each in talk.persons if each.name and not each.has("heals", "self", "asked own", "asked doctor", "greeted", "asked patient", "case") and not (talk.cast.patient and each is talk.cast.patient[0])]
    if talk.cast.caller and talk.writing.writer != "professional":
        others = [each for each in others if talk.cast.caller is None or each is not talk.cast.caller[0]]
    here = [(said.start, person) for person in others for said in person.said if said.sentence == asked.sentence and said.start >= asked.end]
    if here:
        return min(here, key=lambda each: each[0])[1]
    called = [each for each in others if each.word("my kin", "kin") == asked.word]
    if called:
        return called[0]
    near = [(said.sentence, person) for person in others for said in person.said if asked.sentence <= said.sentence <= asked.sentence + _REACH and not person.has("other")]
    return min(near, key=lambda each: each[0])[1] if len({id(person) for _, person in near}) == 1 else None


def _number(asked: Turned, person: Person, finding: Finding) -> tuple[Found, str] | None:
    """The number that follows, first where the person is named, and is not said to be the caller's own."""
    passages = finding.told.passages
    starts = [asked.sentence, *(said.sentence for said in person.said)]
    for start in starts:
        for n in range(start, min(start + _REACH, len(passages))):
            text = passages[n].view.text
            for span in contact_points.phones(text):
                begin, end = passages[n].view.back(span.start, span.end)
                if (n == asked.sentence and begin < asked.end) or _OWN_NUMBER.search(text[: span.start]) or _ANOTHER_NUMBER.search(text[: span.start]):
                    continue
                probe = Finding(finding.told, finding.writing, finding.mentions)
                probe.add("contact.phone", span.value, passages[n], begin, end, "asked and answered")
                return probe.found[0], span.value
    return None


def _relation(asked: Turned, talk: Talk, writer: str) -> str | None:
    """What they are to the patient: by the word itself, or by it and what the caller is to the patient."""
    own = people_words.own_relationship(asked.word)
    if not asked.mine or writer == "patient":
        return own
    caller = kin_of_caller(talk.cast, talk.writing) if writer == "relative" else None
    return _of_callers().get(caller or "", {}).get(own or asked.word)


@cache
def _of_callers() -> dict[str, dict[str, str]]:
    """What a caller's people are to the patient, by what the caller is to the patient."""
    return tomllib.loads(Path(__file__).with_name("kin.toml").read_text("utf-8"))
