"""Comparing names: forms, slips, order, hyphens, how common they are.

Each finding has its odds (m/u): how often it is seen in two records of one person, over how often in records of two.
`u` of an agreement is how common the name is; the `m` are estimates (docs/why/0018), the same for every practice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from math import log2
from typing import Final

from firstvisit.people.matching.described import Described
from firstvisit.people.matching.edits import VOWELS, edits, slip, sound, spoken
from firstvisit.people.matching.shown import FieldWeight
from firstvisit.reference.names import formal_names, given_names, names_of_both, surnames

RARE_GIVEN: Final = 10 / 100_000
RARE_SURNAME: Final = 3 / 100_000
M_EXACT: Final = 0.85
CERTAIN: Final = frozenset({"exact", "called", "form", "sound", "slip"})
"""Levels of a name at which it is that name. A twin may be called like a slip, though: see `same_letters`."""

ALIKE_FIRST: Final = ({"c", "k"}, {"g", "j"})
"""First letters that are said alike; a first letter more (Aiden, Hayden) makes another name."""


_WHOLE: Final = frozenset({"exact", "form", "sound"})
"""Levels at which a preferred name is the other's first name, and not only like it."""


def compare_given(one: Described, two: Described) -> FieldWeight:
    """The given names; the name that somebody goes by is one more. Twins are told apart by nothing else, so "slip" is
    never two names that both exist."""
    found = given(one.given, two.given)
    if not (one.called or two.called) or found.level in _WHOLE or found.level == "middle_differs":
        return found
    return max((found, *_by_called(one, two)), key=lambda each: (each.bits, each.level))


def _by_called(one: Described, two: Described) -> Iterator[FieldWeight]:
    """What the names they go by say, as far as they speak for one person: never sure where both only go by one name
    (Patrick and Patricia are both Pat), or have other middle names."""
    for mine, theirs in ((one.called, two.given), (one.given, two.called), (one.called, two.called)):
        found = given(mine, theirs)
        if found.bits <= 0:
            continue
        both = mine is one.called and theirs is two.called
        text = "Both go by one first name" if both else "One goes by the other's first name"
        sure = found.level in _WHOLE and not both and not _other_middle(one.given, two.given)
        yield FieldWeight("first_name", "called" if sure else "short_form", "close", found.bits - 1, text)


@lru_cache(maxsize=20_000)
def given(one: tuple[str, ...], two: tuple[str, ...]) -> FieldWeight:
    """Given names as folded words in order."""
    if not one or not two:
        return FieldWeight("first_name", "unknown", "unknown", 0.0, "First name not stated in both")
    a, b = one[0], two[0]
    if a == b or "".join(one) == "".join(two):
        bits = _exact(a, given_names(), RARE_GIVEN)
        if len(a) == 1:
            return FieldWeight("first_name", "initial", "close", 3.0, "Same initial only")
        if "".join(one) != "".join(two) and _other_middle(one, two):
            text = "Same first name, another middle name"
            return FieldWeight("first_name", "middle_differs", "close", bits - 3, text)
        return FieldWeight("first_name", "exact", "same", bits, "Same first name")
    rarer = min(_exact(a, given_names(), RARE_GIVEN), _exact(b, given_names(), RARE_GIVEN))
    if one_form(a, b):
        level = "form" if _of_one_name_only(a, b) and not _other_middle(one, two) else "short_form"
        return FieldWeight("first_name", level, "close", rarer - 2.5, "Forms of one first name")
    if _forms_of_a_third(a, b):
        return FieldWeight("first_name", "short_form", "close", rarer - 4, "Two forms of one first name")
    if len(a) == 1 or len(b) == 1:
        if a[0] == b[0]:
            return FieldWeight("first_name", "initial", "close", 3.0, "An initial that fits")
        return FieldWeight("first_name", "differs", "differs", -4.5, "Another first name")
    begins = a[0] == b[0] or {a[0], b[0]} in ALIKE_FIRST
    if begins and min(len(a), len(b)) > 2 and spoken(a) == spoken(b):
        return FieldWeight("first_name", "sound", "close", rarer - 3, "First names that sound alike")
    both_names = _known(a) and _known(b)
    if slip(a, b) and not both_names:
        level = "slip" if _same_name(a, b) else "near"
        return FieldWeight("first_name", level, "close", rarer - 3.5, "First names a slip apart")
    if set(one[1:]) & set(two) or set(two[1:]) & set(one):
        return FieldWeight("first_name", "middle", "close", 3.0, "One goes by what is the other's middle name")
    short, long = sorted((a, b), key=len)
    if long.startswith(short) and len(short) >= 3 and not both_names:
        return FieldWeight("first_name", "short_form", "close", rarer - 4, "One first name begins the other")
    if not both_names and max(len(a), len(b)) > 4 and _half_alike(a, b):
        return FieldWeight("first_name", "murky", "close", 0.0, "First names that may be one, badly written")
    return FieldWeight("first_name", "differs", "differs", -4.5, "Another first name")


