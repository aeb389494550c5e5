"""The signs around a candidate by which a careful reader tells whose it is. Pure.

A sign is a short string such as "before:my" or "asked:patient name": a word next to it or a class of words near it, what was
asked for, where in the text it stands, who writes, and what stands around its other mentions. No sign holds the value
itself, so nothing that is learned of signs tells of anybody.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.reference.names import given_names, surnames
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.values import names
from firstvisit.steps.intake.understanding.whose.candidates import Candidate, name_words

_WORD: Final = re.compile(r"[^\W_][\w'’.-]*|[^\w\s]")
_CREDENTIALS: Final = re.compile(rf",?\s*{names.CREDENTIALS}")
_BEFORE, _BEHIND = 7, 5
_NEAR: Final = 90
_SHARED: Final = ("before", "behind", "two before", "two behind", "class", "asked", "sender", "credential", "same sentence")
"""Signs that a mention lends to the other mentions of the same."""


@cache
def classes() -> dict[str, str]:
    """Word to the class it belongs to."""
    table = tomllib.loads((Path(__file__).parent / "signs.toml").read_text("utf-8"))
    return {word: name for name, words in table.items() for word in str(words).split()}


def signs_of(told: Told, writer: str, among: Sequence[Candidate]) -> list[frozenset[str]]:
    """The signs of each of `among`, all candidates of one kind; `writer` is who writes, as far as that is known."""
    alone = [frozenset(_signs(told, writer, each, among)) for each in among]
    lent = [frozenset(f"also {sign}" for sign in own if sign.startswith(_SHARED)) for own in alone]
    return [
        own.union(*(lent[m] for m, other in enumerate(among) if m != n and other.words & among[n].words))
        for n, own in enumerate(alone)
    ]


def _signs(told: Told, writer: str, candidate: Candidate, among: Sequence[Candidate]) -> Iterator[str]:
    passage = candidate.passage
    yield "always"
    yield f"writer {writer}"
    yield f"{told.channel}"
    yield f"zone {passage.zone}"
    yield f"zone {passage.zone} of {writer}"
    for topic in passage.asked:
        yield f"asked {topic}"
        yield f"asked {topic} of {writer}"
    for word in re.findall(r"[^\W\d_]+", passage.question.lower())[-8:]:
        yield f"question {word}"
    if passage.first:
        yield "first of an answer"
    yield f"place {_place(candidate.nth, len(told.passages))}"
    yield from _around(candidate, writer)
    yield from _value(told, writer, candidate, among)
    earlier = told.passages[candidate.nth - 1].text[-_NEAR:] if candidate.nth else ""
    for word in {_normal(each) for each in _WORD.findall(earlier)}:
        if word in classes():
            yield f"sentence before {classes()[word]}"


def _around(candidate: Candidate, writer: str) -> Iterator[str]:
    text = candidate.text
    before = [_normal(word) for word in _WORD.findall(text[max(0, candidate.start - _NEAR) : candidate.start])][-_BEFORE:]
    behind = [_normal(word) for word in _WORD.findall(text[candidate.end : candidate.end + _NEAR])][:_BEHIND]
    for n, word in enumerate(reversed(before or ["nothing"])):
        yield f"before {'1' if n == 0 else '2' if n == 1 else 'near'} {word}"
        if name := classes().get(word):
            yield f"class before {'1' if n < 2 else 'near'} {name}"
            yield f"class before {name} of {writer}"
    if len(before) > 1:
        yield f"two before {before[-2]} {before[-1]}"
    if len(behind) > 1:
        yield f"two behind {behind[0]} {behind[1]}"
    for n, word in enumerate(behind or ["nothing"]):
        yield f"behind {'1' if n == 0 else 'near'} {word}"
        if name := classes().get(word):
            yield f"class behind {name}"
    for name in {classes()[word] for word in (_normal(each) for each in _WORD.findall(text)) if word in classes()}:
        yield f"same sentence {name}"


def _value(told: Told, writer: str, candidate: Candidate, among: Sequence[Candidate]) -> Iterator[str]:
    """What the candidate itself tells without being said: how often it stands there, whether its words are common names."""
    others = {each.value for each in among} - {candidate.value}
    yield f"others {min(len(others), 3)}"
    yield f"mentions {min(sum(bool(each.words & candidate.words) for each in among), 4)}"
    if candidate.kind == "birth":
        years = told.written_on.year - int(candidate.value[:4])
        yield f"years ago {'0' if years < 2 else '2' if years < 18 else '18'}"
        return
    if candidate.kind == "house":
        yield from (f"word {word}" for word in re.findall(r"[^\W\d_]{4,}", candidate.value.lower()) if names.is_organization(word))
        return
    if candidate.kind == "phone":
        yield f"numbers before {min(len({each.value for each in among[: among.index(candidate)]} - {candidate.value}), 3)}"
        return
    words = [folded(word) for word in re.findall(r"[^\W\d_]+", candidate.value) if len(word) > 1]
    yield f"words {min(len(words), 3)}"
    if words and words[0] in given_names():
        yield "given name"
    if words and words[-1] in surnames():
        yield "surname" if len(words) > 1 else "surname alone"
    if _CREDENTIALS.match(candidate.text[candidate.end : candidate.end + 16]):
        yield "credential behind"
    if told.sender_name and candidate.words & name_words(told.sender_name):
        yield "sender"
        yield f"sender as {writer}"


def _place(nth: int, passages: int) -> str:
    return "first" if nth == 0 else "early" if nth < 3 else "late" if nth >= passages - 3 else "middle"


def _normal(word: str) -> str:
    """A word as a sign may hold it: somebody's name and a number only as what they are."""
    if any(letter.isdigit() for letter in word):
        return f"{min(len(word), 5)} digits"
    if word[0].isupper() and names.is_name(word) and word.lower().strip(".") not in classes():
        return "a name"
    return word.lower().replace("’", "'")
