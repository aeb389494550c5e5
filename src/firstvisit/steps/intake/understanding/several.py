"""Who is spoken of where in a call about several patients: twins, brothers, two residents, three referrals in one breath. Pure.

Somebody says that there are several, and each goes by a name. A sentence is about whoever is named in it or in its question,
else about whoever was named last; what is said of both, of the caller or of how to reach them holds for all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from firstvisit.reference.names import formal_names
from firstvisit.steps.intake.understanding.passages import Anchor, Passage
from firstvisit.steps.intake.understanding.values import contact_points, dates, names
from firstvisit.steps.intake.understanding.values.names import NAME, TITLE
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE, RELATIVES

_MANY: Final = r"(?:two|three|four|five|2|3|4|both|couple(?: of)?|dos|tres|ambos|several)"
_PEOPLE: Final = (
    r"(?:new |more |other |of (?:our|my|the) |little |young |grown |foster )*(?:kids|boys|girls|children|sons|daughters|patients|referrals|guys|residents|students|brothers|sisters|siblings|"
    r"gentlemen|ladies|clients|employees|workers|people|men|women|parents|grandkids|grandsons|granddaughters|toddlers|babies|teenagers|hijos|niños|pacientes)"
)
_SEVERAL: Final = re.compile(
    rf"(?i)\b(?:{_MANY} (?:\w+ )?{_PEOPLE}|twins?\b|triplets?|gemel[oa]s|mellizos|siblings|{_MANY} for you|{_MANY} of (?:them|'em)|(?:for|on) (?:the )?both\b|(?:they|we) both|both (?:of them|need|have|are|my)|two (?:names|referrals|orders)|"
    rf"(?:first|1st)(?: one| up| patient)?(?: is|'s|,|:)|second(?: one|ly)?(?: is|'s|,|:)|next (?:one|is|patient)|the other (?:one|boy|girl|kid|guy|gentleman|lady|patient|twin)|the (?:older|younger|oldest|youngest)(?: one)?|(?:and|also) (?:his|her) (?:(?:little|big|older|younger|baby|twin) )?(?:brother|sister|twin)(?: is|'s|,| named)\b|(?:and|also) (?:his|her|my) (?:{RELATIVE}|twin)\b(?: too| as well)|my (?:mom|mother) and (?:my )?(?:dad|father)|my parents)"
)
_INTRODUCED: Final = re.compile(
    rf"(?i:\b(?:first|second|third|next|other|older|younger|oldest|youngest|little|boy|girl|one|twin|sister|brother|son|daughter|child|kid|baby|patient|student|gentleman|lady|guy|mother|father|mom|dad|wife|husband|he|she|named|called|falling|again|then|and|also|so|name)\b"
    rf"(?:'s|’s)?(?: (?:one|patient|is|was|are|has|named|called|would be|up|who\w* \w+ \w+|falling|talking|first|be))*[ ,:]+)(?:{TITLE}\s+)?({NAME})"
)
_SUBJECT: Final = re.compile(rf"(?:^|[.!?]\s+|\b(?:and|but|so|then|because|for|with|of)\s+)({NAME})(?=(?:'s|’s)?,? (?:is|was|has|had|can|can't|talks|needs|doesn't|won't|just|she|he|they|goes|gets|does|will|who|turned|turns|seven|six|five|four|three)\b|'s\b|’s\b)")
_NOT_THEM: Final = re.compile(rf"(?i)(?:\b(?:dr|doctor|doctora|dra|nurse|teacher|surgeon|pediatrician|caseworker|coach|at|in|from|near|on|through|i'm|i am|this is|my name(?: is|'s)|it's|with|insurance|hi|hello|hey|thanks|thank you|okay|because|has|have|had|got|carrier|plan|lives? in)\.?,?\s+(?:{TITLE}\s+)?)$")
_ONESELF: Final = re.compile(r"(?i)\b(?:i'm|i am|this is|my name(?:'s| is))\b[^.?!;]{0,40}$")
_ANOTHER: Final = re.compile(r"(?i)\b(?:other|second|next|first|third|sister|brother|twin)\b[^?]{0,30}\?")
_DROPPED: Final = re.compile(r"(?i)\b(?:scratch|skip|forget|drop|remove|cross(?:ed)?|never mind|nevermind|ignore|leave)\b[^.?!]{0,20}\b(?:him|her|them|that one|out|altogether|off)\b|\bdon't (?:put|add|book|schedule) (?:him|her|that)\b")
_SHARED: Final = re.compile(r"(?i)\b(?:both|each|they|they've|they're|their|them|everybody|all (?:of them|three|four)|the (?:kids|boys|girls|two|twins|three|children)|same|either|ambos|los dos|ellos)\b")
_OF_CALLER: Final = ("my name", "contact method", "email", "organization")
_OF_FAMILY: Final = ("phone", "address", "insurance", "availability", "timing", "referrer", "documents", "contact phone", "setting", "language")
_OURS: Final = re.compile(r"(?i)\b(?:my|our|i'm|i am|me|mine|we|we're|here)\b")
_YOURS: Final = re.compile(r"(?i)\b(?:yours?|you)\b")
_ENOUGH: Final = 3
_NO_NAME: Final = frozenset("first second third next last other sister brother twin both same insurance birthday".split()) | frozenset(RELATIVES)


@dataclass
class _Person:
    """Somebody who may be a patient: how they are called, where they are first named, and what speaks for it."""

    name: str
    at: int
    score: int = 0
    called: set[str] = field(default_factory=set)
    sexes: list[str] = field(default_factory=list)
    start: int = 0


def by_patient(passages: Sequence[Passage], agent: str, professional: bool) -> tuple[list[Passage], list[Anchor]]:
    """The passages with whom each is about, and the patients' names; unchanged and no names where there is but one."""
    told = list(passages)
    words = "\n".join(passage.text for passage in told)
    if not _SEVERAL.search(f"{words}\n{agent}"):
        return told, []
    people = [each for each in _people(told, agent) if each.score >= _ENOUGH]
    people.sort(key=lambda each: (each.at, each.start))
    if len(people) < 2:
        return told, []
    pieces = [piece for passage in told for piece in _clauses(passage, people)]
    owned, dropped = _owned(pieces, people, professional)
    kept = [n for n in range(len(people)) if n not in dropped]
    if len(kept) < 2:
        return told, []
    new = {old: n for n, old in enumerate(kept)}
    made = [replace(piece, patient=None if owner is None else new[owner]) for piece, owner in owned if owner not in dropped]
    return made, [anchor for n in kept if (anchor := _anchor(people[n], new[n], made))]


