"""What a person types for a value: into the form the record keeps, or a sentence what to enter. Pure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

from firstvisit.referral import fields
from firstvisit.steps.intake.understanding.normal import normalised

_YES_NO: Final = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_BOOLEANS: Final = (
    "interpreter",
    "no_voicemail",
    "order_signed",
    "returning",
    "home_health",
    "therapy_elsewhere",
    "withhold_from_plan",
)
_NUMBERS: Final = ("age_years", "total_visits", "size", "weeks", "visits_per_week")
_WORD_LISTS: Final = {
    "disciplines": fields.DISCIPLINE,
    "documents": fields.DOCUMENT,
    "availability": fields.AVAILABILITY,
}


def typed(path: str, text: str, today: dt.date) -> Any:
    """The value of `path` that `text` says, as JSON would. ValueError with a sentence that does not repeat it, also
    where nothing is said and where there is no such field."""
    if not text.strip():
        raise ValueError("Enter a value, or answer that it is not stated.")
    leaf = path.rpartition(".")[2]
    try:
        value = _read(path, leaf, text.strip(), today)
    except KeyError:
        raise ValueError("There is no such field.") from None
    if value is None:
        raise ValueError("Enter a value, or answer that it is not stated.")
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(path: str, leaf: str, text: str, today: dt.date) -> Any:
    if path in _WORD_LISTS:
        words = [_WORD_LISTS[path](word, today) for word in re.split(r"[,;+]| and ", text) if word.strip()]
        return list(dict.fromkeys(words))
    if leaf in _BOOLEANS:
        if text.casefold() not in _YES_NO:
            raise ValueError("Enter yes or no.")
        return _YES_NO[text.casefold()]
    if leaf in _NUMBERS and re.fullmatch(r"\d+(\.\d+)?", text):
        return normalised(path, float(text), today)
    return normalised(path, text, today)
