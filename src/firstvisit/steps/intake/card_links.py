"""The link by which a family shows us its insurance card: short enough to be read out, good for one use and some days.

It holds the lead's number, the minute in which it was made and a keyed hash of both, and names nobody. Whoever opens it
still has to give the patient's birth date.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core import signing

from firstvisit.kernel.blind import short
from firstvisit.leads.models import Lead
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.models import Item

GOOD_FOR: Final = timedelta(days=7)
PROVEN_FOR: Final = timedelta(hours=1)
"""For so long after the birth date was given photos may be sent."""
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's thirty-two: no letter that is heard or read as another."""
_HEARD: Final = str.maketrans("ILO", "110")
_TYPED: Final = re.compile(f"([0-9]{{1,9}})([{_LETTERS}]{{5}})([{_LETTERS}]{{10}})")
"""A mark without its dashes: the last fifteen places are minute and hash, what stands before them is the number."""
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_BITS: Final = 50
_PROOF: Final = "intake.card"


def card_mark(lead: Lead, *, at: datetime) -> str:
    """The part of the link behind the address: number, minute, hash, as 2641-0F3K2-9QX7M-2HD4T."""
    minute = _written(int((at - _BEGIN).total_seconds() // 60), 5)
    code = _hash(lead.id, minute)
    return f"{lead.number}-{minute}-{code[:5]}-{code[5:]}"


def lead_of(mark: str, *, now: datetime) -> Lead | None:
    """The open lead whose card a link asks for, typed with its dashes or without, in whichever capitals; None where the
    link is not ours, is too old, or was used."""
    typed = _TYPED.fullmatch(re.sub(r"[\s-]", "", mark.upper()).translate(_HEARD))
    if typed is None:
        return None
    number, minute, code = typed.groups()
    found = Lead.objects.filter(number=int(number), closed_at__isnull=True).select_related("patient__key").first()
    if found is None or _hash(found.id, minute) != code:
        return None
    made = _BEGIN + timedelta(minutes=_read(minute))
    if not made <= now < made + GOOD_FOR or used(found, since=made):
        return None
    return found


def used(lead: Lead, *, since: datetime) -> bool:
    """Whether photos of a card came for a lead since then, by whichever link: each asks for the same."""
    return Item.objects.filter(source=CARD, joins=lead, received_at__gte=since).exists()


def proof(lead: Lead, *, now: datetime) -> str:
    """Signed: somebody gave the birth date at this minute."""
    return signing.Signer(salt=_PROOF).sign(f"{lead.id.hex}{int(now.timestamp()):x}")


def proven(text: str, *, now: datetime) -> tuple[Lead, datetime] | None:
    """The lead of which somebody gave the birth date within the hour, and when; None where nobody did."""
    try:
        said = signing.Signer(salt=_PROOF).unsign(text)
        lead, at = uuid.UUID(hex=said[:32]), datetime.fromtimestamp(int(said[32:], 16), UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        return None
    if not at <= now < at + PROVEN_FOR:
        return None
    found = Lead.objects.filter(id=lead, closed_at__isnull=True).select_related("patient__key").first()
    return (found, at) if found is not None else None


def _hash(lead: uuid.UUID, minute: str) -> str:
    return _written(short("card_link", str(lead), minute, bits=_BITS), _BITS // 5)


def _written(number: int, places: int) -> str:
    said = ""
    for _ in range(places):
        number, digit = divmod(number, 32)
        said = _LETTERS[digit] + said
    return said


def _read(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 32 + _LETTERS.index(letter)
    return number
