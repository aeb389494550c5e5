"""Comparing what a family shares: phones, e-mail, member number, address."""

from __future__ import annotations

from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.people.matching.described import Described, Home, home_of
from firstvisit.people.matching.edits import edits, slip
from firstvisit.people.matching.shown import FieldWeight

_MOST_ADDRESS: Final = 14.0
_LEAST_ADDRESS: Final = -4.0
_MOST_STREET: Final = 7.0
"""Bits of an address at most where the house number is another: neighbours, or a slip."""
_SAME_NUMBER: Final = 4.0
_FORMER: Final = 4.0
"""Bits of an address that is one's now and was the other's before."""
AREA_OR_OTHER: Final = frozenset({"near", "far", "differs"})
"""Levels of two addresses that are not one door."""


def compare_phones(one: Described, two: Described) -> FieldWeight:
    """Phones of the person and of whoever speaks for them; people change them and families share them."""
    if not one.phones or not two.phones:
        return FieldWeight("phone", "unknown", "unknown", 0.0, "Phone not stated in both")
    if one.phones & two.phones:
        return FieldWeight("phone", "exact", "same", 9.0, "Same phone")
    if any(len(a) > 8 and edits(a, b, 1) == 1 for a in one.phones for b in two.phones):
        return FieldWeight("phone", "slip", "close", 4.0, "Phones one figure apart")
    return FieldWeight("phone", "differs", "differs", -1.0, "Another phone")


def compare_emails(one: Described, two: Described) -> FieldWeight:
    """E-mail addresses of the person and of whoever speaks for them."""
    if not one.emails or not two.emails:
        return FieldWeight("email", "unknown", "unknown", 0.0, "E-mail not stated in both")
    if one.emails & two.emails:
        return FieldWeight("email", "exact", "same", 10.0, "Same e-mail address")
    pairs = [(a.partition("@")[0], b.partition("@")[0], a, b) for a in one.emails for b in two.emails]
    if any(edits(a, b, 1) == 1 for _, _, a, b in pairs):
        return FieldWeight("email", "slip", "close", 6.0, "E-mail addresses a slip apart")
    if any(a == b and len(a) > 5 for a, b, _, _ in pairs):
        return FieldWeight("email", "name", "close", 3.0, "Same name in the e-mail address, at another provider")
    return FieldWeight("email", "differs", "differs", -0.5, "Another e-mail address")


def compare_member_ids(one: Described, two: Described) -> FieldWeight:
    """Member numbers; a family often shares one, and the last two figures tell its members apart."""
    if not one.member_ids or not two.member_ids:
        return FieldWeight("member_id", "unknown", "unknown", 0.0, "Member number not stated in both")
    if one.member_ids & two.member_ids:
        return FieldWeight("member_id", "exact", "same", 9.0, "Same member number")
    pairs = [(a, b) for a in one.member_ids for b in two.member_ids if min(len(a), len(b)) >= 6]
    if any(a[:-2] == b[:-2] or a[:-2] == b or a == b[:-2] for a, b in pairs):
        return FieldWeight("member_id", "family", "close", 5.0, "Member numbers of one family")
    if any(edits(a, b, 1) == 1 for a, b in pairs):
        return FieldWeight("member_id", "slip", "close", 5.0, "Member numbers one figure apart")
    return FieldWeight("member_id", "differs", "differs", -0.5, "Another member number")


def compare_addresses(one: Described, two: Described) -> FieldWeight:
    """Where they live; where it is another address, whether one of them lived there before, which speaks for one
    person as people move, and less than living there."""
    now = _compare_homes(one, two)
    if now.level not in AREA_OR_OTHER or not (one.former or two.former):
        return now
    before = [_compare_homes(home, two) for home in one.former] + [_compare_homes(one, home) for home in two.former]
    best = max(before, key=lambda found: found.bits)
    if best.agreement == "same":
        return FieldWeight("address", "former", "close", _FORMER, "The address where one of them lived before")
    if best.bits > max(now.bits, 0.0):
        return FieldWeight("address", "far", "close", max(now.bits, 0.0), "Near where one of them lived before")
    return now


