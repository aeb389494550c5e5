"""The conductor: receives, settles, advances, and carries out what people do at a screen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, models, transaction

from firstvisit.journey import act
from firstvisit.journey.case import Case, Flagged
from firstvisit.journey.loading import load, standing_rulings
from firstvisit.journey.plan import Plan, plan
from firstvisit.kernel import audit, clock, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import FirstvisitError
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services as leads
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import FactsRow, Lead, LeadReferral, Task
from firstvisit.leads.queries import code
from firstvisit.people import services as people
from firstvisit.people.models import ConsentEntry
from firstvisit.practice.policy import Policy
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.practice.shape import Practice
from firstvisit.referral.merge import joined
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import Reading, parse
from firstvisit.steps.qualify.facts import facts_of, red_flags_of
from firstvisit.steps.qualify.red_flags import RED_FLAGS
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

log = structlog.get_logger("journey")

PASSES = 5
TRIES = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told. Without `code` the item is safely kept and will be judged later."""

    item: uuid.UUID
    code: str | None
    outcome: str | None
    score: tuple[int, int] | None
    joined: bool
    repeated: bool
    minutes: int | None = None
    """Business minutes within which somebody answers, from the clock of the first task."""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "outcome": self.outcome,
            "score": list(self.score) if self.score else None,
            "joined": self.joined,
            "minutes": self.minutes,
        }


class Unsettled(FirstvisitError):
    """The plan did not come to rest in five passes."""


def receive(arrival: Arrival, reading: Reading, *, waits: bool = False) -> Receipt:
    """Keep what arrived (commit one), then judge it (commit two).

    If the second part fails for whatever reason the sender still has success: the item stays `received`
    and a job settles it later. Conflict when the same key came with another body or is still running;
    with `waits` a repeat of something still running waits for it (a double tap of a person).
    """
    now = clock.now()
    item, new = intake.keep(arrival, now=now)
    if not new:
        return _repeated(intake.settled_in_time(item) if waits else item)
    try:
        return settle(item, reading)
    except Exception as error:  # the promise of commit one holds whatever a rule does
        log.error("settling_failed", item=str(item.id), exc_info=error)
        try:
            intake.failed(item.id, type(error).__name__, limit=TRIES)
        except DatabaseError as lost:  # the database is gone: the sweep finds the item by its age
            log.error("failure_not_counted", item=str(item.id), exc_info=lost)
        return Receipt(item.id, None, None, None, False, False)


def settle(item: Item, reading: Reading | None = None) -> Receipt:
    """Commit two: recognise the person, open or join the lead, advance it, in one transaction.

    Settles an item once however many try; `reading` spares a second parse of what was just read.
    """
    now = clock.now()
    shape, rules = practice(), policy()
    if reading is None:
        reading = parse(
            item.source, intake.original(item), today=item.received_at.date(), programs=shape.program_words
        )
    with transaction.atomic():
        if not intake.claim(item.id):
            return _repeated(Item.objects.get(id=item.id))
        lead, plan_now, was_open = _open_or_join(item, reading, shape, rules, now)
        score = plan_now.judgement.score
        receipt = Receipt(
            item=item.id,
            code=code(lead.number),
            outcome=plan_now.outcome,
            score=(score.lo, score.hi) if score else None,
            joined=was_open,
            repeated=False,
            minutes=plan_now.tasks[0].minutes if plan_now.tasks else None,
        )
        intake.answered(item, receipt.as_json())
    return receipt


def advance(lead_ids: Sequence[uuid.UUID], *, now: datetime | None = None) -> int:
    """Bring open leads to rest: lock, load, plan, act, until a pass changes nothing. The number changed.

    Leads that another process holds are left to it. No lock is held across the network.
    """
    now = now or clock.now()
    with transaction.atomic():
        locked = (
            Lead.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(id__in=list(lead_ids), closed_at__isnull=True)
            .select_related("facts")
            .order_by("id")
        )
        return sum(changed for _, changed in _advance_locked(list(locked), now))


