"""What somebody may decide for a patient, and who says so, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from firstvisit.people.authority import DISPUTED
from firstvisit.people.guarding import AUTHORITIES, Said
from firstvisit.web.ui.words import moment

_SAID_BY: Final = {
    "phone": "on the phone",
    "in_person": "at the window",
    "web": "online",
    "email": "in an e-mail",
    "fax": "in a fax",
    "file": "in a file",
    "voicemail": "in a voicemail",
}


def may_decide(said: Said, zone: ZoneInfo, now: datetime, *, ordered: bool) -> str:
    """What somebody may decide and who says so: "parent or guardian, may consent (they say so, on the phone, 10:42 am;
    not proven)". `ordered`: a court order is on file."""
    if said.source == DISPUTED:
        return "not clear what they may decide: what they said contradicts itself or what is on file"
    words = AUTHORITIES.get(said.authority, said.authority)
    if not said.source:
        return words
    at = f", {moment(said.at, zone, now)}" if said.at else ""
    first = "; the court order on file goes before it" if ordered else ""
    return f"{words} (they say so, {_SAID_BY.get(said.source, said.source)}{at}; not proven{first})"
