"""Words for relatives, roles and languages, and what they tell of whoever is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.intake.understanding.values.span import Span


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative of the one who speaks: what that one is to them, and whether the word tells their sex or that they
    are a child."""

    word: str
    speaker_is: str | None
    sex: str | None = None
    child: bool = False


_RELATIVES: Final = {
    "son|boy|hijo|stepson|little boy|little guy|baby boy": ("parent", "male", True),
    "daughter|girl|hija|stepdaughter|little girl|baby girl": ("parent", "female", True),
    "child|kid|kiddo|little one|little man|little lady|toddler|baby|infant|bebé|bebe|niño|teen|teenager|oldest|youngest|twins?": ("parent", None, True),
    "niña": ("parent", "female", True),
    "mother|mom|mum|mama|mamá|madre|mommy": ("child", "female", False),
    "father|dad|papa|papá|padre|daddy": ("child", "male", False),
    "mother-in-law|mother in law|suegra": (None, "female", False),
    "father-in-law|father in law|suegro": (None, "male", False),
    "parents": ("child", None, False),
    "husband|esposo|marido|hubby": ("spouse", "male", False),
    "wife|esposa|mujer": ("spouse", "female", False),
    "spouse": ("spouse", None, False),
    "partner|fiance|fiancé|fiancee|fiancée": ("partner", None, False),
    "brother-in-law|brother in law|cuñado": (None, "male", False),
    "sister-in-law|sister in law|cuñada": (None, "female", False),
    "son-in-law|son in law|yerno": (None, "male", False),
    "daughter-in-law|daughter in law|nuera": (None, "female", False),
    "stepfather|stepdad": (None, "male", False),
    "stepmother|stepmom": (None, "female", False),
    "boyfriend|novio": ("partner", "male", False),
    "girlfriend|novia": ("partner", "female", False),
    "cousin|primo|prima": (None, None, False),
    "grandson|nieto": ("grandparent", "male", True),
    "granddaughter|nieta": ("grandparent", "female", True),
    "grandchild|grandbaby": ("grandparent", None, True),
    "grandmother|grandma|abuelita|abuela|nana|granny": ("grandchild", "female", False),
    "grandfather|grandpa|abuelito|abuelo|granddad": ("grandchild", "male", False),
    "brother|hermano": ("sibling", "male", False),
    "sister|hermana": ("sibling", "female", False),
    "aunt|auntie|tía": ("niece or nephew", "female", False),
    "uncle|tío": ("niece or nephew", "male", False),
    "nephew|sobrino": ("aunt or uncle", "male", True),
    "niece|sobrina": ("aunt or uncle", "female", True),
    "foster son": ("foster parent", "male", True),
    "foster daughter": ("foster parent", "female", True),
    "foster child|foster kid": ("foster parent", None, True),
    "friend|neighbor|neighbour|roommate|amigo|amiga": ("friend", None, False),
    "ward": ("guardian", None, False),
}
RELATIVES: Final = {
    word: Relative(word, speaker_is, sex, child)
    for words, (speaker_is, sex, child) in _RELATIVES.items()
    for word in words.replace("twins?", "twins|twin").split("|")
}
RELATIVE: Final = "|".join(sorted(RELATIVES, key=len, reverse=True))
MY_RELATIVE: Final = re.compile(
    rf"\b(?:my|our|mi|nuestr[oa]|her|his|the)\s+(?:\w+[- ]year[- ]old\s+|\w+[- ]month[- ]old\s+|\d+\s*(?:yo|y/o|yr old)\s+|"
    rf"(?:older|younger|oldest|youngest|little|elderly|dear|foster|late|other|middle|adult|only|own|sweet|teenage|new|step)\s+)*({RELATIVE})\b(?!['’]s\b(?! (?:been|got|had|having|going|getting|just|now|turning|about|had|never|still|always|not|\d)))",
    re.IGNORECASE,
)
OWN_WORDS: Final = {
    "mother": "mother|mom|mum|mama|mamá|madre|mommy",
    "father": "father|dad|papá|padre|daddy",
    "parent": "parent|padre o madre",
    "grandmother": "grandmother|grandma|abuelita|abuela|nana|granny",
    "grandfather": "grandfather|grandpa|abuelito|abuelo|grandad|granddad",
    "grandparent": "grandparent",
    "spouse": "wife|husband|spouse|esposa|esposo",
    "partner": "partner|fiancée?|girlfriend|boyfriend",
    "child": "son|daughter|hija|hijo|adult child",
    "granddaughter": "granddaughter|nieta",
    "grandson": "grandson|nieto",
    "daughter-in-law": "daughter-in-law|daughter in law|nuera",
    "son-in-law": "son-in-law|son in law|yerno",
    "sibling": "sister|brother|hermana|hermano|sibling",
    "foster mother": "foster (?:mother|mom)",
    "foster father": "foster (?:father|dad)",
    "foster parent": "foster parent",
    "stepparent": "step-?(?:mother|mom|father|dad|parent)",
    "guardian": "legal guardian|guardian|tutora?",
    "aunt": "aunt|auntie|tía",
    "uncle": "uncle|tío",
    "niece": "niece|sobrina",
    "nephew": "nephew|sobrino",
    "friend": "friend|neighbou?r",
    "caregiver": "caregiver|caretaker|aide|cuidadora?",
    "power of attorney": "power of attorney|poa|health ?care proxy|proxy",
}
"""What somebody may call themselves toward the patient, most specific forms first where they overlap."""
OWN_WORD: Final = "|".join(OWN_WORDS.values())


