"""An EMR's export of visits, row by row: what is sure is noted, what is unsure is an item of the Inbox, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from firstvisit.journey.booking import ends
from firstvisit.journey.booking.end_doors import SEES
from firstvisit.journey.booking.ends import Became
from firstvisit.journey.desk_tasks import person_looks
from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead
from firstvisit.steps.booking.ends import End, as_text, rows
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.file.table import read_table
from firstvisit.steps.intake.services import Arrival

OLD: Final = timedelta(days=35)
"""An export tells of everything again and again; an unsure row older than this is nobody's work any more."""


@dataclass(frozen=True, slots=True)
class RowBecame:
    """What became of one row of a file, by its number as a spreadsheet shows it."""

    row: int
    what: str
    became: Became


class TheRow(NamedTuple):
    """One row of a file that tells an end; `said` are its headings and cells. `fault` is why it, or a day of it, cannot
    be read."""

    number: int
    end: End | None
    fault: str
    said: str


def rows_of(body: bytes, mapping: Mapping[str, str] | None) -> Iterator[TheRow]:
    """The rows of an export that tell an end. BadInput where it is no CSV file or its columns do not say enough."""
    table = read_table(body)
    columns = rows.columns_of(table.headings, mapping)
    for row in table.rows():
        if row.fault:
            yield TheRow(row.number, None, row.fault, "")
            continue
        end, fault = rows.told(row.cells, columns, row.number)
        if end is not None:
            said = "\n".join(f"{head}: {cell}" for head, cell in zip(table.headings, row.cells, strict=False) if cell)
            yield TheRow(row.number, end, fault, said)


def take_rows(
    body: bytes, name: str, mapping: Mapping[str, str] | None, *, actor: Actor, source: str, now: datetime, dry: bool
) -> Iterator[RowBecame]:
    """Take an export of visits row by row. BadInput as `rows_of`."""
    for row in rows_of(body, mapping):
        yield take_row(row, name, actor=actor, source=source, now=now, dry=dry)


def take_row(
    row: TheRow,
    name: str,
    *,
    actor: Actor,
    source: str,
    now: datetime,
    dry: bool,
    sees: Callable[[Lead], bool] | None = None,
) -> RowBecame:
    """Note what is sure, put what is unsure before a person; `dry`: only say what would become of it. `sees` leaves
    alone what is of a lead that whoever sent the file does not see."""
    end = row.end
    if end is None:
        return RowBecame(row.number, "", Became("unsure", row.fault))
    if row.fault:
        became = ends.unreadable(end, row.fault, sees=sees)
    else:
        became = ends.take(end, actor=actor, now=now, dry=dry, sees=sees)
    if became.how == "unsure" and end.on is not None and now.date() - end.on > OLD:
        became = Became("nothing", f"{became.why}, and it is old")
    if became.how == "unsure" and not dry:
        _to_a_person(row.said, name, end, became.why, actor=actor, source=source, now=now)
    return RowBecame(row.number, end.what, became)


def _to_a_person(
    said: str, name: str, end: End, why: str, *, actor: Actor, source: str, now: datetime
) -> None:
    """An unsure row becomes an item of the Inbox, once, whichever door it came by."""
    body = said.encode()
    if intake.kept_body(body):
        return
    digest = hashlib.sha256(body).hexdigest()
    about = {"name": name, "what": "document", "end": as_text(end), "why": why}
    with transaction.atomic():
        item, new = intake.keep(Arrival(source, actor, body, "text/plain", f"end:{digest}", about=about), now=now)
        if new:
            deliveries.keep_reading(item, (), now=now)  # what it tells is known: no reader looks for a referral in it
            person_looks(item.id, "confirm_item", SEES.format(why=why))
