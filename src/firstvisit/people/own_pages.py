"""The signed link to a person's own preferences, in what we send them. Good for half a year; shows nobody's name."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core import signing

from firstvisit.people.models import Person

GOOD_FOR: Final = timedelta(days=180)
_SALT: Final = "people.preferences"


def preferences_mark(person: uuid.UUID, *, at: datetime) -> str:
    """The signed part of the link."""
    return signing.Signer(salt=_SALT).sign(f"{person.hex}{int(at.timestamp()):x}")


def person_of_preferences(mark: str, *, now: datetime) -> Person | None:
    """Whose preferences a link opens: of merged records the one that stands. None when it is not ours, is too old,
    or the person was erased."""
    try:
        text = signing.Signer(salt=_SALT).unsign(mark)
        person_id, made = uuid.UUID(hex=text[:32]), datetime.fromtimestamp(int(text[32:], 16), UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        return None
    if made + GOOD_FOR < now:
        return None
    person = Person.objects.select_related("key", "same_as__key").filter(id=person_id).first()
    standing = (person.same_as or person) if person else None
    return standing if standing is not None and standing.erased_at is None else None
