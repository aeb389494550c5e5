"""The patient's sex: stated, told by a word for them, or plain from how they are spoken of. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.people.naming import Naming
from firstvisit.steps.intake.understanding.values import people_words
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD

_LABEL: Final = re.compile(r"\W*(f|female|femenino|m|male|masculino|woman|man|girl|boy|mujer|hombre)\b", re.I)
_SPOKEN_OF: Final = re.compile(
    r"\b(?:\d+[- ](?:year|month)s?[- ]old|\d+ ?y/?o|a|an|the|this|elderly|young|nice|pleasant)\s+"
    r"(?:(?:right|left)[- ]handed )?(girl|boy|woman|man|female|male|gentleman|lady)\b(?!\s+(?:at|from|in the|who answered|told|said|says?|on the phone)\b)"
    r"|,\s*(F|M|female|male)\b\s*(?:,|\d|\)|$|;)",
    re.I,
)
_TITLED: Final = re.compile(r"\b(Mr|Mrs|Ms|Miss)\b\.?\s+[A-Z]")
_OF_ONESELF: Final = re.compile(
    r"\bI(?:'m| am| was)? (?:just )?(?:had a baby|gave birth|\d+ weeks pregnant|pregnant|breastfeeding|post-?partum)"
    r"|\bI am a (woman|man|female|male)\b|\bmy (?:c-section|hysterectomy|pregnancy)\b"
    r"|\b(?:my )(?:prostatectomy|prostate)\b",
    re.I,
)
_SOMEBODY: Final = re.compile(
    r"(?i)\b(?:doctor|dr|surgeon|teacher|pediatrician|neurologist|therapist|nurse|adjuster)\b"
)
_SOMEBODY_AT_HOME: Final = re.compile(rf"(?i)\b(?:mom|dad|mother|father|caregiver|{OWN_WORD})\b")
_PRONOUN: Final = re.compile(r"\b(?:(he|him|his|he's)|(she|her|hers|she's))\b", re.I)


def sex(naming: Naming) -> None:
    """Note the patient's sex wherever it is told; pronouns count only where nothing else tells it."""
    writer = naming.writing.writer
    for passage in naming.told.passages:
        if passage.about("sex") and (match := _LABEL.match(passage.text)):
            naming.finding.add("patient.sex", _sex(match[1]), passage, match.start(1), match.end(1), "label")
        for match in _SPOKEN_OF.finditer(passage.text) if writer in ("professional", "relative") else ():
            _said(naming, _sex(match[1] or match[2]), passage, match)
        _titled(naming, passage)
    _relative(naming)
    if naming.finding.has("patient.sex"):
        return
    if writer in ("relative", "professional") and naming.told.patients == 1:
        _pronouns(naming)
    elif writer == "patient":
        _of_oneself(naming)


def _said(naming: Naming, value: str, passage: Passage, match: re.Match[str]) -> None:
    naming.finding.add("patient.sex", value, passage, match.start(), match.end(), "said of the patient")


def _titled(naming: Naming, passage: Passage) -> None:
    """ "Mrs. Alvarez", where that is the patient."""
    for match in _TITLED.finditer(passage.text):
        paths = ("patient.last_name", "patient.first_name")
        known = {str(each.value).lower() for path in paths for each in naming.finding.values(path)}
        following = passage.text[match.end() - 1 :].split()[:3]
        theirs = any(word.strip(".,?").lower() in known for word in following)
        if theirs and naming.writing.writer != "patient":
            _said(naming, "male" if match[1] == "Mr" else "female", passage, match)


def _relative(naming: Naming) -> None:
    """ "My son"."""
    relative = naming.writing.relative
    first = naming.told.passages[0] if naming.told.passages else None
    said = naming.writing.passage or first
    if relative is None or not relative.sex or said is None:
        return
    for word, each in people_words.RELATIVES.items():
        if each.sex != relative.sex or each.speaker_is != relative.speaker_is:
            continue
        if match := re.search(rf"\b{word}\b", said.text, re.I):
            _said(naming, relative.sex, said, match)
            return


def _pronouns(naming: Naming) -> None:
    """He or she, in sentences in which nobody else is named."""
    counts: dict[str, list[tuple[Passage, re.Match[str]]]] = {"male": [], "female": []}
    by_professional = naming.writing.writer == "professional"
    for passage in naming.told.passages:
        others = any(
            each.passage is passage and each.role in ("clinician", "relative")
            for each in naming.finding.mentions
        )
        asked_of_another = passage.about("referrer") and passage.zone == "answer"
        at_home = by_professional and _SOMEBODY_AT_HOME.search(passage.text)
        if others or asked_of_another or at_home or _SOMEBODY.search(passage.text):
            continue
        for match in _PRONOUN.finditer(passage.text):
            counts["male" if match[1] else "female"].append((passage, match))
    fewer, more = sorted((len(counts["male"]), len(counts["female"])))
    if more and fewer * 4 <= more:
        value = "male" if len(counts["male"]) == more else "female"
        passage, match = counts[value][0]
        less = 0.0 if fewer == 0 else 0.1
        naming.finding.add("patient.sex", value, passage, match.start(), match.end(), "follows from", less)


def _of_oneself(naming: Naming) -> None:
    for passage in naming.told.passages:
        if match := _OF_ONESELF.search(passage.text):
            value = _sex(match[1]) if match[1] else "male" if "prosta" in match[0].lower() else "female"
            _said(naming, value, passage, match)


def _sex(word: str) -> str:
    female = word.lower()[0] in "f" or word.lower() in ("woman", "girl", "lady", "mujer")
    return "female" if female else "male"
