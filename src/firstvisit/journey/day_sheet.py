"""The day sheet: a site's open list on paper, and kept as a PDF on this machine for when the server is down.

What is kept lies in FIRSTVISIT_HOME/day-sheets, readable by the account that runs firstvisit and by nobody else
(0600), for two days unless the rules say otherwise; docs/why says why it is not sealed.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from firstvisit.documents.made import pdf
from firstvisit.journey import today
from firstvisit.journey.policy import DaySheets
from firstvisit.journey.today import Row
from firstvisit.kernel import audit
from firstvisit.kernel.audit import SYSTEM
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Site
from firstvisit.referral.vocabulary import as_read

FOLDER: Final = "day-sheets"
MOST: Final = 500
"""Lines of one sheet: some twenty pages, which is as much as anybody works through by hand."""
_NAME: Final = "%Y-%m-%d-%H%M"


@dataclass(frozen=True, slots=True)
class Line:
    """One next thing in words, as it stands on paper."""

    due: str
    name: str
    need: str
    reach: str
    """The number to call; the e-mail address where there is none."""
    action: str
    held: str
    why: str
    pressing: bool
    restrictions: tuple[str, ...]
    """What must not happen about the person, in words."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The open list of one site at one moment."""

    title: str
    when: str
    sentence: str
    lines: tuple[Line, ...]
    leads: tuple[uuid.UUID, ...]

    def as_json(self) -> dict[str, Any]:
        rows = [{name: getattr(line, name) for name in Line.__slots__} for line in self.lines]
        foot = "Names and phones: lock it away, shred it when the server is back. Red flags first."
        return {"title": self.title, "when": self.when, "sentence": self.sentence, "rows": rows, "foot": foot}


def sheet(site: Site, *, now: datetime, most: int = MOST, tells: bool = True) -> Sheet:
    """What is late or due today at one site, whoever has it, most pressing first; of more than `most` the rest is
    counted. Without `tells` it leaves out why something must not happen, for whoever may not read what families say."""
    rows, total = today.of_site(site, now=now, most=most)
    local = now.astimezone(site.tz)
    things = f"{total:,} next thing{'' if total == 1 else 's'}"
    left_out = f" Printed: the first {len(rows):,}; {total - len(rows):,} more wait." if total > len(rows) else ""
    return Sheet(
        title=f"Day sheet, {site.name}",
        when=f"{local:%a %b} {local.day}, {local.year}, {_clock(now, site.tz)} {local:%Z}",
        sentence=f"{things} late or due today. Order: safety, then the nearest due time.{left_out}",
        lines=tuple(_line(row, site, now, tells) for row in rows),
        leads=tuple(row.lead.id for row in rows if row.lead),
    )


def keep_sheets(*, now: datetime) -> int:
    """Make the sheets that are due and delete those that are too old; the number made.

    A sheet is written beside its name and then moved there, so that nobody prints half of one.
    """
    wanted, made = policy().section(DaySheets), 0
    folder = Path(settings.HOME) / FOLDER
    if folder.exists():
        _delete_old(folder, now - timedelta(days=wanted.keep_days) if wanted.kept else now)
    if not wanted.kept:
        return 0
    for site in practice().sites.values():
        if _is_due(site, folder, wanted, now):
            made_sheet = sheet(site, now=now)
            _write(folder, f"{now.astimezone(site.tz):{_NAME}}-{site.slug}.pdf", pdf("sheet", made_sheet.as_json()))
            audit.note(SYSTEM, "kept_day_sheet", "lead", made_sheet.leads, why=site.slug)
            made += 1
    return made


def _is_due(site: Site, folder: Path, wanted: DaySheets, now: datetime) -> bool:
    """From shortly before a site opens until it closes, when its newest sheet has grown old."""
    openings = site.openings(now.astimezone(site.tz).date())
    if not openings:
        return False
    first = min(start for start, _ in openings) - timedelta(minutes=wanted.before_opening_minutes)
    last = max(end for _, end in openings)
    if not first <= now <= last:
        return False
    kept = sorted(folder.glob(f"*-{site.slug}.pdf")) if folder.exists() else []
    if not kept:
        return True
    stamp = datetime.strptime(kept[-1].name[:15], _NAME).replace(tzinfo=site.tz)
    return stamp + timedelta(hours=wanted.every_hours) <= now or stamp < first


def _delete_old(folder: Path, before: datetime) -> None:
    for kept in folder.glob("*.pdf"):
        try:
            stamp = datetime.strptime(kept.name[:15], _NAME).replace(tzinfo=before.tzinfo)
        except ValueError:
            continue  # somebody else's file
        if stamp < before:
            kept.unlink(missing_ok=True)


def _write(folder: Path, name: str, body: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)


def _line(row: Row, site: Site, now: datetime, tells: bool) -> Line:
    task = row.task
    queue = task.owner_queue
    held = task.owner_user.name if task.owner_user else str(queue.data.get("name", queue.slug)) if queue else ""
    day = _day(task.due_at, site.tz, now)
    late = task.due_at < now
    return Line(
        due=f"{'late, ' if late else ''}{day}{_clock(task.due_at, site.tz)}",
        name=_called(row),
        need=_need(row),
        reach=_reach(row) if task.kind != "close_do_not_contact" else "",
        action=row.words,
        held=held,
        why=f"{_broken(row, site, now)}{task.reason}",
        pressing=late or task.safety,
        restrictions=tuple(dict.fromkeys(each.text if tells else each.about for each in row.restrictions)),
    )


def _broken(row: Row, site: Site, now: datetime) -> str:
    broken = row.broken
    if broken is None:
        return ""
    at = datetime.fromisoformat(broken.at)
    day = _day(at, site.tz, now)
    when = f"{'on ' + day if day else 'at '}{_clock(at, site.tz)}"
    return f"Clock broken, given to {broken.to} {when}. " if broken.to else f"Clock broken {when}. "


def _called(row: Row) -> str:
    for who in (row.patient, row.contact):
        if who is not None and (who.first_name or who.last_name):
            return f"{who.name} ({row.code})"
    return f"{row.organization} ({row.code})" if row.organization else row.code


def _need(row: Row) -> str:
    parts = [f"{row.relationship or ''} {row.contact.name}".strip() if row.contact and row.patient else ""]
    if row.checks is not None and row.checks.program is not None:
        parts.append(row.checks.program.name)
    return ", ".join(part for part in parts if part)


def _reach(row: Row) -> str:
    """The first way; where that is not to be used it says so and is followed by the first that is not forbidden."""
    usable = [way for way in row.ways if way not in row.unused]
    said = [_written(way) for way in usable[:1]]
    if row.ways and row.ways[0] not in usable:
        said.insert(0, f"{_written(row.ways[0])}, not to be used")
    return "; ".join(said)


def _written(way: str) -> str:
    return way if "@" in way else as_read(way)


def _day(when: datetime, zone: ZoneInfo, now: datetime) -> str:
    """ "Nov 23 ", of another day than today's; then the year too where it is another."""
    local, today_ = when.astimezone(zone).date(), now.astimezone(zone).date()
    if local == today_:
        return ""
    return f"{local:%b} {local.day} " if local.year == today_.year else f"{local:%b} {local.day}, {local.year} "


def _clock(when: datetime, zone: ZoneInfo) -> str:
    local = when.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
