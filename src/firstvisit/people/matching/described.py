"""A person as the matcher sees them: names in parts, ways to be reached, where they live."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.people.identity import Identity

_PARTICLES: Final = frozenset(
    "de del della di da dos das la las los le van von der den ten ter y al el bin ibn".split()
)
_SUFFIXES: Final = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv",
                    "2nd": "ii", "3rd": "iii", "4th": "iv"}  # fmt: skip
_NEWBORN: Final = frozenset("baby infant newborn girl boy babygirl babyboy bg bb".split())
_NEWBORN_OF_SEVERAL: Final = _NEWBORN | set("a b c d 1 2 3 4 i ii iii iv male female twin triplet".split())
"""What a hospital writes where a newborn has no first name yet: Baby Boy, Infant Girl 2, Baby Girl B."""
_GENERIC: Final = frozenset(
    "street st road rd avenue ave av lane ln drive dr court ct circuit cct crescent cr cres place pl close cl way "
    "boulevard blvd terrace tce parkway pkwy highway hwy trail trl circle cir square sq north south east west n s e w "
    "the of po box rural route rr".split()
)
_UNIT: Final = re.compile(r"(?:\b(?:apt|apartment|unit|suite|ste|flat|lot|rm|room)\b\.?|#)\s*#?\s*([a-z0-9-]+)", re.I)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+[^\W\d_]?", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Home:
    """One address as the matcher sees it."""

    numbers: frozenset[str]
    street: tuple[str, ...]
    unit: str
    city: tuple[str, ...]
    state: str
    zip: str


@dataclass(frozen=True, slots=True)
class Described:
    """`given` (the first and the middle name) and `family` are folded words in order; `reach_own` the person's own
    phones and e-mail addresses, `reach` those and the ones of whoever speaks for them; `birth` ISO or None; `year` by
    birth date or age."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    suffix: str
    birth: str | None
    year: int | None
    sex: str | None
    phones: frozenset[str]
    emails: frozenset[str]
    reach_own: frozenset[str]
    member_ids: frozenset[str]
    numbers: frozenset[str]
    street: tuple[str, ...]
    unit: str
    city: tuple[str, ...]
    state: str
    zip: str
    former: tuple[Home, ...] = ()
    """Where they lived before, as far as it is known."""
    called: tuple[str, ...] = ()
    """The preferred name as folded words, where it is none of the given ones."""

    @property
    def whole_family(self) -> str:
        return "".join(self.family)


def described(
    who: Identity, *, reached_by: Iterable[str] = (), member_ids: Iterable[str] = (), also: Iterable[str] = ()
) -> Described:
    """An identity made ready. `reached_by` are phones and addresses of those who speak for the person, `also`
    earlier ones of their own."""
    own = {reach.casefold() for reach in (who.phone, who.email, *also) if reach}
    reach = own | {each.casefold() for each in reached_by if each}
    family, suffix = _family(who.last_name or "")
    home = home_of(*who.home)
    given, called = _given(who)
    return Described(
        given=given,
        family=family,
        suffix=suffix,
        birth=who.date_of_birth,
        year=who.birth_year,
        sex=who.sex,
        phones=frozenset(each for each in reach if "@" not in each),
        emails=frozenset(each for each in reach if "@" in each),
        reach_own=frozenset(own),
        member_ids=frozenset(filter(None, map(folded, member_ids))),
        numbers=home.numbers,
        street=home.street,
        unit=home.unit,
        city=home.city,
        state=home.state,
        zip=home.zip,
        former=tuple(home_of(*each) for each in who.former_homes or ()),
        called=called,
    )


def _given(who: Identity) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The given names, and the one they go by where it is another. Whoever states only the name they go by has no other
    first name; a newborn whom a hospital calls Baby Girl has none yet."""
    given = _words(who.first_name or "")
    if not _NEWBORN.isdisjoint(given) and set(given) <= _NEWBORN_OF_SEVERAL:
        given = ()
    elif who.middle_name:
        given += _words(who.middle_name)
    if not who.preferred_name:
        return given, ()
    called = _words(who.preferred_name)
    if not given:
        return called, ()
    return given, () if called[:1] == given[:1] or set(called) <= set(given) else called


def home_of(
    street: str | None, city: str | None = None, state: str | None = None, postal_code: str | None = None
) -> Home:
    """An address made ready; one that stands in a single line is given as the street."""
    unit = _UNIT.search(street or "")
    words = _WORD.findall(_UNIT.sub(" ", street or "").casefold())
    return Home(
        numbers=frozenset(word for word in words if word[0].isdigit()),
        street=tuple(folded(word) for word in words if not word[0].isdigit() and word not in _GENERIC),
        unit=folded(unit[1]) if unit else "",
        city=_words(city or ""),
        state=folded(state or ""),
        zip=(postal_code or "")[:5],
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in re.split(r"[\s\-/.,]+", text) if (word := folded(part)))


def _family(text: str) -> tuple[tuple[str, ...], str]:
    words = list(_words(text))
    suffix = ""
    while len(words) > 1 and words[-1] in _SUFFIXES:
        suffix = _SUFFIXES[words.pop()]
    parts = [word for word in words if word not in _PARTICLES] or words
    return tuple(parts), suffix
