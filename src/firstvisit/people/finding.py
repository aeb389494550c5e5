"""By what a person is found while somebody types: the beginnings of their names, a birth date, the end of a phone.

A finder is a blind token cut short: 16 bits for the beginning of a name, so that how often one occurs says little,
24 for the rest. What shares a finder is only worth opening; the opened name decides. docs/why says what a stolen
dump still tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from firstvisit.kernel.blind import short
from firstvisit.kernel.folding import folded
from firstvisit.people.identity import Identity

SHORT: Final = 3
LONG: Final = 5
"""Letters of a name's beginning for which there is a finder; fewer than the short one find nothing."""
_NAME: Final = 0
_BORN: Final = 1 << 24
_PHONE: Final = 2 << 24
_SEPARATES: Final = re.compile(r"[\s\-'’,.]+")
_ENDS: Final = (4, 7)
"""How many last digits of a phone find it; the whole number is looked up by its own token."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed, understood: beginnings of names, a birth date, or digits of a phone."""

    names: tuple[str, ...] = ()
    born: date | None = None
    digits: str = ""

    def __bool__(self) -> bool:
        return bool(self.names or self.born or self.digits)

    def finders(self) -> list[int]:
        """The finders that whoever is meant has, every one of them."""
        found = [_beginning(name[: LONG if len(name) >= LONG else SHORT]) for name in self.names]
        if self.born is not None:
            found.append(_born(self.born.isoformat()))
        if self.digits:
            found.append(_digits(self.digits[-_end(self.digits) :]))
        return list(dict.fromkeys(found))

    def fits(self, who: Identity) -> bool:
        """Whether an opened identity is what was meant: a short token may be somebody else's."""
        theirs = parts(who)
        if not all(any(part.startswith(name) for part in theirs) for name in self.names):
            return False
        if self.born is not None and self.born.isoformat() not in births(who):
            return False
        return not self.digits or (who.phone or "").endswith(self.digits)


def finders_of(who: Identity) -> list[int]:
    """Everything a person is found by."""
    found = [
        _beginning(part[:letters])
        for part in parts(who)
        for letters in (SHORT, LONG)
        if len(part) >= letters
    ]
    found += [_born(day) for day in births(who)]
    if who.phone:
        found += [_digits(who.phone[-digits:]) for digits in _ENDS]
    return sorted(set(found))


def parts(who: Identity) -> list[str]:
    """The parts of every name that was stated, folded: "Nyberg-Poole" is found under both of its halves and as a
    whole."""
    names = [said for name, said in (*who.naming, *(who.also_stated or ())) if name != "date_of_birth"]
    return list(dict.fromkeys(_parts(" ".join(names))))


def births(who: Identity) -> list[str]:
    """Every birth date that was stated, ISO."""
    stated = (*who.naming, *(who.also_stated or ()))
    return list(dict.fromkeys(said for name, said in stated if name == "date_of_birth"))


def wanted(text: str) -> Wanted:
    """What a line of text asks for. Names need three letters, a phone four digits; a date is a birth date."""
    text = text.strip()
    if (born := _date(text)) is not None:
        return Wanted(born=born)
    digits = re.sub(r"\D", "", text)
    if digits and re.fullmatch(r"[\d\s()+.\-]+", text):
        return Wanted(digits=digits[-10:]) if len(digits) >= _ENDS[0] else Wanted()
    words = [folded(word) for word in _SEPARATES.split(text)]
    names = [part for part in words if len(part) >= SHORT and part.isalpha()]
    return Wanted(names=tuple(dict.fromkeys(names)))


def _parts(name: str) -> Iterator[str]:
    for word in name.split():
        halves = [folded(half) for half in _SEPARATES.split(word)]
        yield from (half for half in halves if half)
        if len(halves) > 1:
            yield folded(word)


def _date(text: str) -> date | None:
    """A birth date written 02/08/2024, 2-8-2024 or 2024-02-08; None when it is none."""
    american = re.fullmatch(r"(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})", text, re.ASCII)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    if american:
        month, day, year = map(int, american.groups())
    elif iso:
        year, month, day = map(int, iso.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _end(digits: str) -> int:
    return max(end for end in _ENDS if end <= len(digits))


def _beginning(letters: str) -> int:
    return _NAME | short("name-begins", letters, bits=16)


def _born(day: str) -> int:
    return _BORN | short("born", day, bits=24)


def _digits(digits: str) -> int:
    return _PHONE | short("phone-ends", digits, bits=24)
