"""From the plan to the rows: compare by key with what exists, create, withdraw, never touch a person's own.

`compare` is pure. `write` gives the new rows in insertable order and carries out the few updates.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db import models

from firstvisit.journey.case import (
    PROPOSAL,
    UNDONE,
    Assigned,
    Case,
    CheckSeen,
    MessageSeen,
    TaskSeen,
)
from firstvisit.journey.plan import Owner, Plan, WantedCheck, WantedMessage, WantedRequest, WantedTask
from firstvisit.journey.plan.authorization import requests_after
from firstvisit.journey.plan.registration import told_after
from firstvisit.journey.standing import of_case, of_plan
from firstvisit.kernel import writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.decisions import Reason
from firstvisit.leads.models import DecisionRow, Event, Lead, Task
from firstvisit.leads.services import record, withdraw_tasks
from firstvisit.messages.models import Message
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.emr.owed import Holds, Owed
from firstvisit.steps.coverage import requests
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.services import check_row
from firstvisit.steps.qualify.rules import ENGINE, Judgement

REMINDERS: Final = (f"{PROPOSAL}reminder", "send_letter")
CLOSE_OUT: Final = (f"{PROPOSAL}close_out", "decide_silence", "review_unreached")
"""What waits for a person to remind somebody; what comes when the time for that is over."""


class Changes(NamedTuple):
    """The difference between a plan and what exists."""

    decision: bool
    lead: bool
    new_tasks: tuple[WantedTask, ...]
    moved_tasks: tuple[tuple[TaskSeen, WantedTask], ...]
    gone_tasks: tuple[TaskSeen, ...]
    new_messages: tuple[WantedMessage, ...]
    gone_messages: tuple[str, ...]
    new_checks: tuple[WantedCheck, ...] = ()
    gone_checks: tuple[uuid.UUID, ...] = ()
    revived_checks: tuple[uuid.UUID, ...] = ()
    """Withdrawn when the lead was closed or the plan was not to know; wanted again since."""
    new_requests: tuple[WantedRequest, ...] = ()
    gone_requests: tuple[str, ...] = ()
    revived_requests: tuple[str, ...] = ()
    """Authorizations by their key: no longer needed before anybody asked for them; needed again."""
    to_emr: Owed = Owed()
    revived_messages: tuple[str, ...] = ()
    """Withdrawn when their kind was no longer sent unasked, and a person has pressed them since; or what they followed
    from was undone, and has happened all the same since."""

    def __bool__(self) -> bool:
        return any(self)


class MovedTask(NamedTuple):
    """The columns of a planned task that becomes open, or stays open with another owner, due time, clock or reason."""

    id: uuid.UUID
    due_at: datetime
    reason: str
    owner_queue_id: int | None
    owner_user_id: uuid.UUID | None
    minutes: int
    status: str = "open"
    ended_at: datetime | None = None


@dataclass(slots=True)
class Pending:
    """What a batch of leads still has to write: new rows in insertable order, and changes of rows that stand."""

    rows: list[models.Model] = field(default_factory=list)
    made: dict[str, Task] = field(default_factory=dict)
    """Tasks among the rows, by key: what a later pass changes of them is changed before they are written."""
    withdrawn: list[uuid.UUID] = field(default_factory=list)
    moved: list[MovedTask] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    gone_checks: list[uuid.UUID] = field(default_factory=list)
    revived_checks: list[uuid.UUID] = field(default_factory=list)
    gone_requests: list[str] = field(default_factory=list)
    revived_requests: list[str] = field(default_factory=list)
    not_to_emr: list[str] = field(default_factory=list)
    to_emr_again: list[str] = field(default_factory=list)
    emr_holds: list[Holds] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    breached: list[uuid.UUID] = field(default_factory=list)

    def flush(self, *, now: datetime) -> None:
        """Write everything, a few statements however many leads."""
        if self.withdrawn:
            withdraw_tasks(self.withdrawn, at=now)
        columns = ("status", "ended_at", "due_at", "minutes", "reason", "owner_queue", "owner_user")
        writes.update(Task, self.moved, *columns)
        if self.breached:
            Task.objects.filter(id__in=self.breached, breached_at__isnull=True).update(breached_at=now)
        if self.gone:
            Message.objects.filter(key__in=self.gone, status="wanted").update(
                status="withdrawn", ended_at=now, why="no longer wanted"
            )
        if self.gone_checks:
            Check.objects.filter(id__in=self.gone_checks, status="wanted").update(status="withdrawn")
        if self.revived_checks:
            withdrawn = Check.objects.filter(id__in=self.revived_checks, status="withdrawn")
            withdrawn.update(status="wanted", wanted_at=now, again_at=now)
        requests.needed_no_more(self.gone_requests)
        requests.needed_again(self.revived_requests, now=now)
        outgoing.withdraw(self.not_to_emr, now=now)
        outgoing.want_again(self.to_emr_again, now=now)
        outgoing.hold(self.emr_holds)
        if self.revived:
            Message.objects.filter(key__in=self.revived, status="withdrawn").update(
                status="wanted", ended_at=None, why="", wanted_at=now
            )
        if self.rows:
            writes.insert(self.rows)


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
            seen.status == "open"
            and ((seen.queue, seen.user), seen.due_at, seen.reason) != (task.owner, task.due_at, task.reason)
        ):
            moved.append((seen, task))
    return Changes(
        decision=not case.closed and _decides_anew(case, plan),
        lead=(case.stage, case.outcome, case.blockers) != (plan.stage, plan.outcome, plan.blockers)
        or ((case.queue, case.user), case.owner_reason) != (plan.owner, plan.owner_reason)
        or case.assigned != plan.assigned
        or bool(plan.route and case.route != plan.route)
        or bool(plan.breached),
        new_tasks=tuple(new),
        moved_tasks=tuple(moved),
        gone_tasks=tuple(t for t in case.open_tasks() if t.key and t.key not in wanted),
        new_messages=tuple(message for message in plan.messages if message.key not in case.messages),
        gone_messages=tuple(
            key
            for key, seen in case.messages.items()
            if seen.status == "wanted" and key not in {message.key for message in plan.messages}
        ),
        new_checks=tuple(check for check in plan.checks if check.key not in {c.key for c in case.checks}),
        gone_checks=tuple(c.id for c in case.checks if _unwanted(c, case, plan)),
        revived_checks=tuple(c.id for c in case.checks if _wanted_again(c, plan)),
        to_emr=plan.to_emr,
        revived_messages=_revived(case, plan),
        **_of_requests(case, plan),
    )


def _of_requests(case: Case, plan: Plan) -> dict[str, tuple[Any, ...]]:
    """What changes of authorizations."""
    before, after = {one.key: one.status for one in case.requests}, requests_after(case, plan.requests)
    return {
        "new_requests": tuple(one for one in plan.requests if one.key not in before),
        "gone_requests": tuple(one.key for one in after if (before.get(one.key), one.status) == _DROPPED),
        "revived_requests": tuple(one.key for one in after if (before.get(one.key), one.status) == _DROPPED[::-1]),
    }


_DROPPED: Final = ("needed", "not_needed")


def _unwanted(check: CheckSeen, case: Case, plan: Plan) -> bool:
    """Whether a question that nobody has asked yet is not wanted any more; what a person wished is theirs. One that a
    payer put off is the same question still, until something that it says is corrected."""
    said_otherwise = case.insured and all((it.rank, it.token) != (check.rank, check.token) for it in case.insured)
    if check.status == "wanted" and said_otherwise:
        return True
    planned = check.status == "wanted" and not check.refused and check.cause != "hand"
    return planned and not check.tries and check.key not in {wanted.key for wanted in plan.checks}


def _decides_anew(case: Case, plan: Plan) -> bool:
    """Whether the plan is a new decision: another judgement; but under other rules or another practice only
    where outcome, owner or due time change, for other points that lead to the same decide nothing."""
    if case.planned_under != plan.revision and case.judged:
        return of_case(case) != of_plan(plan)
    return case.judged != judged_as(plan.judgement)


def judged_as(judgement: Judgement) -> str:
    """What a judgement came to, short: its outcome, and a hash of interval and reasons."""
    score, decision = judgement.score, judgement.decision
    return _judged_as(decision.outcome, (score.lo, score.hi) if score else None, decision.reasons)


@lru_cache(maxsize=2000)
def _judged_as(outcome: str, interval: tuple[int, int] | None, reasons: tuple[Reason, ...]) -> str:
    said = [interval, [(reason.code, reason.text) for reason in reasons]]
    return f"{outcome}:{hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()}"


def _revived(case: Case, plan: Plan) -> tuple[str, ...]:
    return tuple(
        message.key
        for message in plan.messages
        if (seen := case.messages.get(message.key)) is not None
        and seen.status == "withdrawn"
        and (seen.why == UNDONE or case.pressed_since(message.key, seen.ended_at))
    )


def _wanted_again(check: CheckSeen, plan: Plan) -> bool:
    return check.status == "withdrawn" and check.key in {wanted.key for wanted in plan.checks}


def after(case: Case, plan: Plan) -> Case:
    """The case as it is once the plan has been carried out: planning it again must change nothing."""
    wanted = {task.key: task for task in plan.tasks}
    broken = {*plan.breached, *(task.key for task in case.tasks if task.breached and task.status == "open")}
    kept = [task for task in case.tasks if not task.key or task.status == "done"]
    known = {task.key: task.id for task in case.tasks}
    made = [
        TaskSeen(
            known.get(t.key, uuid.UUID(int=0)),
            t.key,
            t.kind,
            t.owner.queue,
            t.owner.user,
            t.due_at,
            "open",
            None,
            breached=t.key in broken,
            reason=t.reason,
        )
        for t in wanted.values()
        if not any(task.key == t.key for task in kept)
    ]
    revived = _revived(case, plan)
    ended = {k: seen for k, seen in case.messages.items() if seen.status != "wanted" and k not in revived}
    planned = {m.key: MessageSeen(uuid.UUID(int=0), "wanted", None) for m in plan.messages}
    stay = tuple(_stands(c, case, plan) for c in case.checks)
    asked = {c.key for c in stay}
    return case._replace(
        requests=requests_after(case, plan.requests),
        told_emr=told_after(case.told_emr, plan.to_emr),
        told_otherwise=None,
        checks=(*stay, *(_as_wanted(check) for check in plan.checks if check.key not in asked)),
        stage=plan.stage,
        outcome=plan.outcome,
        queue=plan.owner.queue,
        user=plan.owner.user,
        blockers=plan.blockers,
        tasks=(*kept, *made),
        messages={**planned, **ended},
        owner_reason=plan.owner_reason,
        assigned=plan.assigned,
        route=plan.route or case.route,
        roused_at=plan.roused_at,
        planned_under=plan.revision,
        judged=case.judged if case.closed else judged_as(plan.judgement),
    )


def _stands(check: CheckSeen, case: Case, plan: Plan) -> CheckSeen:
    """A question as it is once the plan has been carried out."""
    if _unwanted(check, case, plan):
        return check._replace(status="withdrawn")
    return check._replace(status="wanted") if _wanted_again(check, plan) else check


_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def _as_wanted(check: WantedCheck) -> CheckSeen:
    return CheckSeen(
        uuid.UUID(int=0), check.key, check.rank, check.token, check.discipline, check.cause, "wanted", check.day,
        _NEVER, _NEVER,
    )  # fmt: skip


def write(
    lead: Lead,
    case: Case,
    plan: Plan,
    changes: Changes,
    *,
    queues: dict[str, int],
    shape: Practice,
    policy_version: int,
    now: datetime,
    pending: Pending,
) -> None:
    """Carry out the changes of one locked lead: what is to be written joins `pending`; the lead's own fields are
    set on `lead` and left to the caller to save."""
    rows = pending.rows
    lead.look_again_at = plan.look_again_at
    if changes.decision:
        decision = _decision_row(lead, case, plan.judgement, shape.version, policy_version, now)
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
    lead.owner_queue_id, lead.owner_user_id = _owner_columns(plan.owner, queues)
    lead.owner_reason = plan.owner_reason
    lead.roused_at = plan.roused_at
    if plan.route:
        lead.route_queue_id = queues[plan.route]
    if plan.assigned is not None and plan.assigned != case.assigned:
        rows.append(_given(lead, plan.assigned, queues))
    open_by_key = {task.key: task.id for task in case.tasks if task.status == "open"}
    for key in plan.breached:
        if key in pending.made:
            pending.made[key].breached_at = now
        elif key in open_by_key:
            pending.breached.append(open_by_key[key])
    if _lapsed(plan, changes):
        rows.append(record(lead, "reminder_lapsed", SYSTEM, at=now))
    lead.look_again_at = plan.look_again_at
    for gone in changes.gone_tasks:
        if gone.key in pending.made:
            unwritten = pending.made[gone.key]
            unwritten.status, unwritten.ended_at = "withdrawn", now
        else:
            pending.withdrawn.append(gone.id)
    for seen, task in changes.moved_tasks:
        queue, user = _owner_columns(task.owner, queues)
        moved = MovedTask(seen.id, task.due_at, task.reason, queue, user, task.minutes)
        if task.key in pending.made:
            _move_unwritten(pending.made[task.key], moved)
        else:
            pending.moved.append(moved)
    for task in changes.new_tasks:
        pending.made[task.key] = row = _task_row(lead, task, queues, now)
        rows.append(row)
    pending.gone += changes.gone_messages
    pending.revived += changes.revived_messages
    pending.gone_checks += changes.gone_checks
    pending.revived_checks += changes.revived_checks
    pending.gone_requests += changes.gone_requests
    pending.revived_requests += changes.revived_requests
    pending.not_to_emr += changes.to_emr.gone
    pending.to_emr_again += changes.to_emr.again
    pending.emr_holds += changes.to_emr.holds
    rows += [outgoing.row(lead.id, each) for each in changes.to_emr.new]
    rows += [requests.needed_row(lead.id, now=now, **one._asdict()) for one in changes.new_requests]
    payers = {plan.rank: plan.payer for plan in case.insured}
    rows += [
        check_row(lead.id, shape, payer=payers[check.rank], now=now, **check._asdict()) for check in changes.new_checks
    ]
    rows += [message_row(lead, case, message, now) for message in changes.new_messages]


def _move_unwritten(row: Task, moved: MovedTask) -> None:
    row.due_at, row.minutes, row.reason = moved.due_at, moved.minutes, moved.reason
    row.owner_queue_id, row.owner_user_id = moved.owner_queue_id, moved.owner_user_id
    row.status, row.ended_at = moved.status, moved.ended_at


def _decision_row(
    lead: Lead, case: Case, judgement: Judgement, practice_version: int, policy_version: int, now: datetime
) -> DecisionRow:
    score = judgement.score
    return DecisionRow(
        lead_id=lead.id,
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
    queue, user = _owner_columns(task.owner, queues)
    return Task(
        key=task.key,
        lead_id=lead.id,
        about_kind="lead",
        about_id=lead.id,
        site=lead.site,
        kind=task.kind,
        reason=task.reason,
        safety=task.safety,
        made_at=now,
        due_at=task.due_at,
        minutes=task.minutes,
        owner_queue_id=queue,
        owner_user_id=user,
    )


def message_row(lead: Lead, case: Case, message: WantedMessage, now: datetime) -> Message:
    """A message of the plan as the row that waits in the outbox."""
    to_referrer = message.to == "referrer"
    if (case.referrer if to_referrer else case.writes_to) is None:
        raise ValueError(f"lead {case.lead} has nobody to write to")
    return Message(
        key=message.key,
        lead=lead,
        person_id=None if to_referrer else case.writes_to,
        referrer_id=case.referrer if to_referrer else None,
        channel=message.channel,
        purpose=message.purpose,
        template=message.template,
        cause_kind="item",
        cause_id=message.cause,
        made_at=now,
        wanted_at=now,
    )


def _lapsed(plan: Plan, changes: Changes) -> bool:
    """Whether a reminder that waited for a person goes because its time is over."""
    over = plan.closing is not None or any(task.kind in CLOSE_OUT for task in plan.tasks)
    return over and any(task.kind in REMINDERS for task in changes.gone_tasks)


def _given(lead: Lead, given: Assigned, queues: dict[str, int]) -> Event:
    """Keep whom the machine gave the lead to, and say so on its timeline."""
    lead.assigned_queue_id = queues[given.queue] if given.queue else None
    lead.assigned_user_id = uuid.UUID(given.user) if given.user else None
    lead.assigned_at = given.at
    to = {"user": given.user} if given.user else {"queue": given.queue}
    return record(lead, "reassigned", SYSTEM, at=given.at, data={**to, "why": given.why})


def _owner_columns(owner: Owner, queues: dict[str, int]) -> tuple[int | None, uuid.UUID | None]:
    """Queue and user as their columns have them."""
    return queues[owner.queue] if owner.queue else None, uuid.UUID(owner.user) if owner.user else None
