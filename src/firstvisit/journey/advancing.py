"""Bringing leads to rest: lock, load, plan, act, until a pass changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

import structlog
from django.db import models, transaction

from firstvisit.journey import act
from firstvisit.journey.case import Case
from firstvisit.journey.coverage.insured import refresh
from firstvisit.journey.loading import load
from firstvisit.journey.plan import Closing, Plan
from firstvisit.journey.settling import Hands, passes
from firstvisit.kernel import clock, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.policy import Policy
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.rules import Judgement
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

log = structlog.get_logger("journey")
TRIES = 3


def advance(lead_ids: Sequence[uuid.UUID], *, now: datetime | None = None) -> int:
    """Bring leads to rest: lock, load, plan, act, until a pass changes nothing. The number changed.

    Of a closed lead only letters are left. Leads that another process holds are left to it. No lock is held
    across the network.
    """
    now = now or clock.now()
    with transaction.atomic():
        locked = (
            Lead.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(id__in=list(lead_ids))
            .order_by("id")
        )
        return sum(changed for _, changed in advance_locked(list(locked), now))


def advance_due(*, now: datetime, limit: int = 200) -> int:
    """Advance the leads whose time to look again has come; the number looked at.

    A lead whose advance raises is counted out alone: at three failures it leaves the sweep and becomes a
    task for the engineer.
    """
    due = list(
        Lead.objects.filter(failures__lt=TRIES, look_again_at__lte=now)
        .order_by("look_again_at")
        .values_list("id", flat=True)[:limit]
    )
    try:
        advance(due, now=now)
    except Exception as error:
        log.error("advance_failed", leads=len(due), exc_info=error)
        for lead_id in due:
            advance_alone(lead_id, now)
    return len(due)


def advance_alone(lead_id: uuid.UUID, now: datetime) -> None:
    """Advance one lead; a failure is counted, and the third makes a task for the engineer."""
    try:
        advance([lead_id], now=now)
    except Exception as error:
        log.error("advance_failed", lead=str(lead_id), exc_info=error)
        Lead.objects.filter(id=lead_id).update(failures=models.F("failures") + 1)
        lead = Lead.objects.get(id=lead_id)
        if lead.failures >= TRIES:
            _engineer_task(lead, now)


def _engineer_task(lead: Lead, now: datetime) -> None:
    queues = queue_ids()
    shape, rules = practice(), policy()
    queue = queue_for("person_looks", None, lead.site, rules.section(Routing), shape)
    Task.objects.get_or_create(
        key=f"{lead.id}:advance_failed:lead:{lead.look_again_at}",
        defaults={
            "lead": lead,
            "about_kind": "lead",
            "about_id": lead.id,
            "site": lead.site,
            "kind": "advance_failed",
            "reason": "Planning this lead failed three times",
            "made_at": now,
            "due_at": now,
            "minutes": 0,
            "owner_queue_id": queues[queue],
        },
    )


def advance_locked(locked: list[Lead], now: datetime, *, present: bool = False) -> list[tuple[Plan, bool]]:
    """Advance locked leads; for each its plan and whether anything changed. `present`: as `load` has it."""
    shape, rules = practice(), policy()
    refresh(locked)
    done, changed, pending = [], [], act.Pending()
    columns = {"look_again_at"}
    hands = Hands()
    for lead, case in zip(locked, load(locked, _slugs(), now, present=present), strict=True):
        before = _standing(lead)
        lead.failures = 0
        plan_now = settle_case(lead, hands.seen(case), shape, rules, now, pending)
        hands.went(case.user, plan_now.owner.user)
        done.append(plan_now)
        if (after := _standing(lead)) != before:
            changed.append(lead)
            columns |= {name for name, was, is_ in zip(_COLUMNS, before, after, strict=True) if was != is_}
    pending.flush(now=now)
    writes.update(Lead, changed, *sorted(columns))
    for lead, plan_now in zip(locked, done, strict=True):
        if plan_now.closing is not None:
            _close_by_the_clock(lead, plan_now.closing, now)
    moved = {lead.id for lead in changed}
    return [(plan_now, lead.id in moved) for lead, plan_now in zip(locked, done, strict=True)]


_COLUMNS = (
    "stage", "outcome", "blockers", "owner_user_id", "owner_queue_id", "look_again_at", "failures", "planned_under",
    "judged", "assigned_user_id", "assigned_queue_id", "assigned_at", "owner_reason", "route_queue_id", "roused_at",
)  # fmt: skip
_standing = attrgetter(*_COLUMNS)
"""What a pass may change of a lead."""


def _close_by_the_clock(lead: Lead, closing: Closing, now: datetime) -> None:
    """Nobody was reached in all the tries, and the switch or a person said to close: do it, and write the letters."""
    leads.close(lead, how=closing.how, words=closing.reason, by=None, actor=SYSTEM, at=now)
    advance_locked([lead], now)


def settle_case(
    lead: Lead,
    case: Case,
    shape: Practice,
    rules: Policy,
    now: datetime,
    pending: act.Pending,
    judged: Judgement | None = None,
) -> Plan:
    """Plan and act until a pass changes nothing, at most five times. The last plan; what is to be written
    joins `pending`, and the lead's own fields are set on it. No pass changes the facts, so they are judged once."""
    for seen, plan_now, changes in passes(case, shape, rules, now, judged):
        if changes:
            act.write(
                lead,
                seen,
                plan_now,
                changes,
                queues=queue_ids(),
                shape=shape,
                policy_version=rules.number,
                now=now,
                pending=pending,
            )
    lead.look_again_at = plan_now.look_again_at
    lead.planned_under, lead.judged = plan_now.revision, act.judged_as(plan_now.judgement)
    return plan_now


def _slugs() -> dict[int, str]:
    return {number: slug for slug, number in queue_ids().items()}
