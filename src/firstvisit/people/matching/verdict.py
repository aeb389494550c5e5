"""The verdict: weights added up, families taken into account, doubts that only a person can settle.

Fields of one family are not independent: spouses and children share surname, phone and address. What a family
shares counts together and only up to a cap, and two first names in one family are two people.
"""

from __future__ import annotations

from typing import Final

from firstvisit.people.identity import AGE_SLACK
from firstvisit.people.matching.births import compare_births
from firstvisit.people.matching.described import Described
from firstvisit.people.matching.names import CERTAIN, compare_names, first_names_differ, of_both, same_letters
from firstvisit.people.matching.places import (
    compare_addresses,
    compare_emails,
    compare_member_ids,
    compare_phones,
    compare_sex,
)
from firstvisit.people.matching.shown import Comparison, Doubt, FieldWeight, Verdict
from firstvisit.people.policy import Matching

FAMILY: Final = ("last_name", "phone", "email", "member_id", "address")
SHARED: Final = 3.0
"""Bits from which a way to be reached or an address counts as shared, in part at least."""
RENAMED: Final = frozenset({"differs", "murky"})
"""Levels of a name that somebody else bears."""
AREA: Final = frozenset({"near", "far"})
"""Levels of an address that say the part of town, not the door."""
OF_AGE: Final = 18
"""Years from which somebody may be half of a couple."""
SURE_BIRTH: Final = frozenset({"exact", "swapped", "slip"})
MAY_BE_ONE_DAY: Final = SURE_BIRTH | {"unknown", "age_fits"}
"""Levels of two birth dates that do not speak for two people."""
UNKNOWN_DAY: Final = "-01-01"
"""What is written where only the year of a birth is known; whole communities of refugees are born on it."""


def compare(one: Described, two: Described, rules: Matching, *, this_year: int) -> Comparison:
    """Whether two records are of one person. `this_year` tells who is grown up: twins grow up together."""
    return _compared(one, two, compare_names(one, two), rules, this_year)


def may_be_one(one: Described, two: Described, rules: Matching, *, this_year: int) -> bool:
    """Whether `compare` says anything but "different". Of two children with other first names nothing else is looked
    at: no other field makes them one."""
    if _child(one, two, rules, this_year) and first_names_differ(one, two):
        return False
    return compare(one, two, rules, this_year=this_year).verdict != "different"


def _child(one: Described, two: Described, rules: Matching, this_year: int) -> bool:
    """Whether one of them, as far as stated, is not grown up."""
    year = _younger(one, two)
    return year is not None and this_year - year < rules.grown_years


def _younger(one: Described, two: Described) -> int | None:
    """The birth year of the younger one, as far as stated."""
    return max((year for year in (one.year, two.year) if year), default=None)


def _compared(
    one: Described, two: Described, names: tuple[FieldWeight, FieldWeight], rules: Matching, this_year: int
) -> Comparison:
    first, last = names
    fields = {
        each.field: each
        for each in (
            first,
            last,
            compare_births(one, two, age_slack=AGE_SLACK),
            compare_phones(one, two),
            compare_emails(one, two),
            compare_member_ids(one, two),
            compare_addresses(one, two),
            compare_sex(one, two),
        )
    }
    year = _younger(one, two)
    grown = year is not None and this_year - year >= rules.grown_years
    doubts = tuple(_doubts(one, two, fields, grown=grown, this_year=this_year))
    weight = _weight(fields, rules)
    verdict: Verdict = "different"
    others = first.level == "differs" and _one_family(fields, child=year is not None and not grown)
    if not (others or _named_after(fields) or _two_generations(one, two, fields, doubts)):
        verdict = _verdict(weight, fields, doubts, rules)
    return Comparison(verdict, round(weight, 2), tuple(fields.values()), doubts)


def stays_another(one: Described, two: Described, rules: Matching, *, this_year: int) -> bool:
    """Whether two records are different whatever else were known of how either is reached: another first name, and
    different as they are. A phone, an e-mail address or a member number in common would make them one family's."""
    if not first_names_differ(one, two):
        return False
    if _child(one, two, rules, this_year):
        return True
    found = compare(one, two, rules, this_year=this_year)
    return found.verdict == "different" and not _turned({each.field: each for each in found.fields})


