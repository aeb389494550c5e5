"""From the plan to the rows: compare by key with what exists, create, withdraw, never touch a person's own.

`compare` is pure. `write` gives the new rows in insertable order and carries out the few updates.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from firstvisit.journey.case import Case, Decided, MessageSeen, TaskSeen
from firstvisit.journey.plan import Owner, Plan, WantedMessage, WantedTask
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import DecisionRow, Lead, Task
from firstvisit.leads.services import record, withdraw_tasks
from firstvisit.messages.models import Message
from firstvisit.steps.qualify.rules import ENGINE, Judgement


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between a plan and what exists."""

    decision: bool
    lead: bool
    new_tasks: tuple[WantedTask, ...]
    moved_tasks: tuple[tuple[TaskSeen, WantedTask], ...]
    gone_tasks: tuple[TaskSeen, ...]
    new_messages: tuple[WantedMessage, ...]
    gone_messages: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(
            self.decision
            or self.lead
            or self.new_tasks
            or self.moved_tasks
            or self.gone_tasks
            or self.new_messages
            or self.gone_messages
        )


def compare(case: Case, plan: Plan) -> Changes:
    """What must change so that the lead is as planned. Finished, snoozed and person-made tasks stay."""
    by_key = {task.key: task for task in case.tasks if task.key}
    wanted = {task.key for task in plan.tasks}
    new, moved = [], []
    for task in plan.tasks:
        seen = by_key.get(task.key)
        if seen is None:
            new.append(task)
        elif seen.status == "withdrawn" or (
            seen.status == "open" and (_owner_of(seen) != task.owner or seen.due_at != task.due_at)
        ):
            moved.append((seen, task))
    return Changes(
        decision=case.decided != _decided(plan),
        lead=(case.stage, case.outcome, case.blockers) != (plan.stage, plan.outcome, plan.blockers)
        or Owner(queue=case.queue, user=case.user) != plan.owner,
        new_tasks=tuple(new),
        moved_tasks=tuple(moved),
        gone_tasks=tuple(t for t in case.open_tasks() if t.key and t.key not in wanted),
        new_messages=tuple(message for message in plan.messages if message.key not in case.messages),
        gone_messages=tuple(
            key
            for key, seen in case.messages.items()
            if seen.status == "wanted" and key not in {message.key for message in plan.messages}
        ),
    )


def after(case: Case, plan: Plan) -> Case:
    """The case as it is once the plan has been carried out: planning it again must change nothing."""
    wanted = {task.key: task for task in plan.tasks}
    kept = [task for task in case.tasks if not task.key or task.status == "done"]
    made = [
        TaskSeen(uuid.UUID(int=0), t.key, t.kind, t.owner.queue, t.owner.user, t.due_at, "open", None)
        for t in wanted.values()
        if not any(task.key == t.key for task in kept)
    ]
    ended = {key: seen for key, seen in case.messages.items() if seen.status != "wanted"}
    planned = {m.key: MessageSeen(uuid.UUID(int=0), "wanted", None) for m in plan.messages}
    return case.with_(
        stage=plan.stage,
        outcome=plan.outcome,
        queue=plan.owner.queue,
        user=plan.owner.user,
        blockers=plan.blockers,
        tasks=(*kept, *made),
        messages={**planned, **ended},
        decided=_decided(plan),
    )


def write(
    lead: Lead,
    case: Case,
    plan: Plan,
    changes: Changes,
    *,
    queues: dict[str, int],
    practice_version: int,
    policy_version: int,
    now: datetime,
) -> list[models.Model]:
    """Carry out the changes of one locked lead. New rows are returned in insertable order; the lead's own
    fields are set on `lead` and left to the caller to save."""
    rows: list[models.Model] = []
    lead.look_again_at = plan.look_again_at
    if changes.decision:
        decision = _decision_row(lead, case, plan.judgement, practice_version, policy_version, now)
        rows.append(decision)
        interval = plan.judgement.score.interval if plan.judgement.score else None
        event = record(
            lead,
            "decided",
            SYSTEM,
            at=now,
            data={
                "outcome": plan.outcome,
                "judged": plan.judgement.outcome,
                "decision": str(decision.id),
                "lo": interval.lo if interval else None,
                "hi": interval.hi if interval else None,
                "rules": policy_version,
            },
        )
        rows.append(event)
    lead.stage, lead.outcome = plan.stage, plan.outcome
    lead.blockers = [list(blocker) for blocker in plan.blockers]
    lead.owner_queue_id = queues[plan.owner.queue] if plan.owner.queue else None
    lead.owner_user_id = uuid.UUID(plan.owner.user) if plan.owner.user else None
    lead.look_again_at = plan.look_again_at
    withdraw_tasks([task.id for task in changes.gone_tasks], at=now) if changes.gone_tasks else None
    for seen, task in changes.moved_tasks:
        Task.objects.filter(id=seen.id).update(
            status="open", ended_at=None, due_at=task.due_at, **_owner_columns(task.owner, queues)
        )
    rows += [_task_row(lead, task, queues, now) for task in changes.new_tasks]
    if changes.gone_messages:
        Message.objects.filter(key__in=changes.gone_messages, status="wanted").update(
            status="withdrawn", ended_at=now, why="no longer wanted"
        )
    rows += [_message_row(lead, case, message, now) for message in changes.new_messages]
    return rows


def _decided(plan: Plan) -> Decided:
    judgement = plan.judgement
    return Decided(
        judgement.outcome,
        judgement.score.interval if judgement.score else None,
        tuple((reason.code, reason.text) for reason in judgement.decision.reasons),
    )


def _decision_row(
    lead: Lead, case: Case, judgement: Judgement, practice_version: int, policy_version: int, now: datetime
) -> DecisionRow:
    score = judgement.score
    return DecisionRow(
        lead=lead,
        at=now,
        outcome=judgement.outcome,
        score_lo=score.lo if score else None,
        score_hi=score.hi if score else None,
        inputs={"facts": case.facts.as_json(), "now": now.isoformat()},
        reasons=[reason.as_json() for reason in judgement.decision.reasons],
        practice_version=practice_version,
        policy_version=policy_version,
        engine_version=ENGINE,
    )


def _task_row(lead: Lead, task: WantedTask, queues: dict[str, int], now: datetime) -> Task:
    return Task(
        key=task.key,
        lead=lead,
        about_kind="lead",
        about_id=lead.id,
        site=lead.site,
        kind=task.kind,
        reason=task.reason,
        safety=task.safety,
        made_at=now,
        due_at=task.due_at,
        minutes=task.minutes,
        **_owner_columns(task.owner, queues),
    )


def _message_row(lead: Lead, case: Case, message: WantedMessage, now: datetime) -> Message:
    if case.writes_to is None:
        raise ValueError(f"lead {case.lead} has nobody to write to")
    return Message(
        key=message.key,
        lead=lead,
        person_id=case.writes_to,
        channel=message.channel,
        purpose=message.purpose,
        template=message.template,
        cause_kind="item",
        cause_id=message.cause,
        made_at=now,
        wanted_at=now,
    )


def _owner_columns(owner: Owner, queues: dict[str, int]) -> dict[str, object]:
    return {
        "owner_queue_id": queues[owner.queue] if owner.queue else None,
        "owner_user_id": uuid.UUID(owner.user) if owner.user else None,
    }


def _owner_of(task: TaskSeen) -> Owner:
    return Owner(queue=task.queue, user=task.user)
