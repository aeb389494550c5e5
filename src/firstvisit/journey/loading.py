"""Reading the cases of many leads in a constant number of questions to the database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from firstvisit.journey.case import Case, Decided, MessageSeen, TaskSeen
from firstvisit.kernel.intervals import Interval
from firstvisit.leads.models import DecisionRow, Lead, Ruling, Task
from firstvisit.leads.services import facts_of_row
from firstvisit.messages.models import Message
from firstvisit.steps.intake.models import Part


def load(leads: Iterable[Lead], queues: dict[int, str], now: datetime) -> list[Case]:
    """Cases of many leads. Six questions to the database, however many leads.

    `leads` should carry their facts (`select_related("facts")`); `queues` maps queue ids to slugs.
    """
    leads = list(leads)
    ids = [lead.id for lead in leads]
    tasks: dict[uuid.UUID, list[TaskSeen]] = defaultdict(list)
    for task in Task.objects.filter(lead__in=ids).order_by("made_at"):
        tasks[task.lead_id].append(_seen(task, queues))  # type: ignore[index]
    rulings: dict[uuid.UUID, dict[str, dict[str, Any]]] = defaultdict(dict)
    for ruling in Ruling.objects.filter(lead__in=ids, withdrawn_at__isnull=True).defer("sealed"):
        if ruling.until is None or ruling.until > now:
            rulings[ruling.lead_id][ruling.what] = {
                **ruling.value, "ruling": str(ruling.id), "at": ruling.at.isoformat(),
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
    items: dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]] = defaultdict(list)
    for lead_id, item, at in (
        Part.objects.filter(lead__in=ids)
        .order_by("id")
        .values_list("lead_id", "item_id", "item__received_at")
    ):
        items[lead_id].append((item, at))
    return [
        _case(
            lead,
            queues,
            tasks[lead.id],
            rulings[lead.id],
            messages[lead.id],
            decided.get(lead.id),
            items[lead.id],
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
    items: list[tuple[uuid.UUID, datetime]],
) -> Case:
    tries = [task.ended_at for task in tasks if task.tried and task.ended_at is not None]
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
        writes_to=lead.contact_id or lead.patient_id,
        rulings=rulings,
        tasks=tuple(tasks),
        messages=messages,
        decided=decided,
        last_try=max(tries, default=None),
    )


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