def same_house(line: str, street: str | None, postal_code: str | None) -> bool:
    """Whether an address as somebody typed it in one line may be the house at this street: it has the number and, but
    for a slip, every word of the street, and neither another ZIP code nor another unit."""
    typed, home = home_of(line), home_of(street, postal_code=postal_code)
    zips = {number for number in typed.numbers - home.numbers if len(number) == len(home.zip) == 5}
    if not home.numbers or not home.numbers <= typed.numbers or (zips and home.zip not in zips):
        return False
    if home.unit and typed.unit and home.unit != typed.unit:
        return False
    if not home.street:  # a street of general words alone, as North Street
        return folded(street or "") in folded(line)
    return all(any(word == each or slip(word, each) for each in typed.street) for word in home.street)


def _compare_homes(one: Described | Home, two: Described | Home) -> FieldWeight:
    """Street, number, unit, city, state and ZIP together; words may stand in another field."""
    ones, twos = {*one.street, *one.city}, {*two.street, *two.city}
    both_streets = bool((one.street or one.numbers) and (two.street or two.numbers))
    if not (ones and twos) and not (one.zip and two.zip):
        return FieldWeight("address", "unknown", "unknown", 0.0, "Address not stated in both")
    words, loose = _words(ones, twos)
    number, zips = _number(one, two), _zip(one, two)
    bits = words + number + zips + _state(one, two) - (0.7 * loose if ones and twos else 0)
    if one.unit and two.unit and one.unit != two.unit:
        bits = min(bits - 3, 5.0)
    if both_streets and words <= 0 and number <= 0:
        bits -= 1
    bits = max(_LEAST_ADDRESS, min(_MOST_ADDRESS, bits))
    if number < _SAME_NUMBER and one.numbers and two.numbers and bits >= 3:
        text = "Same street, another house number" if words > 4 else "Parts of the address are the same"
        return FieldWeight("address", "near", "close", min(bits, _MOST_STREET), text)
    if both_streets and bits >= 8:
        return FieldWeight("address", "exact", "same", bits, "Same address")
    if bits >= 3:
        return FieldWeight("address", "near", "close", bits, "Parts of the address are the same")
    if bits > -1:
        return FieldWeight("address", "far", "differs", bits, "Little of the address is the same")
    return FieldWeight("address", "differs", "differs", bits, "Another address")


def compare_sex(one: Described, two: Described) -> FieldWeight:
    """Sex, where both state it; records are wrong about it now and then."""
    if one.sex not in ("female", "male") or two.sex not in ("female", "male"):
        return FieldWeight("sex", "unknown", "unknown", 0.0, "Sex not stated in both")
    if one.sex == two.sex:
        return FieldWeight("sex", "exact", "same", 0.9, "Same sex")
    return FieldWeight("sex", "differs", "differs", -4.0, "Another sex")


def _words(ones: set[str], twos: set[str]) -> tuple[float, int]:
    """Bits of words in common, and how many words of the shorter side found none."""
    bits, left, short = 0.0, set(twos), ones
    if len(twos) < len(ones):
        left, short = set(ones), twos
    loose = 0
    for word in short:
        if word in left:
            left.discard(word)
            bits += 4.0 if len(word) > 3 else 1.5
            continue
        near = next((other for other in left if slip(word, other) or _glued(word, other)), None)
        if near is None:
            loose += 1
        else:
            left.discard(near)
            bits += 2.5
    return bits, loose


def _glued(one: str, other: str) -> bool:
    """Words written as one: "pridhamstreet"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 5 and long.startswith(short)


def _number(one: Described | Home, two: Described | Home) -> float:
    if not one.numbers or not two.numbers:
        return 0.0
    if one.numbers & two.numbers:
        return _SAME_NUMBER
    return 1.0 if any(edits(a, b, 1) == 1 for a in one.numbers for b in two.numbers) else -1.0


def _zip(one: Described | Home, two: Described | Home) -> float:
    if not one.zip or not two.zip:
        return 0.0
    if one.zip == two.zip:
        return 5.0
    return 2.0 if edits(one.zip, two.zip, 1) == 1 else -1.5


def _state(one: Described | Home, two: Described | Home) -> float:
    if not one.state or not two.state:
        return 0.0
    return 0.3 if one.state == two.state else -1.0
