"""Which of our programs the words of a lead speak of, by the names that the practice gave its programs; and
which service they name that it does not offer. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

from firstvisit.practice.shape import Practice, Program
from firstvisit.referral.program_words import NAMES_IT, may_be_named, weighed
from firstvisit.referral.record import Referral

_WORD: Final = re.compile(r"[a-z]{4,}")
_DENIED: Final = re.compile(
    r"\b(?:no|not|nor|never|without|sin|isn'?t|doesn'?t|don'?t|hasn'?t)\b"
    r"(?: +(?!since|when|but|after|because)\w+){0,3} *$"
    r"|\b(?:denies|denied|denying|niega|negative for)\b(?:[ ,]+\w+){0,6}[ ,]*$"
)
_OF_NO_PROGRAM: Final = frozenset(
    "adult adults after back children evaluation from months older other others pain physical occupational recovery "
    "therapy therapies treatment years with work dolor para terapia tras despues".split()
)
"""Words of names that people say of any program."""


def programs_spoken_of(referral: Referral, practice: Practice) -> tuple[str, ...]:
    """Slugs of the programs of which the words name a subject that is no other program's, sorted. What is denied in the
    same breath is not spoken of."""
    diagnoses = (diagnosis.words for diagnosis in referral.diagnoses or ())
    text = _plain(" . ".join(words for words in (referral.concern, referral.asks, *diagnoses) if words))
    if not text:
        return ()
    return tuple(
        sorted(
            slug
            for slug, subjects in _subjects(practice).items()
            if any(not _is_denied(text, hit.start()) for hit in subjects.finditer(text))
        )
    )


def declined_by_words(referral: Referral, practice: Practice, age: int | None) -> str | None:
    """The slug of the service that the words ask for by its name and that the practice says it does not offer; None
    where they speak louder of something else. `age` in months."""
    text = " . ".join(words for words in (referral.concern, referral.asks) if words)
    if not text:
        return None
    plain = _plain(text)
    for one in practice.not_offered.values():
        name = _plain(one.name)
        if " " in name and (at := plain.find(name)) >= 0 and not _is_denied(plain, at):
            return one.slug
    named = [slug for slug in practice.not_offered_by_any_slug if may_be_named(text, slug)]
    if not named:
        return None
    codes = [diagnosis.code for diagnosis in referral.diagnoses or () if diagnosis.code]
    child, old = (None, False) if age is None else (age < 18 * 12, age >= 65 * 12)
    scores, loudest = weighed(text, codes=codes, wanted=set(referral.disciplines or ()), child=child, old=old)
    best = max(scores, key=lambda slug: scores[slug])
    if best not in named or best in practice.program_by_any_slug or loudest[best][0] < NAMES_IT:
        return None
    at = loudest[best][1].start()
    return None if _is_denied(text.lower(), at) else practice.not_offered_by_any_slug[best].slug


def _is_denied(text: str, at: int) -> bool:
    return _DENIED.search(text, max(0, at - 60), at) is not None


def _subjects(practice: Practice) -> dict[str, re.Pattern[str]]:
    """For each program the beginnings of the words that name it alone."""
    found: dict[str, re.Pattern[str]] | None = practice.memo.get(("subjects",))
    if found is None:
        stems = {slug: _stems(program) for slug, program in practice.programs.items()}
        shared = Counter(stem for each in stems.values() for stem in each)
        own = {slug: sorted(stem for stem in each if shared[stem] == 1) for slug, each in stems.items()}
        found = practice.memo[("subjects",)] = {
            slug: re.compile(rf"\b(?:{'|'.join(each)})") for slug, each in own.items() if each
        }
    return found


def _stems(program: Program) -> set[str]:
    named = (program.name, program.public_name, program.public_name_es, *program.accepts, program.slug)
    words = _WORD.findall(_plain(" ".join(named).replace("_", " ")))
    return {_stem(word) for word in words if word not in _OF_NO_PROGRAM}


def _plain(text: str) -> str:
    """Small letters without their accents."""
    text = text.lower()
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _stem(word: str) -> str:
    """The beginning that a word's other forms share; of a short one the whole."""
    return word[: max(5, len(word) - 4)] if len(word) > 5 else rf"{word}s?\b"
