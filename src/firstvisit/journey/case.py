"""The case: everything the plan looks at for one lead, read in a constant number of questions for many."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from firstvisit.kernel.intervals import Interval
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import DecisionRow, Lead, Ruling, Task
from firstvisit.leads.services import facts_of_row
from firstvisit.messages.models import Message
from firstvisit.steps.intake.models import Part

Maker = Literal["planner", "person"]


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task as it stands. `queue` is a slug, `user` an id as text; exactly one is set."""

    id: uuid.UUID
    key: str | None
    kind: str
    queue: str | None
    user: str | None
    due_at: datetime
    status: str
    ended_at: datetime | None

    @property
    def maker(self) -> Maker:
        return "planner" if self.key else "person"

    @property
    def tried(self) -> bool:
        """A finished try to move the lead on; putting a stray message right is none."""
        return self.status == "done" and not self.kind.startswith("message_")


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message as it stands."""

    id: uuid.UUID
    status: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    """The last stored decision."""

    outcome: str
    interval: Interval | None
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One lead as the plan sees it.

    `cause` is the item that started the present round (the first since the last human try) and
    `clock_from` when it arrived; keys of planned things end in it, so that a repeated pass asks nothing
    twice and a new round asks again. `rulings` are what people decided, by matter.
    """

    lead: uuid.UUID
    number: int
    kind: str
    site: str
    stage: str
    outcome: str
    queue: str | None
    user: str | None
    blockers: tuple[tuple[str, str], ...]
    received_at: datetime
    closed: bool
    facts: Facts
    cause: uuid.UUID
    clock_from: datetime
    writes_to: uuid.UUID | None
    rulings: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: tuple[TaskSeen, ...] = ()
    messages: dict[str, MessageSeen] = field(default_factory=dict)
    decided: Decided | None = None
    last_try: datetime | None = None

    def open_tasks(self) -> tuple[TaskSeen, ...]:
        return tuple(task for task in self.tasks if task.status == "open")

    def ended(self, key: str) -> TaskSeen | None:
        """The finished task of this key, if somebody has done it."""
        return next((task for task in self.tasks if task.key == key and task.status == "done"), None)

    def with_(self, **changes: Any) -> Case:
        return replace(self, **changes)


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
            rulings[ruling.lead_id][ruling.what] = ruling.value
    messages: dict[uuid.UUID, dict[str, MessageSeen]] = defaultdict(dict)
    for lead_id, key, message, status, ended in Message.objects.filter(lead__in=ids).values_list(
        "lead_id", "key", "id", "status", "ended_at"
    ):
        messages[lead_id][key] = MessageSeen(message, status, ended)
    decided = {
        row.lead_id: _decided(row)
        for row in DecisionRow.objects.filter(lead__in=ids).order_by("lead", "-at", "-id").distinct("lead").defer("inputs")
    }
    items: dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]] = defaultdict(list)
    for lead_id, item, at in (
        Part.objects.filter(lead__in=ids).order_by("item__received_at", "item_id").values_list("lead_id", "item_id", "item__received_at")
    ):
        items[lead_id].append((item, at))
    return [
        _case(lead, queues, tasks[lead.id], rulings[lead.id], messages[lead.id], decided.get(lead.id), items[lead.id])
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
    last_try = max(tries, default=None)
    fresh = [pair for pair in items if last_try is None or pair[1] > last_try]
    cause, clock_from = fresh[0] if fresh else items[-1] if items else (lead.id, lead.received_at)
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
        last_try=last_try,
    )


def _seen(task: Task, queues: dict[int, str]) -> TaskSeen:
    return TaskSeen(
        id=task.id,
        key=task.key,
        kind=task.kind,
        queue=queues[task.owner_queue_id] if task.owner_queue_id else None,
        user=str(task.owner_user_id) if task.owner_user_id else None,
        due_at=task.due_at,
        status=task.status,
        ended_at=task.ended_at,
    )


def _decided(row: DecisionRow) -> Decided:
    interval = None if row.score_lo is None or row.score_hi is None else Interval(row.score_lo, row.score_hi)
    return Decided(row.outcome, interval, tuple((r["code"], r["text"]) for r in row.reasons))