def _one_family(fields: dict[str, FieldWeight], *, child: bool) -> bool:
    """Two first names that one phone, e-mail address or member number brought us, or two of children, are brothers
    and sisters; grown twins seldom live together, and a wrong entry is likelier."""
    reached = any(fields[name].agreement in ("same", "close") for name in ("phone", "email", "member_id"))
    return child or (reached and not _turned(fields))


def _named_after(fields: dict[str, FieldWeight]) -> bool:
    """Whether one only bears the other's first name as a middle name and was born another day: a child is often called
    after a parent, a brother or a sister after the other's second name."""
    return fields["first_name"].level == "middle" and fields["birth_date"].level not in MAY_BE_ONE_DAY


def _two_generations(
    one: Described, two: Described, fields: dict[str, FieldWeight], doubts: tuple[Doubt, ...]
) -> bool:
    """Whether they are father and son: Jr or Sr, and birth dates a generation apart, or both with another suffix and no
    slip of one birth date."""
    if not any(doubt.code == "suffix" for doubt in doubts):
        return False
    birth = fields["birth_date"].level
    return birth == "generation" or bool(one.suffix and two.suffix and birth not in MAY_BE_ONE_DAY)


def _turned(fields: dict[str, FieldWeight]) -> bool:
    """Whether one last name has two birth dates, day and month of one turned round in the other: a couple or grown
    brothers and sisters have such dates once in a lifetime, one person whose date was typed twice has them often."""
    return fields["birth_date"].level == "swapped" and fields["last_name"].level == "exact"


def _weight(fields: dict[str, FieldWeight], rules: Matching) -> float:
    own = sum(fields[name].bits for name in ("first_name", "birth_date", "sex"))
    family = sum(fields[name].bits for name in FAMILY)
    if rules.family_doubts:
        family = min(family, rules.family_bits)
    return own + family - rules.prior_bits


def _verdict(
    weight: float, fields: dict[str, FieldWeight], doubts: tuple[Doubt, ...], rules: Matching
) -> Verdict:
    if weight < rules.possibly_at or not _ground(fields):
        return "different"
    standing = doubts if rules.family_doubts else [doubt for doubt in doubts if doubt.code == "suffix"]
    return "same" if weight >= rules.same_at and not standing else "possibly_same"


def _ground(fields: dict[str, FieldWeight]) -> bool:
    """Whether there is ground to ask anybody: names alone are none, however rare; a birth date with another first
    name is none. Something that brings two records together must be shared as well; of two who have neither name in
    common a way to be reached or the door, for a birth date and a ZIP are many people's. A part of town is shared by
    namesakes: where both are reached by other ways and the birth date, or a name without it, speaks against it, it
    brings nobody together, nor does a number with a slip in it."""
    first, last, birth, address = (fields[name] for name in ("first_name", "last_name", "birth_date", "address"))
    ways = [fields[name] for name in ("phone", "email", "member_id")]
    near = address.bits >= SHARED
    if any(way.agreement == "same" for way in ways) or (near and address.level not in AREA):
        return True
    if {first.level, last.level} <= RENAMED:
        return False
    nearly = any(way.bits >= SHARED for way in ways)
    if any(way.level in ("differs", "slip") for way in ways):
        if RENAMED & {first.level, last.level} and birth.level != "exact":
            return False
        if birth.level in ("differs", "generation"):
            return nearly
    return nearly or near or (birth.bits > 0 and first.level != "differs")


