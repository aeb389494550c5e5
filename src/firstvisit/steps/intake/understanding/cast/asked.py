"""Whose name a question of ours asks for. Pure."""

from __future__ import annotations

import re
from typing import Final, Literal

from firstvisit.steps.intake.understanding.cast.words import CASES, HEALERS
from firstvisit.steps.intake.understanding.passages import sentences
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVE

Whose = Literal["patient", "own", "name", "doctor", "contact"]

_KIN: Final = rf"(?:{RELATIVE}|{CASES}|kiddo|loved one|su (?:hij[oa]|mam[aá]|pap[aá]|espos[oa]))"
_NAME: Final = r"(?:full |first |last |legal |whole |first and last |good )*names?"
_SHAPES: Final[tuple[tuple[Whose, re.Pattern[str]], ...]] = (
    ("doctor", re.compile(rf"(?i)\b(?:dra?|doctora?)\b\.? [A-Z][\w'’-]+['’]s {_NAME}|\b(?:{HEALERS})['’]s {_NAME}")),
    ("own", re.compile(r"(?i)\bwho(?:'s| is| am| are)? (?:calling|this\b|i (?:talking|speaking)|you\b|on the line)|whom? (?:am|do) i|may i ask who|who do i have|speaking (?:to|with)|you['’]?re (?:who|calling from)|con qui[eé]n|qui[eé]n (?:habla|llama)|de parte de|y usted\b|c[oó]mo se llama usted|^\W*(?:and |okay,? )?(?:you are|yours|yourself|you|and yours|and you|y el suyo|y usted)\W*$")),
    ("own", re.compile(rf"(?i)\byour (?:own )?{_NAME}\b(?! of)|\b(?:and |what(?:'s| is) )?yours\b(?! \w+ )|\band you(?:'re| are)?(?:,? (?:ma'am|sir|mom|dad|the \w+|her \w+|his \w+))?\W*$|\bsu nombre\b|your (?:name|full name)|you(?:['’]re| are)(?: the| his| her| their)? (?:{OWN_WORD}|parent|guardian)\b|\byour relationship|how are you related|(?:first|last) name(?:,? (?:sir|ma'am))?\?.*\byour")),
    ("doctor", re.compile(rf"(?i)\b(?:who(?:'s| is| was|se|m)?|which|what(?:'s| is)?|name of|the|your|his|her|their|a)\b[^?.]{{0,40}}\b(?:{HEALERS}|referr\w+|order(?:ed|ing|s)?|prescrib\w+|sent|sending|operated)\b|^(?:and )?(?:the )?(?:doctor|surgeon|physician|provider|pcp|pediatrician)\W*$|qui[eé]n (?:lo|la) (?:mand|refir)")),
    ("contact", re.compile(r"(?i)\bwho (?:should|do|would|can|will|shall|are) (?:we|i) (?:to )?(?:call|contact|reach|schedul\w*|talk|speak|coordinate|get|set)|who(?:'s| is) (?:the )?(?:best )?(?:contact|person|point|one (?:to|who)|going to (?:bring|schedul))|emergency contact|(?:parent|family|guardian|caregiver)(?:['’]s)? (?:contact|name|info)|for the family|parents?\?|contact (?:person|name)|who (?:handles|makes|does) (?:the )?(?:sched|appoint)|(?:to|for) schedul\w+\?")),
    ("patient", re.compile(rf"(?i)\b(?:his|her|their|the (?:{_KIN})['’]?s?|(?:{_KIN})['’]s|your (?:\w+ )?(?:{_KIN})['’]s|[A-Z]\w+['’]s) {_NAME}\b|\b(?:name of|name for|name on) (?:the |your )?(?:{_KIN}|referral|order|chart)|who(?:'s| is| are| am| would| will)?(?: the| we| i| it| this| that| be| you)* ?(?:{CASES}|for|seeing|scheduling|coming|about|appointment|booking|we see\w*)\b|\bwhat(?:'s| is) (?:he|she|the \w+) called|who(?:'s| is) (?:it|this|that|the \w+) for|^\W*(?:and )?(?:his|hers?|theirs|the patient|patient|the (?:{CASES}))['’]?s?(?:,? please)?\W*$|spell (?:his|her|their|the (?:{CASES}))|c[oó]mo se llama (?:el|la|su)|para qui[eé]n|nombre de(?:l| la| su)|tell me about (?:him|her|the)|for (?:the )?(?:{CASES})\?")),
    ("name", re.compile(rf"(?i)\b{_NAME}\b|\bnombre|c[oó]mo se llama|who(?:'s| is) (?:it|this)\b|and (?:you|we) have")),
)  # fmt: skip


def whose_name(question: str) -> Whose | None:
    """Whose name a question asks for, by its last sentence that asks for one; "name" where it does not say whose."""
    for _, sentence in reversed(sentences(question)):
        for whose, shape in _SHAPES:
            if shape.search(sentence):
                return whose
    return None


def asks_last(question: str) -> bool:
    """Whether it asks for a last name alone."""
    return bool(re.search(r"(?i)\b(?:last name|surname|family name|apellido)", question)) and not re.search(r"(?i)\bfirst\b", question)
