"""The number that somebody called or wrote from, where what they said states none. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from firstvisit.referral.vocabulary import e164
from firstvisit.steps.intake.inbox.values import Value, WholeReading

SURE: Final = 0.88
"""The line they called from is usually where they can be called back; a glance says whether it is this time."""
_NOBODY: Final = frozenset({"+12665696687", "+266696687", "+17378742883", "+7378742883", "+12562533", "+8656696"})
"""What carriers send in place of a number that is withheld: ANONYMOUS, RESTRICTED, BLOCKED in letters of the keys."""


def number_of(stated: str, *, ours: Collection[str] = ()) -> str:
    """The number as +1 and digits; "" where it is withheld, none, or one of ours."""
    try:
        number = e164(stated)
    except ValueError:
        return ""
    return "" if number in _NOBODY or number in ours else number


def with_caller(whole: WholeReading, stated: str, *, ours: Collection[str] = ()) -> WholeReading:
    """The reading with the caller's number as that of whoever asks, or of whoever refers where an office calls; as it
    is where they say a number themselves."""
    number = number_of(stated, ours=ours)
    said = {value.path: value.value for value in whole.values if value.patient == 0}
    refers = said.get("lead_kind") == "referral_partner"
    known = ("referrer.phone",) if refers else ("contact.phone", "patient.phone")
    if not number or any(path in said for path in known):
        return whole
    called = Value(known[0], number, SURE, quote="caller ID", rule="caller")
    return replace(whole, values=(*whole.values, called))