def compare_surname(one: Described, two: Described) -> FieldWeight:
    """The surname: whole, one part of a double name, a slip; another one is common for one person (marriage)."""
    return surname(one.family, two.family)


@lru_cache(maxsize=20_000)
def surname(one: tuple[str, ...], two: tuple[str, ...]) -> FieldWeight:
    """Surnames as folded parts without particles and suffixes."""
    if not one or not two:
        return FieldWeight("last_name", "unknown", "unknown", 0.0, "Last name not stated in both")
    a, b = "".join(one), "".join(two)
    if a == b or sorted(one) == sorted(two):
        bits = sum(_exact(part, surnames(), RARE_SURNAME) for part in one[:2])
        return FieldWeight("last_name", "exact", "same", min(bits, 15.0), "Same last name")
    shared = set(one) & set(two)
    if shared:
        bits = max(_exact(part, surnames(), RARE_SURNAME) for part in shared) - 2
        return FieldWeight("last_name", "part", "close", bits, "One part of the last name is the same")
    known = a in surnames() and b in surnames()
    rarer = min(_exact(a, surnames(), RARE_SURNAME), _exact(b, surnames(), RARE_SURNAME))
    if slip(a, b):
        # Two surnames that both exist (Hansen, Hanson) are a slip too, but oftener two families.
        return FieldWeight("last_name", "slip", "close", rarer - (6 if known else 3.5), "Last names a slip apart")
    if sound(a) == sound(b) and a[0] == b[0] and not known:
        return FieldWeight("last_name", "sound", "close", rarer - 4, "Last names that sound alike")
    if not known and _half_alike(a, b):
        return FieldWeight("last_name", "murky", "close", 2.0, "Last names that may be one, badly written")
    return FieldWeight("last_name", "differs", "differs", -3.5, "Another last name")


def compare_names(one: Described, two: Described) -> tuple[FieldWeight, FieldWeight]:
    """Given name and surname, also with the two of one record changed round where that fits much better."""
    straight = compare_given(one, two), compare_surname(one, two)
    if not (one.given and one.family and two.given and two.family):
        crossed = _crossed_half(one, two)
        if crossed is not None and crossed[0].bits + crossed[1].bits > straight[0].bits + straight[1].bits + 4:
            return crossed
        return straight
    turned = given(one.given, two.family)
    crossed = None
    if turned.level in CERTAIN and (other := surname(one.family, two.given)).bits > 0:
        crossed = _turned(turned), _turned(other)
    elif _in_the_other_field(one, two):
        crossed = _one_turned(one, two)
    if crossed is not None and crossed[0].bits + crossed[1].bits > straight[0].bits + straight[1].bits + 4:
        return crossed
    return straight


def first_names_differ(one: Described, two: Described) -> bool:
    """Whether `compare_names` finds that the first names differ; most pairs end here, at half of its cost."""
    if compare_given(one, two).level != "differs":
        return False
    if one.family and two.family and given(one.given, two.family).level not in CERTAIN:
        return not _in_the_other_field(one, two) or compare_names(one, two)[0].level == "differs"
    return compare_names(one, two)[0].level == "differs"


def one_form(a: str, b: str) -> bool:
    """Whether one of two given names is a form of the other: Bob and Robert, Katharina and Catherine."""
    mine, theirs = formal_names().get(a, ()), formal_names().get(b, ())
    return a in theirs or b in mine


def _forms_of_a_third(a: str, b: str) -> bool:
    """Whether both are forms of one name and of no other: Mohamed and Muhammad are Mohammed."""
    formals = formal_names().get(a, ())
    return len(formals) == 1 and formals == formal_names().get(b)


