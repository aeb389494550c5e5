"""A request that nobody's lead answers yet opens one: judged and planned before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.db import models

from firstvisit.journey import act, desk
from firstvisit.journey.advancing import settle_case
from firstvisit.journey.case import Case, Flagged
from firstvisit.journey.coverage import insured
from firstvisit.journey.loading import balances, standing_rulings
from firstvisit.journey.plan import Plan
from firstvisit.kernel import audit, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services as leads
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import Lead
from firstvisit.people import consenting
from firstvisit.people.identity import Identity
from firstvisit.people.models import ConsentEntry
from firstvisit.people.resolved import Resolved
from firstvisit.practice.policy import Policy
from firstvisit.practice.queries import queue_ids
from firstvisit.practice.shape import Practice
from firstvisit.referral.merge import CROSSED
from firstvisit.referral.names import crossed
from firstvisit.referral.record import Evidence, Referral
from firstvisit.referral.red_flags import STAFF_ONLY
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.sources import Reading
from firstvisit.steps.qualify.facts import facts_of
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import judge
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

_HOME: Final = ("street", "city", "state", "postal_code")


def open_lead(
    item: Item,
    reading: Reading,
    resolved: Resolved,
    shape: Practice,
    rules: Policy,
    now: datetime,
    *,
    stranger: Sequence[str] | None = None,
) -> tuple[Lead, Plan]:
    """Opens a lead and writes it. Of a person we know, what is known and not stated again counts as stated, but where a
    stranger asks (`stranger` are their marks): the lead would tell them."""
    whole = _completed(reading, resolved) if stranger is None else reading
    lead, plan_now, rows = opened(item, whole, resolved, shape, rules, now, stranger=stranger)
    writes.insert(rows)
    return lead, plan_now


def _completed(reading: Reading, resolved: Resolved) -> Reading:
    """The reading with birth date, home and language of a patient who is known, where they were not stated again."""
    patient = resolved.patient
    if patient is None or patient.new:
        return reading
    stated, known = reading.referral.patient, patient.identity
    missing = {name: value for name, value in _standing(known).items() if value and getattr(stated, name) is None}
    if any(getattr(stated, name) for name in _HOME):  # another home: nothing of the one before belongs to it
        missing = {name: value for name, value in missing.items() if name not in _HOME}
    if not missing:
        return reading
    evidence = {f"patient.{name}": Evidence(place="known before") for name in missing}
    referral = reading.referral.model_copy(
        update={
            "patient": stated.model_copy(update=missing),
            "evidence": {**evidence, **reading.referral.evidence},
        }
    )
    return replace(reading, referral=referral)


def _standing(known: Identity) -> dict[str, Any]:
    """What stays true of a person from one request to the next."""
    born = date.fromisoformat(known.date_of_birth) if known.date_of_birth else None
    home = {name: getattr(known, name) for name in _HOME}
    return {"date_of_birth": born, "language": known.language, **home}


def opened(
    item: Item,
    reading: Reading,
    resolved: Resolved,
    shape: Practice,
    rules: Policy,
    now: datetime,
    *,
    number: int | None = None,
    promised: datetime | None = None,
    stranger: Sequence[str] | None = None,
) -> tuple[Lead, Plan, list[models.Model]]:
    """A new lead for an item, judged and planned, with every new row, not yet written.

    `number` is what people will call it, where it was drawn before; `promised` by when whoever asks was told before
    that somebody answers. For people nobody knew it asks nothing else of the database.
    """
    referral, received_at = reading.referral, reading.received_at or item.received_at
    facts = facts_of(referral, shape, received_at=received_at, source=item.source, complete=reading.complete)
    queue = queue_for("", facts.lead_kind, facts.site, rules.section(Routing), shape)
    lead, rows = leads.opened(
        resolved, referral, facts, queue_id=queue_ids()[queue], received_at=received_at, number=number
    )
    data = {**origin(item, referral), **known_by(resolved)}
    data |= {"changed": [CROSSED]} if _crossed(referral, resolved) else {}
    data |= {"stranger": list(stranger)} if stranger is not None else {}
    event = leads.record(lead, "received", SYSTEM, at=received_at, data=data)
    known = resolved.reachable
    rulings = {} if known is None or known.new else standing_rulings(lead, now)
    case = _fresh_case(lead, facts, item, queue, rulings, resolved, now)
    plans = insured.rows(lead.id, referral, shape, facts.disciplines) if lead.kind != "organization" else []
    case = case._replace(
        quiet=reading.quiet, promised=promised, insured=tuple(insured.seen(row) for row in plans)
    )
    clock_from = reading.clock_from
    judged = judge(facts, shape, rules.section(Judging), now)
    if clock_from is not None:
        if clock_from > now and judged.urgent:
            clock_from = None  # a red flag and a pressing date do not wait for their turn
        else:
            case = case._replace(clock_from=clock_from, turn=clock_from if clock_from > now else None)
    pending = act.Pending()
    plan_now = settle_case(lead, case, shape, rules, now, pending, judged)
    part = intake.part(
        item,
        lead,
        "opened",
        at=now,
        red_flags=facts.red_flags,
        names_patient=names_patient(referral),
        clock_from=clock_from,
        quiet=reading.quiet,
        pages=reading.pages,
        number=reading.number,
    )
    logged = audit.row(SYSTEM, "lead_opened", "lead", [lead.id])
    consents = consents_of(resolved, item, referral, now)
    return lead, plan_now, [*resolved.rows, *rows, *plans, *consents, part, event, *pending.rows, logged]


def _fresh_case(
    lead: Lead,
    facts: Facts,
    item: Item,
    queue: str,
    rulings: dict[str, dict[str, Any]],
    resolved: Resolved,
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
        flagged=(Flagged(item.id, item.received_at, now, bool(set(facts.red_flags) - STAFF_ONLY)),)
        if facts.red_flags
        else (),
        possible=tuple((pair.id, pair.found_at) for pair in resolved.possible),
        referrer=lead.referrer_id,
        referrer_mail=lead.referrer_mail,
        office=lead.referrer_id is not None or lead.organization_id is not None,
        desk=desk.members(now) if balances() else None,
    )


def _crossed(referral: Referral, resolved: Resolved) -> bool:
    """Whether first and last name of somebody known stand in each other's field."""
    known, said = resolved.patient, referral.patient
    if known is None or known.new:
        return False
    return crossed(known.identity.first_name, known.identity.last_name, said.first_name, said.last_name)