def _doubts(
    one: Described, two: Described, fields: dict[str, FieldWeight], *, grown: bool, this_year: int
) -> list[Doubt]:
    """What speaks against leaving it to a machine, whatever the weight."""
    found = []
    first, last, birth = fields["first_name"], fields["last_name"], fields["birth_date"]
    shared = {name for name in ("phone", "email", "member_id", "address") if fields[name].agreement == "same"}
    if one.suffix and two.suffix and one.suffix != two.suffix:
        found.append(Doubt("suffix", "One is Jr, Sr, II or III and the other is not the same"))
    elif one.suffix != two.suffix and birth.level != "exact":
        found.append(Doubt("suffix", "Only one has Jr, Sr, II or III, and the birth date does not settle it"))
    # A first name that is missing can only be a twin's, and grown twins seldom share a home.
    whole = fields["phone"].level != "slip" and shared
    certain = last.level in CERTAIN and birth.level == "exact" and "address" in shared
    unsaid = grown and first.level == "unknown" and certain
    if not (_is_that_name(one, two, first, grown=grown) or unsaid):
        found.append(Doubt("first_name", "The first name does not rule out a twin, brother or sister"))
    elif first.level not in ("exact", "unknown") and birth.level != "exact":
        found.append(Doubt("first_name", "The first name is written otherwise, and the birth date does not settle it"))
    if fields["sex"].level == "differs":
        found.append(Doubt("sex", "Sex is stated differently"))
    if birth.level in ("unknown", "age_fits"):
        if not _without_birth_date(one, two, first, last, birth, shared):
            found.append(Doubt("birth_date", "Without both birth dates it may be a namesake in the family"))
    elif birth.level not in SURE_BIRTH:
        found.append(Doubt("birth_date", "The birth dates do not agree"))
    elif birth.level == "exact" and not shared and one.birth and one.birth.endswith(UNKNOWN_DAY):
        text = "Born on January 1, which is written where the day is not known, and nothing else confirms it"
        found.append(Doubt("birth_date", text))
    elif birth.level != "exact" and not shared:
        found.append(Doubt("birth_date", "The birth dates differ a little and nothing else confirms it"))
    elif birth.level != "exact" and _of_a_couple(one, two, this_year):
        found.append(Doubt("birth_date", "Women and men bear this name, and a couple may have nearly one birth date"))
    if _all_other(fields):
        found.append(Doubt("ways", "Phone, e-mail, member number and address are all others"))
    named = first.level == "exact" or (grown and first.level in CERTAIN)
    # Names change, but so do the families behind one phone: with another last name only a person says who it is.
    if last.level in RENAMED or (last.bits <= 2 and not (birth.level == "exact" and named and whole)):
        found.append(Doubt("last_name", "The last name does not agree"))
    return found


def _all_other(fields: dict[str, FieldWeight]) -> bool:
    """Whether every way to be reached, the member number and the address are stated on both sides and are others: few
    people change all of them at once, and a common name is borne by two of one birth date often enough."""
    others = all(fields[name].level == "differs" for name in ("phone", "email", "member_id"))
    return others and fields["address"].level in ("differs", "far")


def _is_that_name(one: Described, two: Described, first: FieldWeight, *, grown: bool) -> bool:
    """Whether no twin is called so. Of children a slip with another letter in it may be a brother or sister; grown
    twins called nearly alike who still share a home are far rarer than a slip. Letters changed round make no name of
    two, wherever in it they stand (Jock, Ojck)."""
    if first.level == "near" or (first.level == "slip" and not grown):
        return bool(one.given and two.given) and same_letters(one.given[0], two.given[0])
    return first.level in CERTAIN


def _of_a_couple(one: Described, two: Described, this_year: int) -> bool:
    """Whether two grown up people may share this first name and be a couple, who share all else that a home has: the
    phone, the address, the card. Of a name known for women's or for men's alone a slip of the pen is likelier."""
    year = _younger(one, two)
    grown = year is not None and this_year - year >= OF_AGE
    return grown and any(who.given and of_both(who.given[0]) for who in (one, two))


def _without_birth_date(
    one: Described, two: Described, first: FieldWeight, last: FieldWeight, birth: FieldWeight, shared: set[str]
) -> bool:
    """Full name with a phone or e-mail address in common, which is either both's own or both times that of whoever
    speaks for them: a son of his father's name is reached by his father's. With a phone of their own neither states a
    birth date, or an age that fits: fathers and sons have one phone at home, but seldom one e-mail address."""
    if first.level != "exact" or last.level != "exact":
        return False
    for kind, common in (("email", one.emails & two.emails), ("phone", one.phones & two.phones)):
        own = bool(one.reach_own & common), bool(two.reach_own & common)
        settled = kind == "email" or own == (False, False) or one.birth == two.birth
        if kind in shared and own[0] == own[1] and settled:
            return True
    return False
