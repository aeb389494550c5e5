"""The signed link by which a family chooses, sees, moves and cancels its visit. It carries ids and a moment and names
nobody; what stands behind it opens with the patient's birth date, in one browser for half an hour.

It says whom it was given to: a restriction that names them later shuts it (`journey.own_visit`).
"""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from django.core import signing

GOOD_FOR: Final = timedelta(days=180)
OPEN_FOR: Final = timedelta(minutes=30)
"""For so long a browser in which the birth date was given needs it no more."""
_LINK: Final = "booking.link"
_OPENED: Final = "booking.opened"
_NOBODY: Final = uuid.UUID(int=0)
_LENGTH: Final = 36
"""Two ids and the seconds since 1970."""


class Given(NamedTuple):
    """A link as it was given: of which lead, to which person (None where nobody is written to), and when."""

    lead: uuid.UUID
    to: uuid.UUID | None
    at: datetime


def book_mark(lead: uuid.UUID, to: uuid.UUID | None, *, at: datetime) -> str:
    """The signed part of the link, as it stands behind `/book/`."""
    return _signed(lead, to, at, _LINK)


def given_by(mark: str, *, now: datetime) -> Given | None:
    """What a link says that we signed, nothing looked up; None when it is not ours or is too old."""
    return _unsigned(mark, _LINK, now, GOOD_FOR)


def opened_mark(given: Given, *, at: datetime) -> str:
    """What a browser keeps in which somebody entered the birth date, or filled in the form themselves."""
    return _signed(given.lead, given.to, at, _OPENED)


def was_opened(kept: str, given: Given, *, now: datetime) -> bool:
    """Whether this browser opened the page of this very lead, as this very person, a short while ago."""
    found = _unsigned(kept, _OPENED, now, OPEN_FOR)
    return found is not None and found[:2] == given[:2]


def _signed(lead: uuid.UUID, to: uuid.UUID | None, at: datetime, salt: str) -> str:
    raw = lead.bytes + (to or _NOBODY).bytes + int(at.timestamp()).to_bytes(4, "big")
    return signing.Signer(salt=salt).sign(base64.urlsafe_b64encode(raw).decode())


def _unsigned(mark: str, salt: str, now: datetime, good_for: timedelta) -> Given | None:
    try:
        raw = base64.urlsafe_b64decode(signing.Signer(salt=salt).unsign(mark))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    if len(raw) != _LENGTH:
        return None
    lead, to = uuid.UUID(bytes=raw[:16]), uuid.UUID(bytes=raw[16:32])
    at = datetime.fromtimestamp(int.from_bytes(raw[32:], "big"), UTC)
    return Given(lead, to if to != _NOBODY else None, at) if at + good_for >= now else None