def advance_due(*, now: datetime, limit: int = 200) -> int:
    """Advance the leads whose time to look again has come; the number looked at.

    A lead whose advance raises is counted out alone: at three failures it leaves the sweep and becomes a
    task for the engineer.
    """
    due = list(
        Lead.objects.filter(closed_at__isnull=True, failures__lt=TRIES, look_again_at__lte=now)
        .order_by("look_again_at")
        .values_list("id", flat=True)[:limit]
    )
    try:
        advance(due, now=now)
    except Exception as error:
        log.error("advance_failed", leads=len(due), exc_info=error)
        for lead_id in due:
            _advance_alone(lead_id, now)
    return len(due)


def _advance_alone(lead_id: uuid.UUID, now: datetime) -> None:
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


def _open_or_join(
    item: Item, reading: Reading, shape: Practice, rules: Policy, now: datetime
) -> tuple[Lead, Plan, bool]:
    """The lead that this request opens or joins, its plan, and whether it was open before."""
    referral = reading.referral
    begun = _begun(item)
    resolved = people.resolve(
        referral, continues=people.known(begun.patient) if begun and begun.patient else None
    )
    lead = leads.find_open(resolved, referral)
    was_open = lead is not None
    if lead is None:
        lead, plan_now = _open(item, reading, resolved, shape, rules, now)
    else:
        if lead.patient is not None and resolved.patient is not None and resolved.patient.new:
            people.settle_on(resolved, people.known(lead.patient), referral)
        lead, plan_now = _join(item, reading, resolved, lead, shape)
    if begun is not None and begun.id != lead.id and resolved.instead_of is not None:
        leads.continue_in(begun, lead, at=now)
    return lead, plan_now, was_open


def _open(
    item: Item, reading: Reading, resolved: people.Resolved, shape: Practice, rules: Policy, now: datetime
) -> tuple[Lead, Plan]:
    referral = reading.referral
    facts = facts_of(
        referral, shape, received_at=item.received_at, source=item.source, complete=reading.complete
    )
    queue = queue_for("", facts.lead_kind, facts.site, rules.section(Routing), shape)
    lead, rows = leads.opened(
        resolved, referral, facts, queue_id=queue_ids()[queue], received_at=item.received_at
    )
    event = leads.record(lead, "received", SYSTEM, at=item.received_at, data=_origin(item))
    known = resolved.reachable
    rulings = {} if known is None or known.new else standing_rulings(lead, now)
    plan_now, made = _settle_case(
        lead, _fresh_case(lead, facts, item, queue, rulings, now), shape, rules, now
    )
    part = intake.part(
        item, lead, "opened", at=now, red_flags=facts.red_flags, names_patient=_names_patient(referral)
    )
    logged = audit.row(SYSTEM, "lead_opened", "lead", [lead.id])
    writes.insert(
        [*resolved.rows, *rows, *_consents(resolved, item, referral, now), part, event, *made, logged]
    )
    return lead, plan_now


def _join(
    item: Item, reading: Reading, resolved: people.Resolved, lead: Lead, shape: Practice
) -> tuple[Lead, Plan]:
    # The lead is locked by now: whatever was ruled before this moment was ruled without knowing of the item.
    now, referral = clock.now(), reading.referral
    reading_row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = open_key(reading_row.key)
    merged, changed = joined(leads.read(reading_row, key), referral)
    before = leads.facts_of_row(FactsRow.objects.get(lead=lead))
    facts = facts_of(
        merged,
        shape,
        received_at=before.received_at,
        source=before.source,
        complete=before.complete_form or reading.complete,
    )
    stated = {*before.red_flags, *facts.red_flags, *red_flags_of(referral)}
    facts = replace(facts, red_flags=tuple(flag for flag in RED_FLAGS if flag in stated))
    event = leads.record(lead, "joined", SYSTEM, at=now, data={**_origin(item), "changed": list(changed)})
    part = intake.part(
        item,
        lead,
        "joined",
        at=now,
        red_flags=sorted({*red_flags_of(referral), *set(facts.red_flags) - set(before.red_flags)}),
        names_patient=_names_patient(referral),
    )
    logged = audit.row(SYSTEM, "lead_joined", "lead", [lead.id])
    writes.insert([*resolved.rows, *_consents(resolved, item, referral, now), part, event, logged])
    leads.replace_reading(lead, key, merged, facts)
    leads.take_people(lead, resolved, facts)
    fresh = Lead.objects.select_related("facts").get(id=lead.id)
    [(plan_now, _)] = _advance_locked([fresh], now)
    return fresh, plan_now


