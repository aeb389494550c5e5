"""Reading the cases of many leads in a constant number of questions to the database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Max

from firstvisit.journey.case import Case, Decided, Flagged, MessageSeen, TaskSeen
from firstvisit.kernel.intervals import Interval
from firstvisit.leads.models import DecisionRow, Lead, Ruling, Task
from firstvisit.leads.queries import rulings_in_force
from firstvisit.leads.services import facts_of_row
from firstvisit.messages.models import Message
from firstvisit.steps.intake.models import Part


def load(leads: Iterable[Lead], queues: dict[int, str], now: datetime) -> list[Case]:
    """Cases of many leads. Six questions to the database, seven at most, however many leads.

    `leads` should carry their facts (`select_related("facts")`); `queues` maps queue ids to slugs.
    """
    leads = list(leads)
    ids = [lead.id for lead in leads]
    tasks: dict[uuid.UUID, list[TaskSeen]] = defaultdict(list)
    for task in Task.objects.filter(lead__in=ids).order_by("made_at"):
        tasks[task.lead_id].append(_seen(task, queues))  # type: ignore[index]
    rulings = {
        lead_id: {ruling.what: _ruled(ruling) for ruling in found}
        for lead_id, found in rulings_in_force(leads, now=now).items()
    }
    messages: dict[uuid.UUID, dict[str, MessageSeen]] = defaultdict(dict)
    for lead_id, key, message, status, ended in Message.objects.filter(lead__in=ids).values_list(
        "lead_id", "key", "id", "status", "ended_at"
    ):
        messages[lead_id][key] = MessageSeen(message, status, ended)
    decided = {
        row.lead_id: _decided(row)
        for row in DecisionRow.objects.filter(lead__in=ids)
        .order_by("lead", "-at", "-id")
        .distinct("lead")
        .defer("inputs")
    }
    # In the order in which they were settled: a cause stays the cause when one that arrived before it, and
    # took longer to be judged, joins afterwards. Otherwise a second receipt would be wanted.
    parts: dict[uuid.UUID, list[_Part]] = defaultdict(list)
    for lead_id, item, received_at, at, red_flags, names_patient in (
        Part.objects.filter(lead__in=ids)
        .order_by("id")
        .values_list("lead_id", "item_id", "item__received_at", "at", "red_flags", "names_patient")
    ):
        parts[lead_id].append(_Part(item, received_at, at, red_flags, names_patient))
    elsewhere = _continued_elsewhere(ids) if any(_unnamed(found, None) for found in parts.values()) else {}
    return [
        _case(
            lead,
            queues,
            tasks[lead.id],
            rulings[lead.id],
            messages[lead.id],
            decided.get(lead.id),
            parts[lead.id],
            elsewhere.get(lead.id),
        )
        for lead in leads
    ]


def _case(
    lead: Lead,
    queues: dict[int, str],
    tasks: list[TaskSeen],
    rulings: dict[str, dict[str, Any]],
    messages: dict[str, MessageSeen],
    decided: Decided | None,
    parts: list[_Part],
    elsewhere: datetime | None,
) -> Case:
    tries = [task.ended_at for task in tasks if task.tried and task.ended_at is not None]
    items = [(part.item, part.received_at) for part in parts]
    cause, clock_from = round_of(items, tries) or (lead.id, lead.received_at)
    return Case(
        lead=lead.id,
        number=lead.number,
        kind=lead.kind,
        site=lead.site,
        stage=lead.stage,
        outcome=lead.outcome,
        queue=queues[lead.owner_queue_id] if lead.owner_queue_id else None,
        user=str(lead.owner_user_id) if lead.owner_user_id else None,
        blockers=tuple((what, whom) for what, whom in lead.blockers),
        received_at=lead.received_at,
        closed=lead.closed_at is not None,
        facts=facts_of_row(lead.facts),
        cause=cause,
        clock_from=clock_from,
        writes_to=lead.writes_to_id,
        rulings=rulings,
        tasks=tuple(tasks),
        messages=messages,
        decided=decided,
        last_try=max(tries, default=None),
        flagged=tuple(Flagged(part.item, part.received_at, part.at) for part in parts if part.red_flags),
        unnamed=_unnamed(parts, elsewhere),
    )


class _Part(NamedTuple):
    item: uuid.UUID
    received_at: datetime
    at: datetime
    red_flags: list[str]
    names_patient: bool


def _unnamed(parts: list[_Part], elsewhere: datetime | None) -> tuple[tuple[uuid.UUID, datetime], ...]:
    """What joined a lead of a named patient without a name of its own, and was never continued with one."""
    named = [n for n, part in enumerate(parts) if part.names_patient]
    if not named:
        return ()
    return tuple(
        (part.item, part.received_at)
        for part in parts[named[-1] + 1 :]
        if elsewhere is None or part.received_at > elsewhere
    )


def _continued_elsewhere(ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Leads whose latest form went on under another lead (it named another patient), and when."""
    found = (
        Part.objects.filter(item__joins__in=ids, lead__isnull=False)
        .exclude(lead=F("item__joins"))
        .values("item__joins")
        .annotate(latest=Max("item__received_at"))
    )
    return {row["item__joins"]: row["latest"] for row in found}


def standing_rulings(lead: Lead, now: datetime) -> dict[str, dict[str, Any]]:
    """What was ruled about the person of a lead that is not yet written."""
    return {ruling.what: _ruled(ruling) for ruling in rulings_in_force([lead], now=now)[lead.id]}


def _ruled(ruling: Ruling) -> dict[str, Any]:
    """A ruling as the plan sees it: its value, its id and when it was made."""
    return {**ruling.value, "ruling": str(ruling.id), "at": ruling.at.isoformat()}


def round_of(
    items: list[tuple[uuid.UUID, datetime]], tries: list[datetime]
) -> tuple[uuid.UUID, datetime] | None:
    """The item that began the present round and when it arrived.

    A round begins with the first item after a human try and stays what it is when the next try ends it, so
    that whatever was planned for it is not wanted a second time.
    """
    begun: tuple[uuid.UUID, datetime] | None = None
    for item, at in items:
        if begun is None or any(begun[1] < tried <= at for tried in tries):
            begun = (item, at)
    return begun


def _seen(task: Task, queues: dict[int, str]) -> TaskSeen:
    return TaskSeen(
        id=task.id,
        key=task.key,
        kind=task.kind,
        queue=queues[task.owner_queue_id] if task.owner_queue_id else None,
        user=str(task.owner_user_id) if task.owner_user_id else None,
        due_at=task.due_at,
        status=task.status,
        result=task.result,
        ended_at=task.ended_at,
    )


def _decided(row: DecisionRow) -> Decided:
    interval = None if row.score_lo is None or row.score_hi is None else Interval(row.score_lo, row.score_hi)
    return Decided(row.outcome, interval, tuple((r["code"], r["text"]) for r in row.reasons))