def _people(told: Sequence[Passage], agent: str) -> list[_Person]:
    """Everybody who goes by a name and may be a patient."""
    found: list[_Person] = []
    for n, passage in enumerate(told):
        text = passage.text
        hits = [(match.start(1), match[1], 2) for match in _INTRODUCED.finditer(text)]
        hits += [(match.start(1), match[1], 1) for match in _SUBJECT.finditer(text)]
        asked = passage.about("patient name", "name") or bool(passage.first and _ANOTHER.search(passage.question))
        if asked and not passage.about("my name") and (lead := re.match(rf"\W*(?i:(?:okay|sure|yes|so|um|uh|it's|the \w+(?: \w+)? is|and)[, ]+)*({NAME})", text)):
            hits.append((lead.start(1), lead[1], 2 if passage.first else 1))
        seen: set[int] = set()
        for start, said, score in sorted(hits, key=lambda hit: -hit[2]):
            name = names.without_credentials(names.trimmed(said))[0]
            start = text.find(name, start) if name else -1
            if name.split()[:1] and name.split()[0].lower() in _NO_NAME:
                continue
            if start < 0 or start in seen or not names.is_name(name) or _NOT_THEM.search(text[:start]) or _ONESELF.search(text[:start]):
                continue
            if name.lower() in agent.lower() and re.search(rf"(?i)\b(?:this is|i'm|it's)\s+{re.escape(name)}|{re.escape(name)} (?:speaking|here)", agent):
                continue
            seen.add(start)
            person = _known(found, name)
            if person is None:
                person = _Person(name, n, start=start)
                found.append(person)
            person.called |= {word.strip(".,") for word in name.split() if len(word) > 2}
            if len(name.split()) > len(person.name.split()):
                person.name = name
            if kin := list(_KIN.finditer(text[:start])):
                person.sexes.append("female" if kin[-1][2] else "male")
            first = name.split()[0]
            behind = passage.view.text[passage.view.text.find(first) + len(first) :][:60]
            dated = bool(dates.days(behind, _ANY_DAY, birth=True, in_a_row=True)) or bool(re.match(r"[\w'’, -]{0,30}?\b(?:is|he's|she's|,)\s+(?:only |just )?\d{1,2}\b", behind))
            person.score += score + 2 * dated + bool(re.match(rf"{re.escape(name)}\W+(?:[A-Z][-. ,]+){{2}}", text[start:]))
    return found


_ANY_DAY: Final = dt.date(2100, 1, 1)


_KIN: Final = re.compile(r"(?i)\b(?:(boy|son|brother|gentleman|mr|he|guy|nephew|father|dad|husband)|(girl|daughter|sister|lady|mrs|ms|she|niece|mother|mom|wife))\b")


def _known(found: list[_Person], name: str) -> _Person | None:
    parts = [word.strip(".,") for word in name.split()]
    for each in found:
        own = each.name.split()
        if parts[0] == own[0] or (len(parts) == 1 and parts[0] == own[-1]) or (len(own) == 1 and len(parts) > 1 and parts[-1] == own[0] and parts[0] == own[0]):
            return each
        if _short(parts[0], own[0]) and (len(parts) == 1 or len(own) == 1 or parts[-1] == own[-1]):
            return each
    return None


