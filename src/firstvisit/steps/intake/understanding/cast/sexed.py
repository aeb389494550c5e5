"""The patient's sex by how a talk speaks of them: a word for them, a title, he or she, also in our own questions. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from firstvisit.steps.intake.understanding.cast.persons import Person
from firstvisit.steps.intake.understanding.cast.words import HEALERS, OFFICIALS
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.parties import Mention
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVES

_MALE: Final = r"(?:boy|gentleman|man|guy|fellow|fella|male|mr|mister|señor|sir|husband|son|father|dad|niño|little (?:guy|man|boy|fella))"
_FEMALE: Final = r"(?:girl|lady|woman|female|mrs|ms|miss|missus|señora|señorita|ma'am|ma’am|wife|daughter|mother|mom|niña|little (?:lady|girl))"
_PRONOUN: Final = re.compile(r"(?i)(?<![\w'’])(?:(he|him|his|himself|he['’](?:s|d|ll)|él)|(she|her|hers|herself|she['’](?:s|d|ll)|ella))(?![\w'’])")
_SOMEBODY_ELSE: Final = re.compile(rf"(?i)\b(?:{HEALERS}|{OFFICIALS})\b")
_ABOUT_THEM: Final = re.compile(r"(?i)\b(he|his|him|she|her|hers)\b[^?]*\b(?:name|birth\w*|born|old|age|insurance|number|phone|live|doctor|address|doing|need|walk\w*|talk\w*)\b|\b(?:is|does|has|can|was|how old is|when was) (he|she)\b")
_SPOKEN_OF: Final = re.compile(r"(?i)\b(?:\d+|\w+)[- ](?:year|month)s?[- ]old (?:(?:right|left)[- ]handed )?(girl|boy|woman|man|female|male|gentleman|lady)\b|\b(?:an?|the|this|elderly|young|nice) (?:\w+ )?(?:gentleman|lady)\b|,\s*(female|male)\b\s*(?:,|\d|\)|$|;|date|born)")
_ENOUGH: Final = 4
"""How many times as many signs of one as of the other make it plain."""


def sex(finding: Finding, patient: Person | None) -> None:
    """Note the sex of the one patient of a talk."""
    writing = finding.writing
    if writing.writer == "organization" or not finding.told.passages:
        return
    told = _by_words(finding, patient)
    if told:
        finding.add("patient.sex", told, finding.told.passages[0] if writing.passage is None else writing.passage, 0, 0, "said of the patient")
        return
    counts = Counter(_addressed(finding)) if writing.writer == "patient" else _pronouns(finding)
    male, female = counts["male"], counts["female"]
    if max(male, female) and max(male, female) >= _ENOUGH * min(male, female):
        less = 0.0 if not min(male, female) else 0.03
        finding.add("patient.sex", "male" if male > female else "female", finding.told.passages[0], 0, 0, "follows from", less)


def _by_words(finding: Finding, patient: Person | None) -> str | None:
    """A word or title for the patient."""
    writing = finding.writing
    if writing.writer == "relative" and writing.relative is not None and writing.relative.sex:
        return writing.relative.sex
    words = [each.titled for each in patient.said if each.titled] if patient else []
    words += [clue.word for each in patient.said for clue in each.clues if clue.kind in ("my kin", "case", "kin of") and clue.word and clue.kind != "kin of"] if patient else []
    if writing.writer == "professional":
        words += [match[1] or match[2] or match[0].split()[-1] for passage in finding.told.passages for match in _SPOKEN_OF.finditer(passage.text)][:1]
    for word in words:
        if re.fullmatch(_MALE, word, re.I) or (word in RELATIVES and RELATIVES[word].sex == "male"):
            return "male"
        if re.fullmatch(_FEMALE, word, re.I) or (word in RELATIVES and RELATIVES[word].sex == "female"):
            return "female"
    return None


def _pronouns(finding: Finding) -> Counter[str]:
    """He or she in sentences that name nobody else, and in our questions about the patient."""
    counts: Counter[str] = Counter()
    others: list[Mention] = [each for each in finding.mentions if each.role in ("clinician", "relative")]
    for passage in finding.told.passages:
        asked = _ABOUT_THEM.search(passage.question) if passage.first and not passage.about("referrer") else None
        if asked:
            counts["male" if (asked[1] or asked[2]).lower().startswith("h") and (asked[1] or asked[2]).lower() not in ("her", "hers") else "female"] += 2
        if any(each.passage.start == passage.start for each in others) or _SOMEBODY_ELSE.search(passage.text) or (passage.about("referrer") and passage.zone == "answer"):
            continue
        if finding.writing.writer == "professional" and re.search(rf"(?i)\b(?:{OWN_WORD}|caregiver)\b", passage.text):
            continue
        for match in _PRONOUN.finditer(passage.text):
            counts["male" if match[1] else "female"] += 1
    return counts


def _addressed(finding: Finding) -> list[str]:
    """How we speak to a caller who is the patient, and what only one of both can say of themselves."""
    signs = [*(("male") for _ in re.findall(r"(?i)\bsir\b|\bmr\.? [A-Z]|\bseñor\b|\bdon (?-i:[A-Z])", finding.told.agent)), *(("female") for _ in re.findall(r"(?i)\bma['’]am\b|\bm(?:rs|s|iss)\.? (?-i:[A-Z])|\bseñora\b|\bseñorita\b|\bdoña\b", finding.told.agent))]
    words = finding.told.words
    if re.search(r"(?i)\bI(?:'m| am| was)? (?:just )?(?:had a baby|gave birth|\d+ weeks pregnant|pregnant|breastfeeding|post-?partum)|\bmy (?:c-section|hysterectomy|pregnancy|husband)\b|\bI am a (?:woman|female)\b|\bmastectomy\b", words):
        signs.append("female")
    if re.search(r"(?i)\bmy prosta\w+\b|\bI am a (?:man|male)\b", words):
        signs.append("male")
    return signs
