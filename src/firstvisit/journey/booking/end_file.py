"""An EMR's export of visits that a person sends on a page: looked at first, noted when they press.

What is looked at stays on the page, signed for this person, and lies nowhere here; only the rows that tell an end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.core import signing

from firstvisit.journey.booking.end_rows import RowBecame, TheRow, rows_of, take_row
from firstvisit.kernel import audit
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.steps.booking.ends import as_text, of_text

CAPABILITY: Final = "leads.import"
SOURCE: Final = "folder"
MOST_BYTES: Final = 10 * 2**20
MOST_ROWS: Final = 1000
MOST_KEPT: Final = 200 * 1024
"""Letters on the page; a form takes 256 KB."""
GOOD_FOR: Final = timedelta(hours=1)
_ELSEWHERE: Final = "put it into the watched folder, or give it to `firstvisit visits`"


def look(
    body: bytes, name: str, mapping: Mapping[str, str] | None, *, by: User, actor: Actor, now: datetime
) -> tuple[list[RowBecame], str]:
    """What each row would do, and what to hand to `note`. BadInput where the file cannot be read or is too long."""
    _may(by)
    if len(body) > MOST_BYTES:
        raise BadInput([Problem("file", f"The file is larger than {MOST_BYTES // 2**20} MB: {_ELSEWHERE}.")])
    rows = list(rows_of(body, mapping))
    whole = [name, [[row.number, as_text(row.end) if row.end else "", row.fault, row.said] for row in rows]]
    kept = signing.dumps(whole, salt=_salt(by), compress=True)
    if len(rows) > MOST_ROWS or len(kept) > MOST_KEPT:
        said = f"It has {len(rows)} rows that tell of visits, too many for a page: {_ELSEWHERE}."
        raise BadInput([Problem("file", said)])
    return _taken(rows, name, by=by, actor=actor, now=now, dry=True), kept


def note(kept: str, *, by: User, actor: Actor, now: datetime) -> list[RowBecame]:
    """Note what was looked at; what was noted meanwhile is known. BadInput where it was looked at too long ago."""
    _may(by)
    try:
        name, whole = signing.loads(kept, salt=_salt(by), max_age=GOOD_FOR)
    except signing.BadSignature:
        raise BadInput([Problem("file", "It is an hour since you looked at it: send the file again.")]) from None
    rows = [TheRow(number, of_text(end) if end else None, fault, said) for number, end, fault, said in whole]
    done = _taken(rows, name, by=by, actor=actor, now=now, dry=False)
    counts = Counter(row.became.how for row in done)
    audit.note(actor, "visits_told", "user", [by.id], why=", ".join(f"{n} {how}" for how, n in counts.items()))
    return done


def _taken(
    rows: Sequence[TheRow], name: str, *, by: User, actor: Actor, now: datetime, dry: bool
) -> list[RowBecame]:
    def sees(lead: Lead) -> bool:
        return scope.sees(by, lead, now=now)

    return [take_row(row, name, actor=actor, source=SOURCE, now=now, dry=dry, sees=sees) for row in rows]


def _may(by: User) -> None:
    if not by.may(CAPABILITY):
        raise NotAllowed(CAPABILITY)


def _salt(by: User) -> str:
    return f"visits-file:{by.id}"
