"""Where somebody works: the clinic, school or agency said beside their name, or in the sentence before or behind. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from firstvisit.steps.intake.understanding.cast.said import Said, without_letters
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import names

_NAMED: Final = r"((?:(?:St|Mt|Ft)\.\s)?[A-Z0-9][\w'’&.-]*(?:\s(?:(?:of|the|&|and|for|at|in|de|del|la|el|los)\s)*[A-Z0-9][\w'’&-]*){0,6})"
_AT: Final = re.compile(rf"(?i:\b(?:at|with|from|of|out of|for|en|de|del)\s+(?:the |our |la |el )?){_NAMED}")
_BESIDE: Final = re.compile(rf"\s*[,(–-][\s.,]*(?:(?i:with|at|from|of|the|my|his|her)\s+)*{_NAMED}")
_WORKS: Final = re.compile(rf"\W*(?i:(?:and|so|yeah|yes|that's|it's|he's|she's|they're|he is|she is|he works|she works|over|out|at|with|from|of|in|the|a|an|my|his|her|surgeon|doctor|neurologist|pediatrician)[, ]+)*{_NAMED}")
_NO_HOUSE: Final = re.compile(r"(?i)\b(?:insurance|medicare|medicaid|health plan|hmo|ppo|mutual|casualty|street|avenue|road|drive|lane|monday|january|icd|pt|ot)\b|^(?:dr|doctor|mr|mrs|ms)\b")
_KNOWN_SHORT: Final = re.compile(r"(?:ENT|PCP|OB|GI|PM&R|Ortho|Neurology|Orthopedics|Cardiology|Pediatrics|Oncology|Urology|Podiatry|Internal Medicine|Family Medicine|Family Practice|Primary Care|Physical Therapy|Occupational Therapy|Speech Therapy)")
_FAR: Final = 110


def house_of(said: Said, passages: Sequence[Passage]) -> tuple[Passage, int, str] | None:
    """The passage, where it begins and the name of the house beside a name; None where none is said."""
    text = without_letters(said.passage.text)
    behind = text[said.end : said.end + _FAR]
    letters = re.match(rf"\s*,?\s*\(?{names.CREDENTIALS}\)?\.?(?=\W)", behind)
    shift = letters.end() if letters else 0
    behind = behind[shift:]
    stop = re.search(r"(?i)\b(?:dr|doctor|my (?:insurance|wife|husband|son|daughter|mom|dad))\b|;", behind)
    behind = behind[: stop.start()] if stop else behind
    for shape in (_AT, _BESIDE):
        for match in shape.finditer(behind) if shape is _AT else filter(None, [shape.match(behind)]):
            if house := _house(match[1], said.has("heals") and shape is _AT):
                return said.passage, said.end + shift + match.start(1), house
    before = text[max(0, said.start - _FAR) : said.start]
    for match in _AT.finditer(before):
        if (house := _house(match[1])) and not re.search(r"[.;]", before[match.end() :]):
            return said.passage, said.start - len(before) + match.start(1), house
    return _near(said, passages)


def _near(said: Said, passages: Sequence[Passage]) -> tuple[Passage, int, str] | None:
    """In the sentences right behind: "At Harbor Urgent Care.", "She's at ...", or in the one before: "The surgeon at ..." """
    n = said.sentence
    if re.search(r"[^\W\d_]{2,}", re.sub(r"(?i)\b(?:and|so|yeah|yes|it's|dr|doctor)\b", "", without_letters(said.passage.text)[said.end :])) and len(without_letters(said.passage.text)[said.end :].split()) > _FEW:
        return None
    for passage in passages[n + 1 : n + 3]:
        if passage.first:
            break
        if (match := _WORKS.match(without_letters(passage.text))) and (house := _house(match[1])):
            return passage, passage.text.find(house, match.start(1)), house
        if len(passage.text.split()) > _FEW:
            break
    for passage in passages[max(0, n - 2) : n]:
        for match in _AT.finditer(passage.text):
            if (house := _house(match[1])) and said.has("heals", "sends"):
                return passage, match.start(1), house
    return None


_FEW: Final = 4
"""Words up to which a sentence says nothing else."""


_MEDICAL: Final = re.compile(r"(?i)\b(?:\w+olog(?:y|ía|ico|ical)|\w*surgery|\w*surgical|instituto|cl[ií]nica|salud|centro|dental|dentistry|ear,? nose|rheumatol\w+|\w+iatry|\w+iatrics|midwi\w+|women's|children's|urgent|primary care|bone|joint|spine|sport|hospice|head start|police|fire)\b")


def _house(words: str, said_at: bool = False) -> str | None:
    """Words with capitals as the name of a house; None where they name something else. `said_at`: it was said that somebody
    who treats people is at it."""
    words = re.split(r"\s+(?:NPI|Phone|Fax|Tel|Ph|She|He|They|DOB|I|We|Dx|ICD|Dr)\b|\s+(?:and|for|at|in)\s+(?=(?:I|Dr)\b)", words)[0].strip(" .,'’")
    if not words or _NO_HOUSE.search(words) or _KNOWN_SHORT.fullmatch(words) or len(words.split()) < 2:
        return None
    if not (said_at or names.is_organization(words) or _MEDICAL.search(words)):
        return None
    return words
