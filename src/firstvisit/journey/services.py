"""The conductor: receives, settles, advances, and carries out what people do at a screen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, models, transaction

from firstvisit.journey import act, desk
from firstvisit.journey.case import Case, Flagged
from firstvisit.journey.loading import balances, load, standing_rulings
from firstvisit.journey.plan import Closing, Plan, plan
from firstvisit.kernel import audit, clock, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import FirstvisitError
from firstvisit.kernel.seal import OpenKey, open_key
from firstvisit.leads import services as leads
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import Event, FactsRow, Lead, LeadReferral, Task
from firstvisit.leads.queries import code
from firstvisit.people import consenting, records
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
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.red_flags import RED_FLAGS
from firstvisit.steps.qualify.rules import Judgement, judge
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
    others: tuple[str, ...] = ()
    """Codes of the leads of further patients in the same delivery."""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "outcome": self.outcome,
            "score": list(self.score) if self.score else None,
            "joined": self.joined,
            "minutes": self.minutes,
            "others": list(self.others),
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
    """Commit two: recognise each person, open or join their lead, advance it, in one transaction.

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
        people.lock(each.referral for each in reading.each())
        (lead, plan_now, was_open), *others = [
            open_or_join(item, each, shape, rules, now) for each in reading.each()
        ]
        score = plan_now.judgement.score
        receipt = Receipt(
            item=item.id,
            code=code(lead.number),
            outcome=plan_now.outcome,
            score=(score.lo, score.hi) if score else None,
            joined=was_open,
            repeated=False,
            minutes=plan_now.tasks[0].minutes if plan_now.tasks else None,
            others=tuple(code(other.number) for other, _, _ in others),
        )
        intake.answered(item, receipt.as_json())
    return receipt


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
            .select_related("facts")
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


def open_or_join(
    item: Item, reading: Reading, shape: Practice, rules: Policy, now: datetime
) -> tuple[Lead, Plan, bool]:
    """The lead that this request opens or joins, its plan, and whether it was open before."""
    referral = reading.referral
    begun = _begun(item)
    resolved = people.resolve(referral, continues=_continued(item, referral, begun))
    lead = _answered_about(item, begun) or leads.find_open(
        resolved, referral, received_at=reading.received_at or now
    )
    was_open = lead is not None
    if lead is None:
        lead, plan_now = _open(item, reading, resolved, shape, rules, now)
    else:
        lead, plan_now = _join(item, reading, resolved, lead, shape)
    if begun is not None and begun.id != lead.id and resolved.instead_of is not None:
        leads.continue_in(begun, lead, at=now)
    return lead, plan_now, was_open


def _open(
    item: Item, reading: Reading, resolved: people.Resolved, shape: Practice, rules: Policy, now: datetime
) -> tuple[Lead, Plan]:
    lead, plan_now, rows = opened(item, reading, resolved, shape, rules, now)
    writes.insert(rows)
    return lead, plan_now


def opened(
    item: Item,
    reading: Reading,
    resolved: people.Resolved,
    shape: Practice,
    rules: Policy,
    now: datetime,
    *,
    number: int | None = None,
) -> tuple[Lead, Plan, list[models.Model]]:
    """A new lead for an item, judged and planned, with every new row, not yet written.

    `number` is what people will call it, where it was drawn before. For people nobody knew it asks nothing else of
    the database.
    """
    referral, received_at = reading.referral, reading.received_at or item.received_at
    facts = facts_of(referral, shape, received_at=received_at, source=item.source, complete=reading.complete)
    queue = queue_for("", facts.lead_kind, facts.site, rules.section(Routing), shape)
    lead, rows = leads.opened(
        resolved, referral, facts, queue_id=queue_ids()[queue], received_at=received_at, number=number
    )
    event = leads.record(lead, "received", SYSTEM, at=received_at, data=_origin(item))
    known = resolved.reachable
    rulings = {} if known is None or known.new else standing_rulings(lead, now)
    case = _fresh_case(lead, facts, item, queue, rulings, resolved, now).with_(quiet=reading.quiet)
    clock_from = reading.clock_from
    judged = judge(facts, shape, rules.section(Judging), now)
    if clock_from is not None:
        if clock_from > now and judged.urgent:
            clock_from = None  # a red flag and a pressing date do not wait for their turn
        else:
            case = case.with_(clock_from=clock_from)
    pending = act.Pending()
    plan_now = _settle_case(lead, case, shape, rules, now, pending, judged)
    part = intake.part(
        item,
        lead,
        "opened",
        at=now,
        red_flags=facts.red_flags,
        names_patient=_names_patient(referral),
        clock_from=clock_from,
        quiet=reading.quiet,
    )
    logged = audit.row(SYSTEM, "lead_opened", "lead", [lead.id])
    consents = _consents(resolved, item, referral, now)
    return lead, plan_now, [*resolved.rows, *rows, *consents, part, event, *pending.rows, logged]


