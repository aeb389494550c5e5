"""Holding a document: one person at a time writes answers beside what was read, each verb in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from firstvisit.journey.inbox.seeing import LEASE, NOTE, UNSETTLED, Opened, may_open, reads
from firstvisit.kernel import clock, leases, seal, writes
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.ids import new_id
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.intake import kept_readings
from firstvisit.steps.intake.inbox.weighing import Field, Part
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.policy import InboxRules


def hold(item: Item, by: User, *, now: datetime) -> leases.Held | None:
    """Take the document for some minutes, giving back the one held before; when somebody else has it, theirs is
    returned, and None for whoever may only look."""
    if not (may_open(by) and reads(by)):
        return leases.held(LEASE, [item.id], now=now).get(item.id)
    leases.give_back_all(LEASE, by.id, but=item.id)
    return leases.take(LEASE, item.id, by.id, now=now, minutes=policy().section(InboxRules).holds_minutes)


@contextmanager
def held(item: Item, by: User) -> Iterator[datetime]:
    """One transaction in which the document is locked and held by this person; gives the moment."""
    if not (may_open(by) and reads(by)):
        raise NotAllowed("items.resolve")
    with transaction.atomic():
        now = clock.now()
        fresh = Item.objects.select_for_update().only("status").get(id=item.id)
        if fresh.status not in UNSETTLED:
            raise Conflict("this document has found its end already")
        minutes = policy().section(InboxRules).holds_minutes
        if leases.take(LEASE, item.id, by.id, now=now, minutes=minutes).holder != by.id:
            raise Conflict("a colleague has this document open")
        yield now


Said = tuple[int, str, str, Field | None, Any]
"""Part, path, verb, the field as it stood, and what it became."""


def keep(seen: Opened, by: User, now: datetime, said: list[Said], *, was: Any = None) -> None:
    """Write answers as one step, each with how sure the reading had been."""
    key, step, row = seal.open_key(seen.item.key), new_id(), seen.row
    writes.insert(
        kept_readings.answer_row(
            key,
            was=was if field is None else field.value,
            became=became,
            item=seen.item,
            step=step,
            part=part,
            path=path,
            verb=verb,
            by=by,
            at=now,
            rule=field.rule if field is not None else "",
            engine=row.engine if row is not None else "",
            confidence=field.confidence if field is not None and field.place is not None else None,
            sender=row.sender if row is not None else None,
        )
        for part, path, verb, field, became in said
    )


def noted(item: Item, by: User, now: datetime, words: str) -> None:
    """A note is an answer of its own kind, so that it is sealed and stays."""
    key = seal.open_key(item.key)
    writes.insert(
        [
            kept_readings.answer_row(
                key, was=None, became=words, item=item, step=new_id(), path=NOTE, verb="noted", by=by, at=now
            )
        ]
    )


def field_of(seen: Opened, part: int, path: str) -> Field | None:
    whole = part_of(seen, part)
    return next((field for field in whole.fields if field.path == path), None)


def part_of(seen: Opened, number: int) -> Part:
    found = next((part for part in seen.parts if part.number == number), None)
    if found is None:
        raise BadInput([Problem("part", "There is nobody of that number in this document.")])
    return found