def own_relationship(word: str) -> str | None:
    """ "mom" is mother: the record's word for what somebody is to the patient."""
    return next((name for name, words in OWN_WORDS.items() if re.fullmatch(words, word.strip(), re.IGNORECASE)), None)


ROLES: Final = (
    ("case_manager", r"case manager|claims? adjuster|adjuster|nurse case|rehab(?:ilitation)? counselor|utilization|comp services|care manager|TCM"),
    ("hospital", r"discharge planner|discharge coordinator|hospital(?:ist)?\b|inpatient|regional medical|skilled nursing|acute care|transitional care"),
    ("social_worker", r"social worker|L[CIM]+SW\b|MSW\b"),
    ("school", r"special ed\w*|school psychologist|school counselor|teacher|principal|school nurse|elementary|middle school|"
               r"high school|academy|\bISD\b|school district|preschool|charter school|montessori|IEP coordinator|\bARD\b"),
    ("slp", r"speech(?:-language)? (?:pathologist|therapist)|\bSLP\b|CCC-SLP"),
    ("pt", r"physical therapist|\bDPT\b|\bPT\b"),
    ("physician", r"\bM\.?D\b\.?|\bD\.?O\b\.?|\bDPM\b|\b[A-Z]{0,3}NP\b|\bPA-?C?\b|\bAPRN\b|\bFNP\S*|\bCNP\b|nurse practitioner|physician assistant|physician|"
                  r"surgeon|pediatrician|neurologist|orthopedist|podiatrist|primary care|\bPCP\b|family doctor|rheumatologist|"
                  r"physiatrist|oncologist|\bENT\b|gastroenterologist|cardiologist|medical assistant|doctor"),
)  # fmt: skip


def role_of(words: str) -> str | None:
    """The record's role of a referrer from their title, credentials or organization, None where these do not tell."""
    return next((role for role, shape in ROLES if re.search(shape, words, 0 if role in ("pt",) else re.IGNORECASE)), None)


_LANGUAGE: Final = re.compile(rf"\b({'|'.join(LANGUAGES)}|ASL|español|vietnamita)\b")
_LANGUAGE_SAID: Final = re.compile(
    r"(?:speak|spoke|language|interpreter|translat|habla|idioma|lengua|intérprete|-speaking|only|preferred|mother tongue)", re.IGNORECASE
)
_IN_SPANISH: Final = re.compile(
    r"\b(?:hola|gracias|por favor|habla|hablo|hijo|hija|necesita|necesito|terapia|buenos|buenas|tengo|tiene|niño|niña|"
    r"cita|soy|llamo|nombre|también|porque|seguro|doctor dice|mi mamá|años|teléfono|señora?|señorita|disculpe|número|nació|nací|fecha|vivimos|usted|está|estoy|quiero|quisiera|mañana|tarde|semana|los|las|del|una|muy|pero|cómo|qué|dónde|cuándo)\b", re.IGNORECASE
)  # fmt: skip


def is_spanish(text: str) -> bool:
    """Whether a text is mostly Spanish, or so much that numbers in it may be."""
    return len({match[0].lower() for match in _IN_SPANISH.finditer(text)}) >= 3


_IN_ENGLISH: Final = re.compile(r"\b(?:the|is|my|and|for|we|he|she|it's|i'm|you|of|with|can|at|but|this)\b", re.IGNORECASE)


def is_english(text: str) -> bool:
    """Whether English words stand in a sentence of a talk that is otherwise Spanish."""
    return len({match[0].lower() for match in _IN_ENGLISH.finditer(text)}) >= 2


_IN_PORTUGUESE: Final = re.compile(r"\b(?:não|você|obrigad[oa]|meu|minha|olá|bom dia|boa tarde)\b|ção\b|ções\b", re.IGNORECASE)


def is_mostly_spanish(text: str) -> bool:
    """Whether a whole talk is held in Spanish, with at most some English words in it."""
    spanish = is_spanish(text) and _IN_PORTUGUESE.search(text) is None
    return spanish and len(_IN_SPANISH.findall(text)) > 2 * len(_IN_ENGLISH.findall(text))


def languages(text: str) -> list[Span[str]]:
    """Languages that are named as somebody's, English left out: it is what we speak unless told otherwise."""
    found = []
    for match in _LANGUAGE.finditer(text):
        around = text[max(0, match.start() - 40) : match.end() + 40]
        name = {"ASL": "American Sign Language", "español": "Spanish", "vietnamita": "Vietnamese"}.get(match[1], match[1])
        if name != "English" and _LANGUAGE_SAID.search(around):
            found.append(Span(match.start(), match.end(), name))
    return found
