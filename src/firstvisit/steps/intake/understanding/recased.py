"""Capitals for a text that has none: speech-to-text and people in a hurry leave them out. Same length, so places hold. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from firstvisit.reference.names import given_names, surnames
from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.intake.understanding.values import names, payers
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE

_STOP: Final = (
    r"(?:and|or|but|i|i'm|im|is|was|he|she|they|we|it|my|his|her|their|our|the|a|an|to|for|from|at|in|on|of|with|who|that|this|calling|has|had|have|"
    r"needs?|wants?|said|says|told|about|um|uh|so|just|will|can|please|dob|date|born|phone|number|here|there|as|by|not|no|yes|because|if|when|after|before|"
    r"d\.?o\.?b|again|looking|trying|mom|dad|mother|father|i've|we're|he's|she's|it's|also|now|over|up|out|m\.?d|sorry|okay|ok|right|like|well|then|back|age|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|recommended|referred|wrote|gave|sent|suggested|thinks|ordered|does|did|office|clinic|team|practice|speaking|calling|got|is|are|ext|extension|ma'am|sir)"
)
_WORD: Final = rf"(?!{_STOP}\b)[a-zà-ÿ][a-zà-ÿ'’-]+"
_NAMES: Final = rf"((?:{_WORD})(?: (?:de la |de |van |von )?(?:{_WORD}))?)"
_CUES: Final = re.compile(
    rf"\b(?:(?:my |full )?name(?:'?s)?(?: is)?|this message is from|this is|(?:first|last|full) name(?: is)?|me llamo|soy|doctor|dr\.?|nurse|(?:my|our|mi) (?:\w+ )?(?:{RELATIVE})(?:'s name is)?|"
    rf"patient(?:'s name)?(?: is|:)?|(?:mr|mrs|ms|miss)\.?|student(?: is|:)?|named|called|claimant(?: is|:)?|name)[:,]? (?:is |uh |um |named |doctor |dr\.? )?{_NAMES}",
    re.IGNORECASE,
)
_ITS: Final = re.compile(rf"\b(?:i'?m|i am|it'?s|for|about|hi|hey|hello|thanks|and|is|with|mom|dad|she's|he's)[,.]? {_NAMES}", re.IGNORECASE)
"""What often stands before a name and as often before another word: a name only by the lists of names."""
_PLACE: Final = re.compile(
    r"\b(?:at|with|from|of|out of|over at)\s+(?:the\s+)?((?:[a-z][a-z'’&-]+\s){1,3}?(?:orthopa?edics?|ortho|pediatrics|neurology|clinic|hospital|medical(?: center)?|center|medicine|associates|family (?:medicine|practice|health)|spine|rehab|"
    r"elementary|school|health|surgery|podiatry|physicians|specialists|care|institute|hand(?: center)?|ent|urology|rheumatology|oncology|cardiology))\b"
)
_CITY: Final = re.compile(r"\b(?:live in|lives in|we're in|i'm in|located in|from)\s+([a-z]{3,}(?: (?!\b(?:and|my|our|his|her|the|um|zip)\b)[a-z]{3,})?)(?=,? \d{5}|,? (?:zip|and|um|uh|my|our)\b|[,.]|$)")
_LETTERS: Final = re.compile(r"(?<![\w'’])[a-z](?:[ ,.-]+(?:double )?[a-z](?![\w'’])){2,}")
_CARD: Final = re.compile(r"\b(?!(?:and|the|zip|cell|ext|apt|for|was|box|top|age|his|her|our|call|home|text|room|over|than|last|next|past|is|at|in|to|of|on|no|my|or|by|am|pm|id|es|de|el)\b)[a-z]{1,4}(?=[ -]?\d[\d ]{6,})")
_SHORT: Final = re.compile(r"\b(?:pt|ot|slp|otr|np|md|pa|rn|hmo|ppo|epo|npi|icd|dx|dob|iep|mri|acl|tbi|ms|tmj|bppv|er|ct|va|i|i'm|i've|i'd|[po] t|s l p)\b")


def is_bare(text: str) -> bool:
    """Whether a text is written without capitals: hardly one letter in a hundred is one."""
    letters = sum(map(str.isalpha, text))
    return letters > 20 and sum(map(str.isupper, text)) * 40 < letters


def recased(text: str) -> str:
    """`text` with capitals where words before and after show names, abbreviations, insurers and organizations; a text that
    has its capitals stays as it is. Every character keeps its place."""
    return with_capitals(text) if is_bare(text) else text


def with_capitals(text: str) -> str:
    """As `recased`, for a piece of a text that is known to have none of its own."""
    letters = list(text)

    def lift(start: int, end: int) -> None:
        for match in re.finditer(r"(?<![\w'’])[^\W\d_]", text[start:end]):
            at = start + match.start()
            if not re.match(r"(?:of|the|and|for|at|de|la|del|uh|um)\b", text[at:]):
                letters[at] = text[at].upper()

    for shape in (_CUES, _PLACE, _CITY):
        for match in shape.finditer(text):
            lift(match.start(1), match.end(1))
    for match in _ITS.finditer(text):
        words = match[1].split()
        if words[0] in _firsts() and words[0] not in _COMMON:
            lift(match.start(1), match.end(1) if len(words) > 1 and words[1] in surnames() and words[1] not in _COMMON else match.start(1) + len(words[0]))
    for match in payers.known_in(text):
        if re.fullmatch(r"bcbs|uhc|umr|geha", match[0].split()[0], re.I):
            letters[match.start() : match.start() + len(match[0].split()[0])] = match[0].split()[0].upper()
            lift(match.start() + len(match[0].split()[0]), match.end())
        else:
            lift(match.start(), match.end())
    for match in re.finditer(rf"\b(?:{'|'.join(LANGUAGES)})\b", text, re.IGNORECASE):
        lift(match.start(), match.end())
    for match in _CARD.finditer(text):
        letters[match.start() : match.end()] = match[0].upper()
    for match in (*_LETTERS.finditer(text), *_SHORT.finditer(text)):
        for at in range(match.start(), match.end()):
            letters[at] = text[at] if _within(text, at, "double") else text[at].upper()
        if match.re is _SHORT and "'" in match[0]:
            letters[match.start() + 1 : match.end()] = text[match.start() + 1 : match.end()]
    for match in _LETTERS.finditer(text):
        spelled = re.sub(r"[^a-z]", "", match[0].replace("double", ""))
        before = list(re.finditer(r"[a-z][a-z'’-]+", text[max(0, match.start() - 40) : match.start()]))
        for n, word in enumerate(before):
            if SequenceMatcher(None, word[0], spelled).ratio() > _ALIKE:
                at = max(0, match.start() - 40)
                lift(at + word.start(), at + word.end())
                if n and before[n - 1][0] in _firsts() and before[n - 1][0] not in _COMMON:
                    lift(at + before[n - 1].start(), at + before[n - 1].end())
    for match in re.finditer(r"\b([a-z]{3,}) ([a-z]{3,})\b", text):
        if match[1] in _firsts() and match[2] in surnames() and match[1] not in _COMMON and match[2] not in _COMMON:
            lift(match.start(), match.end())
    return "".join(letters)


_ALIKE: Final = 0.8
_COMMON: Final = frozenset("will may mark grace hope faith joy art bill rose june april august summer dawn drew frank pat rob sue ray long young day love hill may rice price white black brown green case best page".split())


@cache
def _firsts() -> frozenset[str]:
    return frozenset(name for name in given_names() if names.is_name(name.title()))


def _within(text: str, at: int, word: str) -> bool:
    start = text.rfind(word, max(0, at - len(word) + 1), at + len(word))
    return start >= 0 and start <= at < start + len(word)
