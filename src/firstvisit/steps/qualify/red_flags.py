"""Words that cannot wait for intake. Pure.

The product gives no clinical advice: a red flag stops the score and puts the lead before a clinician at
once. Denied ("no chest pain"), past and cleared symptoms do not count. The list follows the intake
customs in the domain sheet, section 1.4; the approved lines that staff read stand in the practice's rules.
"""

from __future__ import annotations

import re
from typing import Final

RED_FLAGS: Final[dict[str, str]] = {
    "chest_pain": "Red flag: chest pain or breathlessness",
    "stroke_signs": "Red flag: face, arm or speech signs of a stroke",
    "cauda_equina": "Red flag: new loss of bladder or bowel control, or saddle numbness",
    "clot_signs": "Red flag: hot or swollen calf",
    "infection_signs": "Red flag: fever with a draining wound",
    "head_injury": "Red flag: head injury with worsening headache or vomiting",
    "tendon_rupture": "Red flag: sudden pop after a repair",
    "choking": "Red flag: choking, or feeding with weight loss",
    "suicidal": "Red flag: thoughts of suicide or self-harm",
    "abuse": "Red flag: abuse or violence",
}

_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    ("chest_pain", r"chest (?:pain|pressure|tightness|is tight|hurts)|pain in (?:my|his|her|the) chest"),
    ("chest_pain", r"can(?:'?t|not) breathe|short(?:ness)? of breath|trouble breathing|breathless"),
    ("chest_pain", r"dolor (?:de|en el) pecho|no puede respirar|falta de aire"),
    (
        "stroke_signs",
        r"face (?:is )?(?:droop|numb)\w*|(?:droop\w*|numb) face|slurr\w* (?:speech|words)|slurring",
    ),
    ("stroke_signs", r"sudden(?:ly)? (?:weak|numb)\w*|arm (?:suddenly )?went (?:weak|numb|limp)"),
    ("stroke_signs", r"(?:sudden|new) (?:arm|leg|facial) weakness"),
    (
        "cauda_equina",
        r"(?:los(?:t|ing|s of)|no) (?:control of )?(?:my |his |her |the )?(?:bladder|bowel)s?(?: control)?",
    ),
    ("cauda_equina", r"saddle (?:numbness|anesthesia)|numb (?:between|in) (?:my|his|her|the) (?:legs|groin)"),
    ("cauda_equina", r"(?:wet|wetting|soil\w*) (?:my|him|her)self (?:since|suddenly|and)"),
    (
        "clot_signs",
        r"(?:calf|leg) (?:is |are )?(?:hot|red|warm)[\w ,]{0,20}swollen|(?:hot|red|warm),? (?:and )?swollen (?:calf|leg)",
    ),
    (
        "clot_signs",
        r"swollen,? (?:and )?(?:hot|red|warm) (?:calf|leg)|calf (?:is )?(?:swollen|swelling)[\w ,]{0,20}(?:hot|red|warm)",
    ),
    (
        "infection_signs",
        r"(?:fever|chills)[^.;\n]{0,60}(?:wound|incision|drain|pus)|(?:wound|incision|pus|draining)[^.;\n]{0,60}(?:fever|chills)",
    ),
    (
        "head_injury",
        r"(?:headache|head)[^.;\n]{0,50}(?:worse|worsening)[^.;\n]{0,50}(?:vomit|throwing up|confus)",
    ),
    (
        "head_injury",
        r"(?:hit|injur\w*|bump\w*|fell on) (?:my |his |her |the )?head[^.;\n]{0,80}(?:vomit|throwing up|confus|worse)",
    ),
    (
        "tendon_rupture",
        r"(?:heard|felt) (?:a |something )?(?:sudden )?(?:pop|snap)[^.;\n]{0,60}(?:repair|surgery|tendon|finger|stitch)",
    ),
    (
        "tendon_rupture",
        r"(?:repair|surgery|tendon)[^.;\n]{0,60}(?:popped|snapped|felt (?:a )?pop|heard (?:a )?pop)",
    ),
    (
        "choking",
        r"chok(?:es|ed|ing)[^.;\n]{0,80}(?:weight|blue)|(?:los\w+ weight|weight loss)[^.;\n]{0,80}chok",
    ),
    ("choking", r"(?:turn\w*|went|goes) blue"),
    (
        "suicidal",
        r"suicid\w*|kill (?:my|him|her|them)sel\w+|(?:want|wants|wanted|going|wish\w*) to (?:die|be dead)",
    ),
    (
        "suicidal",
        r"end (?:my|his|her|their|it) (?:own )?(?:life|all)|hurt(?:ing)? (?:my|him|her|them)self|self[- ]?harm|no quier[eo] vivir",
    ),
    (
        "abuse",
        r"(?:hits|beats|hitting|beating|hurts|abus\w+|threaten\w*) (?:me|him|her|my (?:son|daughter|child|mother|father))\b",
    ),
    (
        "abuse",
        r"(?:being|is|was|been) abused|domestic violence|afraid (?:of my|to go home)|not safe at home|me pega",
    ),
)

