"""How a visit's end arrives from an EMR: as a row of its export, an HL7 message or a C-CDA note. Pure.

Each reader says what it was told and of whom; nothing here decides whose it is (`journey.booking.ends`).
"""

from __future__ import annotations

import json
from datetime import date
from typing import Final, Literal, NamedTuple

What = Literal["evaluation_completed", "plan_of_care_sent", "discharged", "arrived", "missed", "left"]
WORDS: Final[dict[str, str]] = {
    "evaluation_completed": "the evaluation is completed",
    "plan_of_care_sent": "the plan of care was sent",
    "discharged": "they are discharged",
    "arrived": "they arrived",
    "missed": "they did not come",
    "left": "they left before being seen",
}
"""What an EMR tells us of a visit, in words."""
Signed = Literal["yes", "no", "unknown"]
CALLED: Final = 120
"""So much is kept of what the sender calls it."""


class End(NamedTuple):
    """What somebody else's system says of a visit.

    `on` is the day it is of, `mark` the sender's own number for what says so, `source` the way (csv, hl7, ccda).
    `numbers` are those that may be our appointment's or lead's. `signed`: whether it is final as they say.
    """

    what: What
    on: date | None
    mark: str
    source: Literal["csv", "hl7", "ccda"]
    numbers: tuple[str, ...] = ()
    last_name: str = ""
    first_name: str = ""
    born: date | None = None
    signed: Signed = "yes"
    called: str = ""
    """What the sender calls it: the kind of visit and its status, the title of the note."""
    therapies: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    """Of an evaluation, as `kinds.Kind` has them."""


def as_text(end: End) -> str:
    """An end as text, to be kept with what told it."""
    days = {name: day.isoformat() for name in ("on", "born") if (day := getattr(end, name)) is not None}
    return json.dumps({**end._asdict(), "on": None, "born": None, **days})


def of_text(text: str) -> End:
    """The end that `as_text` wrote."""
    said = json.loads(text)
    days = {name: date.fromisoformat(said[name]) if said[name] else None for name in ("on", "born")}
    several = {name: tuple(said.get(name, ())) for name in ("numbers", "therapies", "besides")}
    return End(**{**said, **several, **days})


def day_of(text: str) -> date | None:
    """YYYYMMDD, with or without a time, as HL7 and CDA write it."""
    digits = text.strip()[:8]
    if len(digits) < 8 or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
