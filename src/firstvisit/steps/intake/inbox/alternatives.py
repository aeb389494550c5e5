"""What a doubtful value may be instead: other readings of the same words, each one key away. Pure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from firstvisit.referral import vocabulary

MOST: Final = 3
MOST_DAYS: Final = 7
"""As many as there are keys for them."""
_NUMBERS: Final = ("member_id", "group_number", "authorization_number", "claim_number", "npi", "phone", "fax")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]*\d[A-Za-z0-9/-]*")
_ALIKE: Final = {
    "0": "869", "1": "74", "2": "7", "3": "89", "4": "91", "5": "6", "6": "580", "7": "12", "8": "3609", "9": "4038",
}  # fmt: skip
"""Digits that a bad fax or a quick hand makes of one another."""


def alternatives(path: str, value: object, quote: str, until: dt.date | None = None) -> tuple[str, ...]:
    """Other numbers that stand in the words a number was read from, and for an NPI whose check digit fails those that
    differ in one look-alike digit and pass it; the nearest first, three at most. For a birth date of which one figure
    is missing or no figure the days until `until` that it may be, where they are few."""
    leaf = path.rpartition(".")[2]
    if leaf == "date_of_birth":
        return _days(str(value), until) if until else ()
    if leaf not in _NUMBERS:
        return ()
    bare = _bare(str(value).removeprefix("+1"))
    found = [each for each in _NUMBER.findall(quote) if _bare(each) != bare and sum(c.isdigit() for c in each) >= 4]
    if leaf == "npi":
        found += _other_npis(bare)
    return tuple(dict.fromkeys(found))[:MOST]


def _days(text: str, until: dt.date) -> tuple[str, ...]:
    """The days that "12/22/202" or "1?/22/2020" may be, the newest first."""
    parts = re.fullmatch(r"\s*(\S{1,2})[/.-](\S{1,2})[/.-](\S{3,4})\s*", text)
    if parts is None:
        return ()
    month, day, year = parts.groups()
    years = [f"{year}{figure}" for figure in "0123456789"] if re.fullmatch(r"\d{3}", year) else [year]
    written = [f"{month}/{day}/{each}" for each in years]
    if len(unsure := re.findall(r"[^\d/]", written[0])) == 1:
        written = [each.replace(unsure[0], figure) for each in written for figure in "0123456789"]
    days = sorted({each for one in written if (each := _day(one)) and each <= until and each.year > until.year - 110})
    return tuple(f"{each:%m/%d/%Y}" for each in reversed(days)) if len(days) <= MOST_DAYS else ()


def _day(text: str) -> dt.date | None:
    if not re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", text):
        return None
    month, day, year = map(int, text.split("/"))
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None  # the thirtieth of February: it may not be that


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