_COMPILED: Final = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _PATTERNS)
_NO: Final = re.compile(
    r"\bno\b(?!\s+control)|\bnot\b|\bnever\b|\bdenie[sd]\b|\bdenying\b|\bwithout\b|\bnegative for\b|n't\b|"
    r"\bnor\b|\bsin\b|\bniega\b",
    re.IGNORECASE,
)
_REACH: Final = re.compile(r"[\w ,/'-]{0,45}")
"""How far a denial reaches over a list ("no fever, chills or chest pain")."""
_SAYS_MORE: Final = re.compile(
    r"^,\s*(?:i|he|she|we|they|it)\b|\b(?:now|today|since|because|ahora|hoy|desde)\b|"
    r"\b(?:and|y)\s+(?:i|he|she|we|they|it|has|have|had|is|are|was|then|tiene|"
    r"(?:keep|get|feel|turn|start|want)\w*|chokes|goes|went|felt|loses|lost|says|said)\b",
    re.IGNORECASE,
)
"""A denial ends where something new is said: "does not sleep and has chest pain"."""
_PAST: Final = re.compile(
    r"\b(?:years? ago|last year|months? ago|in (?:19|20)\d\d|as a child|history of|used to|cleared|ruled out|"
    r"was checked|resolved|went away|was fine|hace \w+ (?:a.os|meses))\b",
    re.IGNORECASE,
)
_NOW: Final = re.compile(
    r"\b(?:now|today|tonight|again|currently|yesterday|last night|this (?:morning|afternoon|evening|week)|"
    r"ahora|hoy|ayer)\b",
    re.IGNORECASE,
)
"""A clause that tells of the past and of now tells of now: better once too often before a clinician."""
_CLAUSE: Final = re.compile(r"[.;!?\n]|\bbut\b|\bpero\b", re.IGNORECASE)


def find(text: str) -> tuple[str, ...]:
    """Codes of the red flags stated as present in `text`, each once, in the order of the list."""
    text = text.replace("’", "'")
    found = {
        code
        for clause in _CLAUSE.split(text)
        for code, pattern in _COMPILED
        for hit in pattern.finditer(clause)
        if not _not_now(clause, hit)
    }
    return tuple(code for code in RED_FLAGS if code in found)


def _not_now(clause: str, hit: re.Match[str]) -> bool:
    """Denied just before it, or the clause tells of the past alone."""
    return _denied(clause[: hit.start()], hit.group()) or bool(
        _PAST.search(clause) and not _NOW.search(clause)
    )


def _denied(before: str, hit: str) -> bool:
    """Whether the last denial before a hit reaches it and nothing new was said in between."""
    denial = next(reversed(list(_NO.finditer(before))), None)
    if denial is None:
        return False
    between = before[denial.end() :]
    return bool(_REACH.fullmatch(between)) and not _SAYS_MORE.search(between + hit)