def _origin(item: Item) -> dict[str, str]:
    return {"source": item.source, "item": str(item.id)}


def _consents(resolved: people.Resolved, item: Item, referral: Referral, now: datetime) -> list[ConsentEntry]:
    known = resolved.reachable
    if known is None:
        return []
    return people.consented(known, referral, source_kind=item.source, source_id=item.id, at=now)


def _names_patient(referral: Referral) -> bool:
    """Whether a request says whom it is about; an organization's enquiry is about nobody else."""
    patient = referral.patient
    return referral.lead_kind == "organization" or bool(patient.first_name or patient.last_name)


def _begun(item: Item) -> Lead | None:
    """The lead that the item says it continues (step 2 of a form), if it is still open. Not locked here: the
    people's keys are locked first, by everybody."""
    if item.joins_id is None:
        return None
    open_leads = Lead.objects.filter(id=item.joins_id, closed_at__isnull=True)
    return open_leads.select_related("patient__key", "patient__same_as__key").first()


def _fresh_case(
    lead: Lead, facts: Facts, item: Item, queue: str, rulings: dict[str, dict[str, Any]], now: datetime
) -> Case:
    """The case of a lead that has nothing yet but what was ruled about the person."""
    return Case(
        lead=lead.id,
        number=lead.number,
        kind=lead.kind,
        site=lead.site,
        stage="",
        outcome="",
        queue=queue,
        user=None,
        blockers=(),
        received_at=lead.received_at,
        closed=False,
        facts=facts,
        cause=item.id,
        clock_from=item.received_at,
        writes_to=lead.writes_to_id,
        rulings=rulings,
        flagged=(Flagged(item.id, item.received_at, now),) if facts.red_flags else (),
    )


def _advance_locked(locked: list[Lead], now: datetime) -> list[tuple[Plan, bool]]:
    """Advance locked leads; for each its plan and whether anything changed."""
    shape, rules = practice(), policy()
    done = []
    for lead, case in zip(locked, load(locked, _slugs(), now), strict=True):
        before = lead.look_again_at
        plan_now, rows = _settle_case(lead, case, shape, rules, now)
        if rows:
            writes.insert(rows)
        changed = bool(rows or act.compare(case, plan_now) or before != lead.look_again_at or lead.failures)
        if changed:
            lead.failures = 0
            lead.save(update_fields=LEAD_FIELDS)
        done.append((plan_now, changed))
    return done


LEAD_FIELDS = ["stage", "outcome", "blockers", "owner_user", "owner_queue", "look_again_at", "failures"]


def _settle_case(
    lead: Lead, case: Case, shape: Practice, rules: Policy, now: datetime
) -> tuple[Plan, list[models.Model]]:
    """Plan and act until a pass changes nothing, at most five times. The last plan and the new rows."""
    rows: list[models.Model] = []
    for _ in range(PASSES):
        plan_now = plan(case, shape, rules, now)
        changes = act.compare(case, plan_now)
        if not changes:
            lead.look_again_at = plan_now.look_again_at
            return plan_now, rows
        rows += act.write(
            lead,
            case,
            plan_now,
            changes,
            queues=queue_ids(),
            practice_version=shape.version,
            policy_version=rules.number,
            now=now,
        )
        case = act.after(case, plan_now)
    raise Unsettled(f"lead {lead.id} did not come to rest in {PASSES} passes")


def _repeated(item: Item) -> Receipt:
    """What the sender was told the first time. Running while the first delivery is still being judged."""
    if item.answer is None:
        if item.status == "received" and item.attempts == 0:
            raise intake.Running("the same delivery is being worked on")
        return Receipt(item.id, None, None, None, False, True)
    answer = item.answer
    return Receipt(
        item.id,
        answer["code"],
        answer["outcome"],
        tuple(answer["score"]) if answer["score"] else None,
        answer["joined"],
        True,
        answer["minutes"],
    )


def _slugs() -> dict[int, str]:
    return {number: slug for slug, number in queue_ids().items()}