def origin(item: Item, said: Referral | None = None) -> dict[str, str]:
    """Where an item came from, and who of us typed it, where somebody did; of what a colleague added, `said`, also how
    it had reached them."""
    origin = {"source": item.source, "item": str(item.id)}
    if said is not None and item.source == "added":
        origin["how"] = said.channel
    return {**origin, "user": item.sender[5:]} if item.sender.startswith("user:") else origin


def known_by(resolved: Resolved) -> dict[str, Any]:
    """By what the machine took the patient for somebody known, for the timeline, and that whoever asks is named in a
    restriction; nothing where neither is so."""
    found: dict[str, Any] = {"known_by": list(resolved.known_by)} if resolved.known_by else {}
    return {**found, "restricted": True} if resolved.barred else found


def consents_of(resolved: Resolved, item: Item, referral: Referral, now: datetime) -> list[ConsentEntry]:
    known = resolved.beside or resolved.reachable
    if known is None:
        return []
    return consenting.consented(known, referral, source_kind=item.source, source_id=item.id, at=now)


def names_patient(referral: Referral) -> bool:
    """Whether a request says whom it is about; an organization's enquiry is about nobody else, and whoever asks for
    themselves is the patient."""
    patient, contact = referral.patient, referral.contact
    named = patient.first_name or patient.last_name or (contact.relationship == "self" and contact.name)
    return referral.lead_kind == "organization" or bool(named)
