"""A file in a watched folder that tells of visits: an EMR's export (CSV), or a note (C-CDA)."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from django.conf import settings

from firstvisit.journey import arriving
from firstvisit.journey.booking.end_doors import NOTE, concerns_us
from firstvisit.journey.booking.end_rows import take_rows
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.booking.ends import ccda
from firstvisit.steps.booking.ends.rows import mapping_of
from firstvisit.steps.intake.deliveries import actor_of
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources import folder
from firstvisit.steps.intake.sources.delivery import Received


def of_visits(way: WayIn, there: folder.Settings, name: str, body: bytes) -> None:
    """Take what a file tells of visits. BadInput where it tells nothing of any: it then lies in `refused/`."""
    now, actor = clock.now(), actor_of(way)
    if PurePath(name).suffix.lower() == ".csv":
        counts: dict[str, int] = {}
        for row in take_rows(body, name, _mapping(there), actor=actor, source="folder", now=now, dry=False):
            counts[row.became.how] = counts.get(row.became.how, 0) + 1
        audit.note(actor, "visits_told", "way_in", [way.slug], why=", ".join(f"{n} {how}" for how, n in counts.items()))
        return
    if not ccda.looks_like_one(body):
        raise BadInput([Problem("note", "It is no clinical note (C-CDA).")])
    if not concerns_us(body, NOTE, actor=actor, now=now):
        audit.note(actor, "end_of_nobody", "way_in", [way.slug])
        return
    mark = hashlib.sha256(body).hexdigest()
    arriving.take(way, Received("end", mark, "folder", body, NOTE, name, numbered=False))


def _mapping(there: folder.Settings) -> dict[str, str] | None:
    if not there.visits_map:
        return None
    try:
        return mapping_of((settings.HOME / there.visits_map).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput([Problem("map", f"The mapping {there.visits_map} cannot be read.")]) from None