def _join(
    item: Item, reading: Reading, resolved: people.Resolved, lead: Lead, shape: Practice
) -> tuple[Lead, Plan]:
    # The lead is locked by now: whatever was ruled before this moment was ruled without knowing of the item.
    now, referral = clock.now(), reading.referral
    read, key = _read(lead)
    aside = _aside(item, referral, read, lead)
    if lead.patient is not None and resolved.patient is not None and resolved.patient.new:
        people.settle_on(resolved, records.known(lead.patient), None if aside else referral)
    before, merged, facts, changed = _merged(lead, read, None if aside else referral, shape, reading.complete)
    flags = red_flags_of(referral)
    facts = replace(facts, red_flags=tuple(flag for flag in RED_FLAGS if flag in {*facts.red_flags, *flags}))
    data = {**_origin(item), "changed": list(changed), **({"aside": True} if aside else {})}
    words = _said(referral) if aside else None
    event = leads.record(lead, "joined", SYSTEM, at=now, data=data, words=words, key=key)
    part = intake.part(
        item,
        lead,
        "joined",
        at=now,
        red_flags=sorted({*flags, *set(facts.red_flags) - set(before.red_flags)}),
        names_patient=_names_patient(referral),
        clock_from=reading.clock_from,
        quiet=reading.quiet,
    )
    logged = audit.row(SYSTEM, "lead_joined", "lead", [lead.id])
    writes.insert([*resolved.rows, *_consents(resolved, item, referral, now), part, event, logged])
    leads.replace_reading(lead, key, merged, facts)
    leads.take_people(lead, resolved, facts)
    fresh = Lead.objects.select_related("facts").get(id=lead.id)
    [(plan_now, _)] = advance_locked([fresh], now)
    return fresh, plan_now


def leave_aside(lead: Lead, *, now: datetime) -> None:
    """What was kept aside of this locked lead was about somebody else: it stays outside the reading for good."""
    for item_id in _kept_aside(lead):
        writes.insert([leads.record(lead, "left_aside", SYSTEM, at=now, data={"item": item_id})])


def take_in(lead: Lead, *, now: datetime) -> None:
    """What was kept aside of this locked lead was about its patient after all: it completes and corrects the reading.
    Planning it again is the caller's."""
    read, key = _read(lead)
    shape = practice()
    for item_id in _kept_aside(lead):
        item = Item.objects.select_related("key", "document").get(id=item_id)
        reading = parse(
            item.source, intake.original(item), today=item.received_at.date(), programs=shape.program_words
        )
        _, read, facts, changed = _merged(lead, read, reading.referral, shape, reading.complete)
        leads.replace_reading(lead, key, read, facts)
        if lead.patient is not None:
            writes.insert(records.insured(records.known(lead.patient), reading.referral))
        data = {"item": item_id, "changed": list(changed)}
        writes.insert([leads.record(lead, "taken_in", SYSTEM, at=now, data=data)])


def _kept_aside(lead: Lead) -> list[str]:
    """The items that joined without a name and of which nobody has said yet whom they are about, in their order."""
    told = Event.objects.filter(lead=lead, name__in=["taken_in", "left_aside"])
    done = set(told.values_list("data__item", flat=True))
    kept = Event.objects.filter(lead=lead, name="joined", data__aside=True).order_by("id")
    return [item for item in kept.values_list("data__item", flat=True) if item not in done]


def _read(lead: Lead) -> tuple[Referral, OpenKey]:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = open_key(row.key)
    return leads.read(row, key), key


def _merged(
    lead: Lead, read: Referral, newer: Referral | None, shape: Practice, complete: bool
) -> tuple[Facts, Referral, Facts, tuple[str, ...]]:
    """The facts before, the reading and its facts with what is newer, and which paths changed. Red flags stay."""
    before = leads.facts_of_row(FactsRow.objects.get(lead=lead))
    if newer is None:
        return before, read, before, ()
    merged, changed = joined(read, newer)
    facts = facts_of(
        merged,
        shape,
        received_at=before.received_at,
        source=before.source,
        complete=before.complete_form or complete,
    )
    stated = {*before.red_flags, *facts.red_flags}
    return before, merged, replace(facts, red_flags=tuple(f for f in RED_FLAGS if f in stated)), changed


def _aside(item: Item, referral: Referral, read: Referral, lead: Lead) -> bool:
    """Whether a request that names nobody joins the lead of somebody named: it may be about a brother or sister, so
    nothing of it changes what is known of this patient until a person has asked. What was asked about the lead
    itself, by its own link, is about nobody else."""
    if item.source == "preferences" or _names_patient(referral):
        return False
    return _names_patient(read) or (lead.patient is not None and records.known(lead.patient).identity.is_named)


def _continued(item: Item, referral: Referral, begun: Lead | None) -> records.Known | None:
    """The patient whom a form's second step goes on with. One who has a name is nobody's whom a step without one is
    about: it may be a brother or sister."""
    if begun is None or begun.patient is None:
        return None
    known = records.known(begun.patient)
    named = known.identity.is_named and not _names_patient(referral)
    return None if named and item.source != "preferences" else known