def _of_one_name_only(a: str, b: str) -> bool:
    """Of two names that are one form whether the form is of no third name: Sam may be Samuel or Samantha."""
    return any(
        formals == (other,) for formals, other in ((formal_names().get(a), b), (formal_names().get(b), a))
    )


def _other_middle(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether both have further given names and each has one that the other has not: of twins the first may be the
    same (Mary Ann and Mary Beth, Muhammad Hassan and Muhammad Husain), and of Hmong sisters it often is."""
    if len(one) < 2 or len(two) < 2 or one[1:] == two[1:]:
        return False
    return _one_more(one[1:], two[1:]) and _one_more(two[1:], one[1:])


def _one_more(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    return not all(any(_same_middle(mine, theirs) for theirs in two) for mine in one)


def _same_middle(a: str, b: str) -> bool:
    """Whether two middle names are one: an initial that fits, a form of it, said alike, or letters changed round. Not
    one letter otherwise, for twins are called so."""
    if a[0] == b[0] and (len(a) == 1 or len(b) == 1 or (min(len(a), len(b)) > 2 and spoken(a) == spoken(b))):
        return True
    return a == b or one_form(a, b) or same_letters(a, b)


def _half_alike(a: str, b: str) -> bool:
    """Whether at most half of the longer name was written otherwise."""
    half = max(len(a), len(b)) // 2
    return edits(a, b, half) <= half


def _crossed_half(one: Described, two: Described) -> tuple[FieldWeight, FieldWeight] | None:
    """A record with one name only, which stands in the field of the other name."""
    nothing = FieldWeight("last_name", "unknown", "unknown", 0.0, "Last name not stated in both")
    for half, whole in ((one, two), (two, one)):
        if half.given and not half.family and whole.family and (found := surname(half.given, whole.family)).bits > 5:
            return FieldWeight("first_name", "unknown", "unknown", 0.0, "First name not stated in both"), _turned(found)
        if half.family and not half.given and whole.given and (found := given(half.family, whole.given)).bits > 5:
            return _turned(found), nothing
    return None


def _in_the_other_field(one: Described, two: Described) -> bool:
    """Whether the first name of one is the last name of the other."""
    return one.given[0] == two.family[0] or two.given[0] == one.family[0]


def _one_turned(one: Described, two: Described) -> tuple[FieldWeight, FieldWeight]:
    """A first name in the field of the last one, and another name beside it: never sure, for Thomas is both."""
    which = one if one.given[0] == two.family[0] else two
    bits = _exact(which.given[0], given_names(), RARE_GIVEN) - 2
    first = FieldWeight("first_name", "near", "close", bits, "Same first name, in the other field")
    return first, FieldWeight("last_name", "differs", "differs", -3.5, "Another last name")


def _turned(field: FieldWeight) -> FieldWeight:
    return FieldWeight(field.field, field.level, "close", field.bits - 2, f"{field.text}, in the other field")


def _same_name(a: str, b: str) -> bool:
    """A slip inside a name. Another first letter (Jayla, Kayla), another vowel at the end (Mario, Maria), or a woman's
    ending to a known name (Gabriel, Gabriela) may make two names, and twins are called so."""
    short, long = sorted((a, b), key=len)
    if a[0] != b[0] or len(short) < 4:
        return False
    if a[:-1] == b[:-1] and a[-1] in VOWELS and b[-1] in VOWELS:
        return False
    return not (long.startswith(short) and _known(short))


def same_letters(a: str, b: str) -> bool:
    """Whether two names are of the same letters, changed round or doubled: Brian and Brain, Ana and Anna. Another
    letter may make another name (Diya and Divya, Linh and Lanh), and no list of names knows them all."""
    return sorted(a) == sorted(b) or _undoubled(a) == _undoubled(b)


def of_both(name: str) -> bool:
    """Whether women and men may bear a given name; of one that no list knows nobody can tell."""
    return name in names_of_both() or not _known(name)


def _undoubled(name: str) -> str:
    return "".join(letter for letter, _ in groupby(name))


def _known(name: str) -> bool:
    """Whether this is a name that people are given or called by."""
    return name in given_names() or name in formal_names()


def _exact(name: str, rates: dict[str, int], rare: float) -> float:
    rate = rates.get(name)
    return log2(M_EXACT / max(rate / 100_000 if rate else rare, rare))
