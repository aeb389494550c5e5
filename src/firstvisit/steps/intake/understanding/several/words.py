"""The words of `words.toml` as patterns. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from firstvisit.steps.intake.understanding.values.people_words import RELATIVE


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def any_of(name: str) -> str:
    """One pattern for every word of a list, longer words first."""
    return "(?:" + "|".join(sorted(_lists()[name], key=len, reverse=True)) + ")"


_MINE: Final = r"(?:my|our|his|her|mi)(?: (?:little|big|older|younger|baby|twin|other))?"
SEVERAL: Final = (
    re.compile(rf"(?i)\b{any_of('many')} (?:{any_of('kind')} ){{0,2}}{any_of('people')}\b"),
    re.compile(rf"(?i)\b{any_of('together')}\b"),
    re.compile(rf"(?i)\b{any_of('first')}(?: one| up| patient)?(?: is|'s|,|:| my| our)|\bsecond(?: one|ly)?(?: is|'s|,|:| my| our)|\bnext (?:one|is|patient)|\bfirst\?"),
    re.compile(r"(?i)\bthe other (?:one|boy|girl|kid|guy|gentleman|lady|patient|resident|twin|man|woman)\b|\bthe (?:older|younger|oldest|youngest)(?: one)?\b|\bthe second\b"),
    re.compile(rf"(?i)\b{_MINE} (?:{RELATIVE})(?: [A-Z]\w+)?,? (?:and|y)(?: also)? (?:for )?{_MINE} (?:{RELATIVE})\b|\b(?:and|also) {_MINE} (?:{RELATIVE}|twin)\b(?: too| as well| both|'s|,| is| named)"),
    re.compile(rf"(?i)\b{_MINE} (?:{RELATIVE}) and (?:I|me)\b|\bme and {_MINE} (?:{RELATIVE})\b"),
    re.compile(r"\b(?:ME|Me|Myself|HIM|Him|HER|Her|MINE|HIS|HERS)\s?[-–:]"),
)
"""Ways to say that there is more than one."""
OF_US: Final = re.compile(rf"(?i)\b(?:both|two|either one|each) of us\b|\bwe both\b|\b(?:me|myself) and {_MINE} (?:{RELATIVE})\b|\b{_MINE} (?:{RELATIVE}) and (?:I|me|myself)\b|(?-i:\bM(?:E|e)\s?[-–:])")
"""Words by which whoever calls or writes is one of the patients."""
JUST_TWO: Final = re.compile(r"(?i)\b(?:two|both|twins?|couple|pair|2) |\bboth\b|\btwins\b")
MORE: Final = re.compile(r"(?i)\b(?:three|four|five|triplets|third|[345]) (?:\w+ ){0,2}(?:kids|children|boys|girls|patients|referrals|residents|people|men|for you|of)\b|\bthird\b|\btriplets\b")
FIRST: Final = re.compile(rf"(?i)\b(?:the |my |our )?{any_of('first')}\b")
LATER: Final = re.compile(rf"(?i)\b(?:the |my |our |and )?{any_of('later')}\b(?: (?:one|up|boy|girl|kid|guy|man|lady|gentleman|patient|resident|twin|son|daughter|child|name|referral)\b|['’]s\b|\W)")
INTRODUCES: Final = any_of("introduces")
NOT_TO_BE_SEEN: Final = re.compile(rf"(?i)\b{any_of('not_to_be_seen')}\b")


def several(text: str) -> bool:
    """Whether somebody says that there is more than one patient."""
    return any(shape.search(text) for shape in SEVERAL)
