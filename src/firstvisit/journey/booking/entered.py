"""Something is in the EMR by a person's hand, or is to be said again: the telling and its task, on a locked lead."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from firstvisit.journey.booking.known import carried_now
from firstvisit.journey.booking.registering import tell
from firstvisit.journey.endings import ENTER, ENTERED, MEND
from firstvisit.kernel import audit, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.practice.models import User
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.models import Outgoing

CAPABILITY: Final = "insurance.see"
WAITS: Final = ("wanted", "refused", "failed")
"""States in which a person may say that it is in the EMR."""
NOT_TAKEN: Final = ("refused", "failed")


def settle(locked: Lead, kind: str, result: str, *, by: User, actor: Actor, now: datetime) -> None:
    """A task about the EMR has ended so: what it was about is entered, or said again."""
    waiting = Outgoing.objects.select_for_update(of=("self",)).filter(lead=locked).order_by("number")
    rows = waiting.filter(way="copy_card", status="wanted") if kind == ENTER else waiting.filter(status__in=NOT_TAKEN)
    if result == ENTERED:
        if found := [row.id for row in rows]:
            note(locked, found, by=by, actor=actor, now=now)
        return
    for row in rows:
        again(locked, row, by=by, actor=actor, now=now)


def note(
    locked: Lead, rows: Sequence[uuid.UUID], *, by: User, actor: Actor, now: datetime, seen: str = ""
) -> None:
    """They typed these into the EMR; the tasks that asked for it are done. Conflict where nothing of it waits, or where
    something was put right or moved since they saw the card with the mark `seen`."""
    found = Outgoing.objects.select_for_update(of=("self",)).filter(lead=locked, id__in=list(rows))
    waiting = list(found.select_related("appointment"))
    waiting = sorted((row for row in waiting if row.status in WAITS), key=lambda row: row.number)
    if not waiting:
        raise Conflict("somebody has entered it already")
    reading = LeadReferral.objects.select_related("key", "lead__facts").get(lead=locked)
    key = seal.open_key(reading.key)
    facts = carried_now(reading, key, waiting[-1].appointment_id)
    if seen and seen != mark_of(facts, waiting):
        raise Conflict("something was put right or moved since you opened the card")
    for row in waiting:
        outgoing.says(row, facts, reading.revision, key)
        if row.appointment is not None:
            outgoing.says_when(row, row.appointment.sequence, row.appointment.starts_at)
    outgoing.entered(waiting, by=by, now=now)
    for row in waiting:
        tell(locked, row, now, actor=actor)
    left = Outgoing.objects.filter(lead=locked, status__in=WAITS)
    if not left.filter(way="copy_card").exists():
        _end(locked, ENTER, by, now)
    if not left.filter(status__in=NOT_TAKEN).exists():
        _end(locked, MEND, by, now)
    writes.insert([audit.row(actor, "entered_in_emr", "lead", [locked.id])])


def again(locked: Lead, row: Outgoing, *, by: User, actor: Actor, now: datetime) -> None:
    """It is mended, or the EMR is back: a locked telling is said again."""
    outgoing.say_again(row, by=by, now=now)
    _end(locked, MEND, by, now)
    writes.insert([audit.row(actor, "said_again_to_emr", "lead", [locked.id])])


def mark_of(facts: Mapping[str, str], waiting: Sequence[Outgoing]) -> str:
    """A mark of these facts, and of the visits that wait to be entered: whoever enters them says which they saw."""
    visits = sorted({(str(row.appointment.id), row.appointment.sequence) for row in waiting if row.appointment})
    return hashlib.sha256(json.dumps([facts, visits], sort_keys=True).encode()).hexdigest()[:20]


def _end(lead: Lead, kind: str, by: User, now: datetime) -> None:
    for task in Task.objects.select_for_update(of=("self",)).filter(lead=lead, kind=kind, status="open"):
        leads.end_task(task, result="done", by=by, at=now)
