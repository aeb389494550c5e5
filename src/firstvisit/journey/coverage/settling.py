"""What came of a question becomes a row, a line of the timeline and a new plan, in one transaction a lead."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog
from django.db import transaction

from firstvisit.journey.advancing import advance_locked
from firstvisit.journey.coverage.medicare import note_used
from firstvisit.kernel import clock, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import ConnectorError
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.services import record
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice
from firstvisit.steps.coverage import services
from firstvisit.steps.coverage.connectors import Reply
from firstvisit.steps.coverage.findings import answered, found
from firstvisit.steps.coverage.medicare import used_in
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.policy import Verification

log = structlog.get_logger("journey")
ORIGIN = "9FIRSTVISI"
"""Our own id in the trace (TRN03: ten characters, which the payer repeats)."""
_NETWORKS = {"yes": "in", "no": "out", "not_stated": None}


def settle(check_id: uuid.UUID, outcome: Reply | ConnectorError, *, now: datetime | None = None) -> bool:
    """Commit what came back for one question; False where it was not waited for any more (somebody asked again after a
    process died, the lead is gone)."""
    now = now or clock.now()
    with transaction.atomic():
        found_row = _locked(check_id, "asked")
        if found_row is None:
            return False
        lead, row = found_row
        rules = policy().section(Verification)
        if isinstance(outcome, ConnectorError):
            services.failed(row, str(outcome), rules, temporary=outcome.temporary, now=now)
            log.warning("check_failed", check=str(row.id), why=str(outcome), temporary=outcome.temporary)
        else:
            _keep(row, outcome, practice(), rules, now)
        _tell(lead, row, now)
        return True


def cannot(check_id: uuid.UUID, why: str, *, now: datetime) -> None:
    """End a question that nobody can be asked, and plan its lead anew."""
    with transaction.atomic():
        found_row = _locked(check_id, "wanted")
        if found_row is not None:
            lead, row = found_row
            services.cannot(row, why)
            _tell(lead, row, now)


def _locked(check_id: uuid.UUID, status: str) -> tuple[Lead, Check] | None:
    """The question in this state with its lead, both locked: the lead before its rows, as everywhere."""
    of_check = Lead.objects.filter(checks=check_id)
    lead = of_check.select_for_update(of=("self",)).first()
    row = Check.objects.select_for_update(of=("self",)).filter(id=check_id, status=status).first()
    return (lead, row) if lead is not None and row is not None else None


def _keep(row: Check, reply: Reply, shape: Practice, rules: Verification, now: datetime) -> None:
    payer = shape.payers.get(row.payer)
    what = found(
        reply,
        trace=row.trace,
        origin=ORIGIN,
        discipline=row.discipline,
        network=_NETWORKS[payer.in_network] if payer is not None else None,
    )
    key = open_key(LeadReferral.objects.select_related("key").get(lead=row.lead_id).key)
    services.answered(row, what, reply.raw, key, rules, now=now)
    said = answered(reply, trace=row.trace, origin=ORIGIN)
    if said is not None and payer is not None and payer.kind == "medicare":
        note_used(row.lead_id, used_in(said), now=now)


def _tell(lead: Lead, row: Check, now: datetime) -> None:
    """A line of the timeline for what ended, and the plan that follows. A try that is repeated by itself is no news."""
    if row.status in ("answered", "failed"):
        data = {
            "check": str(row.id), "finding": row.finding, "discipline": row.discipline, "payer": row.payer,
            "day": row.service_date.isoformat(), "cause": row.cause,
        }  # fmt: skip
        writes.insert([record(lead, "coverage_checked", SYSTEM, at=now, subject=("check", row.id), data=data)])
    if lead.closed_at is None:
        advance_locked([lead], now)
