"""Who the patients of a text about several are: everybody who is named like one, with what is told of each alone. Pure.

A name counts where it comes up as one of several ("first is ...", "and the other twin?"), and the more where it has what only a
patient has: a birth date or age of its own, letters that spell it, something that ails. A sister who only drives has none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from firstvisit.reference.names import formal_names, given_names
from firstvisit.steps.intake.understanding.cast.asked import whose_name
from firstvisit.steps.intake.understanding.cast.said import known, without_letters
from firstvisit.steps.intake.understanding.cast.words import AILS, HEALERS, OFFICIALS
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.several.words import INTRODUCES, NOT_TO_BE_SEEN, OF_US
from firstvisit.steps.intake.understanding.topics import of_label
from firstvisit.steps.intake.understanding.values import dates, names
from firstvisit.steps.intake.understanding.values.names import NAME, TITLE
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE, RELATIVES

_BETWEEN: Final = r"(?:'s|’s)?(?: (?:one|patient|is|was|are|has|named|called|would be|up|who\w* \w+ \w+|falling|talking|first|be|name|bà \w+))*[ ,:–-]+"
_INTRODUCED: Final = re.compile(rf"(?i:\b{INTRODUCES}\b{_BETWEEN})(?:{TITLE}\s+)?({NAME})")
_ORDINAL: Final = re.compile(r"(?i)\b(?:first|second|third|next|other|older|younger|oldest|youngest)\b[^.?!]{0,30}$")
_SUBJECT: Final = re.compile(rf"(?:^|[.!?]\s+|\b(?:and|but|so|then|because|for|with|of)\s+)({NAME})(?=(?:'s|’s)?,? (?:is|was|has|had|can|can't|talks|needs|doesn't|won't|just|she|he|they|goes|gets|does|will|who|turned|turns|keeps|seven|six|five|four|three)\b|'s\b|’s\b)")
_HEADING: Final = re.compile(rf"\A\W*({NAME})(?=\s*(?:\.\s*\Z|[-–:,]\s|\(\s?\d))")
_PAIR: Final = re.compile(rf"\A\W*(?i:(?:names? (?:are|is)|they(?:'re| are)|it's|for|both) )?({NAME})[ ,]*\s(?:and|&|y)\s({NAME})(?=\s*(?:[.,;:!?]|\Z|with\b|[A-Z]-))")
_NOT_THEM: Final = re.compile(rf"(?i)(?:\b(?:(?:first|last|middle|maiden|family) name(?: is|'s)?|surname|dr|doctor|doctora|dra|nurse|teacher|surgeon|pediatrician|caseworker|coach|at|in|from|near|on|through|i'm|i am|this is|my name(?: is|'s)|it's|with|insurance|hi|hello|hey|thanks|thank you|okay|because|has|have|had|got|carrier|plan|lives? in)\.?,?\s+(?:{TITLE}\s+)?)$")
_AT_WORK: Final = re.compile(rf"(?i)\b(?:an?|the|his|her|their) (?:\w+ )?(?:{OFFICIALS}|{HEALERS}),?(?: (?:named|called|is))? $")
_ONESELF: Final = re.compile(r"(?i)\b(?:i'm|i am|this is|my name(?:'s| is)|me)\b[^.?!;]{0,40}$")
_ANOTHER: Final = re.compile(r"(?i)\b(?:other|another|the (?:first|second|third)|(?:first|second|third) (?:one|up|name|patient|resident|student|person|man|lady|child|kid)|next|who(?:'s| is| goes)? first|sister|brother|twin|\w+-in-law|spouse|husband|wife)\b[^?]{0,30}[?.]")
_KIN: Final = re.compile(r"(?i)\b(?:(boy|son|brother|gentleman|mr|he|guy|nephew|father|dad|husband|grandpa|grandfather|uncle|grandson)|(girl|daughter|sister|lady|mrs|ms|she|niece|mother|mom|wife|grandma|grandmother|aunt|granddaughter))\b")
_NO_NAME: Final = frozenset("first second third next last other sister brother twin both same insurance birthday now okay also then plus speech".split()) | frozenset(RELATIVES)
_ANY_DAY: Final = dt.date(2100, 1, 1)
_AGED: Final = re.compile(r"[\w'’, (-]{0,30}?(?:\b(?:is|he's|she's|aged?)\s+(?:only |just |now )?|[,(] ?)\d{1,2}\b(?! ?(?:weeks|days|times|visits|am|pm|percent|pounds|minutes))")
_FAR: Final = 8
"""Passages behind a name in which what is told is told of its bearer."""


@dataclass
class Named:
    """Somebody who may be a patient: how they are called, where they are first named, and what speaks for it."""

    name: str
    at: int
    score: int = 0
    called: set[str] = field(default_factory=set)
    sexes: list[str] = field(default_factory=list)
    start: int = 0
    oneself: bool = False
    """Whether it is whoever calls or writes."""
    born: str = ""
    ails: bool = False


def people(told: Sequence[Passage], agent: str) -> list[Named]:
    """Everybody who goes by a name and may be a patient."""
    found: list[Named] = []
    of_us = any(OF_US.search(passage.text) for passage in told)
    for n, passage in enumerate(told):
        if passage.zone in ("signature", "sender", "subject"):
            continue
        seen: set[int] = set()
        for start, said, score in sorted(_hits(passage), key=lambda hit: -hit[2]):
            name = names.without_credentials(names.trimmed(said))[0] or ""
            while name.split()[:1] and name.split()[0].lower() in _NO_NAME and " " in name:
                name = name.partition(" ")[2]
            start = passage.text.find(name, start) if name else -1
            oneself = bool(_ONESELF.search(passage.text[: max(start, 0)]))
            if start < 0 or start in seen or not _may_be(name, passage, start) or (oneself and not of_us):
                continue
            if name.lower() in agent.lower() and re.search(rf"(?i)\b(?:this is|i'm|it's)\s+{re.escape(name)}|{re.escape(name)} (?:speaking|here)", agent):
                continue
            seen.add(start)
            _note(found, name, n, passage, start, score + _spelled(passage.text[start:], name), oneself)
    words = "\n".join(passage.text for passage in told)
    found = [each for each in found if not re.search(rf"(?i)\b(?:dra?|doctora?)\b\.? (?:\w+ )?{re.escape(each.name.split()[-1])}\b", words)]
    for person in found:
        _told_of(person, found, told)
        person.score += any(re.search(rf"\b{re.escape(each)}\b", question) for each in person.called for question in {passage.question for passage in told if "?" in passage.question or passage.first})
    return found


def _hits(passage: Passage) -> Iterator[tuple[int, str, int]]:
    """Names as they come up in a passage, and how much the way they do speaks for a patient."""
    text = passage.text
    for match in _INTRODUCED.finditer(text):
        if text[match.start()].isupper() and re.search(r"[\w,] $", text[: match.start()]):
            continue  # "Wanda Little Elk"
        theirs = re.search(rf"(?i)\b(?:his|her|their)\s(?:{RELATIVE}|[\w-]+-in-law)\s$", text[: match.start(1)])  # "his brother-in-law Zaw"
        yield match.start(1), match[1], 0 if theirs else 3 if _ORDINAL.search(text[: match.start(1)]) else 2
    for match in _SUBJECT.finditer(text):
        yield match.start(1), match[1], 1
    asked = passage.about("patient name", "name") or bool(_ANOTHER.search(passage.question))
    if asked and whose_name(passage.question) not in ("doctor", "own", "contact") and not passage.about("my name") and (lead := re.match(rf"\W*(?i:(?:okay|sure|yes|so|um|uh|it's|the \w+(?: \w+)? is|and)[, ]+)*(?:{TITLE}\s+)?({NAME})", text)):
        yield lead.start(1), lead[1], 2 if passage.first or " " in lead[1] else 1
    if not passage.question and (head := _HEADING.match(text)) and (" " in head[1] or head[1].lower() in given_names()):
        yield head.start(1), head[1], 3 if " " in head[1] else 2 if head[1].isupper() else 1
    if pair := _PAIR.match(re.sub(r"(?<=[\w'’]), (?= *[ ,]and )", "  ", without_letters(text))):
        yield pair.start(1), pair[1], 2
        yield pair.start(2), pair[2], 2


def _may_be(name: str, passage: Passage, start: int) -> bool:
    if passage.about("referrer") and not passage.about("patient name"):
        return False
    if name.split()[0].lower() in _NO_NAME or of_label(name) is not None or not names.is_name(name) or names.is_organization(name):
        return False
    if " " not in name and not passage.first and (names.is_usual(name) or not known(name)) and not _spelled(passage.text[start:], name):
        return False
    return not _NOT_THEM.search(passage.text[:start]) and not _AT_WORK.search(passage.text[:start]) and not re.match(rf"{re.escape(name)}(?:'s|’s) (?:mom|dad|mother|father|teacher|doctor)\b", passage.text[start:])


def _spelled(behind: str, name: str) -> int:
    return int(bool(re.match(rf"{re.escape(name)}\W+(?:[A-Z][-. ,]+){{2}}", behind)))


def _note(found: list[Named], name: str, n: int, passage: Passage, start: int, score: int, oneself: bool) -> None:
    person = called(found, name)
    if person is None:
        person = Named(name, n, start=start)
        found.append(person)
    person.oneself = person.oneself or oneself
    person.called |= {word.strip(".,") for word in name.split() if len(word) > 1 and word[0].isupper()}
    if len(name.split()) > len(person.name.split()):
        person.name = name
    if kin := list(_KIN.finditer(passage.text[:start])):
        person.sexes.append("female" if kin[-1][2] else "male")
    behind = passage.view.text[passage.view.text.find(name.split()[0]) + len(name.split()[0]) :][:60]
    dated = bool(dates.days(behind, _ANY_DAY, birth=True, in_a_row=True)) or bool(_AGED.match(behind))
    person.score += score + 2 * dated - 6 * bool(NOT_TO_BE_SEEN.search(passage.text[start:]))


def _told_of(person: Named, others: Sequence[Named], told: Sequence[Passage]) -> None:
    """A birth date, an age, something that ails, between where somebody is named and where the next one is."""
    for n in range(person.at, min(person.at + _FAR, len(told))):
        passage = told[n]
        if n > person.at and any(each is not person and each.at == n for each in others):
            break
        if not person.born and (passage.about("dob") or re.search(r"(?i)\b(?:born|birth\w*|dob)\b", passage.text)):
            days = [span.value for span in dates.days(passage.view.text, _ANY_DAY, birth=True, in_a_row=True) if span.value.year_said]
            person.born = days[0].date.isoformat() if days else ""
            person.score += bool(days)
        if not person.ails and AILS.search(passage.text):
            person.ails = True
            person.score += 1


def called(found: Sequence[Named], name: str) -> Named | None:
    """Who of the people found so far is called by `name`."""
    parts = [word.strip(".,").lower() for word in name.split()]
    for each in found:
        own = [word.strip(".,").lower() for word in each.name.split()]
        if parts[0] == own[0] or (len(parts) == 1 and parts[0] == own[-1]):
            return each
        if alike(parts[0], own[0]) and (len(parts) == 1 or len(own) == 1 or parts[-1] == own[-1]):
            return each
    return None


def alike(one: str, other: str) -> bool:
    """Whether two given names in small letters are forms of one."""
    forms = formal_names()
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _SHORT and longer.startswith(shorter)) or one in forms.get(other, ()) or other in forms.get(one, ())


_SHORT: Final = 3
