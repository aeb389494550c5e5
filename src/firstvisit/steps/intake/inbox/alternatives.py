"""What a doubtful value may be instead: other readings of the same words, each one key away. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral import vocabulary

MOST: Final = 3
_NUMBERS: Final = ("member_id", "group_number", "authorization_number", "claim_number", "npi", "phone", "fax")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]*\d[A-Za-z0-9/-]*")
_ALIKE: Final = {
    "0": "869", "1": "74", "2": "7", "3": "89", "4": "91", "5": "6", "6": "580", "7": "12", "8": "3609", "9": "4038",
}  # fmt: skip
"""Digits that a bad fax or a quick hand makes of one another."""


def alternatives(path: str, value: object, quote: str) -> tuple[str, ...]:
    """Other numbers that stand in the words a number was read from, and for an NPI whose check digit fails those that
    differ in one look-alike digit and pass it; the nearest first, three at most."""
    leaf = path.rpartition(".")[2]
    if leaf not in _NUMBERS:
        return ()
    bare = _bare(str(value).removeprefix("+1"))
    found = [each for each in _NUMBER.findall(quote) if _bare(each) != bare and sum(c.isdigit() for c in each) >= 4]
    if leaf == "npi":
        found += _other_npis(bare)
    return tuple(dict.fromkeys(found))[:MOST]


def _other_npis(digits: str) -> list[str]:
    if not re.fullmatch(r"[12]\d{9}", digits) or _is_npi(digits):
        return []
    others = [
        f"{digits[:place]}{other}{digits[place + 1 :]}"
        for place in range(1, 10)
        for other in _ALIKE.get(digits[place], "")
    ]
    return [each for each in others if _is_npi(each)]


def _is_npi(digits: str) -> bool:
    try:
        vocabulary.npi(digits)
    except ValueError:
        return False
    return True


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