def _short(one: str, other: str) -> bool:
    forms = formal_names()
    return one.lower() in forms.get(other.lower(), ()) or other.lower() in forms.get(one.lower(), ())


def _named(text: str, people: Sequence[_Person]) -> list[int]:
    """Who of the people is named in `text`, in the order of the words; a last name that several share names none."""
    shared = {word for each in people for word in each.called if sum(word in other.called for other in people) > 1}
    hits = []
    for n, each in enumerate(people):
        words = [re.escape(word) for word in each.called - shared] or [re.escape(each.name.split()[0])]
        if match := re.search(rf"\b(?:{'|'.join(words)})\b", text):
            hits.append((match.start(), n))
    return [n for _, n in sorted(hits)]


_CUT: Final = re.compile(r"(?:[,;]\s+|\s+)(?=(?:and|but|then|while|hers|his is|her)\b)|[,;]\s+")


def _clauses(passage: Passage, people: Sequence[_Person]) -> list[Passage]:
    """A sentence about two of them cut where the second begins: "His is 4471, hers is 4472." """
    two = len(_named(passage.text, people)) > 1
    if not two and not re.search(r"(?i)\bhis\b.{1,40}\bhers\b|\bhers\b.{1,40}\bhis\b", passage.text):
        return [passage]
    pieces: list[tuple[int, str]] = []
    at = 0
    for cut in [match.end() for match in _CUT.finditer(passage.text)]:
        head, rest = passage.text[at:cut], passage.text[cut:]
        mine = _named(head, people) if two else re.findall(r"(?i)\bhers?\b|\bhis\b", head)[:1]
        later = _named(re.split(_CUT, rest)[0] or rest, people) if two else re.findall(r"(?i)\bhers\b|\bhis\b", rest)[:1]
        if later and (mine[-1:] != later[:1] if mine else re.search(r"\d{3}", passage.cards.text) and len(head) > _LONG_ENOUGH and not pieces):
            pieces.append((at, head))
            at = cut
    pieces.append((at, passage.text[at:]))
    return [replace(passage, text=text, start=passage.start + begin, first=passage.first) for begin, text in pieces]


_LONG_ENOUGH: Final = 25
"""Letters of what is said before anybody is named, from which it may hold for all."""


def _owned(pieces: Sequence[Passage], people: Sequence[_Person], professional: bool) -> tuple[list[tuple[Passage, int | None]], set[int]]:
    """Whom each passage is about, and whom the caller took off the list."""
    owned: list[tuple[Passage, int | None]] = []
    dropped: set[int] = set()
    current: int | None = None
    for piece in pieces:
        asked = _named(piece.question, people) if piece.question else []
        here = _named(piece.text, people)
        if len(here) == 1 and not re.search(rf"(?i)\b{re.escape(people[here[0]].name.split()[0])}['’]s (?:{RELATIVE}|school|teacher|doctor)\b", piece.text):
            current = here[0]
        elif not here and len(asked) == 1 and piece.first:
            current = asked[0]
        if current is not None and _DROPPED.search(piece.text):
            dropped.add(current)
        owned.append((piece, _owner(piece, here, current, people, professional)))
    return owned, dropped


def _owner(piece: Passage, here: list[int], current: int | None, people: Sequence[_Person], professional: bool) -> int | None:
    if len(here) == 1:
        return here[0]
    if current is None or len(here) > 1:
        return None
    text = piece.text
    if _SHARED.search(text):
        return None
    if re.match(r"(?i)\W*(?:and )?hers\b", text) or re.match(r"(?i)\W*(?:and )?his\b(?= (?:is|are))", text):
        return _by_sex(text, people)
    if piece.about(*_OF_CALLER) or (_OURS.search(text) and not re.search(r"(?i)\b(?:he|she|his|her|him)\b", text)) or (piece.zone == "answer" and _YOURS.search(piece.question) and piece.about("phone", "contact phone")):
        return None
    if professional:
        return current
    if contact_points.phones(piece.view.text) and not re.search(r"(?i)\b(?:his|her) (?:\w+ )?(?:number|cell|phone)\b", text):
        return None
    if piece.about(*_OF_FAMILY) and not piece.about("dob", "age", "patient name", "service"):
        return None
    return current


def _by_sex(text: str, people: Sequence[_Person]) -> int | None:
    """ "His is ..., hers is ...": of two, the boy's comes from the words before; without any sign nobody's."""
    if len(people) != 2:
        return None
    female = bool(re.match(r"(?i)\W*(?:and )?hers\b", text))
    girls = [n for n, each in enumerate(people) if each.sexes[:1] == ["female"]]
    return (girls[0] if female else 1 - girls[0]) if len(girls) == 1 else None


def _anchor(person: _Person, patient: int, made: Sequence[Passage]) -> Anchor | None:
    for passage in made:
        if passage.patient in (patient, None) and (at := passage.text.find(person.name)) >= 0:
            return Anchor(person.name, replace(passage, patient=patient), at)
    return None
