"""How values of a reading are called and written on the Inbox's screens. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from firstvisit.referral import hours
from firstvisit.steps.intake.models import Opinion
from firstvisit.web.ui import words

THINGS: Final[dict[str, tuple[str, str]]] = {
    "referral": ("", ""),
    "addendum": ("late pages for a lead", "reads like more for a lead that is open"),
    "status_question": ("asks how it stands", "asks how a patient stands"),
    "records_request": ("asks for records", "looks like a request for records"),
    "vendor": ("looks like an offer", "looks like an offer to sell something"),
    "job_seeker": ("looks for work", "looks like somebody who seeks work"),
    "wrong_number": ("a wrong number", "sounds like a wrong number"),
    "patient_in_care": ("of somebody in care", "reads like business of a patient already in care"),
    "misdirected": ("meant for somebody else", "looks meant for somebody else"),
    "cancels": ("cancels what was asked for", "cancels what was asked for"),
    "cancels_part": ("cancels a part", "cancels a part of what was ordered"),
    "merges": ("merges two records", "says that two of their records are of one person"),
    "died": ("says that the patient died", "says that the patient has died"),
    "ends": ("a visit ended", "tells that a visit ended"),
    "update": ("new data, and danger", "brings new data of a patient, and danger in its words"),
    "unclear": ("not clear what it is", "not clear what kind of thing it is"),
}
"""For each kind of thing what the list and the page say of it."""
CHANNELS: Final = {
    "fax": "Fax",
    "email": "E-mail",
    "phone": "Call",
    "web": "Note",
    "file": "File",
    "in_person": "Paper",
}
LEVELS: Final = {"doubtful": ("doubt", "Doubtful"), "likely": ("likely", "Likely"), "clear": ("clear", "Clear")}
ANSWERED: Final = {
    "confirmed": ("yes", "Confirmed"),
    "corrected": ("yes", "Corrected"),
    "not_stated": ("unknown", "Not stated"),
    "unreadable": ("waiting", "Ask the sender"),
}
_WORDS: Final = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""One of the record's fixed words, which are read with spaces as well."""
_HALF_DAY: Final = re.compile(r"[a-z]{3}_(?:am|pm)")


def second_opinion(row: Opinion) -> str:
    """How it went with the model that was asked about a document, in words."""
    asked = f"{row.model} was asked for {'1 field' if row.asked == 1 else f'{row.asked} fields'}"
    if row.status == "answered" and not row.used:
        return f"{asked}; somebody had this document open first, so its answer was not used."
    if row.status == "answered":
        stand = f"{row.found} {'stands' if row.found == 1 else 'stand'} in this document"
        went = f"; {row.dropped} not found in it {'was' if row.dropped == 1 else 'were'} dropped" if row.dropped else ""
        return f"{asked}: {stand}{went}."
    if row.status == "failed":
        return f"No second opinion: {row.why}. This is what the rules read."
    return f"{row.model} is being asked about what the rules left open; go on without waiting."


def text_name(name: str, channel: str) -> str:
    """What a text of a document is called over it; an attachment by its own name."""
    body = "What was said" if channel == "phone" else "Message"
    return {"subject": "Subject", "body": body, "header": "Head"}.get(name, name)


def written(path: str, value: Any) -> str:
    """A value as people write it; what is typed in this form is read back to the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_word(str(each)) for each in value)
    text = str(value)
    if path == "timing":
        return words.TIMING.get(text, text)
    if path == "hours":
        return hours.in_words(text)
    if re.fullmatch(r"\+\d{8,15}", text):
        return words.phone(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        return f"{day:%m/%d/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text.replace("_", " ") if _WORDS.fullmatch(text) else text


def _word(word: str) -> str:
    return words.half_day(word) if _HALF_DAY.fullmatch(word) else word.replace("_", " ")
