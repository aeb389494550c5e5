"""Calls that somebody began and nobody ended: they become a task, so that none is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from firstvisit.leads.models import Task
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.intake.policy import Calls
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

_LET_GO: Final = {
    "call": "A call was begun and nobody has ended it",
    "add": "A lead was begun and nobody has added it",
}


def note_let_go(*, now: datetime) -> int:
    """Calls that nobody touched for a while become a task of whoever had them, and later of the queue.

    The number of cards and tasks changed. A card goes on being what it was; the task only says that it waits.
    """
    minutes, shape = policy().section(Calls), practice()
    idle = timedelta(minutes=minutes.idle_minutes)
    changed = 0
    with transaction.atomic():
        cards_left = CallCard.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            status="open", changed_at__lt=now - idle
        )
        for card in cards_left.select_related("holder")[:50]:
            card.status = "kept"
            card.save(update_fields=["status"])
            site = shape.sites.get(card.site) or shape.sites[shape.identity.home_site]
            Task.objects.create(
                about_kind="call",
                about_id=card.id,
                site=site.slug,
                kind="finish_call" if card.kind == "call" else "finish_adding",
                reason=_LET_GO[card.kind],
                **(
                    {"owner_user_id": card.holder_id}
                    if card.holder.is_active
                    else {"owner_queue_id": _queue_at(site.slug, shape)}  # whoever has left us works on nothing
                ),
                made_at=now,
                due_at=clocks.due(now, minutes.queue_minutes, site),
                minutes=minutes.queue_minutes,
            )
            changed += 1
        waiting = Task.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            about_kind="call", status="open", owner_user__isnull=False, due_at__lte=now
        )
        for task in waiting[:50]:
            Task.objects.filter(id=task.id).update(owner_user=None, owner_queue=_queue_at(task.site, shape))
            changed += 1
    return changed


def _queue_at(site: str, shape: Practice) -> int:
    return queue_ids()[queue_for("person_looks", None, site, policy().section(Routing), shape)]
