"""Whom each sentence of a text about several patients is about. Pure.

A sentence is about whoever is named in it or in its question, else about whoever was named last; what is said of both, of
whoever calls or of how to reach them holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding.passages import Anchor, Passage
from firstvisit.steps.intake.understanding.several.named import Named, people
from firstvisit.steps.intake.understanding.several.words import FIRST, JUST_TWO, LATER, MORE, several
from firstvisit.steps.intake.understanding.values import contact_points
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVE

_DROPPED: Final = re.compile(r"(?i)\b(?:scratch|skip|forget|drop|remove|cross(?:ed)?|never mind|nevermind|ignore|leave)\b[^.?!]{0,20}\b(?:him|her|them|that one|out|altogether|off)\b|\bdon't (?:put|add|book|schedule) (?:him|her|that)\b")
_SHARED: Final = re.compile(r"(?i)\b(?:both|each|they|they've|they're|their|them|we both|the two|everybody|all (?:of them|three|four)|the (?:kids|boys|girls|two|twins|three|children)|same time|same hour|back to back|together|either|ambos|los dos|ellos)\b")
_ASKS_OF_ALL: Final = re.compile(rf"(?i)\b(?:they|their|them|both|you|your|either)\b|\b(?:{OWN_WORD})['’]?s? (?:name|number|phone)")
_ONE: Final = re.compile(r"(?i)\b(?:he|she|his|her|him|hers|he's|she's)\b")
_OF_CALLER: Final = ("my name", "contact method", "email", "organization")
_OF_FAMILY: Final = ("phone", "address", "insurance", "availability", "timing", "referrer", "documents", "contact phone", "setting", "language")
_OURS: Final = re.compile(r"(?i)\b(?:my|our|i'm|i am|me|mine|we|we're|here)\b")
_YOURS: Final = re.compile(r"(?i)\b(?:yours?|you)\b")
_ENOUGH, _PLAIN = 3, 4
"""What must speak for each in a talk, and in a letter, where more people are named who only come along."""


def by_patient(passages: Sequence[Passage], agent: str, professional: bool, letter: bool = False) -> tuple[list[Passage], list[Anchor]]:
    """The passages with whom each is about, and the patients' names; unchanged and no names where there is but one."""
    told = list(passages)
    words = "\n".join(passage.text for passage in told)
    if not several(f"{words}\n{agent}"):
        return told, []
    found = [each for each in people(told, agent) if each.score >= (_PLAIN if letter else _ENOUGH)]
    if JUST_TWO.search(words) and not MORE.search(words):
        found = sorted(found, key=lambda each: -each.score)[:_TWO]
    found.sort(key=lambda each: (each.at, each.start))
    if len(found) < 2:
        return told, []
    pieces = [piece for passage in told for piece in _clauses(passage, found)]
    owned, dropped = _owned(pieces, found, professional)
    kept = [n for n in range(len(found)) if n not in dropped]
    if len(kept) < 2:
        return told, []
    new = {old: n for n, old in enumerate(kept)}
    made = [replace(piece, patient=None if owner is None else new[owner]) for piece, owner in owned if owner not in dropped]
    return made, [anchor for n in kept if (anchor := _anchor(found[n], new[n], made))]


def _named(text: str, people: Sequence[Named]) -> list[int]:
    """Who of the people is named in `text`, in the order of the words; a last name that several share names none."""
    shared = {word for each in people for word in each.called if sum(word in other.called for other in people) > 1}
    hits = []
    for n, each in enumerate(people):
        words = [re.escape(word) for word in each.called - shared] or [re.escape(each.name.split()[0])]
        if match := re.search(rf"\b(?:{'|'.join(words)})\b", text):
            hits.append((match.start(), n))
    return [n for _, n in sorted(hits)]


_CUT: Final = re.compile(r"(?:[,;]\s+|\s+)(?=(?:and|&|but|then|while|hers|his is|her)\b)|[,;]\s+")


def _clauses(passage: Passage, people: Sequence[Named]) -> list[Passage]:
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


def _owned(pieces: Sequence[Passage], people: Sequence[Named], professional: bool) -> tuple[list[tuple[Passage, int | None]], set[int]]:
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
        elif not here and (one := _by_place(piece.text, current, people)) is not None:
            here, current = [one], one
        elif not here and not asked and piece.first and (one := _by_place(piece.question, current, people)) is not None:
            current = one
        if current is not None and _DROPPED.search(piece.text):
            dropped.add(current)
        owned.append((piece, _owner(piece, here, asked, current, people, professional)))
    return owned, dropped


def _by_place(text: str, current: int | None, people: Sequence[Named]) -> int | None:
    """ "The first one", "the other one's", "my wife", "the boy": of two, whom that means."""
    if len(people) != _TWO:
        return None
    if LATER.search(text):
        return 1 - current if current is not None and re.search(r"(?i)\b(?:other|another)\b", text) else 1
    if FIRST.search(text):
        return 0 if re.search(r"(?i)\bfirst (?:one|boy|girl|kid|guy|man|lady|patient|resident|twin|son|daughter)\b", text) else None
    return None


_TWO: Final = 2


def _owner(piece: Passage, here: list[int], asked: list[int], current: int | None, people: Sequence[Named], professional: bool) -> int | None:
    if len(here) == 1:
        return here[0]
    if current is None or len(here) > 1:
        return None
    text = piece.text
    if _SHARED.search(text):
        return None
    if re.match(r"(?i)\W*(?:and )?hers\b", text) or re.match(r"(?i)\W*(?:and )?his\b(?= (?:is|are))", text):
        return _by_sex(text, people)
    mine = people[current].oneself
    if piece.about(*_OF_CALLER) or (not mine and _OURS.search(text) and not _ONE.search(text)) or (piece.zone == "answer" and _YOURS.search(piece.question) and piece.about("phone", "contact phone")):
        return None
    if piece.zone in ("signature", "sender", "subject"):
        return None
    if piece.question and not asked and not _ONE.search(f"{piece.question} {text}") and _ASKS_OF_ALL.search(piece.question) and not piece.about("dob", "age", "patient name", "service"):
        return None
    if professional:
        return current
    if contact_points.phones(piece.view.text) and not re.search(r"(?i)\b(?:his|her) (?:\w+ )?(?:number|cell|phone)\b", text):
        return None
    if piece.about(*_OF_FAMILY) and not piece.about("dob", "age", "patient name", "service"):
        return None
    return current


def _by_sex(text: str, people: Sequence[Named]) -> int | None:
    """ "His is ..., hers is ...": of two, the boy's comes from the words before; without any sign nobody's."""
    if len(people) != 2:
        return None
    female = bool(re.match(r"(?i)\W*(?:and )?hers\b", text))
    girls = [n for n, each in enumerate(people) if each.sexes[:1] == ["female"]]
    return (girls[0] if female else 1 - girls[0]) if len(girls) == 1 else None


def _anchor(person: Named, patient: int, made: Sequence[Passage]) -> Anchor | None:
    for passage in made:
        if passage.patient in (patient, None) and (at := passage.text.find(person.name)) >= 0:
            return Anchor(person.name, replace(passage, patient=patient), at)
    return None
