"""Whether somebody may go by the name of a person whom a restriction names. Pure.

Asked where a mistake costs little one way and much the other: whoever is taken for a barred parent is read by a person
first, whoever is not is told of the child. So a short form, a slip, an initial, a middle name, the order, a suffix or
an accent make no difference here, as they would where two patients are compared.
"""

from __future__ import annotations

from typing import Final

from firstvisit.people.identity import Identity
from firstvisit.people.matching.described import Described, described
from firstvisit.people.matching.edits import slip
from firstvisit.people.matching.names import given, same_letters, surname

FIRST: Final = frozenset({"exact", "form", "short_form", "slip", "near", "sound", "middle", "middle_differs"})
"""How two first names agree where they are forms of one."""
LAST: Final = frozenset({"exact", "part", "slip", "sound"})
INITIAL: Final = frozenset({"initial"})


def goes_by(named: Identity, who: Identity) -> bool:
    """Whether `who` states a form of the first and the last name of `named`."""
    return _both(_said(named), _said(who), FIRST, LAST)


def may_go_by(named: Identity, who: Identity) -> bool:
    """Whether `who` may be `named`: also by an initial, or by one name alone."""
    one, two = _said(named), _said(who)
    if _both(one, two, FIRST | INITIAL, LAST | INITIAL):
        return True
    if two.given and two.family:
        return False
    alone = two.given or two.family
    return bool(alone) and (_first(one.given, alone) in FIRST or _last(one.family, alone) in LAST)


def another_first_name(named: Identity, who: Identity) -> bool:
    """Whether both state first names, and not of one person."""
    one, two = _said(named), _said(who)
    if not (one.given and two.given) or may_go_by(named, who):
        return False
    return _first(one.given, two.given) not in FIRST | INITIAL


def _said(who: Identity) -> Described:
    return described(Identity(first_name=who.first_name, last_name=who.last_name))


def _both(one: Described, two: Described, first: frozenset[str], last: frozenset[str]) -> bool:
    """Both names, also each in the other's field."""
    if not (one.given and one.family and two.given and two.family):
        return False
    turned = _first(one.given, two.family) in first and _last(one.family, two.given) in last
    return turned or (_first(one.given, two.given) in first and _last(one.family, two.family) in last)


def _first(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    level = given(one, two).level
    if level == "differs" and one and two and slip(one[0], two[0]) and same_letters(one[0], two[0]):
        return "slip"
    return level


def _last(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    if len(two) == 1 and len(two[0]) == 1 and one[0][0] == two[0] != one[0]:
        return "initial"
    return surname(one, two).level
