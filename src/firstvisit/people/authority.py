"""What somebody says they may decide for a patient. Said, not proven.

What staff noted and a court order outrank it, and where it contradicts itself or them, a person decides. Pure but for
the row it is written on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from firstvisit.people.models import Guardian
from firstvisit.referral.record import StatedAuthority

PARENTS: Final = frozenset({"mother", "father", "parent", "other", ""})
"""Relationships of whoever may say of themselves that they are the parent; "other" is one that nobody stated."""
DISPUTED: Final = "disputed"
"""In the place of the source: they said one thing and another, so nothing of it counts."""

Doubt = Literal["", "relationship", "order", "noted", "earlier", "shared"]
DOUBTS: Final[dict[str, str]] = {
    "relationship": "They say they are the parent, and are related otherwise: find out who may decide",
    "order": "They say they may decide, and a court order is on file: read it and note who may",
    "noted": "They say something else of what they may decide than was noted before: find out who may",
    "earlier": "They said otherwise before of what they may decide: find out who may",
    "shared": "They say they may decide alone, and another guardian says it is shared: find out who may",
}
"""Why a person decides, by what contradicts what was said."""


class Others(NamedTuple):
    """What else is on file about the patient: whether a court order is in force, and whether another guardian shares
    the decision."""

    ordered: bool = False
    shared: bool = False


def authority_of(said: StatedAuthority, relationship: str) -> str | None:
    """The code of `guarding.AUTHORITIES` for what was said; None where it contradicts the relationship."""
    if said in ("shared", "none"):
        return "shared" if said == "shared" else "no_authority"
    if relationship == "foster_parent":
        return "foster"
    return None if said == "parent" and relationship not in PARENTS else "may_consent"


def take_said(pair: Guardian, said: StatedAuthority, *, source: str, at: datetime, others: Others) -> Doubt:
    """Fill in on `pair`, not saved, what somebody says of themselves; why a person decides instead, or ""."""
    code = authority_of(said, pair.relationship)
    if pair.authority and not pair.authority_from:
        return "" if code == pair.authority else "noted"
    if pair.authority_from == DISPUTED:
        return ""  # a person was asked already
    if code is None:
        doubt: Doubt = "relationship"
    elif code in ("may_consent", "foster") and others.ordered:
        doubt = "order"
    elif pair.authority not in ("", code):
        doubt = "earlier"
    elif code == "may_consent" and others.shared:
        doubt = "shared"
    else:
        if pair.authority != code:
            pair.authority, pair.authority_from, pair.authority_at = code, source, at
        return ""
    pair.authority, pair.authority_from, pair.authority_at = "", DISPUTED, at
    return doubt
