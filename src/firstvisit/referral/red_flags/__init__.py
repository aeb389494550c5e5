"""Words that cannot wait for intake. Pure.

The product gives no clinical advice: a red flag stops the score and puts the lead before a clinician at
once. Denied ("no chest pain"), past and cleared symptoms do not count; where the words leave a doubt they
do, for once too often before a clinician harms nobody. The signs follow the intake customs in the domain
sheet, section 1.4 (`signs.toml`); what takes a sign back stands in `said.toml`. The approved lines that
staff read stand in the practice's rules.
"""

from __future__ import annotations

from typing import Final

from firstvisit.referral.red_flags import signs
from firstvisit.referral.red_flags.lists import unmarked, without_history, without_unmarked
from firstvisit.referral.red_flags.statements import Statement, statements
from firstvisit.referral.red_flags.supposed import is_condition
from firstvisit.referral.wordings import Wordings

__all__ = ["RED_FLAGS", "STAFF_ONLY", "answered", "find", "named", "told_to_call", "unmarked"]

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
    "fall_injury": "Red flag: a fall just now, and cannot stand or walk",
    "emergency": "Red flag: told to call 911, or has called",
    "danger": "Red flag: danger of another kind",
}

STAFF_ONLY: Final = frozenset({"abuse", "danger"})
"""What no page and no message answers with a word of its own: whoever hurts somebody may be the one who reads it."""

_APOSTROPHES: Final = str.maketrans("’‘´`ʼ", "'''''")
"""What people and phones write for one."""
_LETTERS: Final = _APOSTROPHES | str.maketrans("ſıİ", "sii")
"""And the letters that are small ones to a pattern for any capitals, and not to Python."""
_WORDS: Final = Wordings(__file__, "said.toml")
_ASKING: Final = _WORDS.any_of("asked.asking", r"^\s*(?:%s\b[, ]*)+")
_AFFIRMS: Final = _WORDS.any_of("asked.affirms", r"\s*(?:\[?x\]?\s*)?%s\b(?! (?:no|none|not|ma'?am no))")


def named(text: str) -> tuple[str, ...]:
    """Codes of the red flags that `text` names by our own words for them, as a reading says why it escalates."""
    return tuple(code for code, words in RED_FLAGS.items() if words in text)


def find(text: str) -> tuple[str, ...]:
    """Codes of the red flags stated as present in `text`, each once, in the order of the list."""
    text = without_unmarked(without_history(text.translate(_LETTERS).lower()))
    said = statements(text)
    found: set[str] = set()
    for n, each in enumerate(said):
        words, following = each.words, said[n + 1].words if n + 1 < len(said) else ""
        for flag, sign in signs.alone():
            if flag not in found and any(each.says(flag, hit, following) for hit in sign.finditer(words)):
                found.add(flag)
    for flag, spans in signs.together(text):
        if flag not in found and _stated(flag, spans, said, text):
            found.add(flag)
    return tuple(flag for flag in RED_FLAGS if flag in found)


def answered(question: str, answer: str) -> tuple[str, ...]:
    """Red flags that were asked for and are answered with yes."""
    return find(_ASKING.sub("", question)) if _AFFIRMS.match(answer) else ()


def told_to_call(words: str) -> bool:
    """Whether whoever answered sent the caller to 911 or an emergency room; "if this is an emergency" sends nobody."""
    words = words.translate(_APOSTROPHES)
    return any(not is_condition(words[: hit.start()]) for hit in signs.TOLD_TO_CALL.finditer(words))


def _stated(flag: str, spans: signs.Places, said: list[Statement], text: str) -> bool:
    """Whether every one of the signs is stated of now; handled long ago or by somebody else, none is."""
    if signs.is_handled(flag, text, min(s.start() for s in spans), max(s.end() for s in spans)):
        return False
    for span in spans:
        at = next(n for n, each in enumerate(said) if span.start() <= each.end and span.end() >= each.start)
        following = said[at + 1].words if at + 1 < len(said) else ""
        if not said[at].says(flag, span, following, said[at].start):
            return False
    return True
