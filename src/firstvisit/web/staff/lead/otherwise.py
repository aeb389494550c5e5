"""What strangers said of a lead, as one person may see it: their words as theirs, and both values where they differ."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from pydantic import BaseModel

from firstvisit.journey.beside import Beside
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral import hours
from firstvisit.referral.record import TYPED_BY, Referral
from firstvisit.web.staff.lead.facts import Fact, Seen
from firstvisit.web.ui import words

UNKNOWN: Final = "somebody unknown"
BEFORE: Final = "Those who asked before"
_NEEDS: Final = {"payers": "insurance.see", "diagnoses": "narrative.see", "events": "narrative.see"}
"""What a person must be allowed to see of these parts; names and addresses are seen by whoever sees who it is."""
_WORDS: Final = {"timing": words.TIMING, "setting": words.SETTINGS, "cause": words.CAUSES}


def quotations(seen: Seen) -> list[tuple[str, str]]:
    """The words of each stranger with their name; none for a role that may not read what families say."""
    if not seen.user.may("narrative.see"):
        return []
    return [(_by(seen, each), text) for each in seen.file.beside for text in each.words]


def whose_words(seen: Seen) -> str:
    """Whose the words of the reading are, where a stranger's stand beside them; "" where nobody could take them for
    somebody else's."""
    beside = {each.item for each in seen.file.beside}
    if not beside:
        return ""
    own = [part for part in seen.file.parts if part.item_id not in beside and part.item.continues_id is None]
    stated = seen.file.referral
    name = stated.referrer.name if seen.file.lead.kind == "referral_partner" else stated.contact.name
    return name if seen.named and name and len(own) == 1 else BEFORE


def stated_otherwise(seen: Seen) -> list[Fact]:
    """Where strangers state something else than what stands: what each says, and what stands and who stated it."""
    found, asked = [], whose_words(seen).replace(BEFORE, BEFORE.lower())
    for each in seen.file.beside:
        for path in each.otherwise:
            if not _may(seen.user, path, named=seen.named):
                continue
            label, stands = words.changed([path]), seen.file.referral
            by = _stated_by(stands, path, asked)
            said = f"{_value(each.said, path)}, says {_by(seen, each)}; stands: {_value(stands, path)}{by}"
            found.append(Fact(f"{label[:1].upper()}{label[1:]}", said))
    return found


def _by(seen: Seen, each: Beside) -> str:
    return (each.by if seen.named else "") or UNKNOWN


def _may(user: User, path: str, *, named: bool) -> bool:
    head = path.partition(".")[0]
    return (head != "patient" or named) and (head not in _NEEDS or user.may(_NEEDS[head]))


def _stated_by(stands: Referral, path: str, asked: str) -> str:
    """Who stated what stands: whoever of ours typed it, else whoever asked."""
    place = next((each.place for at, each in stands.evidence.items() if at == path or at.startswith(f"{path}.")), "")
    return f", {place}" if place.startswith(TYPED_BY) else f", stated by {asked}"


def _value(referral: Referral, path: str) -> str:
    value: Any = referral
    for name in path.split("."):
        value = getattr(value, name)
    return _in_words(path, value) or "not stated"


def _in_words(path: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(part for part in (_in_words(path, each) for each in value) if part)
    if isinstance(value, BaseModel):
        return " ".join(part for part in (_in_words(path, each) for _, each in value) if part)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return f"{words.day(value)}, {value.year}"
    if path == "availability" and isinstance(value, str) and value[3:] in ("_am", "_pm"):
        return words.half_day(value)
    if path == "hours" and value is not None:
        return hours.in_words(value)
    if path == "program" and (program := practice().program_by_any_slug.get(str(value))) is not None:
        return program.name
    return "" if value is None else _WORDS.get(path, {}).get(str(value), str(value).replace("_", " "))
