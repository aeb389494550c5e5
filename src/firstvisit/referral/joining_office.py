"""An office that joined what somebody else had asked: what the record says of it. Pure.

Whoever knows a name and a birth date can call themselves a clinic. So such an office is told that its referral arrived,
and more only where somebody else than itself says that it belongs to the patient (docs/why/0025).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from firstvisit.referral.record import REFERRER_JOINED, Evidence, Referral

KnownBy = Literal["family", "staff"]
_UNKNOWN: Final = "joined a request of somebody else"
_PLACES: Final[Mapping[KnownBy, str]] = {
    "family": "named in the request that it joined",
    "staff": "confirmed by one of ours",
}


def office_joined(referral: Referral, known_by: KnownBy | None, by: str | None = None) -> Referral:
    """The record, which says that whoever refers joined it, who knows them, and which person of ours said so."""
    place = _UNKNOWN if known_by is None else _PLACES[known_by]
    mark = Evidence(place=place, confirmed_by=by)
    return referral.model_copy(update={"evidence": {**referral.evidence, REFERRER_JOINED: mark}})


def office_opened(referral: Referral) -> Referral:
    """The record of a lead that whoever refers opened: no word of joining."""
    kept = {path: mark for path, mark in referral.evidence.items() if path != REFERRER_JOINED}
    return referral.model_copy(update={"evidence": kept})


def is_unknown_office(referral: Referral) -> bool:
    """Whether whoever refers joined what somebody else had asked, and only they say who they are."""
    mark = referral.evidence.get(REFERRER_JOINED)
    return mark is not None and mark.place == _UNKNOWN


def is_known_office(referral: Referral) -> bool:
    """Whether whoever refers joined what somebody else had asked, and was known by the family or by one of ours."""
    mark = referral.evidence.get(REFERRER_JOINED)
    return mark is not None and mark.place != _UNKNOWN