def _said(referral: Referral) -> str | None:
    """What somebody said without naming anybody, for a person to read: words and coverage."""
    cards = (
        ", ".join(part for part in (payer.name or payer.kind, payer.member_id) if part)
        for payer in referral.payers or ()
    )
    said = [referral.concern, referral.asks, *(f"Coverage: {card}" for card in cards if card)]
    return "\n".join(part for part in said if part) or None


def _origin(item: Item) -> dict[str, str]:
    """Where an item came from, and who of us typed it, where somebody did."""
    origin = {"source": item.source, "item": str(item.id)}
    return {**origin, "user": item.sender[5:]} if item.sender.startswith("user:") else origin


def _consents(resolved: people.Resolved, item: Item, referral: Referral, now: datetime) -> list[ConsentEntry]:
    known = resolved.reachable
    if known is None:
        return []
    return consenting.consented(known, referral, source_kind=item.source, source_id=item.id, at=now)


def _names_patient(referral: Referral) -> bool:
    """Whether a request says whom it is about; an organization's enquiry is about nobody else, and whoever asks for
    themselves is the patient."""
    patient, contact = referral.patient, referral.contact
    named = patient.first_name or patient.last_name or (contact.relationship == "self" and contact.name)
    return referral.lead_kind == "organization" or bool(named)


def _answered_about(item: Item, begun: Lead | None) -> Lead | None:
    """The lead, locked, that preferences were asked about: they belong to it however old it is."""
    if item.source != "preferences" or begun is None:
        return None
    return Lead.objects.select_for_update(of=("self",)).filter(id=begun.id, closed_at__isnull=True).first()


def _begun(item: Item) -> Lead | None:
    """The lead that the item says it continues (step 2 of a form), if it is still open. Not locked here: the
    people's keys are locked first, by everybody."""
    if item.joins_id is None:
        return None
    open_leads = Lead.objects.filter(id=item.joins_id, closed_at__isnull=True)
    return open_leads.select_related("patient__key", "patient__same_as__key").first()


def _fresh_case(
    lead: Lead,
    facts: Facts,
    item: Item,
    queue: str,
    rulings: dict[str, dict[str, Any]],
    resolved: people.Resolved,
    now: datetime,
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
        possible=tuple((pair.id, pair.found_at) for pair in resolved.possible),
        referrer=lead.referrer_id,
        referrer_mail=lead.referrer_mail,
        office=lead.referrer_id is not None or lead.organization_id is not None,
        desk=desk.members(now) if balances() else None,
    )


def advance_locked(locked: list[Lead], now: datetime) -> list[tuple[Plan, bool]]:
    """Advance locked leads; for each its plan and whether anything changed."""
    shape, rules = practice(), policy()
    done, changed, pending = [], [], act.Pending()
    for lead, case in zip(locked, load(locked, _slugs(), now), strict=True):
        before = _columns(lead)
        lead.failures = 0
        done.append(_settle_case(lead, case, shape, rules, now, pending))
        if _columns(lead) != before:
            changed.append(lead)
    pending.flush(now=now)
    writes.update(changed, *LEAD_FIELDS)
    for lead, plan_now in zip(locked, done, strict=True):
        if plan_now.closing is not None:
            _close_by_the_clock(lead, plan_now.closing, now)
    moved = {lead.id for lead in changed}
    return [(plan_now, lead.id in moved) for lead, plan_now in zip(locked, done, strict=True)]


LEAD_FIELDS = [
    "stage", "outcome", "blockers", "owner_user", "owner_queue", "look_again_at", "failures", "planned_under",
    "judged", "assigned_user", "assigned_queue", "assigned_at", "owner_reason",
    "route_queue",
]  # fmt: skip


def _columns(lead: Lead) -> tuple[Any, ...]:
    return (
        lead.stage,
        lead.outcome,
        lead.blockers,
        lead.owner_user_id,
        lead.owner_queue_id,
        lead.look_again_at,
        lead.failures,
        lead.planned_under,
        lead.judged,
        lead.assigned_user_id,
        lead.assigned_queue_id,
        lead.assigned_at,
        lead.owner_reason,
        lead.route_queue_id,
    )


def _close_by_the_clock(lead: Lead, closing: Closing, now: datetime) -> None:
    """Nobody was reached in all the tries, and the switch or a person said to close: do it, and write the letters."""
    leads.close(lead, how=closing.how, words=closing.reason, by=None, actor=SYSTEM, at=now)
    advance_locked([lead], now)


def _settle_case(
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
    for _ in range(PASSES):
        plan_now = plan(case, shape, rules, now, judged=judged)
        judged = plan_now.judgement
        changes = act.compare(case, plan_now)
        if not changes:
            lead.look_again_at = plan_now.look_again_at
            lead.planned_under, lead.judged = plan_now.revision, act.judged_as(plan_now.judgement)
            return plan_now
        act.write(
            lead,
            case,
            plan_now,
            changes,
            queues=queue_ids(),
            practice_version=shape.version,
            policy_version=rules.number,
            now=now,
            pending=pending,
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
        tuple(answer.get("others", ())),
    )


def _slugs() -> dict[int, str]:
    return {number: slug for slug, number in queue_ids().items()}
