"""The signed link to an estimate, in what we send. It carries an id and a moment and names nobody; what stands behind
it opens with the patient's birth date."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core import signing

from firstvisit.steps.coverage.models import Estimate

GOOD_FOR: Final = timedelta(days=180)
OPEN_FOR: Final = timedelta(minutes=30)
"""For so long a page that the birth date has opened can be used."""
_SALT: Final = "coverage.estimate"
_OPENED: Final = "coverage.estimate.opened"


def estimate_mark(estimate: uuid.UUID, *, at: datetime) -> str:
    """The signed part of the link."""
    return _signed(estimate, at, _SALT)


def estimate_of(mark: str, *, now: datetime) -> uuid.UUID | None:
    """The id in a link that we signed, nothing looked up; None when it is not ours or is too old."""
    return _unsigned(mark, _SALT, now, GOOD_FOR)


def estimate_behind(mark: str, *, now: datetime) -> Estimate | None:
    """The estimate a link leads to; None when it is not ours or is too old."""
    found = estimate_of(mark, now=now)
    return Estimate.objects.select_related("lead__facts").filter(id=found).first() if found else None


def opened_mark(estimate: uuid.UUID, *, at: datetime) -> str:
    """What a page carries whose visitor has entered the birth date."""
    return _signed(estimate, at, _OPENED)


def was_opened(mark: str, estimate: uuid.UUID, *, now: datetime) -> bool:
    """Whether the visitor entered the birth date of this very estimate a short while ago."""
    return _unsigned(mark, _OPENED, now, OPEN_FOR) == estimate


def _signed(estimate: uuid.UUID, at: datetime, salt: str) -> str:
    return signing.Signer(salt=salt).sign(f"{estimate.hex}{int(at.timestamp()):x}")


def _unsigned(mark: str, salt: str, now: datetime, good_for: timedelta) -> uuid.UUID | None:
    try:
        text = signing.Signer(salt=salt).unsign(mark)
        found, made = uuid.UUID(hex=text[:32]), datetime.fromtimestamp(int(text[32:], 16), UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        return None
    return found if made + good_for >= now else None
